package dev.naru.gateway;

import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServicePort;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointPort;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.api.model.networking.v1.HTTPIngressPath;
import io.fabric8.kubernetes.api.model.networking.v1.Ingress;
import io.fabric8.kubernetes.api.model.networking.v1.IngressBackend;
import io.fabric8.kubernetes.api.model.networking.v1.IngressRule;
import io.fabric8.kubernetes.api.model.networking.v1.IngressServiceBackend;
import io.fabric8.kubernetes.api.model.networking.v1.ServiceBackendPort;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Ingresses, Services and EndpointSlices to a {@link RoutingTable}. Pure. */
final class TableBuilder {
  private static final String CLASS = "naru";
  private static final String CLASS_ANNOTATION = "kubernetes.io/ingress.class";
  private static final String SERVICE_LABEL = "kubernetes.io/service-name";

  /** The counters of a route. */
  @FunctionalInterface
  interface Stats {
    RouteStats of(String ingress, String host, String path);
  }

  private final Map<String, Service> services = new HashMap<>();
  private final Map<String, List<EndpointSlice>> slices = new HashMap<>();
  private final Map<String, Backend> backends = new HashMap<>();
  private final Function<EndpointId, Endpoint> resolve;
  private final Stats stats;
  private final List<Route> routes = new ArrayList<>();
  private final Map<String, Route> defaultsByHost = new HashMap<>();
  private @Nullable Route fallback;
  private boolean fallbackHasNoRules;

  private TableBuilder(
      ClusterSnapshot cluster, Function<EndpointId, Endpoint> resolve, Stats stats) {
    this.resolve = resolve;
    this.stats = stats;
    for (Service service : cluster.services()) {
      services.put(
          service.getMetadata().getNamespace() + "/" + service.getMetadata().getName(), service);
    }
    for (EndpointSlice slice : cluster.slices()) {
      Map<String, String> labels = slice.getMetadata().getLabels();
      String service = labels == null ? null : labels.get(SERVICE_LABEL);
      if (service != null) {
        slices
            .computeIfAbsent(
                slice.getMetadata().getNamespace() + "/" + service, s -> new ArrayList<>())
            .add(slice);
      }
    }
  }

  static RoutingTable build(
      ClusterSnapshot cluster, Function<EndpointId, Endpoint> resolve, Stats stats) {
    TableBuilder builder = new TableBuilder(cluster, resolve, stats);
    cluster.ingresses().stream()
        .filter(TableBuilder::isOurs)
        .sorted(
            Comparator.comparing(TableBuilder::created)
                .thenComparing(i -> i.getMetadata().getNamespace())
                .thenComparing(i -> i.getMetadata().getName()))
        .forEach(builder::add);
    return RoutingTable.of(builder.routes, builder.defaultsByHost, builder.fallback);
  }

  /** Class {@code naru} by field or old annotation, or no class at all. */
  static boolean isOurs(Ingress ingress) {
    String name = ingress.getSpec() == null ? null : ingress.getSpec().getIngressClassName();
    Map<String, String> annotations = ingress.getMetadata().getAnnotations();
    if (name == null && annotations != null) {
      name = annotations.get(CLASS_ANNOTATION);
    }
    return ingress.getSpec() != null && (name == null || name.equals(CLASS));
  }

  /** RFC 3339 in UTC sorts as text; an object without time is the newest. */
  private static String created(Ingress ingress) {
    return Objects.requireNonNullElse(ingress.getMetadata().getCreationTimestamp(), "~");
  }

  private void add(Ingress ingress) {
    String name = ingress.getMetadata().getNamespace() + "/" + ingress.getMetadata().getName();
    List<IngressRule> rules = orEmpty(ingress.getSpec().getRules());
    for (IngressRule rule : rules) {
      String host = host(rule);
      if (rule.getHttp() != null) {
        for (HTTPIngressPath path : orEmpty(rule.getHttp().getPaths())) {
          add(ingress, name, host, path);
        }
      }
    }
    IngressBackend byDefault = ingress.getSpec().getDefaultBackend();
    if (byDefault != null) {
      Route route =
          new Route(
              name,
              "",
              Route.PathMatch.DEFAULT,
              "",
              backend(ingress, byDefault),
              stats.of(name, "", ""));
      rules.forEach(rule -> defaultsByHost.putIfAbsent(host(rule), route));
      if (fallback == null || (rules.isEmpty() && !fallbackHasNoRules)) {
        fallback = route;
        fallbackHasNoRules = rules.isEmpty();
      }
    }
  }

