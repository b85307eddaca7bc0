package dev.naru.server.demo;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Shows what a change costs those who use the board meanwhile: load before, during and after it.
 *
 * @param sent requests in all
 * @param failed those that failed; a claim of zero downtime holds when this is 0
 * @param failures the first of them, a sentence each
 * @param lostPosts acknowledged posts that are gone; must be empty
 */
public record Proof(
    long sent,
    long failed,
    List<String> failures,
    int posts,
    List<String> lostPosts,
    Latency before,
    Latency during,
    Latency after) {

  public Proof {
    failures = List.copyOf(failures);
    lostPosts = List.copyOf(lostPosts);
  }

  public boolean holds() {
    return failed == 0 && lostPosts.isEmpty();
  }

  /**
   * Runs {@code change} under a load that has begun {@code margin} before and ends as long after.
   */
  public static Proof of(Load load, Duration margin, Callable<?> change) throws Exception {
    load.start();
    long t0 = System.nanoTime();
    pass(margin);
    long t1 = System.nanoTime();
    change.call();
    long t2 = System.nanoTime();
    pass(margin);
    load.stop();
    long t3 = System.nanoTime();
    return of(load, t0, t1, t2, t3);
  }

  private static Proof of(Load load, long t0, long t1, long t2, long t3)
      throws IOException, InterruptedException {
    return new Proof(
        load.sent(),
        load.failed(),
        load.failures(),
        load.posts(),
        load.lostPosts(),
        load.between(t0, t1),
        load.between(t1, t2),
        load.between(t2, t3));
  }

  /** The report, a line each. */
  public List<String> lines() {
    List<String> lines = new ArrayList<>();
    lines.add(
        String.format(
            Locale.ROOT,
            "requests sent %d, failed %d; posts written %d, lost %d",
            sent,
            failed,
            posts,
            lostPosts.size()));
    lines.add("before the rollout   " + before);
    lines.add("during the rollout   " + during);
    lines.add("after the rollout    " + after);
    for (String failure : failures) {
      lines.add("  failed: " + failure);
    }
    for (String lost : lostPosts) {
      lines.add("  lost: post " + lost);
    }
    return lines;
  }

  /** Lets the load run for a while: the measurement's length, not a wait for something. */
  private static void pass(Duration time) throws InterruptedException {
    long end = System.nanoTime() + time.toNanos();
    for (long left = time.toNanos(); left > 0; left = end - System.nanoTime()) {
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
      LockSupport.parkNanos(Math.min(left, TimeUnit.SECONDS.toNanos(1)));
    }
  }
}
