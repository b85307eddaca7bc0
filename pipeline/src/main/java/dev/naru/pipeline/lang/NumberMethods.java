package dev.naru.pipeline.lang;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The methods of numbers. */
final class NumberMethods {
  static final Methods<Number> NUMBERS = new Methods<>(Methods.COMMON);
  private static final int SCALE_MAX = 10_000;

  static {
    conversions();
    loops();
    operators();
    decimals();
  }

  private NumberMethods() {}

  private static void conversions() {
    NUMBERS
        .add("intValue", (n, c) -> n.intValue())
        .add("longValue", (n, c) -> n.longValue())
        .add("doubleValue", (n, c) -> n.doubleValue())
        .add("floatValue", (n, c) -> n.floatValue())
        .add("toInteger", (n, c) -> n.intValue())
        .add("toLong", (n, c) -> n.longValue())
        .add("toDouble", (n, c) -> n.doubleValue())
        .add("toFloat", (n, c) -> n.floatValue())
        .add("toBigDecimal", (n, c) -> Arithmetic.decimal(n))
        .add("toBigInteger", (n, c) -> Arithmetic.integer(n))
        .add("asType", (n, c) -> Coercions.cast(TextMethods.type(c.arg(0)), n, c.at()))
        .add("toString", (n, c) -> n.toString())
        .add("hashCode", (n, c) -> n.hashCode())
        .add("equals", (n, c) -> n.equals(c.arg(0)))
        .add("isNaN", (n, c) -> Double.isNaN(n.doubleValue()))
        .add("isInfinite", (n, c) -> Double.isInfinite(n.doubleValue()));
  }

  private static void loops() {
    NUMBERS
        .add("times", (n, c) -> times(n, c))
        .add("upto", (n, c) -> steps(n, c, 1))
        .add("downto", (n, c) -> steps(n, c, -1))
        .add("step", (n, c) -> step(n, c));
  }

  private static @Nullable Object times(Number n, Methods.Call c) {
    for (int i = 0; i < n.intValue(); i++) {
      c.tick().run();
      c.apply(i);
    }
    return null;
  }

  private static Number numeric(Methods.Call c, int i) {
    if (c.arg(i) instanceof Number n) {
      return n;
    }
    throw c.fail("MissingMethodException", "argument " + (i + 1) + " is no number");
  }

  private static @Nullable Object steps(Number from, Methods.Call c, int direction) {
    Number to = numeric(c, 0);
    if (Arithmetic.compare(from, to) * direction > 0) {
      throw c.fail(
          "GroovyRuntimeException",
          "The argument (" + to + ") is on the wrong side of the value (" + from + ")");
    }
    for (Number n = from;
        Arithmetic.compare(n, to) * direction <= 0;
        n = Arithmetic.binary(BinaryOp.PLUS, n, direction, c.at())) {
      c.tick().run();
      c.apply(n);
    }
    return null;
  }

  private static @Nullable Object step(Number from, Methods.Call c) {
    Number to = numeric(c, 0);
    Number by = numeric(c, 1);
    int direction = Arithmetic.compare(by, 0);
    if (direction == 0) {
      throw c.fail("GroovyRuntimeException", "Infinite loop in step()");
    }
    for (Number n = from;
        Arithmetic.compare(n, to) * direction < 0;
        n = Arithmetic.binary(BinaryOp.PLUS, n, by, c.at())) {
      c.tick().run();
      c.apply(n);
    }
    return null;
  }

  private static void operators() {
    for (Map.Entry<String, BinaryOp> e : Operators.METHODS.entrySet()) {
      NUMBERS.add(e.getKey(), (n, c) -> c.operator(e.getValue(), n, c.arg(0)));
    }
    NUMBERS
        .add("intdiv", (n, c) -> Arithmetic.intdiv(n, numeric(c, 0), c.at()))
        .add("abs", (n, c) -> Arithmetic.absolute(n))
        .add("negative", (n, c) -> Arithmetic.negated(n))
        .add("unaryMinus", (n, c) -> Arithmetic.negated(n))
        .add("next", (n, c) -> c.operator(BinaryOp.PLUS, n, 1))
        .add("previous", (n, c) -> c.operator(BinaryOp.MINUS, n, 1))
        .add("round", (n, c) -> round(n, c))
        .add("trunc", (n, c) -> truncated(n, c.count() == 0 ? 0 : c.number(0)))
        .add("isOdd", (n, c) -> Arithmetic.integer(n).testBit(0))
        .add("isEven", (n, c) -> !Arithmetic.integer(n).testBit(0));
  }

