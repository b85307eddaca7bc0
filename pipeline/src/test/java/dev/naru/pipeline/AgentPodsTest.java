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
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
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
  private final BlockingQueue<String> troubles = new LinkedBlockingQueue<>();

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
    Agent agent = agents.await("r1", troubles::add);
    assertThat(agent.env().get("PATH")).startsWith("/naru/bin:/usr/lib/jvm/x/bin:");
    assertThat(agent.isGone()).isFalse();
  }

  @Test
  void aPodThatEndsIsSaid() throws IOException {
    agents.begin("r1", "board", "backend");
    status("{\"phase\":\"Failed\",\"message\":\"no such image\"}");
    assertThatThrownBy(() -> agents.await("r1", troubles::add))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("no such image");
  }

  @Test
  void whatKeepsThePodBackIsSaidOnce() throws Exception {
    agents.begin("r1", "board", "backend");
    CompletableFuture<Agent> agent = new CompletableFuture<>();
    Thread.ofVirtual()
        .start(
            () -> {
              try {
                agent.complete(agents.await("r1", troubles::add));
              } catch (IOException | InterruptedException e) {
                agent.completeExceptionally(e);
              }
            });
    String waiting =
        "{\"phase\":\"Pending\",\"containerStatuses\":[{\"name\":\"agent\",\"image\":\"a\",\"imageID\":\"\","
            + "\"ready\":false,\"restartCount\":%d,\"state\":{\"waiting\":{\"reason\":"
            + "\"CreateContainerError\",\"message\":\"the disk is full\"}}}]}";
    status(waiting.formatted(0));
    assertThat(troubles.take()).isEqualTo("CreateContainerError: the disk is full");
    status(waiting.formatted(1));
    status("{\"phase\":\"Running\",\"conditions\":[{\"type\":\"Ready\",\"status\":\"True\"}]}");
    assertThat(agent.get().name()).isEqualTo("r1-agent");
    assertThat(troubles).isEmpty();
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
