package dev.naru.node.net;

import static dev.naru.node.net.Cluster.endpoint;
import static dev.naru.node.net.Cluster.service;
import static dev.naru.node.net.Cluster.slice;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointBuilder;
import org.junit.jupiter.api.Test;

final class ServiceRulesTest {
  private final Cluster cluster = new Cluster();

  @Test
  void onlyReadyEndpointsThatAreNotTerminatingAreTargets() {
    cluster.put(service("web", "10.96.0.80", 80).build());
    cluster.put(
        slice(
            "web",
            8080,
            endpoint("10.88.0.2", true),
            endpoint("10.88.0.3", false),
            new EndpointBuilder(endpoint("10.88.0.4", true))
                .editConditions()
                .withTerminating(true)
                .endConditions()
                .build(),
            new EndpointBuilder().withAddresses("10.88.0.5").build()));
    ServiceRules rules = rules();
    assertThat(rules.targets()).containsExactly("10.88.0.2", "10.88.0.5");
    assertThat(rules.services()).containsEntry("10.96.0.80 . tcp . 80", "svc/board/web/tcp/80");
    assertThat(rules.chains())
        .containsEntry(
            "svc/board/web/tcp/80",
            "meta l4proto tcp dnat ip to numgen random mod 2 map"
                + " { 0 : 10.88.0.2 . 8080, 1 : 10.88.0.5 . 8080 }");
  }

  @Test
  void headlessAndEmptyServicesHaveNoRule() {
    cluster.put(service("mongo", "None", 27017).build());
    cluster.put(slice("mongo", 27017, endpoint("10.88.0.2", true)));
    cluster.put(service("web", "10.96.0.80", 80).build());
    cluster.put(slice("web", 8080, endpoint("10.88.0.3", false)));
    assertThat(rules()).isEqualTo(ServiceRules.EMPTY);
  }

  @Test
  void aChangeTouchesOnlyWhatDiffers() {
    cluster.put(service("web", "10.96.0.80", 80).build());
    cluster.put(slice("web", 8080, endpoint("10.88.0.2", true)));
    cluster.put(service("api", "10.96.0.81", 80).build());
    cluster.put(slice("api", 8080, endpoint("10.88.0.9", true)));
    ServiceRules before = rules();
    cluster.put(slice("web", 8080, endpoint("10.88.0.3", true)));
    assertThat(NftScript.change("t", before, rules()))
        .isEqualTo(
            """
            flush chain ip t svc/board/web/tcp/80
            add rule ip t svc/board/web/tcp/80 meta l4proto tcp dnat ip to numgen random mod 1 \
            map { 0 : 10.88.0.3 . 8080 }
            delete element ip t hairpin { 10.88.0.2 . 10.88.0.2 }
            add element ip t hairpin { 10.88.0.3 . 10.88.0.3 }
            """);
    assertThat(NftScript.change("t", before, before)).isEmpty();
    assertThat(NftScript.change("t", before, ServiceRules.EMPTY))
        .contains("delete element ip t services { 10.96.0.80 . tcp . 80 }")
        .contains("delete chain ip t svc/board/web/tcp/80");
  }

  @Test
  void affinityAndNodePort() {
    cluster.put(
        new ServiceBuilder(service("web", "10.96.0.80", 80).build())
            .editSpec()
            .withSessionAffinity("ClientIP")
            .editFirstPort()
            .withNodePort(30080)
            .endPort()
            .endSpec()
            .build());
    cluster.put(slice("web", 8080, endpoint("10.88.0.2", true)));
    assertThat(rules().nodePorts()).containsEntry("tcp . 30080", "svc/board/web/tcp/80");
    assertThat(rules().chains().values()).allMatch(rule -> rule.contains("jhash ip saddr mod 1"));
  }

  private ServiceRules rules() {
    return ServiceRules.of(cluster.catalog().snapshot().entries().values());
  }
}
