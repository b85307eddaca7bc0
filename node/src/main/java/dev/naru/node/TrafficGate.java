package dev.naru.node;

import java.time.Duration;

/** Whoever sends requests to pods from outside, as seen by the node that is about to stop one. */
public interface TrafficGate {
  /** Nobody sends requests. */
  TrafficGate NONE = (podIp, podUid, max) -> {};

  /**
   * Marks the address first: once that is done no new request goes there. Then returns when the
   * requests in flight have ended, or after {@code max} at the latest. The mark stays for as long
   * as the cluster's endpoints do not name the address as ready again after naming it as not ready.
   *
   * <p>An address without traffic returns at once. Must not throw for an unknown address.
   */
  void drain(String podIp, String podUid, Duration max) throws InterruptedException;
}
