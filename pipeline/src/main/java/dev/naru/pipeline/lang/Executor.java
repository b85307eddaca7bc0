package dev.naru.pipeline.lang;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Executes statements. The value of a body is that of its last expression. */
final class Executor {
  private abstract static sealed class Jump extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Jump() {
      super(null, null, false, false);
    }
  }

  static final class Return extends Jump {
    private static final long serialVersionUID = 1L;
    private final transient @Nullable Object value;

    Return(@Nullable Object value) {
      this.value = value;
    }

    @Nullable Object value() {
      return value;
    }
  }

  private static final class Break extends Jump {
    private static final long serialVersionUID = 1L;
  }

  private static final class Continue extends Jump {
    private static final long serialVersionUID = 1L;
  }

  private final Evaluator evaluator;

  Executor(Evaluator evaluator) {
    this.evaluator = evaluator;
  }

  /** Runs {@code body} in {@code scope} itself. */
  @Nullable Object body(List<Stmt> body, Scope scope) {
    Object last = null;
    for (Stmt stmt : body) {
      last = execute(stmt, scope);
    }
    return last;
  }

  private @Nullable Object block(List<Stmt> body, Scope scope) {
    return body(body, new Scope(scope));
  }

  private boolean truth(Expr condition, Scope scope) {
    return Values.truth(evaluator.eval(condition, scope));
  }

  private @Nullable Object execute(Stmt stmt, Scope scope) {
    return switch (stmt) {
      case Stmt.Do s -> evaluator.eval(s.expr(), scope);
      case Stmt.Define s -> define(s, scope);
      case Stmt.If s -> block(truth(s.condition(), scope) ? s.yes() : s.no(), scope);
      case Stmt.ForIn s -> forIn(s, scope);
      case Stmt.ForLoop s -> forLoop(s, scope);
      case Stmt.While s -> whileLoop(s, scope);
      case Stmt.Switch s -> choose(s, scope);
      case Stmt.Try s -> attempt(s, scope);
      case Stmt.Throw s -> throw thrown(evaluator.eval(s.value(), scope), s.at());
      case Stmt.Return s ->
          throw new Return(s.value() == null ? null : evaluator.eval(s.value(), scope));
      case Stmt.Break s -> throw new Break();
      case Stmt.Continue s -> throw new Continue();
      case Stmt.Block s -> block(s.body(), scope);
      case Stmt.Assert s -> check(s, scope);
    };
  }

  private @Nullable Object define(Stmt.Define s, Scope scope) {
    Object value = s.value() == null ? null : evaluator.eval(s.value(), scope);
    if (s.variables().size() == 1) {
      Stmt.Variable v = s.variables().getFirst();
      scope.define(v.name(), s.value() == null ? null : Operators.cast(v.type(), value, s.at()));
      return value;
    }
    List<?> values = new java.util.ArrayList<>(Operators.elements(value, s.at()));
    for (int i = 0; i < s.variables().size(); i++) {
      scope.define(s.variables().get(i).name(), i < values.size() ? values.get(i) : null);
    }
    return value;
  }

  /** Runs a loop's body once; false when the loop is to end. */
  private boolean turn(List<Stmt> body, Scope scope) {
    evaluator.tick();
    try {
      body(body, scope);
      return true;
    } catch (Continue c) {
      return true;
    } catch (Break b) {
      return false;
    }
  }

  private @Nullable Object forIn(Stmt.ForIn s, Scope scope) {
    Object values = evaluator.eval(s.values(), scope);
    for (Object value : List.copyOf(Operators.boxed(Operators.elements(values, s.at())))) {
      Scope inner = new Scope(scope);
      inner.define(s.variable(), Operators.unboxed(value));
      if (!turn(s.body(), inner)) {
        break;
      }
    }
    return null;
  }

  private @Nullable Object forLoop(Stmt.ForLoop s, Scope scope) {
    Scope outer = new Scope(scope);
    body(s.start(), outer);
    while (s.condition() == null || truth(s.condition(), outer)) {
      if (!turn(s.body(), new Scope(outer))) {
        break;
      }
      s.update().forEach(e -> evaluator.eval(e, outer));
    }
    return null;
  }

  private @Nullable Object whileLoop(Stmt.While s, Scope scope) {
    if (s.bodyFirst() && !turn(s.body(), new Scope(scope))) {
      return null;
    }
    while (truth(s.condition(), scope)) {
      if (!turn(s.body(), new Scope(scope))) {
        break;
      }
    }
    return null;
  }

  private @Nullable Object choose(Stmt.Switch s, Scope scope) {
    Object value = evaluator.eval(s.value(), scope);
    Scope inner = new Scope(scope);
    Object last = null;
    boolean matched = false;
    try {
      for (Stmt.Case c : s.cases()) {
        matched =
            matched
                || c.value() == null
                || Operators.isCase(evaluator.eval(c.value(), inner), value, evaluator::tick);
        if (matched) {
          last = body(c.body(), inner);
        }
      }
    } catch (Break b) {
      return last;
    }
    return last;
  }

  private @Nullable Object attempt(Stmt.Try s, Scope scope) {
    try {
      return block(s.body(), scope);
    } catch (Thrown e) {
      for (Stmt.Catch c : s.catches()) {
        if (c.types().stream().anyMatch(e::isA)) {
          Scope inner = new Scope(scope);
          inner.define(c.name(), new Thrown.Caught(e));
          return body(c.body(), inner);
        }
      }
      throw e;
    } finally {
      block(s.last(), scope);
    }
  }

  private static Thrown thrown(@Nullable Object value, Position at) {
    if (value instanceof Thrown.Caught caught) {
      return caught.thrown();
    }
    return Thrown.Failure.of("ClassCastException", "only exceptions can be thrown", at);
  }

  private @Nullable Object check(Stmt.Assert s, Scope scope) {
    if (!truth(s.condition(), scope)) {
      throw Thrown.Failure.of(
          "PowerAssertionError",
          s.message() == null ? "assert failed" : Values.text(evaluator.eval(s.message(), scope)),
          s.at());
    }
    return null;
  }
}
