package dev.naru.pipeline.lang;

import java.util.AbstractMap.SimpleEntry;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The methods of maps and their entries. A closure of two parameters gets key and value, another
 * the entry.
 */
@SuppressWarnings("unchecked") // a script's maps hold anything
final class MapMethods {
  static final Methods<Map<?, ?>> MAPS = new Methods<>(Methods.COMMON);
  static final Methods<Map.Entry<?, ?>> ENTRIES = new Methods<>(Methods.COMMON);

  static {
    asking();
    changing();
    iterating();
    making();
    folding();
    ENTRIES
        .add("getKey", (e, c) -> e.getKey())
        .add("getValue", (e, c) -> e.getValue())
        .add("setValue", (e, c) -> ((Map.Entry<?, @Nullable Object>) e).setValue(c.arg(0)));
  }

  private MapMethods() {}

  private static Map<@Nullable Object, @Nullable Object> open(Map<?, ?> m) {
    return (Map<@Nullable Object, @Nullable Object>) m;
  }

  /** The entries as they are now; each writes through to its map. */
  private static List<Map.Entry<?, ?>> entries(Map<?, ?> m) {
    return new ArrayList<>(m.entrySet());
  }

  private static Map<@Nullable Object, @Nullable Object> similar(Map<?, ?> m) {
    return m instanceof TreeMap<?, ?> t
        ? new TreeMap<>((Comparator<Object>) t.comparator())
        : new LinkedHashMap<>();
  }

  /** What the call's closure makes of an entry. */
  private static @Nullable Object apply(Map.Entry<?, ?> e, Methods.Call c) {
    c.tick().run();
    return c.closure(c.count() - 1).parameterCount() == 2
        ? c.call(e.getKey(), e.getValue())
        : c.apply(e);
  }

  private static boolean test(Map.Entry<?, ?> e, Methods.Call c) {
    return Values.truth(apply(e, c));
  }

  private static void asking() {
    MAPS.add("size", (m, c) -> m.size())
        .add("isEmpty", (m, c) -> m.isEmpty())
        .add("get", (m, c) -> get(m, c))
        .add("getAt", (m, c) -> m.get(Keys.of(c.arg(0))))
        .add(
            "getOrDefault", (m, c) -> m.containsKey(Keys.of(c.arg(0))) ? m.get(c.arg(0)) : c.arg(1))
        .add("containsKey", (m, c) -> m.containsKey(Keys.of(c.arg(0))))
        .add(
            "containsValue", (m, c) -> m.values().stream().anyMatch(v -> Values.equal(v, c.arg(0))))
        .add("isCase", (m, c) -> Operators.isCase(m, c.arg(0), c.tick()))
        .add("keySet", (m, c) -> m.keySet())
        .add("values", (m, c) -> new ArrayList<>(m.values()))
        .add("entrySet", (m, c) -> m.entrySet())
        .add("toMapString", (m, c) -> Values.text(m))
        .add("any", (m, c) -> entries(m).stream().anyMatch(e -> test(e, c)))
        .add("every", (m, c) -> entries(m).stream().allMatch(e -> test(e, c)))
        .add(
            "count",
            (m, c) ->
                c.count() == 0
                    ? m.size()
                    : entries(m).stream().filter(e -> test(e, c)).toList().size());
  }

  private static @Nullable Object get(Map<?, ?> m, Methods.Call c) {
    Object key = Keys.of(c.arg(0));
    if (c.count() > 1 && !m.containsKey(key)) {
      c.grow(m.size() + 1L);
      open(m).put(key, c.arg(1));
    }
    return m.get(key);
  }

  private static @Nullable Object done(Runnable action) {
    action.run();
    return null;
  }

