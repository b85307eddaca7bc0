package dev.naru.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.naru.kube.KubeApi;
import dev.naru.kube.KubeConfig;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class AgentPodsTest {
  @TempDir Path dir;
  private KubeApi api;
  private KubernetesClient client;
  private AgentPods agents;

  @BeforeEach
  void open() {
    api = KubeApi.open(KubeConfig.of(dir.resolve("state.db")));
    client = api.client();
    client
        .resource(new NamespaceBuilder().withNewMetadata().withName("naru").endMetadata().build())
        .create();
    agents = new AgentPods(client, PipelinesConfig.of(dir, dir, "/usr/lib/jvm/x"));
  }

  @AfterEach
  void close() {
    api.close();
  }

  private void status(String status) {
    client
        .pods()
        .inNamespace("naru")
        .withName("r1-agent")
        .subresource("status")
        .patch(PatchContext.of(PatchType.JSON_MERGE), "{\"status\":" + status + "}");
  }

  @Test
  void thePodIsUnprivilegedAndSeesItsFoldersOnly() throws IOException, InterruptedException {
    agents.begin("r1", "board", "backend");
    agents.begin("r1", "board", "backend");
    Pod pod = client.pods().inNamespace("naru").withName("r1-agent").get();
    assertThat(pod.getSpec().getSecurityContext().getRunAsUser()).isEqualTo(1000);
    assertThat(pod.getSpec().getContainers().getFirst().getSecurityContext().getPrivileged())
        .isFalse();
    assertThat(pod.getSpec().getContainers().getFirst().getVolumeMounts())
        .anySatisfy(
            m -> {
              assertThat(m.getMountPath()).isEqualTo("/naru");
              assertThat(m.getReadOnly()).isTrue();
            });
    assertThat(dir.resolve("caches/board/m2")).isDirectory();
    status("{\"phase\":\"Running\",\"conditions\":[{\"type\":\"Ready\",\"status\":\"True\"}]}");
    Agent agent = agents.await("r1");
    assertThat(agent.env().get("PATH")).startsWith("/naru/bin:/usr/lib/jvm/x/bin:");
    assertThat(agent.isGone()).isFalse();
  }

  @Test
  void aPodThatEndsIsSaid() throws IOException {
    agents.begin("r1", "board", "backend");
    status("{\"phase\":\"Failed\",\"message\":\"no such image\"}");
    assertThatThrownBy(() -> agents.await("r1"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("no such image");
  }

  @Test
  void leftoversAreRemoved() throws IOException {
    agents.begin("r1", "board", "backend");
    agents.removeOthers(Set.of("r1"));
    assertThat(client.pods().inNamespace("naru").list().getItems()).hasSize(1);
    agents.removeOthers(Set.of("r2"));
    Pod pod = client.pods().inNamespace("naru").withName("r1-agent").get();
    assertThat(pod == null || pod.getMetadata().getDeletionTimestamp() != null).isTrue();
  }
}
