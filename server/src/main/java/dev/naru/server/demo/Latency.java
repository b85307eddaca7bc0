package dev.naru.server.demo;

import java.time.Duration;
import java.util.List;
import java.util.Locale;

/**
 * Percentiles of response times, by nearest rank.
 *
 * @param count how many requests; with 0 the others are zero
 */
public record Latency(int count, Duration p50, Duration p99, Duration max) {

  /**
   * @param sortedNanos ascending
   */
  static Latency of(List<Long> sortedNanos) {
    return new Latency(
        sortedNanos.size(), rank(sortedNanos, 50), rank(sortedNanos, 99), rank(sortedNanos, 100));
  }

  private static Duration rank(List<Long> sorted, int percent) {
    if (sorted.isEmpty()) {
      return Duration.ZERO;
    }
    int index = (int) Math.ceil(sorted.size() * percent / 100.0) - 1;
    return Duration.ofNanos(sorted.get(Math.max(0, index)));
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "p50 %.1f ms  p99 %.1f ms  max %.0f ms  (%d requests)",
        p50.toNanos() / 1e6,
        p99.toNanos() / 1e6,
        max.toNanos() / 1e6,
        count);
  }
}
