package dev.naru.pipeline.lint;

import dev.naru.pipeline.lang.GroovyLexer;
import dev.naru.pipeline.lang.Nearest;
import dev.naru.pipeline.lang.Position;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The comments {@code // naru-lint disable=…} and {@code disable-file=…} of a file. In a shell
 * script, {@code # naru-lint disable=…} is the same.
 *
 * <p>A comment switches off for its own line; one that stands alone also for the next line, and
 * when a string of several lines begins there, for all of it.
 */
final class Suppressions {
  private static final Pattern COMMENT = Pattern.compile("(//|#)[ \\t]*naru-lint\\b([^\\r\\n]*)");
  private static final Pattern FORM =
      Pattern.compile("\\s+(disable|disable-file)=([A-Za-z0-9_,-]*)(\\s.*)?");

  private record Lines(Rule rule, int first, int last) {}

  private record Fault(int from, int to, String message) {}

  private final Set<Rule> everywhere = new HashSet<>();
  private final List<Lines> lines = new ArrayList<>();
  private final List<Fault> faults = new ArrayList<>();

  private Suppressions() {}

  static Suppressions of(SourceText text) {
    Suppressions all = new Suppressions();
    Matcher m = COMMENT.matcher(text.text());
    while (m.find()) {
      GroovyLexer.Kind around =
          text.token(m.start()).map(GroovyLexer.Token::kind).orElse(GroovyLexer.Kind.OPEN);
      boolean inScript =
          around == GroovyLexer.Kind.STRING && m.group(2).strip().startsWith("disable");
      if (m.group(1).equals("#") ? inScript : around == GroovyLexer.Kind.COMMENT) {
        all.comment(text, m);
      }
    }
    return all;
  }

  private void comment(SourceText text, Matcher m) {
    Matcher form = FORM.matcher(m.group(2));
    if (!form.matches()) {
      faults.add(
          new Fault(
              m.start(),
              m.end(),
              "not understood: expected 'naru-lint disable=RULE' or 'naru-lint"
                  + " disable-file=RULE'"));
      return;
    }
    int at = m.start(2) + form.start(2);
    for (String id : form.group(2).split(",", -1)) {
      int from = at;
      at += id.length() + 1;
      Rule.of(id)
          .ifPresentOrElse(
              rule -> off(text, m.start(), form.group(1), rule),
              () ->
                  faults.add(
                      new Fault(
                          from,
                          from + Math.max(1, id.length()),
                          "there is no rule '" + id + "'" + Nearest.hint(id, Rule.ids()))));
    }
  }

  private void off(SourceText text, int offset, String how, Rule rule) {
    if (how.equals("disable-file")) {
      everywhere.add(rule);
      return;
    }
    Position at = text.position(offset);
    boolean alone = text.line(at.line()).substring(0, at.column() - 1).isBlank();
    int first = at.line();
    int last = alone ? first + 1 : first;
    for (GroovyLexer.Token token : text.tokens()) {
      int starts = token.kind() == GroovyLexer.Kind.STRING ? text.position(token.from()).line() : 0;
      if (starts >= first && starts <= last && token.from() > offset) {
        lines.add(new Lines(rule, first, text.position(token.to() - 1).line()));
      }
    }
    lines.add(new Lines(rule, first, last));
  }

  /** Whether a comment switches the finding off; an error cannot be switched off. */
  boolean covers(Finding f) {
    return !f.isError()
        && (everywhere.contains(f.rule())
            || lines.stream()
                .anyMatch(
                    l -> l.rule() == f.rule() && l.first() <= f.line() && f.line() <= l.last()));
  }

  void faults(Findings findings) {
    for (Fault fault : faults) {
      findings.warn(Rule.UNKNOWN_RULE, fault.from(), fault.to(), fault.message());
    }
  }
}
