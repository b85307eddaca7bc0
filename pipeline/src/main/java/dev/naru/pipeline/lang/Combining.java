package dev.naru.pipeline.lang;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Methods whose results grow faster than what they are called on. */
final class Combining {
  private Combining() {}

  /** One of each: {@code [[1, 2], [3]]} gives {@code [[1, 3], [2, 3]]}. */
  static List<@Nullable Object> combinations(Collection<?> l, Methods.Call c) {
    List<List<@Nullable Object>> all = combined(l, c);
    List<@Nullable Object> out = new ArrayList<>();
    for (List<@Nullable Object> one : all) {
      out.add(c.closes() ? c.apply(one) : one);
    }
    return out;
  }

  private static List<List<@Nullable Object>> combined(Collection<?> l, Methods.Call c) {
    List<List<@Nullable Object>> all = new ArrayList<>();
    for (Object part : l) {
      Collection<? extends @Nullable Object> choices =
          part instanceof Collection<?> several ? several : Arrays.asList(part);
      List<List<@Nullable Object>> longer = new ArrayList<>();
      for (Object choice : choices) {
        if (all.isEmpty()) {
          longer.add(new ArrayList<>(Arrays.asList(choice)));
        }
        for (List<@Nullable Object> one : all) {
          c.grow(longer.size());
          List<@Nullable Object> more = new ArrayList<>(one);
          more.add(choice);
          longer.add(more);
        }
      }
      all = longer;
    }
    return all;
  }

  static @Nullable Object eachCombination(Collection<?> l, Methods.Call c) {
    combined(l, c).forEach(c::apply);
    return null;
  }

  /** Every order, as a set. */
  static Object permutations(Collection<?> l, Methods.Call c) {
    Set<@Nullable Object> all = new LinkedHashSet<>();
    permute(new ArrayList<>(l), new ArrayList<>(), all, c);
    if (!c.closes()) {
      return all;
    }
    List<@Nullable Object> out = new ArrayList<>();
    all.forEach(p -> out.add(c.apply(p)));
    return out;
  }

  private static void permute(
      List<@Nullable Object> rest,
      List<@Nullable Object> begun,
      Set<@Nullable Object> all,
      Methods.Call c) {
    c.grow(all.size());
    if (rest.isEmpty()) {
      all.add(Keys.of(new ArrayList<>(begun)));
      return;
    }
    for (int i = 0; i < rest.size(); i++) {
      List<@Nullable Object> fewer = new ArrayList<>(rest);
      begun.add(fewer.remove(i));
      permute(fewer, begun, all, c);
      begun.removeLast();
    }
  }

  /** Every choice of elements but the empty one, as a set. */
  static Object subsequences(Collection<?> l, Methods.Call c) {
    Set<@Nullable Object> all = new LinkedHashSet<>();
    for (Object o : l) {
      List<@Nullable Object> before = new ArrayList<>(all);
      all.add(Keys.of(new ArrayList<>(Arrays.asList(o))));
      for (Object one : before) {
        c.grow(all.size());
        List<@Nullable Object> more = new ArrayList<>((List<?>) one);
        more.add(o);
        all.add(Keys.of(more));
      }
    }
    return all;
  }
}
