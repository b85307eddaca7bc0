package dev.naru.pipeline.lint;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/** What names and values of secrets look like. */
final class Secrecy {
  private static final Pattern NAME =
      Pattern.compile(
          "(?i)(.*[_.-])?(\\w*(password|passwd|passphrase|secret|token|api_?key)|pass|pwd|psw|pat"
              + "|access_?key|secret_?key|private_?key)(_?(key|value))?");
  private static final Pattern CODE_LIKE = Pattern.compile("[A-Z][A-Z0-9]*(_[A-Z0-9]+)*");
  private static final Pattern PLACEHOLDER =
      Pattern.compile(
          "(?i)[x*.]+|<.*>|\\[.*]|change_?me|your[_-].*|example.*|todo|dummy|none|null");
  private static final int SHORT_MIN = 8;
  private static final int LONG_MIN = 20;
  private static final double SHORT_BITS = 2.9;
  private static final double LONG_BITS = 3.6;

  private Secrecy() {}

  /** Whether a variable or an argument of this name holds a secret. */
  static boolean named(String name) {
    return NAME.matcher(name).matches();
  }

  static boolean placeholder(String value) {
    return PLACEHOLDER.matcher(value).matches();
  }

  /**
   * Whether {@code value} is random enough to be a secret rather than a word, the id of a
   * credential, a path or the name of a variable.
   */
  static boolean random(String value) {
    if (value.length() < SHORT_MIN
        || value.chars().anyMatch(c -> Character.isWhitespace(c) || c == '$' || c > 126)
        || value.indexOf(GroovyText.HOLE) >= 0
        || value.startsWith("/")
        || value.contains("://")
        || CODE_LIKE.matcher(value).matches()
        || placeholder(value)) {
      return false;
    }
    boolean digits = value.chars().anyMatch(Character::isDigit);
    boolean letters = value.chars().anyMatch(Character::isLetter);
    double bits = bitsPerCharacter(value.toLowerCase(Locale.ROOT));
    return (digits && letters && bits >= SHORT_BITS)
        || (value.length() >= LONG_MIN && digits && bits >= LONG_BITS);
  }

  /** Shannon's entropy of the characters. */
  private static double bitsPerCharacter(String value) {
    Map<Integer, Integer> counts = new HashMap<>();
    value.chars().forEach(c -> counts.merge(c, 1, Integer::sum));
    double bits = 0;
    for (int count : counts.values()) {
      double p = (double) count / value.length();
      bits -= p * Math.log(p) / Math.log(2);
    }
    return bits;
  }
}
