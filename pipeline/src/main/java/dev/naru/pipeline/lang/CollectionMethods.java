package dev.naru.pipeline.lang;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The methods of all collections; {@link ListMethods} are those of an order. */
@SuppressWarnings("unchecked") // a script's collections hold anything
final class CollectionMethods {
  static final Methods<Collection<?>> COLLECTIONS = new Methods<>(Methods.COMMON);
  static final Methods<List<?>> LISTS = new Methods<>(COLLECTIONS);

  static {
    asking();
    finding();
    changing();
    making();
    Folding.addTo(COLLECTIONS);
    Ordering.addTo(COLLECTIONS);
    ListMethods.addTo(LISTS);
    inOrder();
  }

  /** What Groovy has for all that can be gone over in an order, sets too. */
  private static void inOrder() {
    for (String name :
        List.of(
            "first",
            "last",
            "head",
            "tail",
            "init",
            "take",
            "takeWhile",
            "drop",
            "dropWhile",
            "withIndex",
            "indexed",
            "collate",
            "chop",
            "findIndexOf",
            "findIndexValues")) {
      COLLECTIONS.add(name, (l, c) -> LISTS.call(new ArrayList<>(l), name, c));
    }
  }

  private CollectionMethods() {}

  static Collection<@Nullable Object> open(Collection<?> c) {
    return (Collection<@Nullable Object>) c;
  }

  /** A copy, so that a closure may change what it goes over. */
  static List<? extends @Nullable Object> copy(Collection<? extends @Nullable Object> c) {
    return Arrays.asList(c.toArray());
  }

  /** An empty collection of the kind that {@code c} is. */
  static Collection<@Nullable Object> similar(Collection<?> c) {
    return switch (c) {
      case TreeSet<?> t -> new TreeSet<>((java.util.Comparator<Object>) t.comparator());
      case Set<?> s -> new LinkedHashSet<>();
      default -> new ArrayList<>();
    };
  }

  /**
   * The method of lists on the elements of {@code target}, which is none; what would give the list
   * back gives {@code target}.
   */
  static @Nullable Object on(
      Object target, List<@Nullable Object> elements, String name, Methods.Call c) {
    Object result = LISTS.call(elements, name, c);
    return result == elements ? target : result;
  }

  private static @Nullable Object done(Runnable action) {
    action.run();
    return null;
  }

  /** As Java's {@code contains}; reading a list counts as work. */
  static boolean holds(Collection<?> all, @Nullable Object value, Runnable tick) {
    if (all instanceof RangeValue || all instanceof Set) {
      return all.contains(Keys.of(value));
    }
    for (Object o : all) {
      tick.run();
      if (Values.same(o, value)) {
        return true;
      }
    }
    return false;
  }

  /** Whether one is equal as {@code ==} has it. */
  private static boolean holdsEqual(
      Collection<? extends @Nullable Object> all, @Nullable Object value, Methods.Call c) {
    for (Object o : all) {
      c.tick().run();
      if (Values.equal(o, value)) {
        return true;
      }
    }
    return false;
  }

  /** The test of a closure, of truth without one, or of a value as a switch tests. */
  static boolean test(@Nullable Object value, Methods.Call c) {
    c.tick().run();
    return c.count() == 0
        ? Values.truth(value)
        : c.closes() ? c.test(value) : Operators.isCase(c.arg(0), value, c.tick());
  }

  private static void asking() {
    COLLECTIONS
        .add("size", (l, c) -> l.size())
        .add("isEmpty", (l, c) -> l.isEmpty())
        .add("contains", (l, c) -> holds(l, c.arg(0), c.tick()))
        .add("isCase", (l, c) -> holds(l, c.arg(0), c.tick()))
        .add("containsAll", (l, c) -> c.elements(0).stream().allMatch(x -> holds(l, x, c.tick())))
        .add("disjoint", (l, c) -> c.elements(0).stream().noneMatch(x -> holdsEqual(l, x, c)))
        .add("any", (l, c) -> copy(l).stream().anyMatch(x -> test(x, c)))
        .add("every", (l, c) -> copy(l).stream().allMatch(x -> test(x, c)))
        .add("count", (l, c) -> count(l, c));
  }

