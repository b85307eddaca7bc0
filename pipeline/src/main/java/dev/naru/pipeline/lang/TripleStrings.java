package dev.naru.pipeline.lang;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Which triple-quoted string is the unclosed one. The quotes that were to open the next string
 * close it, so the last of the file is left open; the one whose end looks like a beginning is to
 * blame.
 */
final class TripleStrings {
  private record Closed(char quote, Position start, int endLine, boolean endLooksLikeStart) {}

  private static final Pattern BEGINNING =
      Pattern.compile("\\s*[\\w.]+(?:\\s+|\\s*[(=:,].*|.*[(=:,]\\s*)");

  private final List<Closed> all = new ArrayList<>();

  /**
   * @param before what stands in the line of the closing quotes before them
   */
  void closed(char quote, Position start, String before, int line) {
    all.add(
        new Closed(quote, start, line, line > start.line() && BEGINNING.matcher(before).matches()));
  }

  Position unclosed(char quote, Position last) {
    return all.stream()
        .filter(c -> c.quote() == quote && c.endLooksLikeStart())
        .map(Closed::start)
        .findFirst()
        .orElse(last);
  }
}
