package dev.naru.pipeline.lang;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import org.jspecify.annotations.Nullable;

/** {@code value[index]}, read and written. */
final class Elements {
  private Elements() {}

  static @Nullable Object get(@Nullable Object target, @Nullable Object index, Position at) {
    return switch (target) {
      case Map<?, ?> m -> m.get(Keys.of(index));
      case List<?> l when index instanceof RangeValue r -> range(l, r, at);
      case List<?> l when index instanceof Number n -> element(l, n.intValue(), at);
      case List<?> l when index instanceof Collection<?> several -> {
        List<@Nullable Object> picked = new ArrayList<>();
        for (Object i : several) {
          Object part = get(l, i, at);
          if (i instanceof Collection<?> && part instanceof Collection<?> more) {
            picked.addAll(more);
          } else {
            picked.add(part);
          }
        }
        yield picked;
      }
      case String s when index instanceof RangeValue r -> range(s, r, at);
      case String s when index instanceof Number n -> letter(s, n.intValue(), at);
      case String s when index instanceof Collection<?> several -> {
        StringBuilder picked = new StringBuilder();
        for (Object i : several) {
          picked.append(Values.text(get(s, i, at)));
        }
        yield picked.toString();
      }
      case CharSequence s when !(s instanceof String) -> get(s.toString(), index, at);
      case Matcher m when index instanceof Number || index instanceof Collection ->
          matches(m, index, at);
      case Collection<?> c when !(c instanceof List) -> get(new ArrayList<>(c), index, at);
      case null, default ->
          throw Thrown.Failure.of(
              target == null ? "NullPointerException" : "MissingMethodException",
              target == null
                  ? "Cannot get an element of null"
                  : "No element [" + Values.text(index) + "] of a " + Values.typeName(target),
              at);
    };
  }

  private static @Nullable Object element(List<?> list, int i, Position at) {
    int index = i < 0 ? i + list.size() : i;
    if (index < 0) {
      throw Thrown.Failure.of(
          "ArrayIndexOutOfBoundsException",
          "Negative array index [" + i + "] too large for array size " + list.size(),
          at);
    }
    return index >= list.size() ? null : list.get(index);
  }

  private static String letter(String s, int i, Position at) {
    int index = i < 0 ? i + s.length() : i;
    if (index < 0 || index >= s.length()) {
      throw Thrown.Failure.of(
          "StringIndexOutOfBoundsException", "index " + i + " of '" + s + "'", at);
    }
    return String.valueOf(s.charAt(index));
  }

  private static List<@Nullable Object> range(List<?> list, RangeValue range, Position at) {
    RangeValue.Borders borders = borders(range, list.size(), "IndexOutOfBoundsException", at);
    List<?> part = list.subList(borders.from(), borders.to());
    return new ArrayList<>(borders.reverse() ? part.reversed() : part);
  }

  private static String range(String s, RangeValue range, Position at) {
    RangeValue.Borders borders = borders(range, s.length(), "StringIndexOutOfBoundsException", at);
    String part = s.substring(borders.from(), borders.to());
    return borders.reverse() ? new StringBuilder(part).reverse().toString() : part;
  }

  private static RangeValue.Borders borders(RangeValue range, int size, String type, Position at) {
    if (range.isEmpty()) {
      return new RangeValue.Borders(0, 0, false);
    }
    RangeValue.Borders borders = range.borders(size);
    if (borders.from() < 0 || borders.to() > size || borders.from() > borders.to()) {
      throw Thrown.Failure.of(type, "the range " + range + " of " + size + " elements", at);
    }
    return borders;
  }

  private static @Nullable Object matches(Matcher m, Object index, Position at) {
    List<@Nullable Object> all = MatchMethods.all(m);
    if (index instanceof Number n && n.intValue() < all.size() && n.intValue() >= -all.size()) {
      int i = n.intValue() < 0 ? n.intValue() + all.size() : n.intValue();
      m.reset();
      for (int found = 0; found <= i; found++) {
        m.find();
      }
      return all.get(i);
    }
    if (index instanceof Number n) {
      throw Thrown.Failure.of(
          "IndexOutOfBoundsException", "index is out of range " + n + " of " + all.size(), at);
    }
    return get(all, index, at);
  }

  @SuppressWarnings("unchecked") // a script's lists hold anything
  static void set(List<?> list, @Nullable Object index, @Nullable Object value, Position at) {
    List<@Nullable Object> all = (List<@Nullable Object>) list;
    if (index instanceof RangeValue range) {
      RangeValue.Borders b = borders(range, all.size(), "IndexOutOfBoundsException", at);
      List<@Nullable Object> part = all.subList(b.from(), b.to());
      part.clear();
      if (value instanceof Collection<?> several) {
        part.addAll(several);
      } else {
        part.add(value);
      }
      return;
    }
    if (!(index instanceof Number n)) {
      throw Thrown.Failure.of(
          "MissingMethodException", "a list has no element '" + Values.text(index) + "'", at);
    }
    int i = n.intValue() < 0 ? n.intValue() + all.size() : n.intValue();
    if (i < 0) {
      throw Thrown.Failure.of(
          "ArrayIndexOutOfBoundsException",
          "Negative array index [" + n + "] too large for array size " + all.size(),
          at);
    }
    Limits.elements(i + 1L);
    while (all.size() <= i) {
      all.add(null);
    }
    all.set(i, value);
  }
}
