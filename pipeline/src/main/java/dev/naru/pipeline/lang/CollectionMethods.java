package dev.naru.pipeline.lang;

import dev.naru.pipeline.lang.Values.Callable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The methods of lists, sets and maps. */
@SuppressWarnings("unchecked") // a script's collections hold anything
final class CollectionMethods {
  static final Methods<Collection<?>> COLLECTIONS = new Methods<>(Methods.COMMON);
  static final Methods<List<?>> LISTS = new Methods<>(COLLECTIONS);
  static final Methods<Map<?, ?>> MAPS = new Methods<>(Methods.COMMON);

  static {
    COLLECTIONS
        .add("size", (l, c) -> l.size())
        .add("isEmpty", (l, c) -> l.isEmpty())
        .add("contains", (l, c) -> l.stream().anyMatch(x -> Values.equal(x, c.arg(0))))
        .add(
            "containsAll",
            (l, c) ->
                Operators.elements(c.arg(0), c.at()).stream()
                    .allMatch(x -> l.stream().anyMatch(y -> Values.equal(x, y))))
        .add("add", (l, c) -> open(l).add(c.arg(c.count() - 1)))
        .add("addAll", (l, c) -> open(l).addAll(Operators.elements(c.arg(0), c.at())))
        .add(
            "removeAll",
            (l, c) ->
                open(l)
                    .removeIf(
                        c.arg(0) instanceof Callable
                            ? c::test
                            : x -> Operators.isCase(c.arg(0), x, c.tick())))
        .add("clear", (l, c) -> done(l::clear))
        .add("each", (l, c) -> each(l, l, c))
        .add("eachWithIndex", (l, c) -> eachWithIndex(l, l, c))
        .add("collect", (l, c) -> collect(l, c))
        .add(
            "collectMany",
            (l, c) ->
                collect(l, c).stream()
                    .flatMap(x -> Operators.elements(x, c.at()).stream())
                    .collect(list()))
        .add("collectEntries", (l, c) -> collectEntries(l, c))
        .add(
            "findAll",
            (l, c) -> l.stream().filter(c.count() == 0 ? Values::truth : c::test).collect(list()))
        .add(
            "grep",
            (l, c) ->
                l.stream().filter(x -> Operators.isCase(c.arg(0), x, c.tick())).collect(list()))
        .add("find", (l, c) -> first(l, c))
        .add("any", (l, c) -> l.stream().anyMatch(c.count() == 0 ? Values::truth : c::test))
        .add("every", (l, c) -> l.stream().allMatch(c.count() == 0 ? Values::truth : c::test))
        .add(
            "count",
            (l, c) ->
                (int)
                    l.stream()
                        .filter(
                            x ->
                                c.arg(0) instanceof Callable
                                    ? c.test(x)
                                    : Values.equal(x, c.arg(0)))
                        .count())
        .add(
            "join",
            (l, c) ->
                l.stream()
                    .map(Values::text)
                    .collect(Collectors.joining(c.count() == 0 ? "" : c.text(0))))
        .add("sum", (l, c) -> sum(l, c))
        .add("max", (l, c) -> extreme(l, c, 1))
        .add("min", (l, c) -> extreme(l, c, -1))
        .add("sort", (l, c) -> sort(l, c))
        .add("toSorted", (l, c) -> sorted(l, c))
        .add("unique", (l, c) -> unique(l, c))
        .add("toUnique", (l, c) -> distinct(l, c))
        .add("toSet", (l, c) -> new LinkedHashSet<>(l))
        .add("toList", (l, c) -> new ArrayList<>(l))
        .add("asImmutable", (l, c) -> l)
        .add("flatten", (l, c) -> flatten(l))
        .add("groupBy", (l, c) -> groupBy(l, c))
        .add("inject", (l, c) -> inject(l, c))
        .add("plus", (l, c) -> Operators.binary(BinaryOp.PLUS, l, c.arg(0), c.at(), c.tick()))
        .add("minus", (l, c) -> Operators.binary(BinaryOp.MINUS, l, c.arg(0), c.at(), c.tick()))
        .add(
            "intersect",
            (l, c) ->
                l.stream().filter(x -> Operators.isCase(c.arg(0), x, c.tick())).collect(list()))
        .add(
            "disjoint",
            (l, c) -> l.stream().noneMatch(x -> Operators.isCase(c.arg(0), x, c.tick())));
    LISTS
        .add("get", (l, c) -> at(l, c.number(0), c))
        .add("getAt", (l, c) -> at(l, c.number(0), c))
        .add("set", (l, c) -> ((List<@Nullable Object>) l).set(c.number(0), c.arg(1)))
        .add("indexOf", (l, c) -> l.indexOf(c.arg(0)))
        .add("findIndexOf", (l, c) -> l.indexOf(first(l, c)))
        .add("first", (l, c) -> at(l, 0, c))
        .add("head", (l, c) -> at(l, 0, c))
        .add("last", (l, c) -> at(l, l.size() - 1, c))
        .add("tail", (l, c) -> new ArrayList<>(l.subList(Math.min(1, l.size()), l.size())))
        .add("init", (l, c) -> new ArrayList<>(l.subList(0, Math.max(0, l.size() - 1))))
        .add("pop", (l, c) -> removed(l, 0, c))
        .add("push", (l, c) -> done(() -> ((List<@Nullable Object>) l).addFirst(c.arg(0))))
        .add(
            "remove",
            (l, c) ->
                c.arg(0) instanceof Integer i ? removed(l, i, c) : (Object) l.remove(c.arg(0)))
        .add("removeLast", (l, c) -> removed(l, l.size() - 1, c))
        .add("take", (l, c) -> new ArrayList<>(l.subList(0, Math.clamp(c.number(0), 0, l.size()))))
        .add(
            "drop",
            (l, c) -> new ArrayList<>(l.subList(Math.clamp(c.number(0), 0, l.size()), l.size())))
        .add(
            "subList",
            (l, c) ->
                new ArrayList<>(
                    l.subList(
                        Math.clamp(c.number(0), 0, l.size()),
                        Math.clamp(c.number(1), 0, l.size()))))
        .add("reverse", (l, c) -> new ArrayList<>(l.reversed()))
        .add("withIndex", (l, c) -> withIndex(l))
        .add("indexed", (l, c) -> indexed(l))
        .add("collate", (l, c) -> collate(l, c))
        .add("transpose", (l, c) -> transpose(l, c));
    MAPS.add("size", (m, c) -> m.size())
        .add("isEmpty", (m, c) -> m.isEmpty())
        .add(
            "get",
            (m, c) ->
                m.containsKey(c.arg(0)) || c.count() == 1 ? m.get(c.arg(0)) : putDefault(m, c))
        .add("getAt", (m, c) -> m.get(c.arg(0)))
        .add("getOrDefault", (m, c) -> m.containsKey(c.arg(0)) ? m.get(c.arg(0)) : c.arg(1))
        .add("put", (m, c) -> open(m).put(c.arg(0), c.arg(1)))
        .add(
            "putAll",
            (m, c) -> done(() -> open(m).putAll((Map<?, ?>) require(c.arg(0), Map.class, c))))
        .add("remove", (m, c) -> m.remove(c.arg(0)))
        .add("containsKey", (m, c) -> m.containsKey(c.arg(0)))
        .add(
            "containsValue", (m, c) -> m.values().stream().anyMatch(v -> Values.equal(v, c.arg(0))))
        .add("keySet", (m, c) -> new LinkedHashSet<>(m.keySet()))
        .add("values", (m, c) -> new ArrayList<>(m.values()))
        .add("entrySet", (m, c) -> new ArrayList<>(m.entrySet()))
        .add("each", (m, c) -> eachEntry(m, c))
        .add("eachWithIndex", (m, c) -> eachWithIndex(m.entrySet(), m, c))
        .add("collect", (m, c) -> m.entrySet().stream().map(e -> entry(e, c)).collect(list()))
        .add("collectEntries", (m, c) -> collectMapEntries(m, c))
        .add("findAll", (m, c) -> filtered(m, c))
        .add("find", (m, c) -> firstEntry(m, c))
        .add("any", (m, c) -> m.entrySet().stream().anyMatch(e -> Values.truth(entry(e, c))))
        .add("every", (m, c) -> m.entrySet().stream().allMatch(e -> Values.truth(entry(e, c))))
        .add(
            "count",
            (m, c) -> (int) m.entrySet().stream().filter(e -> Values.truth(entry(e, c))).count())
        .add("sort", (m, c) -> sortedMap(m, c))
        .add("subMap", (m, c) -> subMap(m, c))
        .add("plus", (m, c) -> Operators.binary(BinaryOp.PLUS, m, c.arg(0), c.at(), c.tick()));
  }

