package dev.naru.pipeline.lang;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.math.RoundingMode;
import org.jspecify.annotations.Nullable;

/**
 * Numbers as Groovy computes with them: the wider of the two types decides, whole numbers wrap
 * around, {@code /} makes decimals. How long a number can grow is bounded.
 */
final class Arithmetic {
  private static final int MAX_BITS = 1 << 17;
  private static final int MAX_DIGITS = 20_000;

  private Arithmetic() {}

  static boolean isFloating(Number n) {
    return n instanceof Double || n instanceof Float;
  }

  static BigDecimal decimal(Number n) {
    return switch (n) {
      case BigDecimal d -> bounded(d);
      case BigInteger i -> new BigDecimal(i);
      case Double d -> BigDecimal.valueOf(d);
      case Float f -> new BigDecimal(f.toString());
      default -> BigDecimal.valueOf(n.longValue());
    };
  }

  static BigInteger integer(Number n) {
    return switch (n) {
      case BigInteger i -> i;
      case Integer i -> BigInteger.valueOf(i);
      case Long l -> BigInteger.valueOf(l);
      default -> decimal(n).toBigInteger();
    };
  }

  /** Refuses a number that is longer than its bound. */
  static BigDecimal bounded(BigDecimal d) {
    if (Math.abs((long) d.scale()) > MAX_DIGITS || d.unscaledValue().bitLength() > MAX_BITS) {
      throw new Thrown.Limit("a number of more than " + MAX_DIGITS + " digits");
    }
    return d;
  }

  static BigInteger bounded(BigInteger i) {
    if (i.bitLength() > MAX_BITS) {
      throw new Thrown.Limit("a number of more than " + MAX_DIGITS + " digits");
    }
    return i;
  }

  static int compare(Number a, Number b) {
    if (isFloating(a) || isFloating(b)) {
      double x = a.doubleValue();
      double y = b.doubleValue();
      return x == y ? 0 : Double.compare(x, y);
    }
    if (isSmall(a) && isSmall(b)) {
      return Long.compare(a.longValue(), b.longValue());
    }
    return decimal(a).compareTo(decimal(b));
  }

  private static boolean isSmall(Number n) {
    return n instanceof Integer || n instanceof Long;
  }

  private static boolean isWhole(Number n) {
    return isSmall(n) || n instanceof BigInteger;
  }

  static Number negated(Number n) {
    return switch (n) {
      case Integer i -> -i;
      case Long l -> -l;
      case BigInteger i -> i.negate();
      case BigDecimal d -> d.negate();
      case Float f -> -f;
      default -> -n.doubleValue();
    };
  }

  static Number binary(BinaryOp op, Number a, Number b, Position at) {
    if (op == BinaryOp.POWER) {
      return power(a, b);
    }
    boolean shift =
        op == BinaryOp.SHIFT_LEFT
            || op == BinaryOp.SHIFT_RIGHT
            || op == BinaryOp.SHIFT_RIGHT_UNSIGNED;
    if (shift && isWhole(a) && isWhole(b)) {
      return shifted(op, a, b, at);
    }
    if (isFloating(a) || isFloating(b)) {
      return floating(op, a.doubleValue(), b.doubleValue(), at);
    }
    if (op == BinaryOp.DIVIDE) {
      return divide(decimal(a), decimal(b), at);
    }
    if (a instanceof Integer x && b instanceof Integer y) {
      // The low half of a long's sum, product or remainder is what an int's wraps around to.
      return wide(op, x, y, at).intValue();
    }
    if (isSmall(a) && isSmall(b)) {
      return wide(op, a.longValue(), b.longValue(), at);
    }
    return isWhole(a) && isWhole(b)
        ? whole(op, integer(a), integer(b), at)
        : decimals(op, decimal(a), decimal(b), at);
  }

  private static Number floating(BinaryOp op, double x, double y, Position at) {
    return switch (op) {
      case PLUS -> x + y;
      case MINUS -> x - y;
      case TIMES -> x * y;
      case DIVIDE -> x / y;
      case REMAINDER -> x % y;
      default -> throw Values.unsupported(op, x, y, at);
    };
  }

  private static Number wide(BinaryOp op, long x, long y, Position at) {
    return switch (op) {
      case PLUS -> x + y;
      case MINUS -> x - y;
      case TIMES -> x * y;
      case REMAINDER -> x % checked(y, at);
      case BIT_AND -> x & y;
      case BIT_OR -> x | y;
      case BIT_XOR -> x ^ y;
      default -> throw Values.unsupported(op, x, y, at);
    };
  }

  private static long checked(long divisor, Position at) {
    if (divisor == 0) {
      throw zero(at);
    }
    return divisor;
  }

  private static Thrown zero(Position at) {
    return Thrown.Failure.of("ArithmeticException", "Division by zero", at);
  }

