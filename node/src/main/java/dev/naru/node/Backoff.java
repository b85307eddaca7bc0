package dev.naru.node;

import java.time.Duration;

/**
 * How long a container waits before it starts again. Source: Kubernetes, "Pod lifecycle", container
 * restarts: 10 s doubling to 5 min, forgotten after 10 min without trouble; the first restart is
 * immediate.
 */
final class Backoff {
  static final Duration FIRST = Duration.ofSeconds(10);
  static final Duration MAX = Duration.ofMinutes(5);

  /** For what costs next to nothing to look at: images of this machine's own store, free space. */
  static final Duration CHEAP_MAX = Duration.ofSeconds(5);

  static final Duration FORGET_AFTER = Duration.ofMinutes(10);

  private Backoff() {}

  /**
   * @param ends how many runs in a row ended too soon, the last one included
   */
  static Duration beforeRestart(int ends) {
    return ends <= 1 ? Duration.ZERO : doubled(ends - 2);
  }

  /**
   * @param failures how many attempts in a row failed before anything ran
   */
  static Duration beforeRetry(int failures) {
    return failures <= 0 ? Duration.ZERO : doubled(failures - 1);
  }

  /** The count that follows {@code ends} when a run of length {@code ran} has ended. */
  static int ends(int ends, Duration ran) {
    return ran.compareTo(FORGET_AFTER) >= 0 ? 1 : ends + 1;
  }

  private static Duration doubled(int times) {
    Duration wait = FIRST.multipliedBy(1L << Math.min(times, 10));
    return wait.compareTo(MAX) < 0 ? wait : MAX;
  }
}
