package dev.naru.gateway;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The counters of every route there has been, so that a new table goes on counting. */
final class RouteBook {
  private record Key(String ingress, String host, String path) {}

  private final Map<Key, RouteStats> stats = new ConcurrentHashMap<>();

  RouteStats stats(String ingress, String host, String path) {
    return stats.computeIfAbsent(new Key(ingress, host, path), k -> new RouteStats());
  }

  List<RouteCounters> read() {
    return stats.entrySet().stream()
        .map(e -> e.getValue().read(e.getKey().ingress(), e.getKey().host(), e.getKey().path()))
        .toList();
  }
}