  private static Number whole(BinaryOp op, BigInteger x, BigInteger y, Position at) {
    return switch (op) {
      case PLUS -> bounded(x.add(y));
      case MINUS -> bounded(x.subtract(y));
      case TIMES -> bounded(x.multiply(y));
      case REMAINDER -> {
        if (y.signum() == 0) {
          throw zero(at);
        }
        yield x.remainder(y);
      }
      case BIT_AND -> x.and(y);
      case BIT_OR -> x.or(y);
      case BIT_XOR -> x.xor(y);
      default -> throw Values.unsupported(op, x, y, at);
    };
  }

  private static Number decimals(BinaryOp op, BigDecimal x, BigDecimal y, Position at) {
    return switch (op) {
      case PLUS -> bounded(x.add(y));
      case MINUS -> bounded(x.subtract(y));
      case TIMES -> bounded(x.multiply(y));
      case REMAINDER -> {
        if (y.signum() == 0) {
          throw zero(at);
        }
        yield x.remainder(y);
      }
      default -> throw Values.unsupported(op, x, y, at);
    };
  }

  private static Number shifted(BinaryOp op, Number a, Number b, Position at) {
    int by = b.intValue();
    if (a instanceof Integer x) {
      return switch (op) {
        case SHIFT_LEFT -> x << by;
        case SHIFT_RIGHT -> x >> by;
        default -> x >>> by;
      };
    }
    if (a instanceof Long x) {
      return switch (op) {
        case SHIFT_LEFT -> x << by;
        case SHIFT_RIGHT -> x >> by;
        default -> x >>> by;
      };
    }
    if (op == BinaryOp.SHIFT_RIGHT_UNSIGNED || Math.abs((long) by) > MAX_BITS) {
      throw Values.unsupported(op, a, b, at);
    }
    BigInteger x = integer(a);
    return bounded(op == BinaryOp.SHIFT_LEFT ? x.shiftLeft(by) : x.shiftRight(by));
  }

  /** Exact when it can be; else with ten digits more than the longer of the two. */
  private static BigDecimal divide(BigDecimal x, BigDecimal y, Position at) {
    if (y.signum() == 0) {
      throw zero(at);
    }
    try {
      return x.divide(y);
    } catch (ArithmeticException endless) {
      int precision = Math.max(x.precision(), y.precision()) + 10;
      BigDecimal quotient = x.divide(y, new MathContext(precision));
      int scale = Math.max(Math.max(x.scale(), y.scale()), 10);
      return quotient.scale() > scale ? quotient.setScale(scale, RoundingMode.HALF_UP) : quotient;
    }
  }

  private static Number power(Number base, Number exponent) {
    boolean whole = exponent instanceof Integer e && e >= 0;
    if (whole && base instanceof BigDecimal d) {
      long digits = (long) Math.max(d.precision(), Math.abs(d.scale())) * exponent.intValue();
      if (digits > MAX_DIGITS) {
        throw new Thrown.Limit("a number of more than " + MAX_DIGITS + " digits");
      }
      return d.pow(exponent.intValue());
    }
    if (whole && isWhole(base)) {
      BigInteger b = integer(base);
      if ((long) b.bitLength() * exponent.intValue() > MAX_BITS) {
        throw new Thrown.Limit("a number of more than " + MAX_DIGITS + " digits");
      }
      BigInteger result = b.pow(exponent.intValue());
      if (base instanceof Integer && result.bitLength() < 32) {
        return result.intValue();
      }
      return base instanceof Long && result.bitLength() < 64 ? (Number) result.longValue() : result;
    }
    double result = Math.pow(base.doubleValue(), exponent.doubleValue());
    if ((int) result == result) {
      return (int) result;
    }
    return (long) result == result ? (Number) (long) result : (Number) result;
  }

  /** {@code a.intdiv(b)}. */
  static Number intdiv(Number a, Number b, Position at) {
    if (!isWhole(a) || !isWhole(b)) {
      throw Thrown.Failure.of(
          "UnsupportedOperationException", "Cannot use intdiv() on this number type", at);
    }
    if (integer(b).signum() == 0) {
      throw zero(at);
    }
    if (a instanceof Integer x && b instanceof Integer y) {
      return x / y;
    }
    return isSmall(a) && isSmall(b)
        ? (Number) (a.longValue() / b.longValue())
        : integer(a).divide(integer(b));
  }

  static Number absolute(Number n) {
    return switch (n) {
      case BigDecimal d -> d.abs();
      case BigInteger i -> i.abs();
      case Integer i -> Math.abs(i);
      case Long l -> Math.abs(l);
      case Float f -> Math.abs(f);
      default -> Math.abs(n.doubleValue());
    };
  }

  /** A number's text as {@code new BigDecimal} reads it. */
  static BigDecimal parse(String text, Position at) {
    try {
      if (text.length() > MAX_DIGITS) {
        throw new Thrown.Limit("a number of more than " + MAX_DIGITS + " digits");
      }
      return bounded(new BigDecimal(text));
    } catch (NumberFormatException e) {
      throw notANumber(text, at);
    }
  }

  static Thrown notANumber(@Nullable String text, Position at) {
    return Thrown.Failure.of("NumberFormatException", "For input string: \"" + text + "\"", at);
  }
}
