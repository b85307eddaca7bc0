package dev.naru.pipeline.lint;

import java.util.Optional;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * The pattern of a {@code sed} substitution as a Java pattern that matches at least what sed's
 * matches: what only the run knows (a variable, a value of Groovy's) matches anything. So a pattern
 * that finds nothing here finds nothing there. Source: POSIX.1-2024, 9.3 and 9.4, and GNU sed's
 * {@code \+ \? \|}.
 */
final class SedPattern {
  private static final int LINE_MAX_CHARS = 2_000;
  private static final int READS_MAX = 200_000;

  /** A line that counts its reads, so that no pattern runs for long. */
  private static final class Bounded implements CharSequence {
    private final String text;
    private final int[] reads;

    Bounded(String text, int[] reads) {
      this.text = text;
      this.reads = reads;
    }

    @Override
    public int length() {
      return text.length();
    }

    @Override
    public char charAt(int index) {
      if (++reads[0] > READS_MAX) {
        throw new TooMuchWork();
      }
      return text.charAt(index);
    }

    @Override
    public CharSequence subSequence(int start, int end) {
      return new Bounded(text.substring(start, end), reads);
    }

    @Override
    public String toString() {
      return text;
    }
  }

  private static final class TooMuchWork extends RuntimeException {
    TooMuchWork() {
      super("the pattern reads too much", null, false, false);
    }
  }

  private SedPattern() {}

  /** Whether no line of {@code text} can match; false also where it cannot be known. */
  static boolean matchesNothing(String pattern, boolean extended, boolean anyCase, String text) {
    Optional<Pattern> java = translate(pattern, extended, anyCase);
    if (java.isEmpty()) {
      return false;
    }
    int[] reads = {0};
    try {
      return text.lines()
          .noneMatch(
              l -> l.length() > LINE_MAX_CHARS || java.get().matcher(new Bounded(l, reads)).find());
    } catch (TooMuchWork e) {
      return false;
    }
  }

  private static Optional<Pattern> translate(String pattern, boolean extended, boolean anyCase) {
    StringBuilder java = new StringBuilder();
    int i = 0;
    while (i < pattern.length()) {
      char c = pattern.charAt(i);
      if (c == GroovyText.HOLE) {
        java.append(".*");
        i++;
      } else if (c == '$' && i + 1 < pattern.length() && !extendedEnd(pattern, i)) {
        int end = variableEnd(pattern, i);
        if (end == i) {
          return Optional.empty();
        }
        java.append(".*");
        i = end;
      } else if (c == '[') {
        int end = bracketEnd(pattern, i);
        if (end < 0) {
          return Optional.empty();
        }
        java.append(bracket(pattern.substring(i + 1, end)));
        i = end + 1;
      } else if (c == '\\' && i + 1 < pattern.length()) {
        if (!escaped(pattern.charAt(i + 1), extended, java)) {
          return Optional.empty();
        }
        i += 2;
      } else {
        java.append(!extended && "(){}+?|".indexOf(c) >= 0 ? "\\" + c : String.valueOf(c));
        i++;
      }
    }
    try {
      return Optional.of(Pattern.compile(java.toString(), anyCase ? Pattern.CASE_INSENSITIVE : 0));
    } catch (PatternSyntaxException e) {
      // Something that is no pattern to Java may be one to sed: nothing is known.
      return Optional.empty();
    }
  }

  /** A dollar that ends a pattern, a group or an alternative is an anchor. */
  private static boolean extendedEnd(String pattern, int i) {
    char next = pattern.charAt(i + 1);
    return next == ')' || next == '|' || next == '\\';
  }

  private static int variableEnd(String pattern, int i) {
    if (pattern.charAt(i + 1) == '{') {
      return Braces.end(pattern, i + 1);
    }
    if (pattern.charAt(i + 1) == '(') {
      int close = pattern.indexOf(')', i);
      return close < 0 ? i : close + 1;
    }
    int at = i + 1;
    while (at < pattern.length()
        && (Character.isLetterOrDigit(pattern.charAt(at)) || pattern.charAt(at) == '_')) {
      at++;
    }
    return at == i + 1 ? i : at;
  }

  private static int bracketEnd(String pattern, int i) {
    int at = i + 1;
    if (at < pattern.length() && pattern.charAt(at) == '^') {
      at++;
    }
    if (at < pattern.length() && pattern.charAt(at) == ']') {
      at++;
    }
    while (at < pattern.length() && pattern.charAt(at) != ']') {
      at = pattern.startsWith("[:", at) ? Math.max(at, pattern.indexOf(":]", at)) + 2 : at + 1;
    }
    return at < pattern.length() ? at : -1;
  }

  private static String bracket(String inside) {
    String set =
        inside
            .replace("\\", "\\\\")
            .replace("[:space:]", "\0s")
            .replace("[:digit:]", "0-9")
            .replace("[:alpha:]", "a-zA-Z")
            .replace("[:alnum:]", "a-zA-Z0-9")
            .replace("[:upper:]", "A-Z")
            .replace("[:lower:]", "a-z")
            .replace("[", "\\[")
            .replace("&&", "&\\&")
            .replace("\0s", "\\s");
    boolean not = set.startsWith("^");
    String rest = not ? set.substring(1) : set;
    return "[" + (not ? "^" : "") + (rest.startsWith("]") ? "\\" : "") + rest + "]";
  }

  private static boolean escaped(char c, boolean extended, StringBuilder java) {
    if ("(){}+?|".indexOf(c) >= 0) {
      java.append(extended ? "\\" + c : String.valueOf(c));
    } else if ("sSwWbB".indexOf(c) >= 0 || !Character.isLetterOrDigit(c)) {
      java.append('\\').append(c);
    } else if (c == 't') {
      java.append('\t');
    } else {
      return false;
    }
    return true;
  }
}
