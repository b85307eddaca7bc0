package dev.naru.pipeline.lang;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
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

  /** The end of a loop or of one turn of it: the innermost, or the one with the label. */
  private static final class Leave extends Jump {
    private static final long serialVersionUID = 1L;
    private final @Nullable String label;
    private final boolean again;

    Leave(@Nullable String label, boolean again) {
      this.label = label;
      this.again = again;
    }

    boolean means(@Nullable String loop) {
      return label == null || label.equals(loop);
    }
  }

  private final Evaluator evaluator;

  Executor(Evaluator evaluator) {
    this.evaluator = evaluator;
  }

  /** Runs {@code body} in {@code scope} itself. */
  @Nullable Object body(List<Stmt> body, Scope scope) {
    Object last = null;
    for (Stmt stmt : body) {
      try {
        last = execute(stmt, scope);
      } catch (Thrown thrown) {
        thrown.passed(stmt.at(), evaluator.unit(scope).path());
        throw thrown;
      }
    }
    return last;
  }

  /** Runs the body of a method or closure and gives its value. */
  @Nullable Object function(List<Stmt> body, Scope scope) {
    try {
      return body(body, scope);
    } catch (Return r) {
      return r.value();
    }
  }

  private @Nullable Object block(List<Stmt> body, Scope scope) {
    return body(body, new Scope(scope));
  }

  private boolean truth(Expr condition, Scope scope) {
    return Evaluator.truth(evaluator.eval(condition, scope), condition.at());
  }

  private @Nullable Object execute(Stmt stmt, Scope scope) {
    return switch (stmt) {
      case Stmt.Do s -> evaluator.eval(s.expr(), scope);
      case Stmt.Define s -> define(s, scope, scope);
      case Stmt.If s -> block(truth(s.condition(), scope) ? s.yes() : s.no(), scope);
      case Stmt.ForIn s -> forIn(s, scope);
      case Stmt.ForLoop s -> forLoop(s, scope);
      case Stmt.While s -> whileLoop(s, scope);
      case Stmt.Switch s -> choose(s, scope);
      case Stmt.Try s -> attempt(s, scope);
      case Stmt.Throw s -> throw thrown(evaluator.eval(s.value(), scope), s.at());
      case Stmt.Return s ->
          throw new Return(s.value() == null ? null : evaluator.eval(s.value(), scope));
      case Stmt.Break s -> throw new Leave(s.label(), false);
      case Stmt.Continue s -> throw new Leave(s.label(), true);
      case Stmt.Block s -> block(s.body(), scope);
      case Stmt.Assert s -> check(s, scope);
    };
  }

  /** Runs a declaration, or another statement of a file's fields, into {@code to}. */
  void define(Stmt stmt, Scope to, Scope scope) {
    if (stmt instanceof Stmt.Define s) {
      define(s, to, scope);
    } else {
      execute(stmt, scope);
    }
  }

  private @Nullable Object define(Stmt.Define s, Scope to, Scope scope) {
    Unit unit = evaluator.unit(scope);
    Invocation invocation = evaluator.invocation();
    if (s.variables().size() == 1) {
      Stmt.Variable v = s.variables().getFirst();
      Object value =
          s.value() == null
              ? Invocation.absent(v.type())
              : invocation.coerce(v.type(), evaluator.eval(s.value(), scope), unit, s.at());
      to.define(v.name(), v.type(), value);
      return value;
    }
    Object value = s.value() == null ? null : evaluator.eval(s.value(), scope);
    List<@Nullable Object> values = new ArrayList<>(Operators.elements(value, s.at()));
    for (int i = 0; i < s.variables().size(); i++) {
      Stmt.Variable v = s.variables().get(i);
      Object one = i < values.size() ? values.get(i) : null;
      to.define(v.name(), v.type(), invocation.coerce(v.type(), one, unit, s.at()));
    }
    return value;
  }

  /** Runs a loop's body once; false when the loop is to end. */
  private boolean turn(@Nullable String label, List<Stmt> body, Scope scope) {
    evaluator.tick();
    try {
      body(body, scope);
      return true;
    } catch (Leave leave) {
      if (!leave.means(label)) {
        throw leave;
      }
      return leave.again;
    }
  }

  private @Nullable Object forIn(Stmt.ForIn s, Scope scope) {
    Object values = evaluator.eval(s.values(), scope);
    for (Object value : List.copyOf(Operators.boxed(Operators.elements(values, s.at())))) {
      Scope inner = new Scope(scope);
      inner.define(s.variable().name(), Operators.unboxed(value));
      if (!turn(s.label(), s.body(), inner)) {
        break;
      }
    }
    return null;
  }

  private @Nullable Object forLoop(Stmt.ForLoop s, Scope scope) {
    Scope outer = new Scope(scope);
    body(s.start(), outer);
    while (s.condition() == null || truth(s.condition(), outer)) {
      if (!turn(s.label(), s.body(), new Scope(outer))) {
        break;
      }
      s.update().forEach(e -> evaluator.eval(e, outer));
    }
    return null;
  }

  private @Nullable Object whileLoop(Stmt.While s, Scope scope) {
    if (s.bodyFirst() && !turn(s.label(), s.body(), new Scope(scope))) {
      return null;
    }
    while (truth(s.condition(), scope)) {
      if (!turn(s.label(), s.body(), new Scope(scope))) {
        break;
      }
    }
    return null;
  }

  private @Nullable Object choose(Stmt.Switch s, Scope scope) {
    Object value = LazyText.plain(evaluator.eval(s.value(), scope));
    Scope inner = new Scope(scope);
    Object last = null;
    boolean matched = false;
    for (Stmt.Case c : s.cases()) {
      matched =
          matched
              || c.value() == null
              || isCase(evaluator.eval(c.value(), inner), value, c.value().at());
      if (!matched) {
        continue;
      }
      for (Stmt stmt : c.body()) {
        if (stmt instanceof Stmt.Break end && end.label() == null) {
          return last;
        }
        try {
          last = body(List.of(stmt), inner);
        } catch (Leave leave) {
          if (leave.again || leave.label != null) {
            throw leave;
          }
          return null;
        }
      }
    }
    return last;
  }

  private boolean isCase(@Nullable Object test, @Nullable Object value, Position at) {
    return switch (test) {
      case ScriptClass type -> value instanceof ScriptValue v && v.isA(type.type().name());
      case ScriptObject object when object.hasMethod("isCase") ->
          Values.truth(
              object.call("isCase", Arguments.of(java.util.Collections.singletonList(value)), at));
      case null, default -> Operators.isCase(test, value, evaluator::tick);
    };
  }

  private @Nullable Object attempt(Stmt.Try s, Scope scope) {
    try {
      return block(s.body(), scope);
    } catch (Thrown e) {
      for (Stmt.Catch c : s.catches()) {
        if (c.types().stream().anyMatch(e::isA)) {
          Scope inner = new Scope(scope);
          inner.define(c.name(), e.caught());
          return body(c.body(), inner);
        }
      }
      throw e;
    } finally {
      block(s.last(), scope);
    }
  }

  private static Thrown thrown(@Nullable Object value, Position at) {
    return switch (value) {
      case Thrown.Caught caught -> caught.thrown();
      case ScriptObject object when object.type().isException() ->
          Thrown.Failure.of(object, object.message(), at).causedBy(object.cause());
      case null ->
          Thrown.Failure.of("NullPointerException", "Cannot throw exception on null object", at);
      default ->
          Thrown.Failure.of(
              "ClassCastException",
              "Cannot cast object of class '"
                  + Values.typeName(value)
                  + "' to class 'java.lang.Throwable'",
              at);
    };
  }

  private @Nullable Object check(Stmt.Assert s, Scope scope) {
    if (truth(s.condition(), scope)) {
      return null;
    }
    String source = Printer.whole(s.condition());
    if (s.message() != null) {
      throw Thrown.Failure.of(
          "AssertionError",
          Values.text(evaluator.eval(s.message(), scope))
              + ". Expression: "
              + source
              + values(s.condition(), scope),
          s.at());
    }
    throw Thrown.Failure.of(
        "PowerAssertionError", "assert " + source + values(s.condition(), scope), s.at());
  }

  /** The values of the variables of a condition that did not hold. */
  private String values(Expr condition, Scope scope) {
    Map<String, String> values = new LinkedHashMap<>();
    Syntax.names(
        condition,
        name -> {
          Scope holder = scope.holder(name);
          if (holder != null) {
            values.put(name, shortened(Values.text(holder.get(name))));
          }
        });
    return values.isEmpty()
        ? ""
        : ". Values: "
            + values.entrySet().stream()
                .map(e -> e.getKey() + " = " + e.getValue())
                .collect(Collectors.joining(", "));
  }

  private static String shortened(String text) {
    return text.length() > 80 ? text.substring(0, 80) + "…" : text;
  }
}