  private static void changing() {
    MAPS.add("put", (m, c) -> put(m, c.arg(0), c.arg(1), c))
        .add("putAt", (m, c) -> put(m, c.arg(0), c.arg(1), c))
        .add("putAll", (m, c) -> done(() -> putAll(m, c)))
        .add("leftShift", (m, c) -> c.operator(BinaryOp.SHIFT_LEFT, m, c.arg(0)))
        .add(
            "putIfAbsent",
            (m, c) -> m.get(c.arg(0)) == null ? put(m, c.arg(0), c.arg(1), c) : m.get(c.arg(0)))
        .add("computeIfAbsent", (m, c) -> computeIfAbsent(m, c))
        .add("computeIfPresent", (m, c) -> compute(m, c, true))
        .add("compute", (m, c) -> compute(m, c, false))
        .add("merge", (m, c) -> merge(m, c))
        .add("remove", (m, c) -> m.remove(Keys.of(c.arg(0))))
        .add("removeAll", (m, c) -> m.entrySet().removeAll(kept(m, c, true)))
        .add("retainAll", (m, c) -> m.entrySet().removeAll(kept(m, c, false)))
        .add("clear", (m, c) -> done(m::clear))
        .add("replaceAll", (m, c) -> done(() -> open(m).replaceAll((k, v) -> c.call(k, v))))
        .add("asImmutable", (m, c) -> Collections.unmodifiableMap(new LinkedHashMap<>(m)))
        .add("asUnmodifiable", (m, c) -> Collections.unmodifiableMap(m))
        .add("withDefault", (m, c) -> new DefaultMap(m, c.closure(0)));
  }

  private static @Nullable Object put(
      Map<?, ?> m, @Nullable Object key, @Nullable Object value, Methods.Call c) {
    c.grow(m.size() + 1L);
    return open(m).put(Keys.of(key), value);
  }

  private static void putAll(Map<?, ?> m, Methods.Call c) {
    if (c.arg(0) instanceof Collection<?> entries) {
      entries.forEach(e -> CollectionMethods.addEntry(e, open(m), c));
      return;
    }
    Map<?, ?> more = c.map(0);
    c.grow((long) m.size() + more.size());
    open(m).putAll(more);
  }

  private static @Nullable Object computeIfAbsent(Map<?, ?> m, Methods.Call c) {
    Object before = m.containsKey(Keys.of(c.arg(0))) ? m.get(c.arg(0)) : null;
    if (before != null) {
      return before;
    }
    Object made = c.apply(c.arg(0));
    if (made != null) {
      put(m, c.arg(0), made, c);
    }
    return made;
  }

  private static @Nullable Object compute(Map<?, ?> m, Methods.Call c, boolean present) {
    Object before = m.containsKey(Keys.of(c.arg(0))) ? m.get(c.arg(0)) : null;
    if (present && before == null) {
      return null;
    }
    return kept(m, c.arg(0), c.call(c.arg(0), before), c);
  }

  private static @Nullable Object merge(Map<?, ?> m, Methods.Call c) {
    Object before = m.containsKey(Keys.of(c.arg(0))) ? m.get(c.arg(0)) : null;
    return kept(m, c.arg(0), before == null ? c.arg(1) : c.call(before, c.arg(1)), c);
  }

  private static @Nullable Object kept(
      Map<?, ?> m, @Nullable Object key, @Nullable Object value, Methods.Call c) {
    if (value == null) {
      m.remove(key);
    } else {
      put(m, key, value, c);
    }
    return value;
  }

  private static List<Map.Entry<?, ?>> kept(Map<?, ?> m, Methods.Call c, boolean matching) {
    List<Map.Entry<?, ?>> all = new ArrayList<>();
    for (Map.Entry<?, ?> e : entries(m)) {
      if (test(e, c) == matching) {
        all.add(e);
      }
    }
    return all;
  }

