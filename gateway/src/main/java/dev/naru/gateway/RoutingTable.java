package dev.naru.gateway;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Host and path to {@link Route}. Immutable.
 *
 * <p>Precedence, from the Kubernetes Ingress documentation ("Path types", "Hostname wildcards"): an
 * exact host before a wildcard ({@code *.} stands for exactly one label) before a rule without
 * host; within a host the longest matching path, Exact before Prefix at the same length; when no
 * rule matches host and path, a default backend: that of an Ingress which names the host, else the
 * oldest.
 */
final class RoutingTable {
  private static final Comparator<Route> BY_PRECEDENCE =
      Comparator.<Route>comparingInt(r -> -ruleLength(r.path())).thenComparing(Route::match);

  private final boolean known;
  private final Map<String, List<Route>> byHost;
  private final Map<String, Route> defaultsByHost;
  private final @Nullable Route fallback;
  private final Set<Endpoint> endpoints;

  private RoutingTable(
      boolean known,
      Map<String, List<Route>> byHost,
      Map<String, Route> defaultsByHost,
      @Nullable Route fallback) {
    this.known = known;
    this.byHost = byHost;
    this.defaultsByHost = defaultsByHost;
    this.fallback = fallback;
    Set<Endpoint> all = new HashSet<>();
    byHost.values().forEach(routes -> routes.forEach(r -> all.addAll(r.backend().ready())));
    defaultsByHost.values().forEach(r -> all.addAll(r.backend().ready()));
    if (fallback != null) {
      all.addAll(fallback.backend().ready());
    }
    this.endpoints = Set.copyOf(all);
  }

  /** Before the first list from the API: nothing is known, so nothing may be called unknown. */
  static RoutingTable notYetKnown() {
    return new RoutingTable(false, Map.of(), Map.of(), null);
  }

  /**
   * @param routes in order of age: of two with the same host, path and type the first counts
   * @param defaultsByHost default backends of Ingresses, by the hosts these name
   * @param fallback for what nothing else matches
   */
  static RoutingTable of(
      Collection<Route> routes, Map<String, Route> defaultsByHost, @Nullable Route fallback) {
    Map<String, List<Route>> byHost = new HashMap<>();
    for (Route route : routes) {
      byHost.computeIfAbsent(route.host(), h -> new ArrayList<>()).add(route);
    }
    byHost.replaceAll((host, list) -> list.stream().sorted(BY_PRECEDENCE).toList());
    return new RoutingTable(true, Map.copyOf(byHost), Map.copyOf(defaultsByHost), fallback);
  }

  /** False until the API's first answer; requests are held until then. */
  boolean isKnown() {
    return known;
  }

  /**
   * @param host lower case, without port
   * @param path without query, dot segments resolved
   */
  @Nullable Route find(String host, String path) {
    Route route = firstMatch(byHost.get(host), path);
    String wildcard = null;
    if (route == null) {
      int dot = host.indexOf('.');
      if (dot > 0) {
        wildcard = "*" + host.substring(dot);
        route = firstMatch(byHost.get(wildcard), path);
      }
    }
    if (route == null) {
      route = firstMatch(byHost.get(""), path);
    }
    if (route == null) {
      route = defaultsByHost.get(host);
    }
    if (route == null && wildcard != null) {
      route = defaultsByHost.get(wildcard);
    }
    return route == null ? fallback : route;
  }

  /** Whether some rule names the host, whatever its paths. */
  boolean namesHost(String host) {
    int dot = host.indexOf('.');
    return byHost.containsKey(host) || (dot > 0 && byHost.containsKey("*" + host.substring(dot)));
  }

  Set<Endpoint> endpoints() {
    return endpoints;
  }

  private static @Nullable Route firstMatch(@Nullable List<Route> routes, String path) {
    if (routes != null) {
      for (int i = 0; i < routes.size(); i++) {
        if (routes.get(i).matches(path)) {
          return routes.get(i);
        }
      }
    }
    return null;
  }

  private static int ruleLength(String path) {
    return path.endsWith("/") ? path.length() - 1 : path.length();
  }
}
