package dev.naru.pipeline.lang;

import dev.naru.pipeline.lang.Expr.UnaryOp;
import dev.naru.pipeline.lang.Values.TypeValue;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/** Groovy's operators over {@link Values}. */
final class Operators {
  /** The operators by the methods that they stand for. */
  static final Map<String, BinaryOp> METHODS =
      Map.ofEntries(
          Map.entry("plus", BinaryOp.PLUS),
          Map.entry("minus", BinaryOp.MINUS),
          Map.entry("multiply", BinaryOp.TIMES),
          Map.entry("div", BinaryOp.DIVIDE),
          Map.entry("mod", BinaryOp.REMAINDER),
          Map.entry("remainder", BinaryOp.REMAINDER),
          Map.entry("power", BinaryOp.POWER),
          Map.entry("and", BinaryOp.BIT_AND),
          Map.entry("or", BinaryOp.BIT_OR),
          Map.entry("xor", BinaryOp.BIT_XOR),
          Map.entry("leftShift", BinaryOp.SHIFT_LEFT),
          Map.entry("rightShift", BinaryOp.SHIFT_RIGHT));

  private Operators() {}

  static @Nullable Object unary(UnaryOp op, @Nullable Object value, Position at) {
    return switch (op) {
      case NOT -> !Values.truth(value);
      case PLUS -> value;
      case MINUS ->
          switch (value) {
            case Number n -> Arithmetic.negated(n);
            case List<?> l -> negated(l, at);
            case null, default -> fail("MissingMethodException", "'-' needs a number", at);
          };
      case COMPLEMENT ->
          switch (value) {
            case String s -> pattern(s, at);
            case Integer i -> ~i;
            case Long l -> ~l;
            case null, default -> fail("MissingMethodException", "'~' needs a string", at);
          };
    };
  }

  private static List<@Nullable Object> negated(List<?> list, Position at) {
    List<@Nullable Object> all = new ArrayList<>();
    list.forEach(x -> all.add(unary(UnaryOp.MINUS, x, at)));
    return all;
  }

  private static Object fail(String type, String message, Position at) {
    throw Thrown.Failure.of(type, message, at);
  }

  static @Nullable Object binary(
      BinaryOp op, @Nullable Object a, @Nullable Object b, Position at, Runnable tick) {
    return switch (op) {
      case EQUAL -> Values.equal(a, b);
      case NOT_EQUAL -> !Values.equal(a, b);
      case LESS -> Values.compare(a, b, at) < 0;
      case LESS_EQUAL -> Values.compare(a, b, at) <= 0;
      case GREATER -> Values.compare(a, b, at) > 0;
      case GREATER_EQUAL -> Values.compare(a, b, at) >= 0;
      case COMPARE -> Integer.signum(Values.compare(a, b, at));
      case FIND -> pattern(b, at).matcher(new CountedText(Values.text(a), tick));
      case MATCH -> pattern(b, at).matcher(new CountedText(Values.text(a), tick)).matches();
      case IN -> isCase(b, a, tick);
      case NOT_IN -> !isCase(b, a, tick);
      case PLUS -> plus(a, b, at);
      case MINUS -> minus(a, b, at);
      case TIMES -> times(a, b, at);
      case SHIFT_LEFT -> append(a, b, at);
      case BIT_AND, BIT_OR, BIT_XOR -> bits(op, a, b, at);
      default -> number(op, a, b, at);
    };
  }

  private static @Nullable Object times(@Nullable Object a, @Nullable Object b, Position at) {
    if (b instanceof Number n && (a instanceof String || a instanceof List)) {
      int count = n.intValue();
      if (count < 0) {
        throw Thrown.Failure.of(
            "IllegalArgumentException",
            "multiply() should be called with a number of 0 or more",
            at);
      }
      return a instanceof String s ? repeat(s, count) : repeat((List<?>) a, count);
    }
    return number(BinaryOp.TIMES, a, b, at);
  }

