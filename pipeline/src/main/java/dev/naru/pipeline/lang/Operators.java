package dev.naru.pipeline.lang;

import dev.naru.pipeline.lang.Expr.UnaryOp;
import dev.naru.pipeline.lang.Values.TypeValue;
import java.math.BigDecimal;
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
  private Operators() {}

  static @Nullable Object unary(UnaryOp op, @Nullable Object value, Position at) {
    return switch (op) {
      case NOT -> !Values.truth(value);
      case PLUS -> value;
      case MINUS ->
          value instanceof Number n
              ? Values.arithmetic(BinaryOp.MINUS, 0, n, at)
              : fail("MissingMethodException", "'-' needs a number", at);
      case COMPLEMENT ->
          switch (value) {
            case String s -> pattern(s, at);
            case Integer i -> ~i;
            case Long l -> ~l;
            case null, default -> fail("MissingMethodException", "'~' needs a string", at);
          };
    };
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
      case TIMES ->
          a instanceof String s && b instanceof Number n ? repeat(s, n, at) : number(op, a, b, at);
      case SHIFT_LEFT -> append(a, b, at);
      default -> number(op, a, b, at);
    };
  }

  private static String repeat(String s, Number n, Position at) {
    if (s.length() * Math.max(0L, n.longValue()) > Limits.STANDARD.textMaxChars()) {
      throw new Thrown.Limit("a string of more than the allowed length at " + at);
    }
    return s.repeat(Math.max(0, n.intValue()));
  }

  private static Object number(BinaryOp op, @Nullable Object a, @Nullable Object b, Position at) {
    if (a instanceof Number x && b instanceof Number y) {
      return Values.arithmetic(op, x, y, at);
    }
    if (a instanceof Boolean x && b instanceof Boolean y) {
      return switch (op) {
        case BIT_AND -> x && y;
        case BIT_OR -> x || y;
        case BIT_XOR -> x ^ y;
        default -> throw Values.unsupported(op, a, b, at);
      };
    }
    throw Values.unsupported(op, a, b, at);
  }

  private static Object plus(@Nullable Object a, @Nullable Object b, Position at) {
    if (a instanceof Collection<?> list) {
      Collection<@Nullable Object> sum =
          a instanceof Set ? new LinkedHashSet<>(list) : new ArrayList<>(list);
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
    if (a instanceof String || b instanceof String) {
      return Values.text(a) + Values.text(b);
    }
    return number(BinaryOp.PLUS, a, b, at);
  }

  private static Object minus(@Nullable Object a, @Nullable Object b, Position at) {
    if (a instanceof String s) {
      String part = Values.text(b);
      int found = s.indexOf(part);
      return found < 0 ? s : s.substring(0, found) + s.substring(found + part.length());
    }
    if (a instanceof Collection<?> list) {
      Collection<?> gone =
          b instanceof Collection<?> c ? c : boxed(java.util.Collections.singletonList(b));
      return new ArrayList<>(
          list.stream()
              .filter(x -> gone.stream().noneMatch(g -> Values.equal(x, unboxed(g))))
              .toList());
    }
    return number(BinaryOp.MINUS, a, b, at);
  }

  @SuppressWarnings("unchecked") // a script's lists hold anything
  private static Object append(@Nullable Object a, @Nullable Object b, Position at) {
    if (a instanceof Collection<?> list) {
      ((Collection<@Nullable Object>) list).add(b);
      return list;
    }
    return a instanceof String s ? s + Values.text(b) : number(BinaryOp.SHIFT_LEFT, a, b, at);
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
      case Collection<?> c -> c.stream().anyMatch(x -> Values.equal(x, value));
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
      case String s -> s.chars().mapToObj(c -> String.valueOf((char) c)).toList();
      case Matcher m -> {
        List<Object> all = new ArrayList<>();
        m.reset();
        while (m.find()) {
          all.add(m.group());
        }
        yield all;
      }
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
    if (value == null) {
      return false;
    }
    return switch (type) {
      case "Object" -> true;
      case "String", "CharSequence", "GString" -> value instanceof String;
      case "Number" -> value instanceof Number;
      case "List", "ArrayList" -> value instanceof List;
      case "Collection", "Iterable" -> value instanceof Collection;
      case "Set" -> value instanceof Set;
      case "Map", "LinkedHashMap", "HashMap" -> value instanceof Map;
      case "Closure" -> value instanceof Values.Callable;
      default ->
          value instanceof Thrown.Caught c
              ? c.thrown().isA(type)
              : Values.typeName(value).equals(type);
    };
  }

  /** {@code value as type}; also what a typed variable does to its value. */
  static @Nullable Object cast(String type, @Nullable Object value, Position at) {
    if (value == null) {
      return type.equals("boolean") || type.equals("Boolean") ? (Object) false : null;
    }
    try {
      return switch (type) {
        case "String", "GString", "CharSequence" -> Values.text(value);
        case "int", "Integer", "short", "byte" ->
            value instanceof Number n
                ? (Object) n.intValue()
                : (Object) Integer.parseInt(trimmed(value));
        case "long", "Long" ->
            value instanceof Number n
                ? (Object) n.longValue()
                : (Object) Long.parseLong(trimmed(value));
        case "double", "Double", "float", "Float" ->
            value instanceof Number n
                ? (Object) n.doubleValue()
                : (Object) Double.parseDouble(trimmed(value));
        case "BigDecimal" -> new BigDecimal(trimmed(value));
        case "boolean", "Boolean" -> Values.truth(value);
        case "List", "ArrayList", "Collection", "String[]", "Object[]" ->
            value instanceof List ? value : new ArrayList<>(elements(value, at));
        case "Set", "HashSet", "LinkedHashSet" -> new LinkedHashSet<>(elements(value, at));
        default -> value;
      };
    } catch (NumberFormatException e) {
      throw Thrown.Failure.of(
          "NumberFormatException", "'" + Values.text(value) + "' is not a " + type, at);
    }
  }

  private static String trimmed(Object value) {
    return Values.text(value).trim();
  }
}