  private void add(Ingress ingress, String name, String host, HTTPIngressPath path) {
    String written = path.getPath() == null || path.getPath().isEmpty() ? "/" : path.getPath();
    Route.PathMatch match =
        "Exact".equals(path.getPathType()) ? Route.PathMatch.EXACT : Route.PathMatch.PREFIX;
    routes.add(
        new Route(
            name,
            host,
            match,
            written,
            backend(ingress, path.getBackend()),
            stats.of(name, host, written)));
  }

  private Backend backend(Ingress ingress, @Nullable IngressBackend backend) {
    IngressServiceBackend target = backend == null ? null : backend.getService();
    if (target == null) {
      String name = ingress.getMetadata().getNamespace() + "/" + ingress.getMetadata().getName();
      return new Backend(
          name, List.of(), 0, "Ingress " + name + " names a backend that is not a Service.");
    }
    String service = ingress.getMetadata().getNamespace() + "/" + target.getName();
    ServiceBackendPort port = target.getPort();
    String key = service + ":" + (port == null ? "" : port.getName() + "/" + port.getNumber());
    return backends.computeIfAbsent(key, k -> backend(service, port));
  }

  private Backend backend(String name, @Nullable ServiceBackendPort wanted) {
    Service service = services.get(name);
    if (service == null) {
      return new Backend(name, List.of(), 0, "Service " + name + " does not exist.");
    }
    ServicePort port = port(service, wanted);
    if (port == null) {
      String text =
          wanted == null
              ? "(none)"
              : wanted.getName() != null ? wanted.getName() : String.valueOf(wanted.getNumber());
      return new Backend(name, List.of(), 0, "Service " + name + " has no port " + text + ".");
    }
    Set<Endpoint> ready = new LinkedHashSet<>();
    int listed = 0;
    for (EndpointSlice slice : slices.getOrDefault(name, List.of())) {
      for (EndpointPort slicePort : orEmpty(slice.getPorts())) {
        if (slicePort.getPort() != null && sameName(slicePort.getName(), port.getName())) {
          listed += orEmpty(slice.getEndpoints()).size();
          addReady(slice, slicePort.getPort(), ready);
        }
      }
    }
    return new Backend(name, List.copyOf(ready), listed, null);
  }

  private void addReady(EndpointSlice slice, int port, Set<Endpoint> ready) {
    for (var endpoint : orEmpty(slice.getEndpoints())) {
      var conditions = endpoint.getConditions();
      boolean serves =
          conditions == null
              || (!Boolean.FALSE.equals(conditions.getReady())
                  && !Boolean.TRUE.equals(conditions.getTerminating()));
      if (serves) {
        String uid = endpoint.getTargetRef() == null ? null : endpoint.getTargetRef().getUid();
        for (String ip : orEmpty(endpoint.getAddresses())) {
          if (Addresses.isLiteral(ip)) {
            ready.add(resolve.apply(new EndpointId(Objects.requireNonNullElse(uid, ""), ip, port)));
          }
        }
      }
    }
  }

  private static @Nullable ServicePort port(Service service, @Nullable ServiceBackendPort wanted) {
    if (wanted != null) {
      for (ServicePort port : orEmpty(service.getSpec().getPorts())) {
        if (wanted.getName() != null
            ? wanted.getName().equals(port.getName())
            : Objects.equals(wanted.getNumber(), port.getPort())) {
          return port;
        }
      }
    }
    return null;
  }

  private static boolean sameName(@Nullable String a, @Nullable String b) {
    return Objects.requireNonNullElse(a, "").equals(Objects.requireNonNullElse(b, ""));
  }

  private static String host(IngressRule rule) {
    return rule.getHost() == null ? "" : rule.getHost().toLowerCase(Locale.ROOT);
  }

  private static <T> List<T> orEmpty(@Nullable List<T> list) {
    return list == null ? List.of() : list;
  }
}
