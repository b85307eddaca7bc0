package dev.naru.pipeline.lint;

import java.util.List;

/**
 * One file's findings, as the printers take them.
 *
 * @param file the path as it is shown, with slashes
 */
public record Report(String file, String text, List<Finding> findings) {
  public Report {
    findings = List.copyOf(findings);
  }

  /** How many findings are errors. */
  public static long errors(List<Report> reports) {
    return reports.stream().flatMap(r -> r.findings().stream()).filter(Finding::isError).count();
  }

  /** How many findings are warnings. */
  public static long warnings(List<Report> reports) {
    return reports.stream().mapToLong(r -> r.findings().size()).sum() - errors(reports);
  }
}
