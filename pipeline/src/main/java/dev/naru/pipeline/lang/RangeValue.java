package dev.naru.pipeline.lang;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.List;
import java.util.RandomAccess;
import org.jspecify.annotations.Nullable;

/**
 * A range: a list that cannot be changed. One of whole numbers keeps its ends as written, because
 * as an index they count from the end of what is indexed.
 */
final class RangeValue extends AbstractList<@Nullable Object> implements RandomAccess {
  /** Where a range lies in a list: from, to (exclusive), and whether backwards. */
  record Borders(int from, int to, boolean reverse) {}

  private final Object from;
  private final Object to;
  private final boolean inclusive;
  private final @Nullable List<Object> elements;

  private RangeValue(Object from, Object to, boolean inclusive, @Nullable List<Object> elements) {
    this.from = from;
    this.to = to;
    this.inclusive = inclusive;
    this.elements = elements;
  }

  /** The range that {@code from..to} or {@code from..<to} writes. */
  static RangeValue of(@Nullable Object from, @Nullable Object to, boolean inclusive, Position at) {
    if (from instanceof Integer a && to instanceof Integer b) {
      Limits.elements(Math.abs((long) a - b));
      return new RangeValue(a, b, inclusive, null);
    }
    if (from instanceof Number a && to instanceof Number b) {
      return numbers(a, b, inclusive, at);
    }
    if (isLetter(from) && isLetter(to)) {
      return letters(from, to, inclusive);
    }
    throw Thrown.Failure.of(
        "IllegalArgumentException", "a range needs two numbers or two letters", at);
  }

  private static boolean isLetter(@Nullable Object value) {
    return value instanceof Character || (value instanceof String s && s.length() == 1);
  }

  private static RangeValue letters(@Nullable Object from, @Nullable Object to, boolean inclusive) {
    char first = Values.text(from).charAt(0);
    char last = Values.text(to).charAt(0);
    List<Object> all = new ArrayList<>();
    int step = first <= last ? 1 : -1;
    for (int c = first; step > 0 ? c <= last : c >= last; c += step) {
      all.add(String.valueOf((char) c));
    }
    if (!inclusive) {
      all.removeLast();
    }
    return all.isEmpty()
        ? new RangeValue(String.valueOf(first), String.valueOf(last), false, all)
        : new RangeValue(all.getFirst(), all.getLast(), true, all);
  }

  private static RangeValue numbers(Number from, Number to, boolean inclusive, Position at) {
    List<Object> all = new ArrayList<>();
    int direction = Arithmetic.compare(from, to) <= 0 ? 1 : -1;
    Number step = direction;
    for (Number n = from;
        Arithmetic.compare(n, to) * direction <= 0;
        n = Arithmetic.binary(BinaryOp.PLUS, n, step, at)) {
      if (!inclusive && Arithmetic.compare(n, to) == 0) {
        break;
      }
      all.add(n);
      Limits.elements(all.size());
    }
    return new RangeValue(from, to, inclusive, all);
  }

  Object from() {
    return isEmpty() ? from : get(isReverse() ? size() - 1 : 0);
  }

  Object to() {
    return isEmpty() ? to : get(isReverse() ? 0 : size() - 1);
  }

  boolean isReverse() {
    return Values.compare(from, to, Position.START) > 0;
  }

  @Override
  public int size() {
    if (elements != null) {
      return elements.size();
    }
    return Math.abs((Integer) to - (Integer) from) + (inclusive ? 1 : 0);
  }

  @Override
  public Object get(int index) {
    if (elements != null) {
      return elements.get(index);
    }
    if (index < 0 || index >= size()) {
      throw new IndexOutOfBoundsException("Index: " + index + " too big for range: " + this);
    }
    return (Integer) from + (((Integer) from <= (Integer) to) ? index : -index);
  }

  /** A range of Integers holds no other numbers but BigIntegers, as in Groovy's IntRange. */
  @Override
  public boolean contains(@Nullable Object value) {
    if (elements != null) {
      return elements.stream().anyMatch(e -> Values.equal(e, value));
    }
    return (value instanceof Integer || value instanceof BigInteger)
        && !isEmpty()
        && Arithmetic.compare((Number) value, (Number) from()) >= 0
        && Arithmetic.compare((Number) value, (Number) to()) <= 0;
  }

  /** What this picks of something that is {@code size} long. */
  Borders borders(int size) {
    int first = index(from);
    int last = index(to);
    first = first < 0 ? first + size : first;
    last = last < 0 ? last + size : last;
    if (first > last) {
      return new Borders(inclusive ? last : last + 1, first + 1, true);
    }
    return new Borders(first, inclusive ? last + 1 : last, false);
  }

  private static int index(Object end) {
    if (end instanceof Number n) {
      return n instanceof BigDecimal d ? d.intValue() : n.intValue();
    }
    throw new ClassCastException("a range of letters is no index");
  }

  @Override
  public String toString() {
    return from + ".." + (inclusive ? "" : "<") + to;
  }

  String inspect() {
    return Printing.inspect(from) + ".." + (inclusive ? "" : "<") + Printing.inspect(to);
  }
}
