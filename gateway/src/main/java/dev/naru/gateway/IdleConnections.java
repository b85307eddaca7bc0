package dev.naru.gateway;

import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/** Idle connections of one event loop to one endpoint, the most recently used first. */
final class IdleConnections {
  private final Deque<UpstreamConnection> connections = new ArrayDeque<>();

  @Nullable UpstreamConnection poll() {
    while (true) {
      UpstreamConnection connection = connections.pollLast();
      if (connection == null || connection.isUsable()) {
        return connection;
      }
      connection.close();
    }
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

  int size() {
    return connections.size();
  }
}
