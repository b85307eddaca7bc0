package dev.naru.pipeline.lang;

import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

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
    switch (expr) {
      case Expr.Literal e -> {}
      case Expr.Name e -> {}
      case Expr.Interpolated e -> each(e.parts(), visit, defined);
      case Expr.ListOf e -> each(e.items(), visit, defined);
      case Expr.MapOf e ->
          e.entries()
              .forEach(
                  x -> {
                    walk(x.key(), visit, defined);
                    walk(x.value(), visit, defined);
                  });
      case Expr.RangeOf e -> each(List.of(e.from(), e.to()), visit, defined);
      case Expr.Unary e -> walk(e.operand(), visit, defined);
      case Expr.Binary e -> each(List.of(e.left(), e.right()), visit, defined);
      case Expr.Assign e -> each(List.of(e.target(), e.value()), visit, defined);
      case Expr.Increment e -> walk(e.target(), visit, defined);
      case Expr.Ternary e -> each(List.of(e.condition(), e.yes(), e.no()), visit, defined);
      case Expr.Elvis e -> each(List.of(e.value(), e.other()), visit, defined);
      case Expr.Property e -> each(List.of(e.target(), e.name()), visit, defined);
      case Expr.Index e -> each(List.of(e.target(), e.index()), visit, defined);
      case Expr.Call e -> {
        if (e.target() != null) {
          walk(e.target(), visit, defined);
        }
        walk(e.name(), visit, defined);
        e.args().forEach(a -> walk(a.value(), visit, defined));
      }
      case Expr.Closure e -> {
        e.parameters().forEach(p -> defined.accept(p.name()));
        all(e.body(), visit, defined);
      }
      case Expr.New e -> e.args().forEach(a -> walk(a.value(), visit, defined));
      case Expr.Cast e -> walk(e.value(), visit, defined);
      case Expr.InstanceOf e -> walk(e.value(), visit, defined);
      case Expr.MethodPointer e -> walk(e.target(), visit, defined);
      case Expr.Spread e -> walk(e.value(), visit, defined);
    }
  }

  private static void each(List<Expr> all, Consumer<Expr> visit, Consumer<String> defined) {
    all.forEach(e -> walk(e, visit, defined));
  }
}