  private static void iterating() {
    MAPS.add("each", (m, c) -> each(entries(m), m, c))
        .add("forEach", (m, c) -> each(entries(m), null, c))
        .add("reverseEach", (m, c) -> each(entries(m).reversed(), m, c))
        .add("eachWithIndex", (m, c) -> eachWithIndex(m, c))
        .add("collect", (m, c) -> collect(m, c))
        .add("collectMany", (m, c) -> collectMany(m, c))
        .add("collectEntries", (m, c) -> collectEntries(m, c))
        .add("find", (m, c) -> entries(m).stream().filter(e -> test(e, c)).findFirst().orElse(null))
        .add("findResult", (m, c) -> findResult(m, c))
        .add("findResults", (m, c) -> findResults(m, c));
  }

  private static @Nullable Object each(
      List<Map.Entry<?, ?>> entries, @Nullable Object result, Methods.Call c) {
    entries.forEach(e -> apply(e, c));
    return result;
  }

  private static Object eachWithIndex(Map<?, ?> m, Methods.Call c) {
    int i = 0;
    for (Map.Entry<?, ?> e : entries(m)) {
      c.tick().run();
      if (c.closure(0).parameterCount() == 3) {
        c.call(e.getKey(), e.getValue(), i++);
      } else {
        c.call(e, i++);
      }
    }
    return m;
  }

  private static Object collect(Map<?, ?> m, Methods.Call c) {
    Collection<@Nullable Object> out =
        c.count() > 1 && c.arg(0) instanceof Collection<?> to
            ? CollectionMethods.open(to)
            : new ArrayList<>();
    entries(m).forEach(e -> out.add(c.count() == 0 ? e : apply(e, c)));
    return out;
  }

  private static Object collectMany(Map<?, ?> m, Methods.Call c) {
    List<@Nullable Object> out = new ArrayList<>();
    for (Map.Entry<?, ?> e : entries(m)) {
      out.addAll(Operators.elements(apply(e, c), c.at()));
      c.grow(out.size());
    }
    return out;
  }

  private static Object collectEntries(Map<?, ?> m, Methods.Call c) {
    Map<@Nullable Object, @Nullable Object> map = new LinkedHashMap<>();
    for (Map.Entry<?, ?> e : entries(m)) {
      CollectionMethods.addEntry(c.count() == 0 ? e : apply(e, c), map, c);
    }
    return map;
  }

  private static @Nullable Object findResult(Map<?, ?> m, Methods.Call c) {
    for (Map.Entry<?, ?> e : entries(m)) {
      Object result = apply(e, c);
      if (result != null) {
        return result;
      }
    }
    return c.count() > 1 ? c.arg(0) : null;
  }

  private static Object findResults(Map<?, ?> m, Methods.Call c) {
    List<@Nullable Object> out = new ArrayList<>();
    for (Map.Entry<?, ?> e : entries(m)) {
      Object result = apply(e, c);
      if (result != null) {
        out.add(result);
      }
    }
    return out;
  }

  private static void making() {
    MAPS.add("findAll", (m, c) -> map(kept(m, c, true), similar(m)))
        .add("subMap", (m, c) -> subMap(m, c))
        .add("plus", (m, c) -> c.operator(BinaryOp.PLUS, m, c.arg(0)))
        .add("minus", (m, c) -> c.operator(BinaryOp.MINUS, m, c.arg(0)))
        .add("intersect", (m, c) -> intersect(m, c))
        .add("sort", (m, c) -> sort(m, c))
        .add("toSorted", (m, c) -> sort(m, c))
        .add("take", (m, c) -> cut(m, 0, c.number(0)))
        .add("drop", (m, c) -> cut(m, c.number(0), m.size()))
        .add("takeWhile", (m, c) -> cut(m, 0, prefix(m, c)))
        .add("dropWhile", (m, c) -> cut(m, prefix(m, c), m.size()))
        .add("asType", (m, c) -> Coercions.cast(TextMethods.type(c.arg(0)), m, c.at()));
  }

  private static Map<@Nullable Object, @Nullable Object> map(
      List<Map.Entry<?, ?>> entries, Map<@Nullable Object, @Nullable Object> to) {
    entries.forEach(e -> to.put(e.getKey(), e.getValue()));
    return to;
  }

