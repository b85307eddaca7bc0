package dev.naru.pipeline;

import dev.naru.kube.KubeApi;
import dev.naru.kube.KubeConfig;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** The real agent, its exec through the built-in API; the pod's processes run on this machine. */
class PodAgentTest extends AgentContract {
  private KubeApi api;
  private KubernetesClient client;

  @BeforeEach
  void open() {
    api = KubeApi.open(KubeConfig.of(dir.resolve("state.db")));
    api.podAccess(new LocalPods());
    client = api.client();
    client
        .resource(new NamespaceBuilder().withNewMetadata().withName("naru").endMetadata().build())
        .create();
    client
        .resource(
            new PodBuilder()
                .withNewMetadata()
                .withName("a")
                .withNamespace("naru")
                .endMetadata()
                .withNewSpec()
                .addNewContainer()
                .withName("agent")
                .withImage("naru.local/host")
                .endContainer()
                .endSpec()
                .build())
        .create();
  }

  @AfterEach
  void close() {
    api.close();
  }

  @Override
  Agent agent() {
    return new PodAgent(
        client,
        "naru",
        "a",
        Map.of(),
        dir.resolve("workspace").toString(),
        dir.resolve(".naru").toString());
  }
}
