package dev.naru.pipeline.lint;

import java.util.List;

/** Findings for people: each with its line of the file and a caret under the place. */
public final class TextPrinter {
  private TextPrinter() {}

  /** All reports, then one line that counts; the empty string when nothing was found. */
  public static String print(List<Report> reports) {
    StringBuilder out = new StringBuilder();
    for (Report report : reports) {
      SourceText text = new SourceText(report.text());
      for (Finding f : report.findings()) {
        print(report, text, f, out);
      }
    }
    if (out.isEmpty()) {
      return "";
    }
    return out.append(count(Report.errors(reports), "error"))
        .append(", ")
        .append(count(Report.warnings(reports), "warning"))
        .append('\n')
        .toString();
  }

  private static String count(long n, String what) {
    return n + " " + what + (n == 1 ? "" : "s");
  }

  private static void print(Report report, SourceText text, Finding f, StringBuilder out) {
    out.append(report.file())
        .append(':')
        .append(f.line())
        .append(':')
        .append(f.column())
        .append(": ")
        .append(f.severity().word())
        .append('[')
        .append(f.rule().id())
        .append("]: ")
        .append(f.message())
        .append('\n');
    String line = printable(hidden(report, text.line(f.line()), f.line()));
    if (!line.isBlank()) {
      String number = String.valueOf(f.line());
      int start = Math.min(f.column() - 1, line.length());
      int end = Math.min(start + f.length(), line.length());
      out.append("  ").append(number).append(" | ").append(line).append('\n');
      out.append("  ").append(" ".repeat(number.length())).append(" | ");
      out.append(Columns.blank(line.substring(0, start)));
      int width = Columns.width(line.substring(start, end));
      out.append('^').append("~".repeat(Math.max(0, width - 1))).append('\n');
    }
    if (!f.fix().isEmpty()) {
      out.append("  fix: ").append(f.fix()).append('\n');
    }
  }

  /** The line, without the secrets that findings are about. */
  private static String hidden(Report report, String line, int number) {
    StringBuilder shown = new StringBuilder(line);
    for (Finding f : report.findings()) {
      if (f.rule() == Rule.SECRET_IN_FILE && f.line() == number) {
        int start = Math.min(f.column() - 1, line.length());
        int end = Math.min(start + f.length(), line.length());
        shown.replace(start, end, "*".repeat(end - start));
      }
    }
    return shown.toString();
  }

  /** Control characters could act on a terminal. */
  private static String printable(String line) {
    StringBuilder safe = new StringBuilder();
    line.chars()
        .forEach(c -> safe.append(c != '\t' && Character.isISOControl(c) ? '\uFFFD' : (char) c));
    return safe.toString();
  }
}
