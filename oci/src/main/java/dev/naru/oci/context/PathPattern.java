package dev.naru.oci.context;

import java.util.regex.Pattern;

/**
 * A file pattern of Dockerfiles: Go's {@code filepath.Match} ({@code *}, {@code ?}, {@code [a-z]},
 * {@code [^x]}, {@code \}), and {@code **} for any number of folders. Uses nothing but the JDK.
 */
public final class PathPattern {
  private PathPattern() {}

  /** Whether {@code text} has a character that stands for others. */
  public static boolean isPattern(String text) {
    return text.chars().anyMatch(c -> c == '*' || c == '?' || c == '[');
  }

  /**
   * @throws IllegalArgumentException when a bracket or an escape has no end
   */
  public static Pattern compile(String glob) {
    StringBuilder regex = new StringBuilder();
    int i = 0;
    while (i < glob.length()) {
      char c = glob.charAt(i);
      if (glob.startsWith("**", i)) {
        i += 2;
        if (i < glob.length() && glob.charAt(i) == '/') {
          regex.append("(?:.*/)?");
          i++;
        } else {
          regex.append(".*");
        }
      } else if (c == '*') {
        regex.append("[^/]*");
        i++;
      } else if (c == '?') {
        regex.append("[^/]");
        i++;
      } else if (c == '[') {
        int end = glob.indexOf(']', i + 2);
        if (end < 0) {
          throw new IllegalArgumentException("'" + glob + "' has a '[' without ']'");
        }
        String set = glob.substring(i + 1, end).replace("\\", "\\\\").replace("[", "\\[");
        regex.append('[').append(set.replace("&&", "&\\&")).append(']');
        i = end + 1;
      } else {
        if (c == '\\') {
          i++;
          if (i == glob.length()) {
            throw new IllegalArgumentException("'" + glob + "' ends with '\\'");
          }
        }
        regex.append(Pattern.quote(String.valueOf(glob.charAt(i))));
        i++;
      }
    }
    return Pattern.compile(regex.toString(), Pattern.DOTALL);
  }
}
