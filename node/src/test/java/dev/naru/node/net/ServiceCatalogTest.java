package dev.naru.node.net;

import static org.assertj.core.api.Assertions.assertThat;

import dev.naru.kube.KubeApi;
import dev.naru.kube.KubeConfig;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The catalog follows a real API by its watches. */
final class ServiceCatalogTest {
  private static final Duration SOON = Duration.ofSeconds(20);

  @TempDir private Path directory;

  @Test
  void followsServicesAndEndpoints() throws InterruptedException {
    try (KubeApi api = KubeApi.open(KubeConfig.of(directory.resolve("state.db")))) {
      KubernetesClient client = api.client();
      client
          .resource(
              new NamespaceBuilder().withNewMetadata().withName("board").endMetadata().build())
          .create();
      client.resource(Cluster.service("web", "10.96.3.80", 80).build()).create();
      try (ServiceCatalog catalog = ServiceCatalog.start(client)) {
        LinkedBlockingQueue<Boolean> changes = new LinkedBlockingQueue<>();
        catalog.onChange(() -> changes.add(true));
        assertThat(catalog.snapshot().entries()).containsKey("board/web");
        client.resource(Cluster.slice("web", 8080, Cluster.endpoint("10.88.0.2", true))).create();
        awaitTargets(catalog, changes, Set.of("10.88.0.2"));
        client.services().inNamespace("board").withName("web").delete();
        awaitTargets(catalog, changes, Set.of());
      }
    }
  }

  private static void awaitTargets(
      ServiceCatalog catalog, LinkedBlockingQueue<Boolean> changes, Set<String> wanted)
      throws InterruptedException {
    while (!ServiceRules.of(catalog.snapshot().entries().values()).targets().equals(wanted)) {
      assertThat(changes.poll(SOON.toSeconds(), TimeUnit.SECONDS)).as("a change").isNotNull();
    }
  }
}