  private CollectionMethods() {}

  private static java.util.stream.Collector<Object, ?, List<@Nullable Object>> list() {
    return Collectors.toCollection(ArrayList::new);
  }

  private static Collection<@Nullable Object> open(Collection<?> c) {
    return (Collection<@Nullable Object>) c;
  }

  private static Map<@Nullable Object, @Nullable Object> open(Map<?, ?> m) {
    return (Map<@Nullable Object, @Nullable Object>) m;
  }

  private static @Nullable Object done(Runnable action) {
    action.run();
    return null;
  }

  private static <T> T require(@Nullable Object value, Class<T> type, Methods.Call c) {
    if (type.isInstance(value)) {
      return type.cast(value);
    }
    throw c.fail("MissingMethodException", "the argument is no " + type.getSimpleName());
  }

  /** A copy, so that a closure may change what it goes over. */
  private static List<? extends @Nullable Object> copy(Collection<? extends @Nullable Object> c) {
    return Arrays.asList(c.toArray());
  }

  static @Nullable Object each(
      Collection<? extends @Nullable Object> all, @Nullable Object result, Methods.Call c) {
    for (Object o : copy(all)) {
      c.tick().run();
      c.apply(o);
    }
    return result;
  }

  private static @Nullable Object eachWithIndex(
      Collection<? extends @Nullable Object> all, Object result, Methods.Call c) {
    int i = 0;
    for (Object o : copy(all)) {
      c.closure(0).call(Arrays.asList(o, i++));
    }
    return result;
  }

