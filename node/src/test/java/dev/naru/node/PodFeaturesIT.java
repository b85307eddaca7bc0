package dev.naru.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.naru.node.PodStreams.LogOptions;
import dev.naru.node.container.Exec;
import dev.naru.node.linux.Cgroups;
import dev.naru.node.linux.Mounts;
import dev.naru.oci.ImageRef;
import dev.naru.oci.ImageStore.Repository;
import dev.naru.oci.Manifest;
import dev.naru.oci.PullPolicy;
import dev.naru.oci.machine.MachineImages;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.PersistentVolumeBuilder;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.ProbeBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeBuilder;
import io.fabric8.kubernetes.api.model.VolumeMountBuilder;
import io.fabric8.kubernetes.client.Watch;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Layered images, claims, hooks, grace, logs and traces. Needs root, runc and conmon. */
final class PodFeaturesIT {
  private static final Path PROGRAMS = Path.of("../images/target/image-lib");
  private static final String WEB = "naru.local/web";
  private static final String LIVE = "trap 'exit 0' TERM; while :; do sleep 0.1; done";

  @TempDir static Path data;
  private static TestNode node;

  @BeforeAll
  static void open() {
    node = TestNode.open(data, 3);
    MachineImages.register(
        node.images, Path.of(System.getProperty("java.home")), PROGRAMS.toAbsolutePath());
  }

  @AfterAll
  static void close() {
    node.close();
  }

  private static Pod web(String name) {
    assumeTrue(Files.isDirectory(PROGRAMS), "the programs of the base images are not built");
    node.images.resolve(ImageRef.parse(WEB), PullPolicy.IF_NOT_PRESENT);
    Pod pod = node.pod(name).build();
    var main = pod.getSpec().getContainers().getFirst();
    main.setImage(WEB);
    main.setReadinessProbe(
        new ProbeBuilder()
            .withNewHttpGet()
            .withPath("/healthz")
            .withPort(new IntOrString(8080))
            .endHttpGet()
            .withPeriodSeconds(1)
            .build());
    return pod;
  }

  private static void mount(Pod pod, String path, Volume volume) {
    pod.getSpec().getVolumes().add(volume);
    pod.getSpec()
        .getContainers()
        .getFirst()
        .getVolumeMounts()
        .add(new VolumeMountBuilder().withName(volume.getName()).withMountPath(path).build());
  }

