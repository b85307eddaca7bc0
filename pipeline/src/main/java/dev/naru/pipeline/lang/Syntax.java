package dev.naru.pipeline.lang;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;

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
      case Stmt.Do s -> walk(s.expr(), visit, defined);
      case Stmt.Define s -> {
        s.variables().forEach(v -> defined.accept(v.name()));
        if (s.value() != null) {
          walk(s.value(), visit, defined);
        }
      }
      case Stmt.If s -> {
        walk(s.condition(), visit, defined);
        all(s.yes(), visit, defined);
        all(s.no(), visit, defined);
      }
      case Stmt.ForIn s -> {
        defined.accept(s.variable());
        walk(s.values(), visit, defined);
        all(s.body(), visit, defined);
      }
      case Stmt.ForLoop s -> {
        all(s.start(), visit, defined);
        if (s.condition() != null) {
          walk(s.condition(), visit, defined);
        }
        s.update().forEach(e -> walk(e, visit, defined));
        all(s.body(), visit, defined);
      }
      case Stmt.While s -> {
        walk(s.condition(), visit, defined);
        all(s.body(), visit, defined);
      }
      case Stmt.Switch s -> {
        walk(s.value(), visit, defined);
        for (Stmt.Case c : s.cases()) {
          if (c.value() != null) {
            walk(c.value(), visit, defined);
          }
          all(c.body(), visit, defined);
        }
      }
      case Stmt.Try s -> {
        all(s.body(), visit, defined);
        for (Stmt.Catch c : s.catches()) {
          defined.accept(c.name());
          all(c.body(), visit, defined);
        }
        all(s.last(), visit, defined);
      }
      case Stmt.Throw s -> walk(s.value(), visit, defined);
      case Stmt.Return s -> {
        if (s.value() != null) {
          walk(s.value(), visit, defined);
        }
      }
      case Stmt.Break s -> {}
      case Stmt.Continue s -> {}
      case Stmt.Block s -> all(s.body(), visit, defined);
      case Stmt.Assert s -> {
        walk(s.condition(), visit, defined);
        if (s.message() != null) {
          walk(s.message(), visit, defined);
        }
      }
    }
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