  static List<@Nullable Object> collect(
      Collection<? extends @Nullable Object> all, Methods.Call c) {
    List<@Nullable Object> out = new ArrayList<>();
    for (Object o : copy(all)) {
      c.tick().run();
      out.add(c.count() == 0 ? o : c.apply(o));
    }
    return out;
  }

  private static void addEntry(
      @Nullable Object made, Map<@Nullable Object, @Nullable Object> to, Methods.Call c) {
    switch (made) {
      case Map<?, ?> m -> to.putAll(m);
      case List<?> pair when pair.size() == 2 -> to.put(pair.get(0), pair.get(1));
      case Map.Entry<?, ?> e -> to.put(e.getKey(), e.getValue());
      case null, default ->
          throw c.fail("IllegalArgumentException", "collectEntries needs [key, value] or a map");
    }
  }

  private static Object collectEntries(Collection<?> l, Methods.Call c) {
    Map<@Nullable Object, @Nullable Object> map = new LinkedHashMap<>();
    for (Object o : copy(l)) {
      addEntry(c.count() == 0 ? o : c.apply(o), map, c);
    }
    return map;
  }

  private static Object collectMapEntries(Map<?, ?> m, Methods.Call c) {
    Map<@Nullable Object, @Nullable Object> map = new LinkedHashMap<>();
    for (Object e : m.entrySet().toArray()) {
      addEntry(entry((Map.Entry<?, ?>) e, c), map, c);
    }
    return map;
  }

