package dev.naru.pipeline.lang;

import java.util.Collection;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeSet;

/** The known name that a mistyped one was probably meant to be. */
public final class Nearest {
  private Nearest() {}

  /** The nearest of {@code known} to {@code name}, when it is near at all. */
  static Optional<String> of(String name, Collection<String> known) {
    return within(Math.max(2, name.length() / 3), name, known);
  }

  /** The nearest of {@code known} that is at most {@code edits} away. */
  static Optional<String> within(int edits, String name, Collection<String> known) {
    String wanted = name.toLowerCase(Locale.ROOT);
    String best = null;
    int distance = edits + 1;
    for (String candidate : known) {
      int d = distance(wanted, candidate.toLowerCase(Locale.ROOT));
      if (d < distance || (d == distance && best != null && candidate.compareTo(best) < 0)) {
        best = candidate;
        distance = d;
      }
    }
    return Optional.ofNullable(best);
  }

  /** {@code "; did you mean 'x'?"}, or nothing. */
  public static String hint(String name, Collection<String> known) {
    return of(name, known).map(n -> "; did you mean '" + n + "'?").orElse("");
  }

  /** As {@link #hint}, and all that is known when nothing is near. */
  static String hintOrAll(String name, Collection<String> known) {
    String hint = hint(name, known);
    return hint.isEmpty() ? "; known are " + String.join(", ", new TreeSet<>(known)) : hint;
  }

  /** Edit distance in which a swap of neighbours is one edit. */
  private static int distance(String a, String b) {
    int[][] d = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      for (int j = 0; j <= b.length(); j++) {
        if (i == 0 || j == 0) {
          d[i][j] = i + j;
          continue;
        }
        int change = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
        d[i][j] = Math.min(Math.min(d[i - 1][j], d[i][j - 1]) + 1, d[i - 1][j - 1] + change);
        if (i > 1
            && j > 1
            && a.charAt(i - 1) == b.charAt(j - 2)
            && a.charAt(i - 2) == b.charAt(j - 1)) {
          d[i][j] = Math.min(d[i][j], d[i - 2][j - 2] + 1);
        }
      }
    }
    return d[a.length()][b.length()];
  }
}
