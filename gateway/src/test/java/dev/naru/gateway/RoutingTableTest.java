package dev.naru.gateway;

import static dev.naru.gateway.Cluster.named;
import static dev.naru.gateway.Cluster.path;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.networking.v1.HTTPIngressPath;
import io.fabric8.kubernetes.api.model.networking.v1.IngressBuilder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The tables of the Kubernetes Ingress documentation, and what it leaves open. */
class RoutingTableTest {
  private final Map<EndpointId, Endpoint> endpoints = new HashMap<>();

  private RoutingTable build(ClusterSnapshot cluster) {
    return TableBuilder.build(
        cluster,
        id -> endpoints.computeIfAbsent(id, i -> new Endpoint(i, 1)),
        (ingress, host, path) -> new RouteStats());
  }

  private static String service(RoutingTable table, String host, String path) {
    Route route = table.find(host, path);
    return route == null ? "none" : route.backend().name().replace(Cluster.NAMESPACE + "/", "");
  }

  // https://kubernetes.io/docs/concepts/services-networking/ingress/ "Examples" of path types
  @ParameterizedTest
  @CsvSource({
    "Prefix /, /any/thing, Prefix /",
    "Exact /foo, /foo, Exact /foo",
    "Exact /foo, /bar, none",
    "Exact /foo, /foo/, none",
    "Exact /foo/, /foo, none",
    "Prefix /foo, /foo, Prefix /foo",
    "Prefix /foo, /foo/, Prefix /foo",
    "Prefix /foo/, /foo, Prefix /foo/",
    "Prefix /foo/, /foo/, Prefix /foo/",
    "Prefix /aaa/bb, /aaa/bbb, none",
    "Prefix /aaa/bbb, /aaa/bbb, Prefix /aaa/bbb",
    "Prefix /aaa/bbb/, /aaa/bbb, Prefix /aaa/bbb/",
    "Prefix /aaa/bbb, /aaa/bbb/, Prefix /aaa/bbb",
    "Prefix /aaa/bbb, /aaa/bbb/ccc, Prefix /aaa/bbb",
    "Prefix /aaa/bbb, /aaa/bbbxyz, none",
    "Prefix /;Prefix /aaa, /aaa/ccc, Prefix /aaa",
    "Prefix /;Prefix /aaa;Prefix /aaa/bbb, /aaa/bbb, Prefix /aaa/bbb",
    "Prefix /;Prefix /aaa;Prefix /aaa/bbb, /ccc, Prefix /",
    "Prefix /aaa, /ccc, none",
    "Prefix /foo;Exact /foo, /foo, Exact /foo",
    "Prefix /foo;Exact /foo, /foo/, Prefix /foo",
    "ImplementationSpecific /api, /api/v1, ImplementationSpecific /api",
    "Prefix /foo, /FOO, none",
  })
  void pathTypes(String rules, String requested, String expected) {
    List<HTTPIngressPath> paths = new ArrayList<>();
    Cluster cluster = new Cluster();
    for (String rule : rules.split(";")) {
      String[] parts = rule.split(" ");
      cluster.service(rule, "http", 80);
      paths.add(path(parts[0], parts[1], rule, 80));
    }
    cluster.ingress("web", 1, "h.test", paths.toArray(HTTPIngressPath[]::new));
    assertThat(service(build(cluster.snapshot()), "h.test", requested)).isEqualTo(expected);
  }

  // the same page, "Hostname wildcards"
  @ParameterizedTest
  @CsvSource({
    "*.foo.com, bar.foo.com, web",
    "*.foo.com, baz.bar.foo.com, none",
    "*.foo.com, foo.com, none",
    "foo.com, foo.com, web",
    "Foo.COM, foo.com, web",
    "foo.com, bar.foo.com, none",
  })
  void hosts(String rule, String requested, String expected) {
    RoutingTable table =
        build(
            new Cluster()
                .service("web", "http", 80)
                .ingress("web", 1, rule, path("Prefix", "/", "web", 80))
                .snapshot());
    assertThat(service(table, requested, "/")).isEqualTo(expected);
  }

