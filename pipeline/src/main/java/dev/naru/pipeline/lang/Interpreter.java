package dev.naru.pipeline.lang;

/** Runs a Jenkinsfile against a {@link Host}. */
public final class Interpreter {
  private Interpreter() {}

  /**
   * Runs {@code file} to its end on the calling thread.
   *
   * @throws InterruptedException when the thread is interrupted while it waits for an answer; the
   *     run is then given up here and can be replayed from the answers so far
   */
  public static Outcome run(Jenkinsfile file, RunInfo info, Host host, Limits limits)
      throws InterruptedException {
    return new Run(file, info, host, limits).start();
  }
}
