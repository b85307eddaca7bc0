package dev.naru.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.naru.node.PodStreams.LogOptions;
import dev.naru.node.container.Exec;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.ProbeBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceRequirementsBuilder;
import io.fabric8.kubernetes.api.model.SecurityContextBuilder;
import io.fabric8.kubernetes.api.model.VolumeBuilder;
import io.fabric8.kubernetes.api.model.VolumeMountBuilder;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real pods on the machine's own root. Needs root, runc and conmon. */
final class NodeIT {
  @TempDir static Path data;
  private static TestNode node;

  @BeforeAll
  static void open() {
    node = TestNode.open(data, 1);
  }

  @AfterAll
  static void close() {
    node.close();
  }

  private static String log(String pod) throws IOException {
    try (InputStream in = node.node.streams().logs("default", pod, LogOptions.following("main"))) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  @Test
  void runsToItsEndAndLeavesLogAndStatus() throws IOException {
    node.create(
        new io.fabric8.kubernetes.api.model.PodBuilder(
                node.pod("once", "/bin/sh", "-c", "echo out; echo err >&2; hostname; exit 3")
                    .build())
            .editSpec()
            .withRestartPolicy("Never")
            .endSpec());
    Pod pod = node.await("once", p -> TestNode.isPhase(p, "Failed"));
    var end = pod.getStatus().getContainerStatuses().getFirst().getState().getTerminated();
    assertThat(end.getExitCode()).as(end.toString()).isEqualTo(3);
    assertThat(end.getReason()).isEqualTo("Error");
    assertThat(log("once")).contains("out\n", "err\n", "once\n");
    node.delete("once");
    node.awaitGone("once");
  }

  @Test
  void servesExecAndGoesWithoutATrace() throws Exception {
    node.create(
        node.pod("serving", "/bin/sh", "-c", "trap 'exit 0' TERM; while :; do sleep 0.1; done"));
    Pod pod = node.await("serving", TestNode::isReady);
    assertThat(pod.getStatus().getPodIP()).startsWith("10.213.1.");
    try (Exec exec =
        node.node
            .streams()
            .exec("default", "serving", "", List.of("sh", "-c", "cat; exit 7"), false)) {
      exec.stdin().write("hello".getBytes(StandardCharsets.UTF_8));
      exec.stdin().close();
      assertThat(new String(exec.stdout().readAllBytes(), StandardCharsets.UTF_8))
          .isEqualTo("hello");
      assertThat(exec.waitFor()).isEqualTo(7);
    }
    node.delete("serving");
    node.awaitGone("serving");
    assertThat(node.drained)
        .contains(pod.getStatus().getPodIP() + " " + pod.getMetadata().getUid());
  }

  @Test
  void waitsForAMissingConfigMapAndStartsWhenItComes() throws IOException {
    var pod = node.pod("config", "/bin/sh", "-c", "echo value=$GREETING; exec sleep 1000").build();
    pod.getSpec()
        .getContainers()
        .getFirst()
        .setEnv(
            List.of(
                new io.fabric8.kubernetes.api.model.EnvVarBuilder()
                    .withName("GREETING")
                    .withNewValueFrom()
                    .withNewConfigMapKeyRef("greeting", "words", false)
                    .endValueFrom()
                    .build()));
    node.client.resource(pod).create();
    node.await(
        "config",
        p ->
            p.getStatus() != null
                && !Pods.list(p.getStatus().getContainerStatuses()).isEmpty()
                && p.getStatus().getContainerStatuses().getFirst().getState().getWaiting() != null
                && "CreateContainerConfigError"
                    .equals(
                        p.getStatus()
                            .getContainerStatuses()
                            .getFirst()
                            .getState()
                            .getWaiting()
                            .getReason()));
    // Its own status, which changes with each try, is no reason for another one.
    node.create(node.pod("meanwhile", "/bin/sleep", "1000"));
    node.await("meanwhile", TestNode::isReady);
    node.delete("meanwhile");
    node.awaitGone("meanwhile");
    assertThat(
            node.client.v1().events().inNamespace("default").list().getItems().stream()
                .filter(e -> e.getInvolvedObject().getName().equals("config"))
                .filter(e -> e.getReason().equals("Failed"))
                .mapToInt(e -> e.getCount())
                .sum())
        .isBetween(1, 3);
    node.client
        .resource(
            new ConfigMapBuilder()
                .withNewMetadata()
                .withName("words")
                .withNamespace("default")
                .endMetadata()
                .withData(Map.of("greeting", "hello"))
                .build())
        .create();
    node.await("config", TestNode::isReady);
    node.delete("config");
    node.awaitGone("config");
  }

  @Test
  void takesOverWhatRunsAfterARestart() {
    node.create(
        node.pod("adopted", "/bin/sh", "-c", "trap 'exit 0' TERM; while :; do sleep 0.1; done"));
    Pod before = node.await("adopted", TestNode::isReady);
    node.restart();
    Pod after = node.await("adopted", TestNode::isReady);
    assertThat(after.getStatus().getContainerStatuses())
        .isEqualTo(before.getStatus().getContainerStatuses());
    assertThat(after.getStatus().getPodIP()).isEqualTo(before.getStatus().getPodIP());
    node.delete("adopted");
    node.awaitGone("adopted");
  }

  @Test
  void takesOverWhileOtherContainersEnd() throws Exception {
    node.create(node.pod("calm", "/bin/sh", "-c", "while :; do sleep 0.1; done"));
    Pod before = node.await("calm", TestNode::isReady);
    Path exit = node.config.runDir().resolve("exits/of-another");
    Thread ends =
        Thread.ofPlatform()
            .start(
                () -> {
                  while (!Thread.currentThread().isInterrupted()) {
                    exit.toFile().mkdir();
                    exit.toFile().delete();
                  }
                });
    for (int i = 0; i < 8; i++) {
      node.restart();
    }
    ends.interrupt();
    ends.join();
    // By then whatever a pod that was taken over had to start is started.
    node.create(node.pod("later", "/bin/sh", "-c", "while :; do sleep 0.1; done"));
    node.await("later", TestNode::isReady);
    Pod after = node.await("calm", TestNode::isReady);
    assertThat(after.getStatus().getContainerStatuses())
        .isEqualTo(before.getStatus().getContainerStatuses());
    for (String name : List.of("calm", "later")) {
      node.delete(name);
      node.awaitGone(name);
    }
  }

  @Test
  void runsInitContainersInTurnAndKeepsSidecars() throws IOException {
    Pod pod =
        node.pod("ordered", "/bin/sh", "-c", "cat /shared/a; test -e /shared/side && echo side")
            .build();
    pod.getSpec().setRestartPolicy("Never");
    var share = new VolumeMountBuilder().withName("shared").withMountPath("/shared").build();
    pod.getSpec()
        .setVolumes(
            List.of(
                new VolumeBuilder().withName("shared").withNewEmptyDir().endEmptyDir().build()));
    Container main = pod.getSpec().getContainers().getFirst();
    main.setVolumeMounts(List.of(share));
    Container first =
        new ContainerBuilder(main)
            .withName("first")
            .withCommand("/bin/sh", "-c", "echo init > /shared/a")
            .build();
    Container side =
        new ContainerBuilder(main)
            .withName("side")
            .withRestartPolicy("Always")
            .withCommand(
                "/bin/sh",
                "-c",
                "touch /shared/side; trap 'exit 0' TERM; while :; do sleep 0.1; done")
            .withNewStartupProbe()
            .withNewExec()
            .withCommand("test", "-e", "/shared/side")
            .endExec()
            .endStartupProbe()
            .build();
    pod.getSpec().setInitContainers(List.of(first, side));
    node.client.resource(pod).create();
    node.await("ordered", p -> TestNode.isPhase(p, "Succeeded"));
    assertThat(log("ordered")).isEqualTo("init\nside\n");
    node.delete("ordered");
    node.awaitGone("ordered");
  }

  @Test
  void restartsWhatFailsAndBacksOff() throws IOException {
    String unique = "cat /proc/sys/kernel/random/uuid; exit 1";
    node.create(node.pod("crashing", "/bin/sh", "-c", unique));
    Pod pod =
        node.await(
            "crashing",
            p ->
                p.getStatus() != null
                    && Pods.list(p.getStatus().getContainerStatuses()).stream()
                        .anyMatch(
                            c ->
                                c.getState().getWaiting() != null
                                    && "CrashLoopBackOff"
                                        .equals(c.getState().getWaiting().getReason())));
    ContainerStatus status = pod.getStatus().getContainerStatuses().getFirst();
    assertThat(status.getRestartCount()).isEqualTo(1);
    assertThat(status.getLastState().getTerminated().getExitCode()).isEqualTo(1);
    // The run that its status calls the last is the previous one, and all there is to be read.
    assertThat(log(new LogOptions("main", false, null, null, null, true, false, null)))
        .hasSize(37)
        .isEqualTo(log(LogOptions.all("main")));
    node.delete("crashing");
    node.awaitGone("crashing");
  }

  private String log(LogOptions options) throws IOException {
    try (InputStream log = node.node.streams().logs("default", "crashing", options)) {
      return new String(log.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  @Test
  void killsWhatTakesTooMuchMemory() {
    Pod pod = node.pod("greedy", "/bin/sh", "-c", "x=a; while :; do x=$x$x; done").build();
    pod.getSpec().setRestartPolicy("Never");
    pod.getSpec()
        .getContainers()
        .getFirst()
        .setResources(
            new ResourceRequirementsBuilder().addToLimits("memory", new Quantity("32Mi")).build());
    node.client.resource(pod).create();
    Pod failed = node.await("greedy", p -> TestNode.isPhase(p, "Failed"));
    var end = failed.getStatus().getContainerStatuses().getFirst().getState().getTerminated();
    assertThat(end.getReason()).isEqualTo("OOMKilled");
    assertThat(end.getExitCode()).isEqualTo(137);
    node.delete("greedy");
    node.awaitGone("greedy");
  }

  @Test
  void restartsOnFailedLivenessAndIsNotReadyMeanwhile() {
    Pod pod =
        node.pod("stuck", "/bin/sh", "-c", "touch /ok; sleep 1; rm /ok; exec sleep 1000").build();
    pod.getSpec().setTerminationGracePeriodSeconds(1L);
    pod.getSpec()
        .getContainers()
        .getFirst()
        .setLivenessProbe(
            new ProbeBuilder()
                .withNewExec()
                .withCommand("test", "-e", "/ok")
                .endExec()
                .withPeriodSeconds(1)
                .withFailureThreshold(1)
                .build());
    node.client.resource(pod).create();
    node.await(
        "stuck",
        p ->
            p.getStatus() != null
                && Pods.list(p.getStatus().getContainerStatuses()).stream()
                    .anyMatch(c -> c.getRestartCount() == 1));
    node.delete("stuck");
    node.awaitGone("stuck");
  }

  @Test
  void hidesPrivatePlacesOfTheMachineAndConfines() throws IOException {
    Pod pod =
        node.pod(
                "confined",
                "/bin/sh",
                "-c",
                "ls -A /root /home | grep -v : | tr -d '\\n'; wc -c < /etc/shadow; ls "
                    + data
                    + " 2>&1 | wc -l; grep -E 'CapEff|Seccomp:|NoNewPrivs' /proc/self/status;"
                    + " id -u; id -g; unshare -m true 2>&1; cat /etc/resolv.conf")
            .build();
    pod.getSpec().setRestartPolicy("Never");
    pod.getSpec()
        .getContainers()
        .getFirst()
        .setSecurityContext(
            new SecurityContextBuilder()
                .withRunAsUser(12345L)
                .withRunAsGroup(54321L)
                .withAllowPrivilegeEscalation(false)
                .build());
    node.client.resource(pod).create();
    node.await("confined", p -> TestNode.isPhase(p, "Succeeded"));
    assertThat(log("confined"))
        .contains("CapEff:\t0000000000000000", "NoNewPrivs:\t1", "Seccomp:\t2")
        .contains("12345\n54321\n", "Operation not permitted", "nameserver 10.214.1.10");
    node.delete("confined");
    node.awaitGone("confined");
  }

  @Test
  void updatesFilesOfAConfigMap() throws Exception {
    var words =
        new ConfigMapBuilder()
            .withNewMetadata()
            .withName("live")
            .withNamespace("default")
            .endMetadata()
            .withData(Map.of("word", "one"))
            .build();
    node.client.resource(words).create();
    Pod pod =
        node.pod(
                "reader",
                "/bin/sh",
                "-c",
                "cat /live/word; touch /read; until grep -q two /live/word; do sleep 0.05; done;"
                    + " echo; cat /live/word")
            .build();
    pod.getSpec().setRestartPolicy("Never");
    pod.getSpec()
        .setVolumes(
            List.of(
                new VolumeBuilder()
                    .withName("live")
                    .withNewConfigMap()
                    .withName("live")
                    .endConfigMap()
                    .build()));
    pod.getSpec()
        .getContainers()
        .getFirst()
        .setVolumeMounts(
            List.of(new VolumeMountBuilder().withName("live").withMountPath("/live").build()));
    pod.getSpec()
        .getContainers()
        .getFirst()
        .setReadinessProbe(
            new ProbeBuilder()
                .withNewExec()
                .withCommand("test", "-e", "/read")
                .endExec()
                .withPeriodSeconds(1)
                .build());
    node.client.resource(pod).create();
    node.await("reader", TestNode::isReady);
    words.setData(Map.of("word", "two"));
    node.client.resource(words).update();
    node.await("reader", p -> TestNode.isPhase(p, "Succeeded"));
    assertThat(log("reader")).isEqualTo("one\ntwo");
    node.delete("reader");
    node.awaitGone("reader");
  }

  @Test
  void givesATerminalThatCanBeResized() throws Exception {
    node.create(
        node.pod("terminal", "/bin/sh", "-c", "trap 'exit 0' TERM; while :; do sleep 0.1; done"));
    node.await("terminal", TestNode::isReady);
    try (Exec exec =
        node.node
            .streams()
            .exec(
                "default",
                "terminal",
                "",
                List.of(
                    "sh",
                    "-c",
                    "until stty size | grep -q '40 100'; do sleep 0.05; done; tty; exit 5"),
                true)) {
      CompletableFuture<String> output = new CompletableFuture<>();
      Thread.ofPlatform()
          .start(
              () -> {
                try {
                  output.complete(new String(exec.stdout().readAllBytes(), StandardCharsets.UTF_8));
                } catch (IOException e) {
                  output.completeExceptionally(e);
                }
              });
      exec.resize(100, 40);
      Optional<Integer> code = exec.waitFor(Duration.ofMillis(200));
      for (int i = 0; i < 50 && code.isEmpty(); i++) {
        exec.resize(100, 40);
        code = exec.waitFor(Duration.ofMillis(200));
      }
      assertThat(code).contains(5);
      assertThat(output.get(5, TimeUnit.SECONDS)).contains("/dev/pts/");
    }
    node.delete("terminal");
    node.awaitGone("terminal");
  }
}