  private static String repeat(String s, int count) {
    Limits.text((long) s.length() * count);
    return s.repeat(count);
  }

  private static List<@Nullable Object> repeat(List<?> list, int count) {
    Limits.elements((long) list.size() * count);
    List<@Nullable Object> all = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      all.addAll(list);
    }
    return all;
  }

  private static Object number(BinaryOp op, @Nullable Object a, @Nullable Object b, Position at) {
    Object x = a instanceof Character c && b != null ? (Object) (int) c : a;
    Object y = b instanceof Character c && x instanceof Number ? (Object) (int) c : b;
    if (x instanceof Number n && y instanceof Number m) {
      return Arithmetic.binary(op, n, m, at);
    }
    if (a == null) {
      throw Thrown.Failure.of(
          "NullPointerException", "Cannot execute null " + op.symbol() + " " + Values.text(b), at);
    }
    throw Values.unsupported(op, a, b, at);
  }

  private static Object bits(BinaryOp op, @Nullable Object a, @Nullable Object b, Position at) {
    if (a instanceof Boolean x) {
      boolean y = Values.truth(b);
      return switch (op) {
        case BIT_AND -> x && y;
        case BIT_OR -> x || y;
        default -> x ^ y;
      };
    }
    if (a instanceof Set<?> x && b instanceof Collection<?> y && op != BinaryOp.BIT_XOR) {
      Set<@Nullable Object> all = new LinkedHashSet<>(x);
      if (op == BinaryOp.BIT_AND) {
        all.retainAll(Keys.set(y));
      } else {
        all.addAll(Keys.set(y));
      }
      return all;
    }
    return number(op, a, b, at);
  }

  private static Object plus(@Nullable Object a, @Nullable Object b, Position at) {
    if (a instanceof Collection<?> list) {
      Collection<@Nullable Object> sum = CollectionMethods.similar(list);
      sum.addAll(list);
      if (b instanceof Collection<?> more) {
        sum.addAll(more);
      } else {
        sum.add(b);
      }
      return sum;
    }
    if (a instanceof Map<?, ?> x && b instanceof Map<?, ?> y) {
      Map<@Nullable Object, @Nullable Object> sum = new LinkedHashMap<>(x);
      sum.putAll(y);
      return sum;
    }
    if (a instanceof DateValue d && b instanceof Number n) {
      return d.plusDays(n.longValue());
    }
    boolean joins =
        a instanceof CharSequence
            || (b instanceof CharSequence
                && (a == null || a instanceof Number || a instanceof Character));
    if (joins) {
      String left = Values.text(a);
      String right = Values.text(b);
      Limits.text((long) left.length() + right.length());
      return left + right;
    }
    return number(BinaryOp.PLUS, a, b, at);
  }

  private static Object minus(@Nullable Object a, @Nullable Object b, Position at) {
    return switch (a) {
      case String s when b instanceof Pattern p -> p.matcher(s).replaceFirst("");
      case String s -> {
        String part = Values.text(b);
        int found = s.indexOf(part);
        yield found < 0 ? s : s.substring(0, found) + s.substring(found + part.length());
      }
      case Collection<?> list -> {
        Collection<?> gone =
            b instanceof Collection<?> c ? c : java.util.Collections.singletonList(b);
        Collection<@Nullable Object> rest = CollectionMethods.similar(list);
        list.stream()
            .filter(x -> gone.stream().noneMatch(g -> Values.equal(x, g)))
            .forEach(rest::add);
        yield rest;
      }
      case Map<?, ?> m when b instanceof Map<?, ?> gone -> {
        Map<@Nullable Object, @Nullable Object> rest = new LinkedHashMap<>(m);
        gone.forEach(
            (k, v) -> {
              if (rest.containsKey(k) && Values.equal(rest.get(k), v)) {
                rest.remove(k);
              }
            });
        yield rest;
      }
      case DateValue d when b instanceof Number n -> d.plusDays(-n.longValue());
      case DateValue d when b instanceof DateValue e -> d.daysSince(e);
      case null, default -> number(BinaryOp.MINUS, a, b, at);
    };
  }

  @SuppressWarnings("unchecked") // a script's lists hold anything
  private static Object append(@Nullable Object a, @Nullable Object b, Position at) {
    return switch (a) {
      case Collection<?> c -> {
        try {
          ((Collection<@Nullable Object>) c).add(c instanceof Set ? Keys.of(b) : b);
        } catch (UnsupportedOperationException e) {
          throw Thrown.Failure.of(
              "UnsupportedOperationException", "this collection cannot be changed", at);
        }
        yield c;
      }
      case Map<?, ?> m when b instanceof Map<?, ?> more -> {
        ((Map<@Nullable Object, @Nullable Object>) m).putAll(more);
        yield m;
      }
      case Map<?, ?> m when b instanceof Map.Entry<?, ?> e -> {
        ((Map<@Nullable Object, @Nullable Object>) m).put(e.getKey(), e.getValue());
        yield m;
      }
      case StringBuilder s -> BuilderMethods.append(s, Values.text(b));
      case String s -> plus(s, b, at);
      case null, default -> number(BinaryOp.SHIFT_LEFT, a, b, at);
    };
  }

  static Pattern pattern(@Nullable Object value, Position at) {
    if (value instanceof Pattern p) {
      return p;
    }
    try {
      return Pattern.compile(Values.text(value));
    } catch (PatternSyntaxException e) {
      throw Thrown.Failure.of("PatternSyntaxException", String.valueOf(e.getMessage()), at);
    }
  }

  /**
   * A text whose reading counts as work, so that a pattern that backtracks without end is ended.
   */
  record CountedText(String text, Runnable tick) implements CharSequence {
    @Override
    public int length() {
      return text.length();
    }

    @Override
    public char charAt(int index) {
      tick.run();
      return text.charAt(index);
    }

    @Override
    public CharSequence subSequence(int start, int end) {
      return text.substring(start, end);
    }

    @Override
    public String toString() {
      return text;
    }
  }

  /** {@code value in test}, and a case of a switch. */
  static boolean isCase(@Nullable Object test, @Nullable Object value, Runnable tick) {
    return switch (test) {
      case Collection<?> c -> CollectionMethods.holds(c, value, tick);
      case Map<?, ?> m -> m.containsKey(value);
      case Pattern p -> p.matcher(new CountedText(Values.text(value), tick)).matches();
      case TypeValue t -> instanceOf(value, t.name());
      case Values.Callable c -> Values.truth(c.call(java.util.Collections.singletonList(value)));
      case String s when value instanceof String v -> s.equals(v);
      case null, default -> Values.equal(test, value);
    };
  }

  /** What a loop or a spread goes over. */
  static Collection<? extends @Nullable Object> elements(@Nullable Object value, Position at) {
    return switch (value) {
      case null -> List.of();
      case Collection<?> c -> c;
      case Map<?, ?> m -> m.entrySet();
      case String s -> TextMethods.letters(s);
      case Matcher m -> MatchMethods.all(m);
      case IteratorValue i -> i.left(at);
      case StringBuilder b -> TextMethods.letters(b.toString());
      default -> List.of(value);
    };
  }

  /** null-free view of a collection for copying; {@link #unboxed} gives the element back. */
  static List<Optional<Object>> boxed(Collection<? extends @Nullable Object> all) {
    List<Optional<Object>> boxed = new ArrayList<>();
    for (Object o : all) {
      boxed.add(Optional.ofNullable(o));
    }
    return boxed;
  }

  static @Nullable Object unboxed(@Nullable Object boxed) {
    return boxed instanceof Optional<?> o ? o.orElse(null) : boxed;
  }

  static boolean instanceOf(@Nullable Object value, String type) {
    return Coercions.instanceOf(value, type);
  }

  /** {@code value as type}; also what a typed variable does to its value. */
  static @Nullable Object cast(String type, @Nullable Object value, Position at) {
    return Coercions.cast(type, value, at);
  }
}
