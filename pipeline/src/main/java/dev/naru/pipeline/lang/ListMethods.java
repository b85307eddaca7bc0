package dev.naru.pipeline.lang;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Random;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** The methods of what has an order: places, parts, both ends. */
@SuppressWarnings("unchecked") // a script's lists hold anything
final class ListMethods {
  private ListMethods() {}

  static void addTo(Methods<List<?>> methods) {
    places(methods);
    ends(methods);
    parts(methods);
    orders(methods);
  }

  private static List<@Nullable Object> open(List<?> l) {
    return (List<@Nullable Object>) l;
  }

  private static void places(Methods<List<?>> methods) {
    methods
        .add("get", (l, c) -> at(l, c.number(0)))
        .add("getAt", (l, c) -> Elements.get(l, c.arg(0), c.at()))
        .add("set", (l, c) -> open(l).set(c.number(0), c.arg(1)))
        .add("putAt", (l, c) -> put(l, c))
        .add("indexOf", (l, c) -> index(l, c, true))
        .add("lastIndexOf", (l, c) -> index(l, c, false))
        .add("findIndexOf", (l, c) -> indexes(l, c).findFirst().orElse(-1))
        .add("findLastIndexOf", (l, c) -> indexes(l, c).reduce((a, b) -> b).orElse(-1))
        .add(
            "findIndexValues",
            (l, c) -> new ArrayList<>(indexes(l, c).asLongStream().boxed().toList()))
        .add("getIndices", (l, c) -> RangeValue.of(0, l.size(), false, c.at()))
        .add("remove", (l, c) -> remove(l, c))
        .add("removeAt", (l, c) -> removed(l, c.number(0)))
        .add("swap", (l, c) -> swap(l, c))
        .add("withIndex", (l, c) -> withIndex(l, c))
        .add("indexed", (l, c) -> indexed(l, c));
  }

  private static @Nullable Object at(List<?> l, int i) {
    return l.get(i);
  }

  private static @Nullable Object put(List<?> l, Methods.Call c) {
    Elements.set(l, c.arg(0), c.arg(1), c.at());
    return null;
  }

  private static int index(List<?> l, Methods.Call c, boolean first) {
    int found = -1;
    for (int i = 0; i < l.size() && !(first && found >= 0); i++) {
      c.tick().run();
      if (Values.same(l.get(i), c.arg(0))) {
        found = i;
      }
    }
    return found;
  }

  /** Where the closure is true; it is asked as far as the stream is read. */
  private static IntStream indexes(List<?> l, Methods.Call c) {
    List<? extends @Nullable Object> all = CollectionMethods.copy(l);
    return IntStream.range(c.count() > 1 ? c.number(0) : 0, all.size())
        .filter(i -> c.test(all.get(i)));
  }

  static @Nullable Object add(Collection<?> l, Methods.Call c) {
    c.grow(l.size() + 1L);
    if (c.count() > 1 && l instanceof List<?> list) {
      open(list).add(c.number(0), c.arg(1));
      return null;
    }
    return CollectionMethods.open(l).add(l instanceof List ? c.arg(0) : Keys.of(c.arg(0)));
  }

  static boolean addAll(Collection<?> l, Methods.Call c) {
    if (c.count() > 1 && l instanceof List<?> list && c.arg(0) instanceof Integer i) {
      return open(list).addAll(i, new ArrayList<>(c.elements(1)));
    }
    boolean changed = false;
    for (int i = 0; i < c.count(); i++) {
      Collection<? extends @Nullable Object> more =
          c.count() == 1 ? c.elements(0) : Collections.singletonList(c.arg(i));
      c.grow((long) l.size() + more.size());
      changed |= CollectionMethods.open(l).addAll(new ArrayList<>(more));
    }
    return changed;
  }

  private static @Nullable Object remove(List<?> l, Methods.Call c) {
    return c.arg(0) instanceof Integer i
        ? removed(l, i)
        : CollectionMethods.COLLECTIONS.call(l, "removeElement", c);
  }

  private static @Nullable Object removed(List<?> l, int i) {
    return open(l).remove(i);
  }

  private static List<?> swap(List<?> l, Methods.Call c) {
    Collections.swap(l, c.number(0), c.number(1));
    return l;
  }