  private static int count(Collection<?> l, Methods.Call c) {
    if (c.count() == 0) {
      return l.size();
    }
    int found = 0;
    for (Object o : copy(l)) {
      c.tick().run();
      if (c.closes() ? c.test(o) : Values.equal(o, c.arg(0))) {
        found++;
      }
    }
    return found;
  }

  private static void finding() {
    COLLECTIONS
        .add("find", (l, c) -> find(l, c))
        .add("findAll", (l, c) -> chosen(l, c))
        .add("grep", (l, c) -> chosen(l, c))
        .add("findResult", (l, c) -> findResult(l, c))
        .add("findResults", (l, c) -> findResults(l, c))
        .add("split", (l, c) -> ListMethods.parted(l, c));
  }

  private static @Nullable Object find(Collection<?> l, Methods.Call c) {
    for (Object o : copy(l)) {
      if (test(o, c)) {
        return o;
      }
    }
    return null;
  }

  private static Collection<@Nullable Object> chosen(Collection<?> l, Methods.Call c) {
    Collection<@Nullable Object> all = similar(l);
    for (Object o : copy(l)) {
      if (test(o, c)) {
        all.add(o);
      }
    }
    return all;
  }

  private static @Nullable Object findResult(Collection<?> l, Methods.Call c) {
    for (Object o : copy(l)) {
      Object result = c.closes() ? c.apply(o) : o;
      if (result != null) {
        return result;
      }
    }
    return c.count() > 1 ? c.arg(0) : null;
  }

  private static List<@Nullable Object> findResults(Collection<?> l, Methods.Call c) {
    List<@Nullable Object> all = new ArrayList<>();
    for (Object o : copy(l)) {
      Object result = c.count() == 0 ? o : c.apply(o);
      if (result != null) {
        all.add(result);
      }
    }
    return all;
  }

  private static void changing() {
    COLLECTIONS
        .add("add", (l, c) -> ListMethods.add(l, c))
        .add("leftShift", (l, c) -> c.operator(BinaryOp.SHIFT_LEFT, l, c.arg(0)))
        .add("addAll", (l, c) -> ListMethods.addAll(l, c))
        .add("remove", (l, c) -> open(l).removeIf(x -> Values.equal(x, c.arg(0))))
        .add("removeElement", (l, c) -> removeElement(l, c))
        .add("removeAll", (l, c) -> open(l).removeIf(x -> among(x, c)))
        .add("removeIf", (l, c) -> open(l).removeIf(x -> among(x, c)))
        .add("retainAll", (l, c) -> open(l).removeIf(x -> !among(x, c)))
        .add("clear", (l, c) -> done(l::clear))
        .add("asImmutable", (l, c) -> closed(l))
        .add("asUnmodifiable", (l, c) -> closed(l));
  }

  private static boolean removeElement(Collection<?> l, Methods.Call c) {
    for (Object o : copy(l)) {
      if (Values.equal(o, c.arg(0))) {
        return l.remove(o);
      }
    }
    return false;
  }

  private static boolean among(@Nullable Object value, Methods.Call c) {
    c.tick().run();
    return c.closes() ? c.test(value) : holds(c.elements(0), value, c.tick());
  }

  private static Collection<?> closed(Collection<?> l) {
    return switch (l) {
      case List<?> list -> Collections.unmodifiableList(new ArrayList<>(list));
      case Set<?> set -> Collections.unmodifiableSet(new LinkedHashSet<>(set));
      default -> Collections.unmodifiableCollection(new ArrayList<>(l));
    };
  }

