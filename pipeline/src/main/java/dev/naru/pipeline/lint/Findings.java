package dev.naru.pipeline.lint;

import dev.naru.pipeline.lang.Position;
import java.util.ArrayList;
import java.util.List;

/** What the checks have found in one file. */
final class Findings {
  private final SourceText text;
  private final List<Finding> all = new ArrayList<>();

  Findings(SourceText text) {
    this.text = text;
  }

  /** A warning about the text between two offsets; what it marks ends with its line. */
  void warn(Rule rule, int from, int to, String message) {
    Position at = text.position(from);
    int rest = text.line(at.line()).length() - at.column() + 1;
    int length = Math.max(0, Math.min(to - from, rest));
    add(rule, at, length, message);
  }

  /** A warning about a name at its place. */
  void warn(Rule rule, Position at, String name, String message) {
    add(rule, at, name.length(), message);
  }

  /** A warning about a part of a script. */
  void warn(Rule rule, Source.Script script, int from, int to, String message) {
    int start = script.text().offset(from);
    int last = script.text().offset(Math.max(from, to - 1));
    script.text().holes().stream()
        .filter(h -> h.index() == to - 1)
        .findFirst()
        .ifPresentOrElse(
            h -> warn(rule, start, h.to(), message), () -> warn(rule, start, last + 1, message));
  }

  private void add(Rule rule, Position at, int length, String message) {
    add(
        new Finding(
            rule, Finding.Severity.WARNING, at.line(), at.column(), length, message, rule.fix()));
  }

  void add(Finding finding) {
    boolean covered =
        all.stream()
            .anyMatch(
                f ->
                    f.rule() == finding.rule()
                        && f.line() == finding.line()
                        && f.column() <= finding.column()
                        && finding.column() < f.column() + Math.max(1, f.length()));
    if (!covered) {
      all.add(finding);
    }
  }

  List<Finding> sorted() {
    return all.stream().sorted(Finding.BY_PLACE).toList();
  }
}
