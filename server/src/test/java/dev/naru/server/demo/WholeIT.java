package dev.naru.server.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.naru.base.FileTrees;
import dev.naru.delivery.Delivery;
import dev.naru.delivery.DeliveryStatus;
import dev.naru.delivery.WhereReport;
import dev.naru.server.DataDir;
import dev.naru.server.RunningServer;
import dev.naru.server.auth.Keys;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientTimeoutException;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;

/**
 * The whole chain on an installation of its own: the demo, the board in a browser, rollouts under
 * load, a kill -9 in the middle of one, failures that leave the running version serving, and the
 * end without a trace. The tests share the installation and follow each other.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class WholeIT {
  private static final String INSTANCE = "narut";
  private static final int HTTP = 8480;
  private static final int ROLLOUTS = 3;
  private static final Path PROJECT =
      Path.of(System.getProperty("user.dir")).resolve("..").normalize();
  private static final String NARU = System.getProperty("naru.home") + "/bin/naru";

  private final DataDir data = new DataDir(Path.of("/var/tmp/" + INSTANCE));
  private String password = "";

  @BeforeAll
  void prepare() throws Exception {
    Files.createDirectories(data.root());
    run(Duration.ofMinutes(2), NARU, "down", "--purge", "--data", data.root().toString());
    Files.createDirectories(data.root());
    Files.writeString(
        data.root().resolve("naru.yaml"),
        """
        instance: %s
        http-port: %d
        api-port: 6480
        registry-port: 5480
        control-port: 7480
        pod-network: "10.90"
        service-network: "10.98"
        """
            .formatted(INSTANCE, HTTP));
  }

  @AfterAll
  void end() throws Exception {
    run(Duration.ofMinutes(2), NARU, "down", "--purge", "--data", data.root().toString());
    FileTrees.delete(data.root());
  }

  @Test
  @Order(1)
  void demoDeliversTheBoardAndLosesNoRequest() throws Exception {
    Ended demo =
        run(
            Duration.ofMinutes(20),
            NARU,
            "demo",
            "--detach",
            "--data",
            data.root().toString(),
            "--projects",
            PROJECT.toString());
    System.out.println(demo.output());
    assertThat(demo.code()).as(demo.output()).isZero();
    assertThat(demo.output())
        .contains("failed 0")
        .contains("lost 0")
        .contains("http://board.localhost:8480");
    password = new Keys(data.keys(), new SecureRandom()).adminPassword();
    Ended where = run(Duration.ofMinutes(1), NARU, "deliveries", "--data", data.root().toString());
    assertThat(where.code()).isZero();
    assertThat(where.output()).contains("Live").doesNotContain("Failed");
  }

  @Test
  @Order(2)
  void boardKeepsEveryPromiseInABrowser() throws Exception {
    Path e2e = PROJECT.resolve("board/e2e");
    Ended install =
        in(e2e, Map.of(), Duration.ofMinutes(5), "npm", "ci", "--no-audit", "--no-fund");
    assertThat(install.code()).as(install.output()).isZero();
    Ended browser =
        in(
            e2e,
            Map.of("BASE_URL", "http://board.localhost:" + HTTP),
            Duration.ofMinutes(10),
            "npm",
            "test");
    System.out.println(browser.output());
    assertThat(browser.code()).as(browser.output()).isZero();
  }

  @Test
  @Order(3)
  void threeRolloutsUnderLoadLoseNothing() throws Exception {
    try (KubernetesClient client = client();
        Load load = load("rollouts")) {
      Proof proof =
          Proof.of(
              load,
              Duration.ofSeconds(3),
              () -> {
                for (int i = 1; i <= ROLLOUTS; i++) {
                  changeBackend("rollout-" + i);
                  awaitRolledOut(client, "rollout-" + i);
                }
                return ROLLOUTS;
              });
      proof.lines().forEach(System.out::println);
      assertThat(proof.failures()).isEmpty();
      assertThat(proof.failed()).isZero();
      assertThat(proof.lostPosts()).isEmpty();
      assertThat(proof.posts()).isPositive();
    }
  }

  @Test
  @Order(4)
  void killedInTheMiddleOfARolloutItGoesOn() throws Exception {
    List<String> before;
    Load load = load("kill");
    try (load) {
      try (KubernetesClient client = client()) {
        before = mongo(client);
        Proof posts = Proof.of(load, Duration.ofSeconds(2), () -> true);
        assertThat(posts.failed()).as(posts.failures().toString()).isZero();
        changeBackend("killed");
        client
            .apps()
            .deployments()
            .inNamespace("board")
            .withName("backend")
            .waitUntilCondition(d -> d != null && mark(d, "killed"), 60, TimeUnit.SECONDS);
      }
      RunningServer server = RunningServer.find(data).orElseThrow();
      ProcessHandle.of(server.pid()).orElseThrow().destroyForcibly();
      Ended start = run(Duration.ofMinutes(3), NARU, "start", "--data", data.root().toString());
      assertThat(start.code()).as(start.output()).isZero();
      try (KubernetesClient client = client()) {
        awaitRolledOut(client, "killed");
        assertThat(mongo(client)).as("the database was not started again").isEqualTo(before);
        assertThat(load.posts()).isPositive();
        assertThat(load.lostPosts()).isEmpty();
      }
    }
  }

  @Test
  @Order(5)
  void failuresLeaveTheRunningVersionAndSayWhy() throws Exception {
    try (KubernetesClient client = client();
        Load load = load("failures")) {
      Proof proof =
          Proof.of(
              load,
              Duration.ofSeconds(1),
              () -> {
                failingPipeline(client);
                failingImage(client);
                brokenManifest(client);
                neverReady(client);
                return true;
              });
      assertThat(proof.failures()).isEmpty();
      assertThat(proof.lostPosts()).isEmpty();
    }
  }

  @Test
  @Order(6)
  void downWithPurgeLeavesNothing() throws Exception {
    Ended down =
        run(Duration.ofMinutes(2), NARU, "down", "--purge", "--data", data.root().toString());
    assertThat(down.code()).as(down.output()).isZero();
    assertThat(data.root()).doesNotExist();
    assertThat(Path.of("/sys/class/net/" + INSTANCE + "0")).doesNotExist();
    assertThat(Files.readString(Path.of("/proc/self/mountinfo")))
        .doesNotContain(data.root().toString());
    assertThat(run(Duration.ofSeconds(20), "nft", "list", "tables").output())
        .doesNotContain(INSTANCE);
    assertThat(run(Duration.ofSeconds(20), "ip", "netns", "list").output())
        .doesNotContain(INSTANCE + "-");
    assertThat(Path.of("/run/" + INSTANCE)).doesNotExist();
  }

  private void failingPipeline(KubernetesClient client) throws Exception {
    String commit =
        change(
            "board",
            "frontend/Jenkinsfile",
            "npm ci --prefix frontend --prefer-offline",
            "echo the tests say no; exit 3");
    String where = awaitFailed(client, commit);
    assertThat(where).contains("pipeline").contains("exit code 3").contains("the tests say no");
    change(
        "board",
        "frontend/Jenkinsfile",
        "echo the tests say no; exit 3",
        "npm ci --prefix frontend --prefer-offline");
  }

  private void failingImage(KubernetesClient client) throws Exception {
    String commit = change("board", "frontend/Dockerfile", "COPY dist/", "COPY nowhere/");
    String where = awaitFailed(client, commit);
    assertThat(where).contains("nowhere");
  }

  private void brokenManifest(KubernetesClient client) throws Exception {
    String commit = change("board-deploy", "base/backend.yaml", "replicas: 2", "replicas: two");
    String where = awaitFailed(client, commit);
    assertThat(where).contains("sync").contains("replicas");
    change("board-deploy", "base/backend.yaml", "replicas: two", "replicas: 2");
  }

  /** A version that ends as soon as it starts: its image is fine, its pods never turn ready. */
  private void neverReady(KubernetesClient client) throws Exception {
    change(
        "board-deploy",
        "base/frontend.yaml",
        "progressDeadlineSeconds: 180",
        "progressDeadlineSeconds: 30");
    String commit =
        change(
            "board",
            "frontend/Dockerfile",
            "COPY nowhere/ ${ROOT}",
            "COPY dist/ ${ROOT}\nENTRYPOINT [\"java\", \"-jar\", \"/no-such.jar\"]");
    String where = awaitFailed(client, commit);
    assertThat(where)
        .contains("rollout")
        .contains("Deployment board/frontend did not get ready within 30 s")
        .contains("exit code 1")
        .contains("Unable to access jarfile /no-such.jar");
    Deployment serving =
        client.apps().deployments().inNamespace("board").withName("frontend").get();
    assertThat(serving.getStatus().getAvailableReplicas()).isEqualTo(2);
  }

  /** The text of {@code naru where} once the delivery has failed. */
  private static String awaitFailed(KubernetesClient client, String commit) {
    String[] text = {""};
    await(
        client,
        Duration.ofMinutes(6),
        d ->
            d.getSpec().commit().equals(commit)
                && d.getStatus() != null
                && d.getStatus().phase() == DeliveryStatus.Phase.FAILED,
        d -> text[0] = String.join("\n", WhereReport.where(d, Instant.now())));
    return text[0];
  }

  private static void await(
      KubernetesClient client,
      Duration max,
      Predicate<Delivery> condition,
      java.util.function.Consumer<Delivery> then) {
    List<Delivery> found = new ArrayList<>();
    client
        .resources(Delivery.class)
        .inNamespace("naru")
        .informOnCondition(
            all -> {
              all.stream().filter(condition).findFirst().ifPresent(found::add);
              return !found.isEmpty();
            })
        .orTimeout(max.toSeconds(), TimeUnit.SECONDS)
        .join();
    then.accept(found.getFirst());
  }

  /** Lets the backend's pods start anew, by a commit to the manifests. */
  private void changeBackend(String mark) throws IOException, InterruptedException {
    try (Workspace work = open("board-deploy")) {
      Path file = work.directory().resolve("overlays/local/mark.yaml");
      Files.writeString(
          file,
          """
          apiVersion: apps/v1
          kind: Deployment
          metadata:
            name: backend
          spec:
            template:
              metadata:
                annotations:
                  mark: %s
          """
              .formatted(mark));
      Path kustomization = work.directory().resolve("overlays/local/kustomization.yaml");
      String text = Files.readString(kustomization);
      if (!text.contains("mark.yaml")) {
        Files.writeString(kustomization, text + "\npatches:\n  - path: mark.yaml\n");
      }
      work.push("Mark " + mark);
    }
  }

  private String change(String repository, String file, String from, String to)
      throws IOException, InterruptedException {
    try (Workspace work = open(repository)) {
      Path path = work.directory().resolve(file);
      String text = Files.readString(path);
      assertThat(text).contains(from);
      Files.writeString(path, text.replace(from, to));
      return work.push("Change " + file);
    }
  }

  private Workspace open(String repository) throws IOException, InterruptedException {
    return Workspace.clone(
        "http://naru.localhost:" + HTTP + "/git/" + repository + ".git", "admin", password);
  }

  private static boolean mark(Deployment d, String mark) {
    Map<String, String> annotations = d.getSpec().getTemplate().getMetadata().getAnnotations();
    return annotations != null && mark.equals(annotations.get("mark"));
  }

  private void awaitRolledOut(KubernetesClient client, String mark) throws IOException {
    try {
      client
          .apps()
          .deployments()
          .inNamespace("board")
          .withName("backend")
          .waitUntilCondition(d -> isRolledOut(d, mark), 180, TimeUnit.SECONDS);
    } catch (KubernetesClientTimeoutException e) {
      throw new AssertionError(
          "the backend marked " + mark + " is not rolled out\n" + standing(client), e);
    }
  }

  private static boolean isRolledOut(@Nullable Deployment d, String mark) {
    return d != null
        && mark(d, mark)
        && d.getStatus() != null
        && d.getMetadata().getGeneration().equals(d.getStatus().getObservedGeneration())
        && Integer.valueOf(2).equals(d.getStatus().getUpdatedReplicas())
        && Integer.valueOf(2).equals(d.getStatus().getAvailableReplicas())
        && Integer.valueOf(2).equals(d.getStatus().getReplicas());
  }

  /** All that a reader of a failure on another machine has to go by: a line each. */
  private String standing(KubernetesClient client) throws IOException {
    List<String> lines = new ArrayList<>();
    for (Deployment d : client.apps().deployments().inNamespace("board").list().getItems()) {
      lines.add(d.getMetadata().getName() + " " + d.getStatus());
    }
    for (Pod pod : client.pods().inNamespace("board").list().getItems()) {
      lines.add(
          pod.getMetadata().getName()
              + " deleted "
              + pod.getMetadata().getDeletionTimestamp()
              + " "
              + pod.getStatus().getContainerStatuses());
    }
    List<String> events =
        client.v1().events().inNamespace("board").list().getItems().stream()
            .map(
                e ->
                    "%s %s %s"
                        .formatted(
                            e.getLastTimestamp(), e.getInvolvedObject().getName(), e.getMessage()))
            .sorted()
            .toList();
    lines.addAll(events.subList(Math.max(0, events.size() - 15), events.size()));
    List<String> log = Files.readAllLines(data.log());
    lines.addAll(log.subList(Math.max(0, log.size() - 15), log.size()));
    return String.join("\n", lines);
  }

  /** The database's containers and their restarts. */
  private static List<String> mongo(KubernetesClient client) {
    Pod pod = client.pods().inNamespace("board").withName("mongo-0").get();
    Map<String, String> all = new TreeMap<>();
    pod.getStatus()
        .getContainerStatuses()
        .forEach(s -> all.put(s.getName(), s.getContainerID() + " " + s.getRestartCount()));
    return List.of(pod.getMetadata().getUid(), all.toString());
  }

  private Load load(String user) {
    return new Load(
        URI.create("http://127.0.0.1:" + HTTP), "board.localhost", user, "over-the-water-1");
  }

  private KubernetesClient client() throws IOException {
    return new KubernetesClientBuilder()
        .withConfig(Config.fromKubeconfig(Files.readString(data.kubeconfig())))
        .build();
  }

  private record Ended(int code, String output) {}

  private static Ended run(Duration max, String... command)
      throws IOException, InterruptedException {
    return in(PROJECT, Map.of(), max, command);
  }

  private static Ended in(
      Path folder, Map<String, String> environment, Duration max, String... command)
      throws IOException, InterruptedException {
    Path output = Files.createTempFile("naru-whole", ".log");
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile());
    builder.environment().putAll(environment);
    Process process = builder.start();
    try {
      process.getOutputStream().close();
      boolean ended = process.waitFor(max.toSeconds(), TimeUnit.SECONDS);
      if (!ended) {
        process.destroyForcibly().waitFor();
      }
      return new Ended(
          ended ? process.exitValue() : -1, Files.readString(output, StandardCharsets.UTF_8));
    } finally {
      Files.delete(output);
    }
  }
}
