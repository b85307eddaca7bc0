package dev.naru.pipeline.lang;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Groovy's meaning of values: truth, text, equality, order and arithmetic. */
final class Values {
  private Values() {}

  static boolean truth(@Nullable Object value) {
    return switch (value) {
      case null -> false;
      case Boolean b -> b;
      case String s -> !s.isEmpty();
      case Number n -> n.doubleValue() != 0;
      case Collection<?> c -> !c.isEmpty();
      case Map<?, ?> m -> !m.isEmpty();
      case Matcher m -> m.reset().find();
      default -> true;
    };
  }

  static String text(@Nullable Object value) {
    return switch (value) {
      case null -> "null";
      case Collection<?> c ->
          c.stream().map(Values::text).collect(Collectors.joining(", ", "[", "]"));
      case Map<?, ?> m when m.isEmpty() -> "[:]";
      case Map<?, ?> m ->
          m.entrySet().stream()
              .map(e -> text(e.getKey()) + ":" + text(e.getValue()))
              .collect(Collectors.joining(", ", "[", "]"));
      case Map.Entry<?, ?> e -> text(e.getKey()) + "=" + text(e.getValue());
      default -> value.toString();
    };
  }

  static boolean equal(@Nullable Object a, @Nullable Object b) {
    if (a == b) {
      return true;
    }
    if (a == null || b == null) {
      return false;
    }
    if (a instanceof Number x && b instanceof Number y) {
      return compareNumbers(x, y) == 0;
    }
    if (a instanceof List<?> x && b instanceof List<?> y) {
      if (x.size() != y.size()) {
        return false;
      }
      for (int i = 0; i < x.size(); i++) {
        if (!equal(x.get(i), y.get(i))) {
          return false;
        }
      }
      return true;
    }
    if (a instanceof Map<?, ?> x && b instanceof Map<?, ?> y) {
      return x.size() == y.size()
          && x.entrySet().stream()
              .allMatch(e -> y.containsKey(e.getKey()) && equal(e.getValue(), y.get(e.getKey())));
    }
    return Objects.equals(a, b);
  }

  static int compare(@Nullable Object a, @Nullable Object b, Position at) {
    if (a == null || b == null) {
      return a == b ? 0 : a == null ? -1 : 1;
    }
    if (a instanceof Number x && b instanceof Number y) {
      return compareNumbers(x, y);
    }
    if (a instanceof String x && b instanceof String y) {
      return x.compareTo(y);
    }
    if (a instanceof Boolean x && b instanceof Boolean y) {
      return x.compareTo(y);
    }
    throw Thrown.Failure.of(
        "IllegalArgumentException", "Cannot compare " + typeName(a) + " with " + typeName(b), at);
  }

  private static int compareNumbers(Number a, Number b) {
    return isFloating(a) || isFloating(b)
        ? Double.compare(a.doubleValue(), b.doubleValue())
        : decimal(a).compareTo(decimal(b));
  }

  private static boolean isFloating(Number n) {
    return n instanceof Double || n instanceof Float;
  }

  private static boolean isWhole(Number n) {
    return n instanceof Integer || n instanceof Long || n instanceof BigInteger;
  }

  private static BigDecimal decimal(Number n) {
    return n instanceof BigDecimal d ? d : new BigDecimal(n.toString());
  }

  static Number arithmetic(BinaryOp op, Number a, Number b, Position at) {
    if (isFloating(a) || isFloating(b)) {
      double x = a.doubleValue();
      double y = b.doubleValue();
      return switch (op) {
        case PLUS -> x + y;
        case MINUS -> x - y;
        case TIMES -> x * y;
        case DIVIDE -> x / y;
        case REMAINDER -> x % y;
        case POWER -> Math.pow(x, y);
        default -> throw unsupported(op, a, b, at);
      };
    }
    boolean zero = decimal(b).signum() == 0;
    if (zero && (op == BinaryOp.DIVIDE || op == BinaryOp.REMAINDER)) {
      throw Thrown.Failure.of("ArithmeticException", "Division by zero", at);
    }
    if (isWhole(a) && isWhole(b) && op != BinaryOp.DIVIDE && op != BinaryOp.POWER) {
      return whole(op, a, b, at);
    }
    BigDecimal x = decimal(a);
    BigDecimal y = decimal(b);
    return switch (op) {
      case PLUS -> x.add(y);
      case MINUS -> x.subtract(y);
      case TIMES -> x.multiply(y);
      case REMAINDER -> x.remainder(y);
      case DIVIDE -> divide(x, y);
      case POWER -> power(a, b);
      default -> throw unsupported(op, a, b, at);
    };
  }

  /** Whole numbers wrap around as Java's do, in the wider of the two types. */
  private static Number whole(BinaryOp op, Number a, Number b, Position at) {
    boolean small = a instanceof Integer && b instanceof Integer;
    long x = a.longValue();
    long y = b.longValue();
    long result =
        switch (op) {
          case PLUS -> x + y;
          case MINUS -> x - y;
          case TIMES -> x * y;
          case REMAINDER -> x % y;
          case BIT_AND -> x & y;
          case BIT_OR -> x | y;
          case BIT_XOR -> x ^ y;
          case SHIFT_LEFT -> small ? (int) x << y : x << y;
          case SHIFT_RIGHT -> small ? (int) x >> y : x >> y;
          default -> throw unsupported(op, a, b, at);
        };
    return small ? (Number) (int) result : (Number) result;
  }

  private static BigDecimal divide(BigDecimal x, BigDecimal y) {
    BigDecimal quotient = x.divide(y, Math.max(10, x.scale()), RoundingMode.HALF_UP);
    BigDecimal plain = quotient.stripTrailingZeros();
    return plain.scale() < 0 ? plain.setScale(0) : plain;
  }

  private static Number power(Number a, Number b) {
    double result = Math.pow(a.doubleValue(), b.doubleValue());
    if (result == Math.rint(result) && Math.abs(result) <= Integer.MAX_VALUE) {
      return (int) result;
    }
    return result == Math.rint(result) && Math.abs(result) < 1e15
        ? (Number) (long) result
        : (Number) result;
  }

  static Thrown.Failure unsupported(
      BinaryOp op, @Nullable Object a, @Nullable Object b, Position at) {
    return Thrown.Failure.of(
        "MissingMethodException",
        "No operator '" + op.symbol() + "' for " + typeName(a) + " and " + typeName(b),
        at);
  }

  /** What scripts call the type of a value. */
  static String typeName(@Nullable Object value) {
    return switch (value) {
      case null -> "null";
      case String s -> "String";
      case Boolean b -> "Boolean";
      case Number n -> n.getClass().getSimpleName();
      case List<?> l -> "List";
      case Map<?, ?> m -> "Map";
      case Collection<?> c -> "Set";
      case Callable c -> "Closure";
      case Thrown.Caught c -> c.thrown().type();
      case TypeValue t -> "Class";
      case Builtin b -> b.name().toLowerCase(java.util.Locale.ROOT);
      default -> value.getClass().getSimpleName();
    };
  }

  /** Something that a script can call. */
  interface Callable {
    @Nullable Object call(List<@Nullable Object> args);

    int parameterCount();
  }

  /** A class by its simple name, as the target of static calls. */
  record TypeValue(String name) {
    @Override
    public String toString() {
      return "class " + name;
    }
  }

  /** The objects that every script sees. */
  enum Builtin {
    ENV,
    PARAMS,
    CURRENT_BUILD,
    SCM
  }
}
