package dev.naru.pipeline.lang;

import java.util.regex.Pattern;

/**
 * Ant's path patterns: {@code ?} and {@code *} stay within a name, {@code **} spans folders, a
 * pattern that ends with a slash means everything below.
 */
public final class Globs {
  private Globs() {}

  public static Pattern compile(String glob, boolean anyCase) {
    String text = glob.endsWith("/") ? glob + "**" : glob;
    StringBuilder regex = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (text.startsWith("**/", i)) {
        regex.append("(?:[^/]+/)*");
        i += 2;
      } else if (text.startsWith("/**", i) && i + 3 == text.length()) {
        regex.append("(?:/.*)?");
        i += 2;
      } else if (text.startsWith("**", i)) {
        regex.append(".*");
        i++;
      } else if (c == '*') {
        regex.append("[^/]*");
      } else if (c == '?') {
        regex.append("[^/]");
      } else {
        regex.append(Pattern.quote(String.valueOf(c)));
      }
    }
    return Pattern.compile(regex.toString(), anyCase ? Pattern.CASE_INSENSITIVE : 0);
  }
}
