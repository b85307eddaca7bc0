package dev.naru.kube;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The canonical text of a resource quantity: no fraction, the largest suffix of its family.
 *
 * <p>Source: Kubernetes API reference, "Quantity" (canonical form).
 */
final class Quantities {
  private static final Pattern SHAPE =
      Pattern.compile(
          "([+-]?(?:[0-9]+\\.?[0-9]*|\\.[0-9]+))(Ki|Mi|Gi|Ti|Pi|Ei|[numkMGTPE]|[eE][+-]?[0-9]{1,3})?");
  private static final List<String> DECIMAL =
      List.of("n", "u", "m", "", "k", "M", "G", "T", "P", "E");
  private static final List<String> BINARY = List.of("", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei");
  private static final BigDecimal KILO = BigDecimal.valueOf(1000);
  private static final BigDecimal KIBI = BigDecimal.valueOf(1024);

  private Quantities() {}

  /**
   * The canonical text.
   *
   * @throws IllegalArgumentException when {@code text} is no quantity
   */
  static String canonical(String text) {
    Matcher m = SHAPE.matcher(text);
    if (!m.matches() || text.length() > 64) {
      throw new IllegalArgumentException("not a quantity: '" + text + "'");
    }
    BigDecimal number = new BigDecimal(m.group(1));
    String suffix = m.group(2) == null ? "" : m.group(2);
    if (suffix.length() > 1
        && (suffix.charAt(0) == 'e' || suffix.charAt(0) == 'E')
        && suffix.charAt(1) != 'i') {
      return text;
    }
    if (number.signum() == 0) {
      return "0";
    }
    if (suffix.endsWith("i")) {
      return binary(number, BINARY.indexOf(suffix));
    }
    return decimal(number, DECIMAL.indexOf(suffix));
  }

  /** Compares two quantities by value. */
  static int compare(String a, String b) {
    return value(a).compareTo(value(b));
  }

  private static BigDecimal value(String text) {
    Matcher m = SHAPE.matcher(text);
    if (!m.matches()) {
      throw new IllegalArgumentException("not a quantity: '" + text + "'");
    }
    BigDecimal number = new BigDecimal(m.group(1));
    String suffix = m.group(2) == null ? "" : m.group(2);
    if (suffix.endsWith("i")) {
      return number.multiply(KIBI.pow(BINARY.indexOf(suffix)));
    }
    int power = DECIMAL.indexOf(suffix);
    return power < 0
        ? number.scaleByPowerOfTen(Integer.parseInt(suffix.substring(1)))
        : number.scaleByPowerOfTen(3 * (power - DECIMAL.indexOf("")));
  }

  private static String binary(BigDecimal number, int power) {
    BigDecimal bytes = number.multiply(KIBI.pow(power));
    if (bytes.stripTrailingZeros().scale() > 0) {
      return decimal(bytes, DECIMAL.indexOf(""));
    }
    int p = 0;
    while (p < BINARY.size() - 1 && bytes.remainder(KIBI).signum() == 0) {
      bytes = bytes.divide(KIBI);
      p++;
    }
    return bytes.toBigInteger() + BINARY.get(p);
  }

  private static String decimal(BigDecimal number, int power) {
    BigDecimal n = number;
    int p = power;
    while (p > 0 && n.stripTrailingZeros().scale() > 0) {
      n = n.multiply(KILO);
      p--;
    }
    // Smaller than a nano is rounded up.
    n = n.setScale(0, RoundingMode.UP);
    while (p < DECIMAL.size() - 1 && n.remainder(KILO).signum() == 0) {
      n = n.divide(KILO);
      p++;
    }
    return n.toBigInteger() + DECIMAL.get(p);
  }
}