  private static Number round(Number n, Methods.Call c) {
    int digits = c.count() == 0 ? 0 : scale(c, 0);
    if (n instanceof BigDecimal d) {
      return d.setScale(digits, RoundingMode.HALF_UP);
    }
    if (c.count() == 0) {
      return n instanceof Float f ? (Number) Math.round(f) : (Number) Math.round(n.doubleValue());
    }
    double factor = Math.pow(10, digits);
    return Math.round(n.doubleValue() * factor) / factor;
  }

  private static Number truncated(Number n, int digits) {
    if (n instanceof BigDecimal d) {
      return d.setScale(digits, RoundingMode.DOWN);
    }
    double factor = Math.pow(10, digits);
    double scaled = n.doubleValue() * factor;
    return (scaled < 0 ? Math.ceil(scaled) : Math.floor(scaled)) / factor;
  }

  private static int scale(Methods.Call c, int i) {
    int scale = c.number(i);
    if (Math.abs(scale) > SCALE_MAX) {
      throw new Thrown.Limit("a number of more than " + SCALE_MAX + " decimals");
    }
    return scale;
  }

  private static void decimals() {
    NUMBERS
        .add("scale", (n, c) -> Arithmetic.decimal(n).scale())
        .add("precision", (n, c) -> Arithmetic.decimal(n).precision())
        .add("signum", (n, c) -> Arithmetic.decimal(n).signum())
        .add("setScale", (n, c) -> setScale(n, c))
        .add("stripTrailingZeros", (n, c) -> Arithmetic.decimal(n).stripTrailingZeros())
        .add("toPlainString", (n, c) -> Arithmetic.decimal(n).toPlainString())
        .add("negate", (n, c) -> Arithmetic.negated(n))
        .add("add", (n, c) -> c.operator(BinaryOp.PLUS, n, numeric(c, 0)))
        .add("subtract", (n, c) -> c.operator(BinaryOp.MINUS, n, numeric(c, 0)))
        .add("divide", (n, c) -> divide(n, c))
        .add("remainder", (n, c) -> c.operator(BinaryOp.REMAINDER, n, numeric(c, 0)))
        .add("pow", (n, c) -> c.operator(BinaryOp.POWER, n, numeric(c, 0)))
        .add("max", (n, c) -> c.order(n, c.arg(0)) >= 0 ? n : c.arg(0))
        .add("min", (n, c) -> c.order(n, c.arg(0)) <= 0 ? n : c.arg(0));
  }

  private static RoundingMode rounding(Methods.Call c, int i) {
    return switch (c.arg(i)) {
      case RoundingMode mode -> mode;
      case Integer old when old >= 0 && old < RoundingMode.values().length ->
          RoundingMode.valueOf(old);
      case null, default -> throw c.fail("MissingMethodException", "no such rounding mode");
    };
  }

  private static Object setScale(Number n, Methods.Call c) {
    return Arithmetic.decimal(n)
        .setScale(scale(c, 0), c.count() > 1 ? rounding(c, 1) : RoundingMode.UNNECESSARY);
  }

  private static Object divide(Number n, Methods.Call c) {
    if (n instanceof BigInteger i && c.arg(0) instanceof BigInteger d) {
      return Arithmetic.intdiv(i, d, c.at());
    }
    BigDecimal divisor = Arithmetic.decimal(numeric(c, 0));
    return switch (c.count()) {
      case 1 -> Arithmetic.decimal(n).divide(divisor);
      case 2 -> Arithmetic.decimal(n).divide(divisor, rounding(c, 1));
      default -> Arithmetic.decimal(n).divide(divisor, scale(c, 1), rounding(c, 2));
    };
  }
}
