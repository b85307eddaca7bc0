package dev.naru.pipeline.lang;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Strings with values in them, lists, maps and ranges as they are written out. */
final class Literals {
  private final Run run;
  private final Evaluator evaluator;

  Literals(Run run, Evaluator evaluator) {
    this.run = run;
    this.evaluator = evaluator;
  }

  Object text(Expr.Interpolated e, Scope scope) {
    List<Object> parts = new ArrayList<>();
    StringBuilder text = new StringBuilder();
    for (Expr part : e.parts()) {
      Object value = evaluator.eval(part, scope);
      if (value instanceof ClosureValue closure) {
        parts.add(text.toString());
        parts.add(closure);
        text.setLength(0);
        continue;
      }
      text.append(Values.text(value instanceof RangeValue range ? new ArrayList<>(range) : value));
      Limits.text(text.length());
    }
    run.memory().text(text.length());
    if (!parts.isEmpty()) {
      parts.add(text.toString());
      return new LazyText(List.copyOf(parts));
    }
    return text.toString();
  }

  List<@Nullable Object> list(List<Expr> items, Scope scope) {
    List<@Nullable Object> list = new ArrayList<>();
    for (Expr item : items) {
      if (item instanceof Expr.Spread spread) {
        list.addAll(Operators.elements(evaluator.eval(spread.value(), scope), spread.at()));
      } else {
        list.add(evaluator.eval(item, scope));
      }
    }
    return list;
  }

  Object map(Expr.MapOf e, Scope scope) {
    Map<@Nullable Object, @Nullable Object> map = new LinkedHashMap<>();
    for (Expr.Entry entry : e.entries()) {
      if (entry.key() instanceof Expr.Spread spread) {
        if (evaluator.eval(spread.value(), scope) instanceof Map<?, ?> more) {
          map.putAll(more);
        }
      } else {
        map.put(Keys.of(evaluator.eval(entry.key(), scope)), evaluator.eval(entry.value(), scope));
      }
    }
    return map;
  }

  Object range(Expr.RangeOf e, Scope scope) {
    Object from = evaluator.eval(e.from(), scope);
    Object to = evaluator.eval(e.to(), scope);
    return RangeValue.of(from, to, e.inclusive(), e.at());
  }
}
