package dev.naru.pipeline.lang;

import dev.naru.pipeline.lang.Values.Callable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/** Many values to one: sums, groups, texts. */
final class Folding {
  private Folding() {}

  static void addTo(Methods<Collection<?>> methods) {
    methods
        .add("join", (l, c) -> join(l, c))
        .add("sum", (l, c) -> sum(l, c))
        .add("average", (l, c) -> average(l, c))
        .add("inject", (l, c) -> inject(l, c))
        .add("groupBy", (l, c) -> groupBy(l, c.args(), c))
        .add("countBy", (l, c) -> countBy(l, c))
        .add("indexBy", (l, c) -> indexBy(l, c));
  }

  private static String join(Collection<?> l, Methods.Call c) {
    String between = c.count() == 0 || c.arg(0) == null ? "" : c.text(0);
    StringBuilder out = new StringBuilder();
    boolean first = true;
    for (Object o : l) {
      Limits.text(out.length());
      c.tick().run();
      if (!first) {
        out.append(between);
      }
      first = false;
      out.append(Values.text(o));
    }
    return out.toString();
  }

  private static @Nullable Object sum(Collection<?> l, Methods.Call c) {
    boolean initial = c.count() > 0 && !(c.arg(0) instanceof Callable);
    Object total = initial ? c.arg(0) : null;
    boolean any = initial;
    for (Object o : CollectionMethods.copy(l)) {
      c.tick().run();
      Object value = c.closes() ? c.apply(o) : o;
      total = any ? c.operator(BinaryOp.PLUS, total, value) : value;
      if (total instanceof Collection<?> grown) {
        c.grow(grown.size());
      }
      if (total instanceof String text) {
        Limits.text(text.length());
      }
      any = true;
    }
    return total;
  }

  private static @Nullable Object average(Collection<?> l, Methods.Call c) {
    return l.isEmpty() ? null : c.operator(BinaryOp.DIVIDE, sum(l, c), l.size());
  }

  private static @Nullable Object inject(Collection<?> l, Methods.Call c) {
    List<? extends @Nullable Object> all = CollectionMethods.copy(l);
    if (c.count() == 1 && all.isEmpty()) {
      throw new NoSuchElementException("Cannot call inject() on an empty collection");
    }
    Object value = c.count() == 1 ? all.getFirst() : c.arg(0);
    for (Object o : c.count() == 1 ? all.subList(1, all.size()) : all) {
      c.tick().run();
      value = c.call(value, o);
    }
    return value;
  }

  private static Object groupBy(Collection<?> l, List<@Nullable Object> by, Methods.Call c) {
    if (by.size() == 1 && by.getFirst() instanceof List<?> several) {
      return groupBy(l, new ArrayList<>(several), c);
    }
    if (by.isEmpty() || !(by.getFirst() instanceof Callable closure)) {
      throw c.fail("MissingMethodException", "groupBy needs closures");
    }
    Map<@Nullable Object, @Nullable Object> groups = new LinkedHashMap<>();
    for (Object o : CollectionMethods.copy(l)) {
      c.tick().run();
      Object key = Keys.of(closure.call(Arrays.asList(o)));
      Object group = groups.computeIfAbsent(key, k -> new ArrayList<>());
      if (group instanceof Collection<?> members) {
        CollectionMethods.open(members).add(o);
      }
    }
    if (by.size() > 1) {
      groups.replaceAll(
          (k, v) ->
              v instanceof Collection<?> members
                  ? groupBy(members, by.subList(1, by.size()), c)
                  : v);
    }
    return groups;
  }

  private static Object countBy(Collection<?> l, Methods.Call c) {
    Map<@Nullable Object, Integer> counts = new LinkedHashMap<>();
    for (Object o : CollectionMethods.copy(l)) {
      c.tick().run();
      counts.merge(Keys.of(c.count() == 0 ? o : c.apply(o)), 1, Integer::sum);
    }
    return counts;
  }

  private static Object indexBy(Collection<?> l, Methods.Call c) {
    Map<@Nullable Object, @Nullable Object> found = new LinkedHashMap<>();
    for (Object o : CollectionMethods.copy(l)) {
      c.tick().run();
      found.put(Keys.of(c.apply(o)), o);
    }
    return found;
  }
}
