package dev.naru.pipeline.lang;

import dev.naru.pipeline.lang.Values.Callable;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Methods that compare: sorting, extremes, doubles. */
final class Ordering {
  private Ordering() {}

  static void addTo(Methods<Collection<?>> methods) {
    methods
        .add("max", (l, c) -> extreme(l, c, 1))
        .add("min", (l, c) -> extreme(l, c, -1))
        .add("sort", (l, c) -> sort(l, c))
        .add("toSorted", (l, c) -> sorted(l, c))
        .add("unique", (l, c) -> unique(l, c))
        .add("toUnique", (l, c) -> distinct(l, c));
  }

  /** The order of the call's last argument, a closure of one or two, or the natural one. */
  static Comparator<@Nullable Object> of(Methods.Call c) {
    if (!c.closes()) {
      return c::order;
    }
    Callable closure = c.closure(c.count() - 1);
    if (closure.parameterCount() == 2) {
      return (a, b) -> number(c.call(a, b));
    }
    return (a, b) -> c.order(c.apply(a), c.apply(b));
  }

  private static int number(@Nullable Object order) {
    return switch (order) {
      case Number n -> Arithmetic.compare(n, 0);
      case Boolean b -> b ? 1 : 0;
      case null, default -> 0;
    };
  }

  static @Nullable Object extreme(
      Collection<? extends @Nullable Object> l, Methods.Call c, int sign) {
    Comparator<@Nullable Object> order = of(c);
    boolean natural = !c.closes();
    Object best = null;
    boolean any = false;
    for (Object o : CollectionMethods.copy(l)) {
      if (natural && o == null) {
        continue;
      }
      if (!any || order.compare(o, best) * sign > 0) {
        best = o;
        any = true;
      }
    }
    return best;
  }

  static List<@Nullable Object> sorted(Collection<? extends @Nullable Object> l, Methods.Call c) {
    List<@Nullable Object> copy = new ArrayList<>(l);
    try {
      copy.sort(of(c));
    } catch (IllegalArgumentException e) {
      throw c.fail("IllegalArgumentException", "the order of sort() contradicts itself");
    }
    return copy;
  }

  private static Object sort(Collection<?> l, Methods.Call c) {
    List<@Nullable Object> sorted = sorted(l, c);
    if (keeps(c) || !(l instanceof List<?>)) {
      return sorted;
    }
    return replaced(l, sorted);
  }

  private static boolean keeps(Methods.Call c) {
    return c.count() > 0 && Boolean.FALSE.equals(c.arg(0));
  }

  private static Object replaced(Collection<?> l, List<@Nullable Object> by) {
    Collection<@Nullable Object> target = CollectionMethods.open(l);
    target.clear();
    target.addAll(by);
    return l;
  }

  private static List<@Nullable Object> distinct(Collection<?> l, Methods.Call c) {
    List<@Nullable Object> out = new ArrayList<>();
    List<@Nullable Object> keys = new ArrayList<>();
    boolean two = c.closes() && c.closure(c.count() - 1).parameterCount() == 2;
    for (Object o : CollectionMethods.copy(l)) {
      Object key = c.closes() && !two ? c.apply(o) : o;
      if (keys.stream().noneMatch(k -> same(k, key, two, c))) {
        keys.add(key);
        out.add(o);
      }
    }
    return out;
  }

  private static boolean same(
      @Nullable Object a, @Nullable Object b, boolean compared, Methods.Call c) {
    c.tick().run();
    return compared ? number(c.call(a, b)) == 0 : Values.equal(a, b);
  }

  private static Object unique(Collection<?> l, Methods.Call c) {
    List<@Nullable Object> distinct = distinct(l, c);
    return keeps(c) ? distinct : replaced(l, distinct);
  }
}