  private static Object withIndex(List<?> l, Methods.Call c) {
    int offset = c.count() > 0 && !c.closes() ? c.number(0) : 0;
    List<@Nullable Object> out = new ArrayList<>();
    for (Object o : CollectionMethods.copy(l)) {
      c.grow(out.size());
      int i = out.size() + offset;
      out.add(c.closes() ? c.call(o, i) : new ArrayList<>(Arrays.asList(o, i)));
    }
    return out;
  }

  private static Object indexed(List<?> l, Methods.Call c) {
    Map<@Nullable Object, @Nullable Object> out = new LinkedHashMap<>();
    int offset = c.count() > 0 ? c.number(0) : 0;
    for (int i = 0; i < l.size(); i++) {
      out.put(i + offset, l.get(i));
    }
    return out;
  }

  private static void ends(Methods<List<?>> methods) {
    methods
        .add("first", (l, c) -> end(l, 0, "first"))
        .add("head", (l, c) -> end(l, 0, "head"))
        .add("getFirst", (l, c) -> end(l, 0, "getFirst"))
        .add("last", (l, c) -> end(l, l.size() - 1, "last"))
        .add("getLast", (l, c) -> end(l, l.size() - 1, "getLast"))
        .add("tail", (l, c) -> part(l, 1, l.size(), "tail"))
        .add("init", (l, c) -> part(l, 0, l.size() - 1, "init"))
        .add("pop", (l, c) -> popped(l, 0))
        .add("poll", (l, c) -> l.isEmpty() ? null : removed(l, 0))
        .add("peek", (l, c) -> l.isEmpty() ? null : l.getFirst())
        .add("removeFirst", (l, c) -> popped(l, 0))
        .add("removeLast", (l, c) -> popped(l, l.size() - 1))
        .add("push", (l, c) -> pushed(l, c))
        .add("addFirst", (l, c) -> pushed(l, c))
        .add("addLast", (l, c) -> add(l, c))
        .add("offer", (l, c) -> add(l, c));
  }

  private static @Nullable Object end(List<?> l, int i, String name) {
    if (l.isEmpty()) {
      throw new NoSuchElementException("Cannot access " + name + "() element from an empty List");
    }
    return l.get(i);
  }

  private static List<@Nullable Object> part(List<?> l, int from, int to, String name) {
    end(l, 0, name);
    return new ArrayList<>(l.subList(from, to));
  }

  private static @Nullable Object popped(List<?> l, int i) {
    if (l.isEmpty()) {
      throw new NoSuchElementException("Cannot pop() an empty List");
    }
    return removed(l, i);
  }

  private static boolean pushed(List<?> l, Methods.Call c) {
    c.grow(l.size() + 1L);
    open(l).addFirst(c.arg(0));
    return true;
  }

  private static void parts(Methods<List<?>> methods) {
    methods
        .add("take", (l, c) -> cut(l, 0, c.number(0)))
        .add("drop", (l, c) -> cut(l, c.number(0), l.size()))
        .add("takeRight", (l, c) -> cut(l, l.size() - Math.max(0, c.number(0)), l.size()))
        .add("dropRight", (l, c) -> cut(l, 0, l.size() - Math.max(0, c.number(0))))
        .add("takeWhile", (l, c) -> cut(l, 0, prefix(l, c)))
        .add("dropWhile", (l, c) -> cut(l, prefix(l, c), l.size()))
        .add("subList", (l, c) -> new ArrayList<>(l.subList(c.number(0), c.number(1))))
        .add("collate", (l, c) -> collate(l, c))
        .add("chop", (l, c) -> chop(l, c))
        .add("transpose", (l, c) -> transpose(l, c))
        .add("inits", (l, c) -> shrinking(l, c, false))
        .add("tails", (l, c) -> shrinking(l, c, true));
  }

  private static List<@Nullable Object> cut(List<?> l, int from, int to) {
    int start = Math.clamp(from, 0, l.size());
    return new ArrayList<>(l.subList(start, Math.clamp(to, start, l.size())));
  }

  private static int prefix(List<?> l, Methods.Call c) {
    int i = 0;
    while (i < l.size() && c.test(l.get(i))) {
      i++;
    }
    return i;
  }

  /** What a test takes, and what it leaves. */
  static List<@Nullable Object> parted(Collection<?> l, Methods.Call c) {
    Collection<@Nullable Object> yes = CollectionMethods.similar(l);
    Collection<@Nullable Object> no = CollectionMethods.similar(l);
    for (Object o : CollectionMethods.copy(l)) {
      (c.test(o) ? yes : no).add(o);
    }
    return new ArrayList<>(Arrays.asList(yes, no));
  }

