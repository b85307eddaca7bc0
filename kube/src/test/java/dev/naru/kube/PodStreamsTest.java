package dev.naru.kube;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.LocalPortForward;
import io.fabric8.kubernetes.client.dsl.ExecWatch;
import io.fabric8.kubernetes.client.dsl.LogWatch;
import io.fabric8.kubernetes.client.dsl.PodResource;
import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Logs, exec and port-forward through the in-process client. */
@Timeout(60)
final class PodStreamsTest {
  @TempDir Path directory;
  private KubeApi api;
  private KubernetesClient client;
  private PodResource pod;

  @BeforeEach
  void open() {
    api = KubeApi.open(KubeConfig.of(directory.resolve("state.db")));
    client = api.client();
    client
        .resource(
            new PodBuilder()
                .withNewMetadata()
                .withName("p")
                .withNamespace("default")
                .endMetadata()
                .withNewSpec()
                .addNewContainer()
                .withName("c")
                .withImage("i")
                .endContainer()
                .endSpec()
                .build())
        .create();
    pod = client.pods().inNamespace("default").withName("p");
  }

  @AfterEach
  void close() {
    api.close();
  }

  @Test
  void withoutANodeOneIsTold() {
    assertThatThrownBy(pod::getLog).hasMessageContaining("no node is connected");
  }

  @Test
  void readsLogs() throws Exception {
    api.podAccess(new EchoPods());
    assertThat(pod.getLog()).isEqualTo("first of p\nsecond\n");
    try (LogWatch watch = pod.watchLog()) {
      assertThat(new String(watch.getOutput().readAllBytes(), StandardCharsets.UTF_8))
          .isEqualTo("first of p\nsecond\n");
    }
  }

  @Test
  void executes() throws Exception {
    api.podAccess(new EchoPods());
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    try (ExecWatch exec = pod.writingOutput(out).writingError(err).exec("hello", "world")) {
      assertThat(exec.exitCode().get(20, TimeUnit.SECONDS)).isZero();
    }
    assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo("hello world\n");
    assertThat(err.toString(StandardCharsets.UTF_8)).isEqualTo("warned\n");
    try (ExecWatch exec = pod.writingOutput(out).exec("exit", "42")) {
      assertThat(exec.exitCode().get(20, TimeUnit.SECONDS)).isEqualTo(42);
    }
  }

  @Test
  void passesInputOn() throws Exception {
    api.podAccess(new EchoPods());
    try (ExecWatch exec = pod.redirectingInput().redirectingOutput().exec("cat")) {
      exec.getInput().write("typed".getBytes(StandardCharsets.UTF_8));
      exec.getInput().flush();
      // Not readNBytes: it ends with a read of zero bytes, on which fabric8's stream blocks.
      byte[] seen = new byte[5];
      assertThat(exec.getOutput().read(seen)).isEqualTo(5);
      assertThat(seen).isEqualTo("typed".getBytes(StandardCharsets.UTF_8));
    }
  }

  @Test
  void forwardsAPort() throws Exception {
    api.podAccess(new EchoPods());
    try (LocalPortForward forward = pod.portForward(80);
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), forward.getLocalPort())) {
      socket.getOutputStream().write("ping".getBytes(StandardCharsets.UTF_8));
      assertThat(socket.getInputStream().readNBytes(4))
          .isEqualTo("ping".getBytes(StandardCharsets.UTF_8));
    }
  }
}
