package dev.naru.gateway;

import java.time.Duration;
import java.util.concurrent.atomic.LongAdder;

/** Counters of one route; they live on when the table is built anew. */
final class RouteStats {
  final LongAdder requests = new LongAdder();
  private final LongAdder[] byClass = new LongAdder[6];
  final LongAdder aborted = new LongAdder();
  final LongAdder retries = new LongAdder();
  final LongAdder held = new LongAdder();
  final LongAdder bytesIn = new LongAdder();
  final LongAdder bytesOut = new LongAdder();
  final LongAdder nanos = new LongAdder();

  RouteStats() {
    for (int i = 0; i < byClass.length; i++) {
      byClass[i] = new LongAdder();
    }
  }

  /**
   * @param status 0 when the client went away before an answer
   */
  void answered(int status, long tookNanos, long in, long out) {
    if (status == 0) {
      aborted.increment();
    } else {
      byClass[Math.min(status / 100, 5)].increment();
    }
    nanos.add(tookNanos);
    bytesIn.add(in);
    bytesOut.add(out);
  }

  RouteCounters read(String ingress, String host, String path) {
    return new RouteCounters(
        ingress,
        host,
        path,
        requests.sum(),
        byClass[1].sum() + byClass[2].sum(),
        byClass[3].sum(),
        byClass[4].sum(),
        byClass[5].sum(),
        aborted.sum(),
        retries.sum(),
        held.sum(),
        bytesIn.sum(),
        bytesOut.sum(),
        Duration.ofNanos(nanos.sum()));
  }
}
