package dev.naru.pipeline.lang;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Walks over the tree. */
public final class Syntax {
  private Syntax() {}

  /** Every call in {@code body}, outer before inner. */
  public static void calls(List<Stmt> body, Consumer<Expr.Call> visit) {
    body.forEach(s -> expressions(s, e -> call(e, visit), d -> {}));
  }

  public static void calls(Expr expr, Consumer<Expr.Call> visit) {
    walk(expr, e -> call(e, visit), d -> {});
  }

  /** Every name in {@code expr}. */
  static void names(Expr expr, Consumer<String> visit) {
    walk(
        expr,
        e -> {
          if (e instanceof Expr.Name n) {
            visit.accept(n.name());
          }
        },
        d -> {});
  }

  /** Every expression in {@code body}, outer before inner. */
  public static void expressions(List<Stmt> body, Consumer<Expr> visit) {
    all(body, visit, d -> {});
  }

  /** {@code expr} and every expression in it, outer before inner. */
  public static void expressions(Expr expr, Consumer<Expr> visit) {
    walk(expr, visit, d -> {});
  }

  private static void call(Expr e, Consumer<Expr.Call> visit) {
    if (e instanceof Expr.Call c) {
      visit.accept(c);
    }
  }

  /** Adds the name of every variable and parameter that the file defines or assigns. */
  static void definedNames(Program program, Set<String> to) {
    Consumer<Expr> assigned =
        e -> {
          if (e instanceof Expr.Assign a && a.target() instanceof Expr.Name n) {
            to.add(n.name());
          }
        };
    program.fields().forEach(s -> expressions(s, assigned, to::add));
    program.body().forEach(s -> expressions(s, assigned, to::add));
    for (Program.Method method : program.methods().values()) {
      method.parameters().forEach(p -> to.add(p.name()));
      method.body().forEach(s -> expressions(s, assigned, to::add));
    }
  }

  private static void all(List<Stmt> body, Consumer<Expr> visit, Consumer<String> defined) {
    body.forEach(s -> expressions(s, visit, defined));
  }

  private static void expressions(Stmt stmt, Consumer<Expr> visit, Consumer<String> defined) {
    switch (stmt) {
      case Stmt.Define s -> s.variables().forEach(v -> defined.accept(v.name()));
      case Stmt.ForIn s -> defined.accept(s.variable().name());
      case Stmt.Try s -> s.catches().forEach(c -> defined.accept(c.name()));
      default -> {}
    }
    parts(stmt).forEach(e -> walk(e, visit, defined));
    blocks(stmt).forEach(b -> all(b, visit, defined));
  }

  /** The statements that {@code stmt} is made of, block by block, in the order of the text. */
  static List<List<Stmt>> blocks(Stmt stmt) {
    return switch (stmt) {
      case Stmt.If s -> List.of(s.yes(), s.no());
      case Stmt.ForIn s -> List.of(s.body());
      case Stmt.ForLoop s -> List.of(s.start(), s.body());
      case Stmt.While s -> List.of(s.body());
      case Stmt.Switch s -> s.cases().stream().map(Stmt.Case::body).toList();
      case Stmt.Try s -> {
        List<List<Stmt>> blocks = new ArrayList<>();
        blocks.add(s.body());
        s.catches().forEach(c -> blocks.add(c.body()));
        blocks.add(s.last());
        yield blocks;
      }
      case Stmt.Block s -> List.of(s.body());
      case Stmt.Do s -> List.of();
      case Stmt.Define s -> List.of();
      case Stmt.Throw s -> List.of();
      case Stmt.Return s -> List.of();
      case Stmt.Break s -> List.of();
      case Stmt.Continue s -> List.of();
      case Stmt.Assert s -> List.of();
    };
  }

  /** The expressions that {@code stmt} itself is made of; those of its blocks are not. */
  static List<Expr> parts(Stmt stmt) {
    return switch (stmt) {
      case Stmt.Do s -> List.of(s.expr());
      case Stmt.Define s -> optional(s.value());
      case Stmt.If s -> List.of(s.condition());
      case Stmt.ForIn s -> List.of(s.values());
      case Stmt.ForLoop s -> {
        List<Expr> parts = new ArrayList<>(optional(s.condition()));
        parts.addAll(s.update());
        yield parts;
      }
      case Stmt.While s -> List.of(s.condition());
      case Stmt.Switch s -> {
        List<Expr> parts = new ArrayList<>(List.of(s.value()));
        s.cases().forEach(c -> parts.addAll(optional(c.value())));
        yield parts;
      }
      case Stmt.Throw s -> List.of(s.value());
      case Stmt.Return s -> optional(s.value());
      case Stmt.Assert s -> {
        List<Expr> parts = new ArrayList<>(List.of(s.condition()));
        parts.addAll(optional(s.message()));
        yield parts;
      }
      case Stmt.Try s -> List.of();
      case Stmt.Break s -> List.of();
      case Stmt.Continue s -> List.of();
      case Stmt.Block s -> List.of();
    };
  }

  private static List<Expr> optional(@Nullable Expr expr) {
    return expr == null ? List.of() : List.of(expr);
  }

  private static void walk(Expr expr, Consumer<Expr> visit, Consumer<String> defined) {
    visit.accept(expr);
    parts(expr).forEach(e -> walk(e, visit, defined));
    if (expr instanceof Expr.Closure e) {
      e.parameters().forEach(p -> defined.accept(p.name()));
      all(e.body(), visit, defined);
    }
  }

  /** The expressions that {@code expr} is made of; those in a closure's body are not. */
  static List<Expr> parts(Expr expr) {
    return switch (expr) {
      case Expr.Literal e -> List.of();
      case Expr.Name e -> List.of();
      case Expr.Interpolated e -> e.parts();
      case Expr.ListOf e -> e.items();
      case Expr.MapOf e ->
          e.entries().stream().flatMap(x -> Stream.of(x.key(), x.value())).toList();
      case Expr.RangeOf e -> List.of(e.from(), e.to());
      case Expr.Unary e -> List.of(e.operand());
      case Expr.Binary e -> List.of(e.left(), e.right());
      case Expr.Assign e -> List.of(e.target(), e.value());
      case Expr.Increment e -> List.of(e.target());
      case Expr.Ternary e -> List.of(e.condition(), e.yes(), e.no());
      case Expr.Elvis e -> List.of(e.value(), e.other());
      case Expr.Property e -> List.of(e.target(), e.name());
      case Expr.Index e -> List.of(e.target(), e.index());
      case Expr.Call e -> {
        List<Expr> parts = new ArrayList<>();
        if (e.target() != null) {
          parts.add(e.target());
        }
        parts.add(e.name());
        e.args().forEach(a -> parts.add(a.value()));
        yield parts;
      }
      case Expr.Closure e ->
          e.parameters().stream().map(Expr.Parameter::initial).filter(Objects::nonNull).toList();
      case Expr.New e -> e.args().stream().map(Expr.Argument::value).toList();
      case Expr.Cast e -> List.of(e.value());
      case Expr.InstanceOf e -> List.of(e.value());
      case Expr.MethodPointer e -> List.of(e.target());
      case Expr.Spread e -> List.of(e.value());
    };
  }
}
