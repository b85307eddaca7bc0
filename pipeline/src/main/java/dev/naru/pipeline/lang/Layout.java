package dev.naru.pipeline.lang;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Judges by indentation which brace is the wrong one. A closing brace that starts a line further
 * left than the line which opened its block belongs to an outer block, so an inner one is unclosed;
 * one that stands further right closes too much, so a brace before it is missing or it is one too
 * many.
 */
final class Layout {
  private static final class Line {
    private final int number;
    private final int indent;
    private char last;
    private int lastColumn;

    Line(int number, int indent) {
      this.number = number;
      this.indent = indent;
    }
  }

  private final List<Line> lines = new ArrayList<>();
  private SourceScan.@Nullable Open unclosed;
  private @Nullable Diagnostic extra;

  /** A line with code begins. */
  void line(int number, int indent) {
    if (lines.isEmpty() || lines.getLast().number != number) {
      lines.add(new Line(number, indent));
    }
  }

  /** The last character of code so far in its line. */
  void code(char c, int line, int column) {
    if (!lines.isEmpty() && lines.getLast().number == line) {
      lines.getLast().last = c;
      lines.getLast().lastColumn = column;
    }
  }

  /** A closing brace is the first in its line. */
  void closing(SourceScan.Open opened, Position at, int indent) {
    if (unclosed == null && indent < opened.indent()) {
      unclosed = opened;
    }
    if (extra == null && indent > opened.indent() && opened.at().line() != at.line()) {
      extra = extra(opened, at, indent);
    }
  }

  private Diagnostic extra(SourceScan.Open opened, Position at, int indent) {
    for (int n = lines.size() - 2; n >= 0 && lines.get(n).number > opened.at().line(); n--) {
      Line line = lines.get(n);
      if (line.indent < indent) {
        break;
      }
      if (line.indent == indent
          && lines.get(n + 1).indent > indent
          && (line.last == ')' || line.last == 'a')) {
        return Diagnostic.error(
            new Position(line.number, line.lastColumn + 1),
            "a '{' is missing: the '}' at " + at + " closes this block");
      }
    }
    return Diagnostic.error(
        at, "'}' closes the block of " + opened.at() + " too early: there is one too many");
  }

  SourceScan.Open unclosed(SourceScan.Open innermost) {
    return unclosed != null ? unclosed : innermost;
  }

  /** What to say of a closing brace at {@code at} that closes nothing. */
  Diagnostic tooMany(Position at) {
    return extra != null
        ? extra
        : Diagnostic.error(at, "'}' closes nothing: there is one too many");
  }
}