  @Test
  void exactHostBeforeWildcardBeforeNoHostAndEachFallsThrough() {
    RoutingTable table =
        build(
            new Cluster()
                .ingress("a", 1, "a.foo.com", path("Prefix", "/exact", "exact", 80))
                .ingress("b", 1, "*.foo.com", path("Prefix", "/exact", "wild", 80))
                .ingress("c", 1, "*.foo.com", path("Prefix", "/wild", "wild", 80))
                .ingress("d", 1, "", path("Prefix", "/", "any", 80))
                .snapshot());
    assertThat(service(table, "a.foo.com", "/exact")).isEqualTo("exact");
    assertThat(service(table, "b.foo.com", "/exact")).isEqualTo("wild");
    assertThat(service(table, "a.foo.com", "/wild")).isEqualTo("wild");
    assertThat(service(table, "a.foo.com", "/other")).isEqualTo("any");
    assertThat(service(table, "", "/")).isEqualTo("any");
  }

  @Test
  void theOlderIngressWins() {
    RoutingTable table =
        build(
            new Cluster()
                .ingress("young", 1, "h.test", path("Prefix", "/", "young", 80))
                .ingress("old", 9, "h.test", path("Prefix", "/", "old", 80))
                .snapshot());
    assertThat(service(table, "h.test", "/")).isEqualTo("old");
  }

  @Test
  void defaultBackends() {
    var own =
        new IngressBuilder()
            .withMetadata(Cluster.meta("own", 1))
            .withNewSpec()
            .withDefaultBackend(path("Prefix", "/", "own", 80).getBackend())
            .addNewRule()
            .withHost("h.test")
            .withNewHttp()
            .withPaths(path("Exact", "/only", "only", 80))
            .endHttp()
            .endRule()
            .endSpec()
            .build();
    var global =
        new IngressBuilder()
            .withMetadata(Cluster.meta("global", 0))
            .withNewSpec()
            .withDefaultBackend(path("Prefix", "/", "global", 80).getBackend())
            .endSpec()
            .build();
    RoutingTable table = build(new Cluster().ingress(own).ingress(global).snapshot());
    assertThat(service(table, "h.test", "/only")).isEqualTo("only");
    assertThat(service(table, "h.test", "/else")).isEqualTo("own");
    assertThat(service(table, "x.test", "/")).isEqualTo("global");
  }

  @ParameterizedTest
  @CsvSource({"naru,,true", ",naru,true", ",,true", "nginx,,false", ",nginx,false"})
  void classes(@Nullable String field, @Nullable String annotation, boolean ours) {
    var ingress =
        new IngressBuilder()
            .withMetadata(Cluster.meta("a", 0))
            .withNewSpec()
            .withIngressClassName(field)
            .withDefaultBackend(path("Prefix", "/", "web", 80).getBackend())
            .endSpec()
            .build();
    if (annotation != null) {
      ingress.getMetadata().getAnnotations().put("kubernetes.io/ingress.class", annotation);
    }
    RoutingTable table = build(new Cluster().ingress(ingress).snapshot());
    assertThat(table.find("h", "/") != null).isEqualTo(ours);
  }

  @Test
  void onlyReadyEndpointsOfTheRightPort() {
    RoutingTable table =
        build(
            new Cluster()
                .ingress(
                    "a", 1, "h.test", named("/", "web", "http"), path("Prefix", "/m", "web", 90))
                .service("web", "http", 80)
                .pods(
                    "web",
                    "http",
                    new Cluster.Pod("a", "10.0.0.1", 8080, true, false),
                    new Cluster.Pod("b", "10.0.0.2", 8080, false, false),
                    new Cluster.Pod("c", "10.0.0.3", 8080, true, true))
                .pods("web", "metrics", new Cluster.Pod("d", "10.0.0.4", 9090, true, false))
                .snapshot());
    Route web = Objects.requireNonNull(table.find("h.test", "/"));
    assertThat(web.backend().ready()).hasToString("[10.0.0.1:8080]");
    assertThat(web.backend().listed()).isEqualTo(3);
    Route wrong = Objects.requireNonNull(table.find("h.test", "/m"));
    assertThat(wrong.backend().whyNothingServes()).isEqualTo("Service shop/web has no port 90.");
  }

  @Test
  void whyNothingServes() {
    assertThat(new Backend("n/s", List.of(), 0, null).whyNothingServes())
        .isEqualTo("Service n/s has no endpoints.");
    assertThat(new Backend("n/s", List.of(), 2, null).whyNothingServes())
        .isEqualTo("Service n/s has no ready endpoints (2 not ready).");
    RoutingTable table =
        build(new Cluster().ingress("a", 1, "h.test", path("Prefix", "/", "gone", 80)).snapshot());
    Route route = Objects.requireNonNull(table.find("h.test", "/"));
    assertThat(route.backend().whyNothingServes()).isEqualTo("Service shop/gone does not exist.");
  }
}