  private static void making() {
    COLLECTIONS
        .add("each", (l, c) -> each(l, l, c))
        .add("forEach", (l, c) -> each(l, null, c))
        .add("eachWithIndex", (l, c) -> eachWithIndex(l, l, c))
        .add("collect", (l, c) -> collect(l, c))
        .add("collectMany", (l, c) -> collectMany(l, c))
        .add("collectNested", (l, c) -> collectNested(l, c))
        .add("collectEntries", (l, c) -> collectEntries(l, c))
        .add("toSet", (l, c) -> new LinkedHashSet<>(l))
        .add("toList", (l, c) -> new ArrayList<>(l))
        .add("asList", (l, c) -> l instanceof List ? l : new ArrayList<>(l))
        .add("toArray", (l, c) -> new ArrayList<>(l))
        .add("asType", (l, c) -> Coercions.cast(TextMethods.type(c.arg(0)), l, c.at()))
        .add("flatten", (l, c) -> flatten(l, similar(l), new int[1], c))
        .add("plus", (l, c) -> c.operator(BinaryOp.PLUS, l, c.arg(0)))
        .add("minus", (l, c) -> c.operator(BinaryOp.MINUS, l, c.arg(0)))
        .add("multiply", (l, c) -> c.operator(BinaryOp.TIMES, l, c.arg(0)))
        .add("intersect", (l, c) -> intersect(l, c))
        .add("combinations", (l, c) -> Combining.combinations(l, c))
        .add("eachCombination", (l, c) -> Combining.eachCombination(l, c))
        .add("permutations", (l, c) -> Combining.permutations(l, c))
        .add("subsequences", (l, c) -> Combining.subsequences(l, c));
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
      c.tick().run();
      c.call(o, i++);
    }
    return result;
  }

  private static Collection<@Nullable Object> collect(Collection<?> all, Methods.Call c) {
    Collection<@Nullable Object> out =
        c.count() > 1 && c.arg(0) instanceof Collection<?> to ? open(to) : new ArrayList<>();
    for (Object o : copy(all)) {
      c.grow(out.size());
      out.add(c.count() == 0 ? o : c.apply(o));
    }
    return out;
  }

  private static Object collectMany(Collection<?> all, Methods.Call c) {
    List<@Nullable Object> out = new ArrayList<>();
    for (Object o : copy(all)) {
      Collection<? extends @Nullable Object> more = Operators.elements(c.apply(o), c.at());
      c.grow((long) out.size() + more.size());
      out.addAll(more);
    }
    return out;
  }

  private static Object collectNested(Collection<?> all, Methods.Call c) {
    List<@Nullable Object> out = new ArrayList<>();
    for (Object o : copy(all)) {
      c.grow(out.size());
      out.add(o instanceof Collection<?> inner ? collectNested(inner, c) : c.apply(o));
    }
    return out;
  }

  /** Puts what a closure of {@code collectEntries} made. */
  static void addEntry(
      @Nullable Object made, Map<@Nullable Object, @Nullable Object> to, Methods.Call c) {
    switch (made) {
      case Map<?, ?> m -> to.putAll(m);
      case List<?> pair when pair.size() == 2 -> to.put(Keys.of(pair.get(0)), pair.get(1));
      case List<?> short1 when short1.size() < 2 ->
          to.put(short1.isEmpty() ? null : short1.getFirst(), null);
      case Map.Entry<?, ?> e -> to.put(Keys.of(e.getKey()), e.getValue());
      case null, default ->
          throw c.fail("IllegalArgumentException", "collectEntries needs [key, value] or a map");
    }
    c.grow(to.size());
  }

  private static Object collectEntries(Collection<?> l, Methods.Call c) {
    Map<@Nullable Object, @Nullable Object> map = new LinkedHashMap<>();
    for (Object o : copy(l)) {
      addEntry(c.count() == 0 ? o : c.apply(o), map, c);
    }
    return map;
  }

  private static Collection<@Nullable Object> flatten(
      Collection<?> l, Collection<@Nullable Object> out, int[] seen, Methods.Call c) {
    for (Object o : l) {
      c.grow(++seen[0]);
      if (o instanceof Collection<?> inner) {
        flatten(inner, out, seen, c);
      } else {
        Object flat = c.count() == 0 ? o : c.apply(o);
        if (flat instanceof Collection<?> more) {
          out.addAll(more);
        } else {
          out.add(flat);
        }
      }
    }
    return out;
  }

  private static Object intersect(Collection<?> l, Methods.Call c) {
    Collection<@Nullable Object> out = similar(l);
    Collection<? extends @Nullable Object> other = c.elements(0);
    for (Object o : l) {
      if (holdsEqual(other, o, c)) {
        out.add(o);
      }
    }
    return out;
  }
}