  private static @Nullable Object first(Collection<?> l, Methods.Call c) {
    for (Object o : copy(l)) {
      if (c.count() == 0 ? Values.truth(o) : c.test(o)) {
        return o;
      }
    }
    return null;
  }

  private static @Nullable Object sum(Collection<?> l, Methods.Call c) {
    Object total = null;
    for (Object o : copy(l)) {
      Object value = c.count() == 0 ? o : c.apply(o);
      total =
          total == null ? value : Operators.binary(BinaryOp.PLUS, total, value, c.at(), c.tick());
    }
    return total;
  }

  private static Comparator<@Nullable Object> order(Methods.Call c) {
    if (c.count() == 0 || !(c.args().getLast() instanceof Callable closure)) {
      return (a, b) -> Values.compare(a, b, c.at());
    }
    if (closure.parameterCount() == 2) {
      return (a, b) -> closure.call(Arrays.asList(a, b)) instanceof Number n ? n.intValue() : 0;
    }
    return (a, b) -> Values.compare(c.apply(a), c.apply(b), c.at());
  }

  private static @Nullable Object extreme(Collection<?> l, Methods.Call c, int sign) {
    Comparator<@Nullable Object> order = order(c);
    Object best = null;
    boolean any = false;
    for (Object o : copy(l)) {
      if (!any || order.compare(o, best) * sign > 0) {
        best = o;
        any = true;
      }
    }
    return best;
  }

  private static List<@Nullable Object> sorted(Collection<?> l, Methods.Call c) {
    List<@Nullable Object> copy = new ArrayList<>(l);
    try {
      copy.sort(order(c));
    } catch (IllegalArgumentException e) {
      throw c.fail("IllegalArgumentException", "the order of sort() contradicts itself");
    }
    return copy;
  }

  private static Object sort(Collection<?> l, Methods.Call c) {
    List<@Nullable Object> sorted = sorted(l, c);
    boolean keep = c.count() > 0 && Boolean.FALSE.equals(c.arg(0));
    if (!keep && l instanceof List<?>) {
      Collection<@Nullable Object> target = open(l);
      target.clear();
      target.addAll(sorted);
      return l;
    }
    return sorted;
  }

  private static List<@Nullable Object> distinct(Collection<?> l, Methods.Call c) {
    List<@Nullable Object> out = new ArrayList<>();
    List<@Nullable Object> keys = new ArrayList<>();
    for (Object o : copy(l)) {
      Object key = c.count() == 0 ? o : c.apply(o);
      if (keys.stream().noneMatch(k -> Values.equal(k, key))) {
        keys.add(key);
        out.add(o);
      }
    }
    return out;
  }

  private static Object unique(Collection<?> l, Methods.Call c) {
    List<@Nullable Object> distinct = distinct(l, c);
    open(l).clear();
    open(l).addAll(distinct);
    return l;
  }

  private static List<@Nullable Object> flatten(Collection<?> l) {
    List<@Nullable Object> out = new ArrayList<>();
    for (Object o : l) {
      if (o instanceof Collection<?> inner) {
        out.addAll(flatten(inner));
      } else {
        out.add(o);
      }
    }
    return out;
  }

  private static Object groupBy(Collection<?> l, Methods.Call c) {
    Map<@Nullable Object, List<@Nullable Object>> groups = new LinkedHashMap<>();
    for (Object o : copy(l)) {
      groups.computeIfAbsent(c.apply(o), k -> new ArrayList<>()).add(o);
    }
    return groups;
  }

  private static @Nullable Object inject(Collection<?> l, Methods.Call c) {
    Object value = c.arg(0);
    for (Object o : copy(l)) {
      value = c.closure(1).call(Arrays.asList(value, o));
    }
    return value;
  }

  private static @Nullable Object at(List<?> l, int i, Methods.Call c) {
    int index = i < 0 ? i + l.size() : i;
    if (index < 0 || index >= l.size()) {
      throw c.fail("IndexOutOfBoundsException", "index " + i + " of a list of " + l.size());
    }
    return l.get(index);
  }

