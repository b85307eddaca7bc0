package dev.naru.node;

/**
 * Turns the results of one probe into its verdict. Source: Kubernetes, "Configure probes":
 * successThreshold and failureThreshold count results in a row.
 *
 * <p>A deliberate addition: until the first success a probe is also run between its periods, so
 * that a container is found ready at once rather than at the next period. Such an early result can
 * only make it good: a failure counts only on schedule.
 */
final class ProbeTally {
  private final int successThreshold;
  private final int failureThreshold;
  private int successes;
  private int failures;
  private boolean good;
  private boolean everGood;

  /**
   * @param good where it starts: a readiness or startup probe with false, a liveness probe with
   *     true
   */
  ProbeTally(int successThreshold, int failureThreshold, boolean good) {
    this.successThreshold = Math.max(1, successThreshold);
    this.failureThreshold = Math.max(1, failureThreshold);
    this.good = good;
    this.everGood = good;
  }

  /** What a result leads to. */
  enum Verdict {
    UNCHANGED,
    /** The success threshold has been met. */
    GOOD,
    /** The failure threshold has been met, now or again. */
    BAD
  }

  Verdict add(boolean success, boolean onSchedule) {
    if (success) {
      failures = 0;
      successes++;
      boolean becomesGood = !good && successes >= successThreshold;
      good |= becomesGood;
      everGood |= becomesGood;
      return becomesGood ? Verdict.GOOD : Verdict.UNCHANGED;
    }
    successes = 0;
    if (!onSchedule) {
      return Verdict.UNCHANGED;
    }
    failures++;
    if (failures < failureThreshold) {
      return Verdict.UNCHANGED;
    }
    good = false;
    return Verdict.BAD;
  }

  /** Whether early runs still make sense. */
  boolean waitsForFirst() {
    return !everGood;
  }
}