  private static String log(String pod, LogOptions options) throws IOException {
    try (InputStream in = node.node.streams().logs("default", pod, options)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static String exec(String pod, String... command)
      throws IOException, InterruptedException {
    try (Exec exec = node.node.streams().exec("default", pod, "", List.of(command), false)) {
      exec.stdin().close();
      String out = new String(exec.stdout().readAllBytes(), StandardCharsets.UTF_8);
      String err = new String(exec.stderr().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(exec.waitFor()).as(err).isZero();
      return out.strip();
    }
  }

  private static void end(String... pods) {
    for (String pod : pods) {
      node.delete(pod);
    }
    for (String pod : pods) {
      node.awaitGone(pod);
    }
  }

  @Test
  void servesFilesFromALayeredImageAndStaysReadyOverARestart() throws Exception {
    node.client
        .resource(
            new ConfigMapBuilder()
                .withNewMetadata()
                .withName("site")
                .withNamespace("default")
                .endMetadata()
                .withData(Map.of("hello.txt", "hello from a pod"))
                .build())
        .create();
    Pod pod = web("site");
    mount(
        pod,
        "/srv/www/site",
        new VolumeBuilder()
            .withName("site")
            .withNewConfigMap()
            .withName("site")
            .endConfigMap()
            .build());
    node.client.resource(pod).create();
    Pod ready = node.await("site", TestNode::isReady);
    String base = "http://" + ready.getStatus().getPodIP() + ":8080";
    try (HttpClient http = HttpClient.newHttpClient()) {
      HttpResponse<String> answer =
          http.send(
              HttpRequest.newBuilder(URI.create(base + "/healthz")).build(),
              HttpResponse.BodyHandlers.ofString());
      assertThat(answer.statusCode()).isEqualTo(200);
    }
    try (Socket socket = node.node.streams().portForward("default", "site", 8080)) {
      socket
          .getOutputStream()
          .write(
              "GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
                  .getBytes(StandardCharsets.US_ASCII));
      assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
          .startsWith("HTTP/1.1 200");
    }
    List<Pod> seen = new CopyOnWriteArrayList<>();
    try (Watch _ =
        node.client
            .pods()
            .inNamespace("default")
            .withName("site")
            .watch(
                new Watcher<>() {
                  @Override
                  public void eventReceived(Action action, Pod now) {
                    seen.add(now);
                  }

                  @Override
                  public void onClose(WatcherException cause) {}
                })) {
      node.restart();
      // Something that the new process does after it has taken the pod over.
      node.client
          .pods()
          .inNamespace("default")
          .withName("site")
          .edit(
              p -> new PodBuilder(p).editMetadata().addToLabels("seen", "1").endMetadata().build());
      node.await("site", p -> "1".equals(p.getMetadata().getLabels().get("seen")));
      node.node.streams().portForward("default", "site", 8080).close();
    }
    assertThat(seen)
        .allSatisfy(
            p -> {
              assertThat(TestNode.isReady(p)).isTrue();
              assertThat(p.getStatus().getContainerStatuses())
                  .isEqualTo(ready.getStatus().getContainerStatuses());
            });
    end("site");
  }

  @Test
  void aClaimKeepsItsFilesAndASecretLivesInMemory() throws Exception {
    Path place = data.resolve("volumes").resolve("kept");
    node.client
        .resource(
            new PersistentVolumeBuilder()
                .withNewMetadata()
                .withName("kept")
                .endMetadata()
                .withNewSpec()
                .withAccessModes("ReadWriteOnce")
                .addToCapacity("storage", new Quantity("1Mi"))
                .withNewHostPath(place.toString(), "")
                .endSpec()
                .build())
        .create();
    node.client
        .resource(
            new PersistentVolumeClaimBuilder()
                .withNewMetadata()
                .withName("kept")
                .withNamespace("default")
                .endMetadata()
                .withNewSpec()
                .withAccessModes("ReadWriteOnce")
                .withNewResources()
                .addToRequests("storage", new Quantity("1Mi"))
                .endResources()
                .withVolumeName("kept")
                .endSpec()
                .build())
        .create();
    node.client
        .resource(
            new SecretBuilder()
                .withNewMetadata()
                .withName("key")
                .withNamespace("default")
                .endMetadata()
                .withStringData(Map.of("password", "geheim"))
                .build())
        .create();
    for (String name : List.of("first", "second")) {
      Pod pod = node.pod(name, "/bin/sh", "-c", LIVE).build();
      mount(
          pod,
          "/kept",
          new VolumeBuilder().withName("kept").withNewPersistentVolumeClaim("kept", false).build());
      mount(
          pod,
          "/key",
          new VolumeBuilder()
              .withName("key")
              .withNewSecret()
              .withSecretName("key")
              .withDefaultMode(0400)
              .endSecret()
              .build());
      node.client.resource(pod).create();
      node.await(name, TestNode::isReady);
      assertThat(exec(name, "cat", "/key/password")).isEqualTo("geheim");
      assertThat(exec(name, "stat", "-L", "-c", "%a", "/key/password")).isEqualTo("400");
      assertThat(exec(name, "stat", "-f", "-c", "%T", "/key")).isEqualTo("tmpfs");
      exec(name, "sh", "-c", "echo " + name + " >> /kept/names");
      end(name);
    }
    assertThat(place.resolve("names")).hasContent("first\nsecond");
  }

  @Test
  void endsByHookThenTermThenKillWithinItsGrace() throws Exception {
    Path shared = Files.createDirectories(data.resolve("order"));
    Pod pod =
        node.pod(
                "stubborn",
                "/bin/sh",
                "-c",
                "trap 'echo term >> /shared/log' TERM; touch /shared/up; while :; do sleep 0.1; done")
            .build();
    pod.getSpec().setTerminationGracePeriodSeconds(3L);
    mount(
        pod,
        "/shared",
        new VolumeBuilder()
            .withName("shared")
            .withNewHostPath(shared.toString(), "Directory")
            .build());
    pod.getSpec()
        .getContainers()
        .getFirst()
        .setLifecycle(
            new io.fabric8.kubernetes.api.model.LifecycleBuilder()
                .withNewPreStop()
                .withNewExec()
                .withCommand("sh", "-c", "echo hook >> /shared/log")
                .endExec()
                .endPreStop()
                .build());
    node.client.resource(pod).create();
    Pod running = node.await("stubborn", TestNode::isReady);
    TestNode.await(shared, () -> Files.exists(shared.resolve("up")));
    CompletableFuture<Integer> exitCode = new CompletableFuture<>();
    try (Watch _ =
        node.client.pods().inNamespace("default").withName("stubborn").watch(exitCode(exitCode))) {
      end("stubborn");
      assertThat(exitCode.get(30, TimeUnit.SECONDS)).as("ended by SIGKILL").isEqualTo(137);
    }
    assertThat(shared.resolve("log")).hasContent("hook\nterm");
    assertThat(node.drained)
        .contains(running.getStatus().getPodIP() + " " + running.getMetadata().getUid());
    assertThat(Path.of("/run/netns", "narunit3-" + running.getMetadata().getUid())).doesNotExist();
    Path left = node.config.pods().resolve(running.getMetadata().getUid());
    TestNode.await(node.config.pods(), () -> Files.notExists(left));
  }

  private static Watcher<Pod> exitCode(CompletableFuture<Integer> code) {
    return new Watcher<>() {
      @Override
      public void eventReceived(Action action, Pod pod) {
        pod.getStatus().getContainerStatuses().stream()
            .map(s -> s.getState().getTerminated())
            .filter(Objects::nonNull)
            .forEach(t -> code.complete(t.getExitCode()));
      }

      @Override
      public void onClose(WatcherException cause) {
        code.completeExceptionally(cause);
      }
    };
  }

  @Test
  void logsFollowTailAndPrevious() throws Exception {
    Pod pod =
        node.pod(
                "talker",
                "/bin/sh",
                "-c",
                "n=$(cat /s/n 2>/dev/null || echo 0); echo $((n+1)) > /s/n; echo begin $n;"
                    + " [ $n = 0 ] && exit 1; until [ -e /s/go ]; do sleep 0.05; done;"
                    + " echo one; echo two; "
                    + LIVE)
            .build();
    mount(pod, "/s", new VolumeBuilder().withName("s").withNewEmptyDir().endEmptyDir().build());
    node.client.resource(pod).create();
    node.await(
        "talker",
        p ->
            TestNode.isReady(p)
                && p.getStatus().getContainerStatuses().getFirst().getRestartCount() == 1);
    try (BufferedReader following =
        new BufferedReader(
            new InputStreamReader(
                node.node.streams().logs("default", "talker", LogOptions.following("main")),
                StandardCharsets.UTF_8))) {
      assertThat(following.readLine()).isEqualTo("begin 1");
      exec("talker", "touch", "/s/go");
      assertThat(following.readLine()).isEqualTo("one");
      assertThat(following.readLine()).isEqualTo("two");
      assertThat(log("talker", new LogOptions("main", false, 2L, null, null, false, false, null)))
          .isEqualTo("one\ntwo\n");
      assertThat(log("talker", new LogOptions("main", false, null, null, null, true, false, null)))
          .isEqualTo("begin 0\n");
      assertThat(log("talker", new LogOptions("main", false, null, null, null, false, true, 40L)))
          .matches("(?s)\\d{4}-\\d{2}-\\d{2}T.*")
          .hasSize(40);
      end("talker");
      // The follower ends with the pod.
      assertThat(following.readLine()).isNull();
    }
  }

  @Test
  void anExecThatASignalEndsSaysSo() throws Exception {
    node.create(node.pod("execs", "/bin/sh", "-c", LIVE));
    node.await("execs", TestNode::isReady);
    for (Map.Entry<String, Integer> end : Map.of("kill -9 $$", 137, "exit 3", 3).entrySet()) {
      try (Exec exec =
          node.node
              .streams()
              .exec("default", "execs", "main", List.of("sh", "-c", end.getKey()), false)) {
        assertThat(exec.waitFor()).isEqualTo(end.getValue());
      }
    }
    try (Exec exec =
        node.node.streams().exec("default", "execs", "", List.of("/no/such/program"), false)) {
      assertThat(exec.waitFor()).isNotZero();
      assertThat(new String(exec.stderr().readAllBytes(), StandardCharsets.UTF_8))
          .contains("no such file");
    }
    end("execs");
  }

  @Test
  void aPullThatFailedRecoversWhenTheImageIsThere() {
    Pod pod = web("late");
    pod.getSpec().getContainers().getFirst().setImage("localhost:5000/late:1");
    node.client.resource(pod).create();
    node.await(
        "late",
        p ->
            p.getStatus() != null
                && Pods.list(p.getStatus().getContainerStatuses()).stream()
                    .anyMatch(
                        c ->
                            c.getState().getWaiting() != null
                                && c.getState()
                                    .getWaiting()
                                    .getReason()
                                    .equals("ImagePullBackOff")));
    Manifest web =
        Manifest.parse(
            node.images.find(ImageRef.parse(WEB), PullPolicy.NEVER, Optional.empty()).bytes());
    node.images.put(Repository.builtIn("late"), "1", node.images.config(web), web.layers());
    node.await("late", TestNode::isReady);
    end("late");
  }

  @Test
  void aStartRemovesNetworksThatNoPodHas() {
    node.create(node.pod("attached", "/bin/sh", "-c", LIVE));
    Pod pod = node.await("attached", TestNode::isReady);
    String stranger = "b0000000-0000-4000-8000-000000000000";
    node.network.attach(stranger);
    node.restart();
    assertThat(node.network.attached())
        .containsKey(pod.getMetadata().getUid())
        .doesNotContainKey(stranger);
    end("attached");
  }

  @Test
  void privatePlacesOfTheMachineAreEmptyAlsoForRoot() throws Exception {
    node.create(node.pod("curious", "/bin/sh", "-c", LIVE));
    node.await("curious", TestNode::isReady);
    for (String place :
        List.of("/root", "/home", data.toString(), "/var/tmp", "/var/log", "/etc/sudoers.d")) {
      assertThat(exec("curious", "sh", "-c", "[ ! -e $0 ] || ls -A $0", place)).as(place).isEmpty();
    }
    assertThat(
            exec(
                "curious",
                "sh",
                "-c",
                "cat /etc/shadow /etc/gshadow; ls /etc/ssh/*_key 2>/dev/null; true"))
        .isEmpty();
    // What it writes there is its own.
    exec("curious", "sh", "-c", "echo x > /root/naru-it-written");
    assertThat(Path.of("/root/naru-it-written")).doesNotExist();
    end("curious");
  }

  @Test
  void purgeLeavesNothing() throws Exception {
    Path own = Files.createDirectories(data.resolve("purged"));
    TestNode other = TestNode.open(own, 4);
    for (int i = 0; i < 3; i++) {
      other.create(other.pod("p" + i, "/bin/sh", "-c", LIVE));
    }
    for (int i = 0; i < 3; i++) {
      other.await("p" + i, TestNode::isReady);
    }
    other.close();
    Node.purge(other.config);
    assertThat(Mounts.below(own)).isEmpty();
    assertThat(Cgroups.detect().directories(other.config.cgroup())).isEmpty();
    assertThat(other.config.runDir()).doesNotExist();
    assertThat(other.config.pods()).doesNotExist();
    assertThat(Path.of("/sys/class/net", other.config.network().bridge())).doesNotExist();
    if (Files.isDirectory(Path.of("/run/netns"))) {
      try (var all = Files.list(Path.of("/run/netns"))) {
        assertThat(all.filter(p -> p.getFileName().toString().startsWith("narunit4-"))).isEmpty();
      }
    }
    assertThat(
            ProcessHandle.allProcesses()
                .map(p -> p.info().commandLine().orElse(""))
                .filter(line -> line.contains(own.toString()) && line.contains("conmon")))
        .isEmpty();
  }
}
