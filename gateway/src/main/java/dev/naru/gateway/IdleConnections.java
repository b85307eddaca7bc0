package dev.naru.gateway;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Idle connections of one event loop to one endpoint, the most recently used first; and whether the
 * endpoint keeps the connections that it promises to keep. A request that must not be sent twice
 * takes an idle connection only from an endpoint that has earned it, and only one used a moment
 * ago; under little load that costs a connect, under much load trust is earned quickly.
 */
final class IdleConnections {
  /** Reuses in a row without a broken promise before such requests reuse connections too. */
  static final int TRUST_AFTER = 1000;

  private static final int BROKEN = -9 * TRUST_AFTER;
  private static final long YOUNG_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

  private final Deque<UpstreamConnection> connections = new ArrayDeque<>();
  private int kept;

  @Nullable UpstreamConnection poll() {
    while (true) {
      UpstreamConnection connection = connections.pollLast();
      if (connection == null || connection.isUsable()) {
        return connection;
      }
      connection.close();
    }
  }

  /** One for a request that must not be sent twice. */
  @Nullable UpstreamConnection pollTrusted(long nowNanos) {
    UpstreamConnection newest = connections.peekLast();
    return kept >= TRUST_AFTER && newest != null && newest.idleFor(nowNanos) < YOUNG_NANOS
        ? poll()
        : null;
  }

  /** An idle connection was used again and an answer came. */
  void promiseKept() {
    if (kept < TRUST_AFTER) {
      kept++;
    }
  }

  /** A connection was closed shortly after an answer that did not announce it. */
  void promiseBroken() {
    kept = BROKEN;
  }

  /** False when {@code max} are here already. */
  boolean offer(UpstreamConnection connection, int max) {
    if (connections.size() >= max) {
      return false;
    }
    connections.addLast(connection);
    return true;
  }

  void remove(UpstreamConnection connection) {
    connections.remove(connection);
  }

  void closeAll() {
    while (true) {
      UpstreamConnection connection = connections.pollLast();
      if (connection == null) {
        return;
      }
      connection.close();
    }
  }
}
