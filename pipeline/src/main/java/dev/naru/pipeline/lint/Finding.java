package dev.naru.pipeline.lint;

import java.util.Comparator;

/**
 * One thing that the linter found. It never contains a secret that the file contains.
 *
 * @param line from 1
 * @param column from 1, in UTF-16 units
 * @param length in UTF-16 units on that line; 0 when only the start is known
 * @param message what is wrong here and why it hurts
 * @param fix what to do; empty when the message says it
 */
public record Finding(
    Rule rule, Severity severity, int line, int column, int length, String message, String fix) {
  /** An error keeps the file from running. */
  public enum Severity {
    ERROR,
    WARNING;

    /** As it is printed. */
    public String word() {
      return this == ERROR ? "error" : "warning";
    }
  }

  static final Comparator<Finding> BY_PLACE =
      Comparator.comparingInt(Finding::line)
          .thenComparingInt(Finding::column)
          .thenComparing(Finding::rule)
          .thenComparing(Finding::message);

  public boolean isError() {
    return severity == Severity.ERROR;
  }
}