  private static Object collate(List<?> l, Methods.Call c) {
    int size = c.number(0);
    int step = c.count() > 1 && c.arg(1) instanceof Integer s ? s : size;
    boolean rest = !Boolean.FALSE.equals(c.args().getLast());
    List<@Nullable Object> out = new ArrayList<>();
    if (size <= 0) {
      out.add(new ArrayList<>(l));
      return out;
    }
    if (step <= 0) {
      throw c.fail("IllegalArgumentException", "step cannot be zero");
    }
    for (int i = 0; i < l.size() && (rest || i + (long) size <= l.size()); i += step) {
      c.grow(out.size());
      out.add(cut(l, i, (int) Math.min(l.size(), i + (long) size)));
    }
    return out;
  }

  private static Object chop(List<?> l, Methods.Call c) {
    List<@Nullable Object> out = new ArrayList<>();
    int from = 0;
    for (int i = 0; i < c.count(); i++) {
      int to = c.number(i) < 0 ? l.size() : Math.min(l.size(), from + c.number(i));
      out.add(cut(l, from, to));
      from = to;
    }
    return out;
  }

  private static Object transpose(List<?> l, Methods.Call c) {
    List<List<?>> rows = new ArrayList<>();
    for (Object row : l) {
      rows.add(new ArrayList<>(Operators.elements(row, c.at())));
    }
    int width = rows.stream().mapToInt(List::size).min().orElse(0);
    List<@Nullable Object> out = new ArrayList<>();
    for (int i = 0; i < width; i++) {
      List<@Nullable Object> column = new ArrayList<>();
      for (List<?> row : rows) {
        c.tick().run();
        column.add(row.get(i));
      }
      out.add(column);
    }
    return out;
  }

  private static Object shrinking(List<?> l, Methods.Call c, boolean tails) {
    c.grow((long) l.size() * l.size() / 2);
    List<@Nullable Object> out = new ArrayList<>();
    for (int i = 0; i <= l.size(); i++) {
      out.add(tails ? cut(l, i, l.size()) : cut(l, 0, l.size() - i));
    }
    return out;
  }

  private static void orders(Methods<List<?>> methods) {
    methods
        .add("reverse", (l, c) -> reversed(l, c))
        .add("reversed", (l, c) -> new ArrayList<>(l.reversed()))
        .add("asReversed", (l, c) -> new ArrayList<>(l.reversed()))
        .add("reverseEach", (l, c) -> CollectionMethods.each(new ArrayList<>(l.reversed()), l, c))
        .add("shuffled", (l, c) -> shuffled(new ArrayList<>(l), c))
        .add(
            "shuffle",
            (l, c) -> {
              shuffled(l, c);
              return null;
            })
        .add("step", (l, c) -> step(l, c))
        .add("getFrom", (l, c) -> l instanceof RangeValue r ? r.from() : end(l, 0, "from"))
        .add("getTo", (l, c) -> l instanceof RangeValue r ? r.to() : end(l, l.size() - 1, "to"));
  }

  private static Object reversed(List<?> l, Methods.Call c) {
    List<@Nullable Object> reversed = new ArrayList<>(l.reversed());
    if (c.count() > 0 && c.flag(0)) {
      open(l).clear();
      open(l).addAll(reversed);
      return l;
    }
    return reversed;
  }

  static Object shuffled(List<?> l, Methods.Call c) {
    Collections.shuffle(l, new Random(c.world().random(c.at())));
    return l;
  }

  /** Every n-th element, as a list or to a closure. */
  private static @Nullable Object step(List<?> l, Methods.Call c) {
    int by = c.number(0);
    if (!(l instanceof RangeValue)) {
      throw c.fail("MissingMethodException", "step() is a method of ranges");
    }
    if (by == 0) {
      throw c.fail("GroovyRuntimeException", "Infinite loop in step()");
    }
    List<?> all = by < 0 ? l.reversed() : l;
    List<@Nullable Object> out = new ArrayList<>();
    for (long i = 0; i < all.size(); i += Math.abs((long) by)) {
      c.tick().run();
      out.add(c.closes() ? c.apply(all.get((int) i)) : all.get((int) i));
    }
    return c.closes() ? null : out;
  }
}
