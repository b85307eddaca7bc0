package dev.naru.pipeline.lang;

import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Values as keys of maps and elements of sets. A list is a key by all that it holds, so how much a
 * key may hold is bounded.
 */
final class Keys {
  static final int NODES_MAX = 10_000;

  private Keys() {}

  /**
   * {@code key} itself.
   *
   * @throws Thrown.Limit when it holds more than {@link #NODES_MAX} values
   */
  static @Nullable Object of(@Nullable Object key) {
    if (key instanceof Collection || key instanceof Map) {
      weigh(key, 0);
    }
    return LazyText.plain(key);
  }

  private static int weigh(@Nullable Object value, int before) {
    int nodes = before + 1;
    if (nodes > NODES_MAX) {
      throw new Thrown.Limit("a key of a map or set that holds more than " + NODES_MAX + " values");
    }
    if (value instanceof Collection<?> c) {
      for (Object o : c) {
        nodes = weigh(o, nodes);
      }
    } else if (value instanceof Map<?, ?> m) {
      for (Map.Entry<?, ?> e : m.entrySet()) {
        nodes = weigh(e.getValue(), weigh(e.getKey(), nodes));
      }
    }
    return nodes;
  }

  static Set<@Nullable Object> set(Collection<? extends @Nullable Object> all) {
    Set<@Nullable Object> set = new LinkedHashSet<>();
    for (Object o : all) {
      set.add(of(o));
    }
    return set;
  }

  /** In the order of the elements, as a sorted set has them. */
  static Set<@Nullable Object> sortedSet(Collection<? extends @Nullable Object> all, Position at) {
    Set<@Nullable Object> set = new TreeSet<>((a, b) -> Values.compare(a, b, at));
    set.addAll(all);
    return set;
  }
}
