package dev.naru.pipeline.lang;

import dev.naru.pipeline.lang.Expr.Access;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What changes variables, properties and elements. */
final class Assignments {
  private final Run run;
  private final Evaluator evaluator;

  Assignments(Run run, Evaluator evaluator) {
    this.run = run;
    this.evaluator = evaluator;
  }

  @Nullable Object assign(Expr.Assign e, Scope scope) {
    if (e.op() == null && e.target() instanceof Expr.ListOf several) {
      Object value = evaluator.eval(e.value(), scope);
      List<@Nullable Object> values = new ArrayList<>(Operators.elements(value, e.at()));
      for (int i = 0; i < several.items().size(); i++) {
        store(several.items().get(i), i < values.size() ? values.get(i) : null, scope);
      }
      return value;
    }
    if (e.op() != null && e.target() instanceof Expr.Index index) {
      Element element = element(index, scope);
      Object before = evaluator.index(element.on, element.index, index.at());
      Object value = evaluator.bounded(changed(e, before, scope), e.at());
      store(element, value);
      return value;
    }
    Object value =
        e.op() == null
            ? evaluator.eval(e.value(), scope)
            : changed(e, evaluator.eval(e.target(), scope), scope);
    store(e.target(), evaluator.bounded(value, e.at()), scope);
    return value;
  }

  /** An element, whose list and index are evaluated once for reading and writing it. */
  private record Element(@Nullable Object on, @Nullable Object index, Position at) {}

  private Element element(Expr.Index e, Scope scope) {
    Object on = evaluator.eval(e.target(), scope);
    return new Element(on, LazyText.plain(evaluator.eval(e.index(), scope)), e.at());
  }

  private @Nullable Object changed(Expr.Assign e, @Nullable Object before, Scope scope) {
    BinaryOp op = e.op();
    if (op == null || op == BinaryOp.ELVIS) {
      return Evaluator.truth(before, e.at()) ? before : evaluator.eval(e.value(), scope);
    }
    Object right = LazyText.plain(evaluator.eval(e.value(), scope));
    return evaluator.operate(op, LazyText.plain(before), right, e.at());
  }

  @Nullable Object increment(Expr.Increment e, Scope scope) {
    Element element = e.target() instanceof Expr.Index index ? element(index, scope) : null;
    Object before =
        element == null
            ? evaluator.eval(e.target(), scope)
            : evaluator.index(element.on, element.index, element.at);
    String method = e.up() ? "next" : "previous";
    Object after =
        before instanceof ScriptObject object && object.hasMethod(method)
            ? object.call(method, Arguments.NONE, e.at())
            : next(before, e);
    if (element == null) {
      store(e.target(), after, scope);
    } else {
      store(element, after);
    }
    return e.prefix() ? after : before;
  }

  private @Nullable Object next(@Nullable Object before, Expr.Increment e) {
    if (before instanceof String || before instanceof DateValue) {
      return evaluator.callOn(before, e.up() ? "next" : "previous", Arguments.NONE, e.at());
    }
    return Operators.binary(
        e.up() ? BinaryOp.PLUS : BinaryOp.MINUS, before, 1, e.at(), evaluator::tick);
  }

  void store(Expr target, @Nullable Object value, Scope scope) {
    switch (target) {
      case Expr.Name n -> {
        Scope holder = scope.holder(n.name());
        if (holder != null) {
          String type = holder.type(n.name());
          holder.define(
              n.name(),
              type == null
                  ? value
                  : evaluator.invocation().coerce(type, value, evaluator.unit(scope), n.at()));
        } else {
          evaluator.names().set(evaluator.frame(scope), n.name(), value, n.at());
        }
      }
      case Expr.Property p -> storeProperty(p, value, scope);
      case Expr.Index i -> store(element(i, scope), value);
      default ->
          throw Thrown.Failure.of(
              "MissingPropertyException", "this cannot be assigned to", target.at());
    }
  }

  private void store(Element element, @Nullable Object value) {
    Object on = element.on;
    int before = size(on);
    if (on instanceof ScriptValue s) {
      if (s.hasMethod("putAt")) {
        s.call("putAt", Arguments.of(java.util.Arrays.asList(element.index, value)), element.at);
      } else {
        s.setProperty(Values.text(element.index), value, element.at);
      }
    } else {
      evaluator.members().setIndex(on, element.index, value, element.at);
    }
    grown(on, before, element.at);
  }

  private void storeProperty(Expr.Property p, @Nullable Object value, Scope scope) {
    String name = evaluator.text(p.name(), scope);
    if (p.target() instanceof Expr.Name n
        && n.name().equals("this")
        && evaluator.frame(scope).self() instanceof ScriptObject self
        && self.hasField(name)) {
      self.assign(name, value, p.at());
      return;
    }
    Object on = evaluator.eval(p.target(), scope);
    if (on == null && p.access() == Access.SAFE) {
      return;
    }
    int before = size(on);
    setProperty(on, name, value, p.at());
    grown(on, before, p.at());
  }

  void grown(@Nullable Object value, int before, Position at) {
    int more = size(value) - before;
    if (more > 0) {
      run.memory().elements(more);
      evaluator.bounded(value, at);
    }
  }

  void setProperty(@Nullable Object on, String name, @Nullable Object value, Position at) {
    if (on instanceof ScriptValue s) {
      s.setProperty(name, value, at);
    } else {
      evaluator.members().setProperty(on, name, value, at);
    }
  }

  static int size(@Nullable Object value) {
    return switch (value) {
      case Collection<?> c -> c.size();
      case Map<?, ?> m -> 4 * m.size();
      case null, default -> 0;
    };
  }
}
