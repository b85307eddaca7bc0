package dev.naru.pipeline.lang;

import dev.naru.pipeline.lang.SourceScan.Doubt;
import dev.naru.pipeline.lang.SourceScan.Pair;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where a syntax error is. Groovy's parser often reports the block around it, so the text is parsed
 * again in parts, each at its place with blanks around: down into the innermost block that fails
 * alone, then the first statement of it that fails.
 *
 * <p>Bounded by {@link #PARSES_MAX} parses and {@link #CHARS_MAX} characters; then the best so far
 * is told.
 */
final class Locator {
  private static final int PARSES_MAX = 150;
  private static final int CHARS_MAX = 2 << 20;
  private static final Pattern PARAMETERS = Pattern.compile("\\s*[\\w\\s,=.<>\\[\\]'\"]*?->");

  private record Range(int start, int end) {}

  private final String text;
  private final SourceScan scan;
  private final Function<String, Optional<Diagnostic>> parser;
  private int parses;
  private int chars;

  Locator(String text, SourceScan scan, Function<String, Optional<Diagnostic>> parser) {
    this.text = text;
    this.scan = scan;
    this.parser = parser;
  }

  /**
   * @param whole what the parser said of the whole text
   */
  Diagnostic locate(Diagnostic whole) {
    Range range = new Range(0, text.length());
    Diagnostic error = whole;
    while (true) {
      List<Range> blocks = blocks(range);
      Optional<Diagnostic> own = parse(masked(range, blocks));
      if (own.isPresent()) {
        Optional<Diagnostic> doubt = doubted(range);
        return doubt.isPresent() ? doubt.get() : statement(range, blocks, own.get());
      }
      Optional<Range> inner = failing(range, blocks);
      if (inner.isEmpty()) {
        return doubted(range).orElse(error);
      }
      range = inner.get();
      error = parse(masked(range, List.of())).orElse(error);
    }
  }

  /** Without the budget every text is good, so that the search ends. */
  private Optional<Diagnostic> parse(String part) {
    if (parses >= PARSES_MAX || chars > CHARS_MAX) {
      return Optional.empty();
    }
    parses++;
    chars += part.length();
    return parser.apply(part);
  }

  /** The insides of the outermost braces in {@code range}. */
  private List<Range> blocks(Range range) {
    List<Range> all = new ArrayList<>();
    for (Pair pair : scan.pairs()) {
      if (pair.bracket() == '{' && pair.open() >= range.start() && pair.close() < range.end()) {
        all.removeIf(r -> r.start() > pair.open() && r.end() <= pair.close());
        all.add(new Range(pair.open() + 1, pair.close()));
      }
    }
    return all;
  }

  private String masked(Range range, List<Range> holes) {
    StringBuilder out = new StringBuilder(text);
    blank(out, 0, range.start());
    blank(out, range.end(), text.length());
    holes.forEach(h -> blank(out, h.start(), h.end()));
    if (range.start() > 0) {
      Matcher m = PARAMETERS.matcher(out).region(range.start(), range.end());
      if (m.lookingAt()) {
        blank(out, range.start(), m.end());
      }
    }
    return out.toString();
  }

  private static void blank(StringBuilder out, int from, int to) {
    for (int i = from; i < to; i++) {
      if (out.charAt(i) != '\n') {
        out.setCharAt(i, ' ');
      }
    }
  }

  private Optional<Range> failing(Range range, List<Range> blocks) {
    List<Range> bad = blocks.stream().filter(b -> parse(masked(b, List.of())).isPresent()).toList();
    if (bad.size() <= 1) {
      return bad.stream().findFirst();
    }
    // A block of cases fails alone and is good in its place.
    return bad.stream()
        .filter(b -> parse(masked(range, List.of(b))).isEmpty())
        .findFirst()
        .or(() -> bad.stream().findFirst());
  }

  /** A doubt that is right: mended, the part is good. */
  private Optional<Diagnostic> doubted(Range range) {
    for (Doubt doubt : scan.doubts()) {
      int at = doubt.offset();
      if (at < range.start() || at >= range.end()) {
        continue;
      }
      if (!doubt.comma()) {
        return Optional.of(doubt.diagnostic());
      }
      StringBuilder mended = new StringBuilder(masked(range, List.of()));
      mended.insert(at, ',');
      if (parses < PARSES_MAX && parse(mended.toString()).isEmpty()) {
        return Optional.of(doubt.diagnostic());
      }
    }
    return Optional.empty();
  }

  /** What is missing at the end of a part is missing after the last of its code. */
  private Diagnostic ended(Range range, Diagnostic error) {
    if (!error.message().contains("<EOF>")) {
      return error;
    }
    int last = range.end();
    while (last > range.start() && Character.isWhitespace(text.charAt(last - 1))) {
      last--;
    }
    int line = 1 + (int) text.substring(0, last).chars().filter(c -> c == '\n').count();
    int column = last - text.lastIndexOf('\n', last - 1);
    return Diagnostic.error(
        new Position(line, column), "something is missing at the end of this block");
  }

  /** The error after the longest part of {@code range} that is good, in whole lines. */
  private Diagnostic statement(Range range, List<Range> blocks, Diagnostic error) {
    int good = range.start();
    for (int end = text.indexOf('\n', range.start());
        end >= 0 && end < range.end();
        end = text.indexOf('\n', end + 1)) {
      int until = end;
      boolean inside =
          scan.pairs().stream()
              .anyMatch(
                  p ->
                      p.open() < until
                          && until < p.close()
                          && p.open() >= range.start()
                          && p.close() < range.end());
      boolean blankLine = text.substring(good, end).isBlank();
      if (!inside
          && !blankLine
          && parse(
                  masked(
                      new Range(range.start(), end),
                      blocks.stream().filter(b -> b.end() <= until).toList()))
              .isEmpty()) {
        good = end + 1;
      }
    }
    int from = good;
    int line = 1 + (int) text.substring(0, from).chars().filter(c -> c == '\n').count();
    if (error.at().line() > line) {
      return ended(range, error);
    }
    Optional<Diagnostic> rest =
        parse(
            masked(
                new Range(from, range.end()),
                blocks.stream().filter(b -> b.start() >= from).toList()));
    return ended(range, rest.orElse(error));
  }
}