  private static Object subMap(Map<?, ?> m, Methods.Call c) {
    Map<@Nullable Object, @Nullable Object> out = new LinkedHashMap<>();
    Collection<?> keys =
        c.count() == 1 && c.arg(0) instanceof Collection<?> given ? given : c.args();
    for (Object key : keys) {
      if (m.containsKey(Keys.of(key))) {
        out.put(key, m.get(key));
      }
    }
    return out;
  }

  private static Object intersect(Map<?, ?> m, Methods.Call c) {
    Map<?, ?> other = c.map(0);
    Map<@Nullable Object, @Nullable Object> out = similar(m);
    m.forEach(
        (k, v) -> {
          if (other.containsKey(k) && Values.equal(v, other.get(k))) {
            out.put(k, v);
          }
        });
    return out;
  }

  /** The order of a closure of two entries, of one value of an entry, or of the keys. */
  private static List<Map.Entry<?, ?>> ordered(Map<?, ?> m, Methods.Call c) {
    List<Map.Entry<?, ?>> entries = entries(m);
    if (!c.closes()) {
      entries.sort((a, b) -> c.order(a.getKey(), b.getKey()));
    } else {
      entries.sort((a, b) -> Ordering.of(c).compare(a, b));
    }
    return entries;
  }

  private static Object sort(Map<?, ?> m, Methods.Call c) {
    return map(ordered(m, c), new LinkedHashMap<>());
  }

  private static Object cut(Map<?, ?> m, int from, int to) {
    List<Map.Entry<?, ?>> all = entries(m);
    int start = Math.clamp(from, 0, all.size());
    return map(all.subList(start, Math.clamp(to, start, all.size())), similar(m));
  }

  private static int prefix(Map<?, ?> m, Methods.Call c) {
    int i = 0;
    for (Map.Entry<?, ?> e : entries(m)) {
      if (!test(e, c)) {
        break;
      }
      i++;
    }
    return i;
  }

  private static void folding() {
    MAPS.add("max", (m, c) -> Ordering.extreme(entries(m), c, 1))
        .add("min", (m, c) -> Ordering.extreme(entries(m), c, -1))
        .add("sum", (m, c) -> CollectionMethods.COLLECTIONS.call(entries(m), "sum", c))
        .add("inject", (m, c) -> inject(m, c))
        .add("groupBy", (m, c) -> groups(m, c, true))
        .add("groupEntriesBy", (m, c) -> groups(m, c, false))
        .add("countBy", (m, c) -> countBy(m, c));
  }

  private static @Nullable Object inject(Map<?, ?> m, Methods.Call c) {
    Object value = c.arg(0);
    for (Map.Entry<?, ?> e : entries(m)) {
      c.tick().run();
      value =
          c.closure(1).parameterCount() == 3
              ? c.call(value, e.getKey(), e.getValue())
              : c.call(value, e);
    }
    return value;
  }

  private static Object groups(Map<?, ?> m, Methods.Call c, boolean maps) {
    Map<@Nullable Object, List<Map.Entry<?, ?>>> groups = new LinkedHashMap<>();
    for (Map.Entry<?, ?> e : entries(m)) {
      groups
          .computeIfAbsent(Keys.of(apply(e, c)), k -> new ArrayList<>())
          .add(new SimpleEntry<>(e.getKey(), e.getValue()));
    }
    if (!maps) {
      return groups;
    }
    Map<@Nullable Object, @Nullable Object> out = new LinkedHashMap<>();
    groups.forEach((k, v) -> out.put(k, map(v, new LinkedHashMap<>())));
    return out;
  }

  private static Object countBy(Map<?, ?> m, Methods.Call c) {
    Map<@Nullable Object, Integer> counts = new LinkedHashMap<>();
    entries(m).forEach(e -> counts.merge(Keys.of(apply(e, c)), 1, Integer::sum));
    return counts;
  }
}