  private static @Nullable Object removed(List<?> l, int i, Methods.Call c) {
    at(l, i, c);
    return l.remove(i);
  }

  private static Object withIndex(List<?> l) {
    List<@Nullable Object> out = new ArrayList<>();
    for (int i = 0; i < l.size(); i++) {
      out.add(new ArrayList<>(Arrays.asList(l.get(i), i)));
    }
    return out;
  }

  private static Object indexed(List<?> l) {
    Map<Object, @Nullable Object> out = new LinkedHashMap<>();
    for (int i = 0; i < l.size(); i++) {
      out.put(i, l.get(i));
    }
    return out;
  }

  private static Object collate(List<?> l, Methods.Call c) {
    List<@Nullable Object> out = new ArrayList<>();
    int size = Math.max(1, c.number(0));
    for (int i = 0; i < l.size(); i += size) {
      out.add(new ArrayList<>(l.subList(i, Math.min(l.size(), i + size))));
    }
    return out;
  }

  private static Object transpose(List<?> l, Methods.Call c) {
    List<List<?>> rows = new ArrayList<>();
    l.forEach(row -> rows.add(require(row, List.class, c)));
    int width = rows.stream().mapToInt(List::size).min().orElse(0);
    List<@Nullable Object> out = new ArrayList<>();
    for (int i = 0; i < width; i++) {
      List<@Nullable Object> column = new ArrayList<>();
      for (List<?> row : rows) {
        column.add(row.get(i));
      }
      out.add(column);
    }
    return out;
  }

  private static @Nullable Object putDefault(Map<?, ?> m, Methods.Call c) {
    open(m).put(c.arg(0), c.arg(1));
    return c.arg(1);
  }

  /** Calls the closure with the entry, or with key and value when it takes two. */
  private static @Nullable Object entry(Map.Entry<?, ?> e, Methods.Call c) {
    c.tick().run();
    Callable closure = c.closure(c.count() - 1);
    return closure.parameterCount() == 2
        ? closure.call(Arrays.asList(e.getKey(), e.getValue()))
        : closure.call(Collections.singletonList(e));
  }

  private static Object eachEntry(Map<?, ?> m, Methods.Call c) {
    for (Object e : m.entrySet().toArray()) {
      entry((Map.Entry<?, ?>) e, c);
    }
    return m;
  }

  private static Object filtered(Map<?, ?> m, Methods.Call c) {
    Map<@Nullable Object, @Nullable Object> out = new LinkedHashMap<>();
    m.forEach(
        (k, v) -> {
          if (Values.truth(entry(entryOf(k, v), c))) {
            out.put(k, v);
          }
        });
    return out;
  }

  private static Map.Entry<?, ?> entryOf(@Nullable Object key, @Nullable Object value) {
    return new java.util.AbstractMap.SimpleEntry<>(key, value);
  }

  private static @Nullable Object firstEntry(Map<?, ?> m, Methods.Call c) {
    for (Map.Entry<?, ?> e : m.entrySet()) {
      if (Values.truth(entry(e, c))) {
        return e;
      }
    }
    return null;
  }

  private static Object sortedMap(Map<?, ?> m, Methods.Call c) {
    List<Map.Entry<?, ?>> entries = new ArrayList<>(m.entrySet());
    if (c.count() == 0) {
      entries.sort((a, b) -> Values.compare(a.getKey(), b.getKey(), c.at()));
    } else {
      Comparator<@Nullable Object> order = order(c);
      entries.sort(order);
    }
    Map<@Nullable Object, @Nullable Object> out = new LinkedHashMap<>();
    entries.forEach(e -> out.put(e.getKey(), e.getValue()));
    return out;
  }

  private static Object subMap(Map<?, ?> m, Methods.Call c) {
    Map<@Nullable Object, @Nullable Object> out = new LinkedHashMap<>();
    for (Object key : Operators.elements(c.arg(0), c.at())) {
      out.put(key, m.get(key));
    }
    return out;
  }
}
