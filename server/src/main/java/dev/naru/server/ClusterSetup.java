package dev.naru.server;

import dev.naru.server.auth.Accounts;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSliceBuilder;
import io.fabric8.kubernetes.api.model.networking.v1.IngressBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * What every cluster that Naru drives holds: the kinds, the namespace, Naru's own Service and
 * Ingress, and the credentials that pipelines bind. All is applied, so doing it again changes
 * nothing.
 */
final class ClusterSetup {
  static final String NAMESPACE = "naru";
  private static final String MANAGER = "naru-server";
  private static final long KIND_SECONDS_MAX = 30;
  private static final String CREDENTIALS_TYPE = "jenkins.io/credentials-type";

  private static final List<String> KINDS =
      List.of(
          "repositories.naru.dev",
          "pipelineruns.naru.dev",
          "deliveries.naru.dev",
          "applications.argoproj.io",
          "appprojects.argoproj.io");

  private final KubernetesClient client;

  ClusterSetup(KubernetesClient client) {
    this.client = client;
  }

  /** Applies the kinds and waits until the API serves them. */
  void kinds() throws IOException {
    for (String kind : KINDS) {
      String file = "/META-INF/naru/crds/" + kind + ".yaml";
      try (InputStream in = ClusterSetup.class.getResourceAsStream(file)) {
        if (in == null) {
          throw new IOException("the installation lacks " + file);
        }
        client.load(in).items().forEach(this::apply);
      }
    }
    for (String kind : KINDS) {
      client
          .apiextensions()
          .v1()
          .customResourceDefinitions()
          .withName(kind)
          .waitUntilCondition(ClusterSetup::isServed, KIND_SECONDS_MAX, TimeUnit.SECONDS);
    }
  }

  private static boolean isServed(CustomResourceDefinition kind) {
    return kind != null
        && kind.getStatus() != null
        && kind.getStatus().getConditions().stream()
            .anyMatch(c -> c.getType().equals("Established") && c.getStatus().equals("True"));
  }

  void namespace() {
    apply(new NamespaceBuilder().withNewMetadata().withName(NAMESPACE).endMetadata().build());
  }

  /** {@code http://naru.naru} for pods and {@code http://naru.localhost} through the gateway. */
  void controlPlane(String address, int port) {
    apply(
        new ServiceBuilder()
            .withNewMetadata()
            .withName("naru")
            .withNamespace(NAMESPACE)
            .endMetadata()
            .withNewSpec()
            .addNewPort()
            .withName("http")
            .withPort(80)
            .withNewTargetPort(port)
            .withProtocol("TCP")
            .endPort()
            .endSpec()
            .build());
    apply(
        new EndpointSliceBuilder()
            .withNewMetadata()
            .withName("naru-host")
            .withNamespace(NAMESPACE)
            .withLabels(Map.of("kubernetes.io/service-name", "naru"))
            .endMetadata()
            .withAddressType("IPv4")
            .addNewEndpoint()
            .withAddresses(address)
            .withNewConditions()
            .withReady(true)
            .withServing(true)
            .withTerminating(false)
            .endConditions()
            .endEndpoint()
            .addNewPort()
            .withName("http")
            .withPort(port)
            .withProtocol("TCP")
            .endPort()
            .build());
    apply(
        new IngressBuilder()
            .withNewMetadata()
            .withName("naru")
            .withNamespace(NAMESPACE)
            .endMetadata()
            .withNewSpec()
            .addNewRule()
            .withHost("naru.localhost")
            .withNewHttp()
            .addNewPath()
            .withPath("/")
            .withPathType("Prefix")
            .withNewBackend()
            .withNewService()
            .withName("naru")
            .withNewPort()
            .withName("http")
            .endPort()
            .endService()
            .endBackend()
            .endPath()
            .endHttp()
            .endRule()
            .endSpec()
            .build());
  }

  /** The credentials {@code registry} and {@code manifest-git} of the robot {@code ci}. */
  void credentials(Accounts accounts) {
    for (String id : List.of("registry", "manifest-git")) {
      apply(
          new SecretBuilder()
              .withNewMetadata()
              .withName(id)
              .withNamespace(NAMESPACE)
              .withLabels(Map.of(CREDENTIALS_TYPE, "usernamePassword"))
              .endMetadata()
              .withType("Opaque")
              .withStringData(Map.of("username", "ci", "password", accounts.ciPassword()))
              .build());
    }
  }

  private void apply(HasMetadata object) {
    client.resource(object).fieldManager(MANAGER).forceConflicts().serverSideApply();
  }
}
