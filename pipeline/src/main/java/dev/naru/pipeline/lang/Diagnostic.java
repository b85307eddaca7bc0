package dev.naru.pipeline.lang;

/**
 * What is wrong or noteworthy in a Jenkinsfile, and where.
 *
 * @param message one sentence: what is wrong and, where it is known, what would be right; in the
 *     wording of Jenkins' own validator where it has one
 */
public record Diagnostic(Severity severity, Position at, String message) {
  /** An error keeps the file from running; a warning is printed in the run's log. */
  public enum Severity {
    ERROR,
    WARNING
  }

  static Diagnostic error(Position at, String message) {
    return new Diagnostic(Severity.ERROR, at, message);
  }

  static Diagnostic warning(Position at, String message) {
    return new Diagnostic(Severity.WARNING, at, message);
  }

  public boolean isError() {
    return severity == Severity.ERROR;
  }

  @Override
  public String toString() {
    return at + ": " + (isError() ? "error" : "warning") + ": " + message;
  }
}
