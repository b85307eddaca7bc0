package dev.naru.git;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.naru.git.GitAccess.Grant;
import dev.naru.git.GitAccess.Right;
import dev.naru.kube.KubeApi;
import dev.naru.kube.KubeConfig;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The API's store and a hosted repository on a disk that gets full, and has room again. Needs root
 * for the mount.
 */
class DiskFullIT {
  private static final int DISK_MIB = 48;
  private static final int VALUE_CHARS = 100_000;

  /** More than the write-ahead log has room for in blocks that it has already. */
  private static final int WRITES_MAX = 1_000;

  @TempDir Path dir;
  private SmallDisk disk;
  private KubeApi api;
  private KubernetesClient client;
  private HostedRepositories hosted;
  private Server server;
  private int port;

  @BeforeEach
  void open() throws Exception {
    assumeTrue(System.getProperty("user.name").equals("root"), "a mount needs root");
    disk = SmallDisk.mount(dir.resolve("disk"), DISK_MIB);
    api = KubeApi.open(KubeConfig.of(disk.root().resolve("state.db")));
    client = api.client();
    try (InputStream in =
        DiskFullIT.class.getResourceAsStream("/META-INF/naru/crds/repositories.naru.dev.yaml")) {
      client
          .resource(client.getKubernetesSerialization().<CustomResourceDefinition>unmarshal(in))
          .create();
    }
    client
        .resource(new NamespaceBuilder().withNewMetadata().withName("naru").endMetadata().build())
        .create();
    hosted =
        HostedRepositories.open(
            disk.root().resolve("repos"),
            client,
            Clock.systemUTC(),
            new GitConfig("naru", "http://naru.test", 64 << 20, 64 << 20, Duration.ofSeconds(30)));
    server = new Server();
    ServerConnector connector = new ServerConnector(server);
    connector.setHost("127.0.0.1");
    server.addConnector(connector);
    ServletContextHandler context = new ServletContextHandler();
    context.addServlet(
        new ServletHolder(
            hosted.servlet((credential, name) -> Optional.of(new Grant("jin", Right.WRITE)))),
        "/git/*");
    server.setHandler(context);
    server.start();
    port = connector.getLocalPort();
    Repository repository = new Repository();
    repository.setMetadata(new ObjectMetaBuilder().withName("board").withNamespace("naru").build());
    repository.setSpec(RepositorySpec.DEFAULT);
    client.resource(repository).create();
    client
        .resources(Repository.class)
        .inNamespace("naru")
        .withName("board")
        .waitUntilCondition(r -> r != null && r.getStatus() != null, 20, TimeUnit.SECONDS);
  }

  @AfterEach
  void close() throws Exception {
    if (server != null) {
      server.stop();
      hosted.close();
    }
    if (api != null) {
      api.close();
    }
    if (disk != null) {
      disk.close();
    }
  }

  @Test
  void theStoreRefusesWhatItCannotKeepAndKeepsWhatItAcknowledged() throws Exception {
    String value = "x".repeat(VALUE_CHARS);
    List<String> kept = new ArrayList<>();
    disk.fill();
    assertThatThrownBy(
            () -> {
              for (int i = 0; i < WRITES_MAX; i++) {
                create("kept-" + i, value);
                kept.add("kept-" + i);
              }
            })
        .isInstanceOf(KubernetesClientException.class)
        .hasMessageContaining("the database " + disk.root().resolve("state.db"))
        .hasMessageContaining("the disk is full")
        .hasMessageContaining("Free some space");
    assertThat(names()).as("reads go on").containsExactlyInAnyOrderElementsOf(kept);

    disk.free();
    create("kept-" + kept.size(), value);
    kept.add("kept-" + kept.size());
    assertThat(names()).containsExactlyInAnyOrderElementsOf(kept);

    api.close();
    api = KubeApi.open(KubeConfig.of(disk.root().resolve("state.db")));
    client = api.client();
    assertThat(names()).as("after a restart").containsExactlyInAnyOrderElementsOf(kept);
  }

  @Test
  void aPushIsWhollyThereOrNotAtAll() throws Exception {
    Path work = Files.createDirectories(dir.resolve("work"));
    git(work, "init", "--quiet", "--initial-branch=main");
    git(work, "remote", "add", "origin", "http://jin:pw@127.0.0.1:" + port + "/git/board.git");
    commit(work, 1 << 10);
    assertThat(git(work, "push", "origin", "main").code()).isZero();
    String before = head();

    commit(work, 8 << 20);
    disk.fill();
    Ran refused = git(work, "push", "origin", "main");
    assertThat(refused.code()).as(refused.output()).isNotZero();
    assertThat(refused.output())
        .contains("the disk is full; free some space there and try again")
        .contains(disk.root().resolve("repos/board.git").toString());
    assertThat(head()).as("what was pushed before").isEqualTo(before);
    Ran clone = git(dir, "clone", "--quiet", "http://jin:pw@127.0.0.1:" + port + "/git/board.git");
    assertThat(clone.code()).as(clone.output()).isZero();

    disk.free();
    Ran again = git(work, "push", "origin", "main");
    assertThat(again.code()).as(again.output()).isZero();
    assertThat(head()).isEqualTo(git(work, "rev-parse", "HEAD").output().strip());
    assertThat(git(disk.root().resolve("repos/board.git"), "fsck", "--full", "--strict").output())
        .doesNotContain("error")
        .doesNotContain("missing");
    assertThat(disk.root().resolve("repos/board.git/quarantine"))
        .satisfiesAnyOf(q -> assertThat(q).doesNotExist(), q -> assertThat(q).isEmptyDirectory());
  }

  private void create(String name, String value) {
    client
        .resource(
            new ConfigMapBuilder()
                .withNewMetadata()
                .withName(name)
                .withNamespace("naru")
                .endMetadata()
                .addToData("v", value)
                .build())
        .create();
  }

  private List<String> names() {
    return client.configMaps().inNamespace("naru").list().getItems().stream()
        .map(ConfigMap::getMetadata)
        .map(m -> m.getName())
        .filter(n -> n.startsWith("kept-"))
        .toList();
  }

  private String head() {
    return client
        .resources(Repository.class)
        .inNamespace("naru")
        .withName("board")
        .get()
        .getStatus()
        .head("main");
  }

  /** A file that does not compress. */
  private void commit(Path work, int bytes) throws IOException, InterruptedException {
    byte[] content = new byte[bytes];
    new Random(bytes).nextBytes(content);
    Files.write(work.resolve("file"), content);
    git(work, "add", ".");
    assertThat(git(work, "commit", "--quiet", "-m", "a file").code()).isZero();
  }

  private record Ran(int code, String output) {}

  private Ran git(Path at, String... args) throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(List.of("git", "-c", "user.name=Jin", "-c", "user.email=jin@example.org"));
    command.addAll(List.of(args));
    ProcessBuilder builder =
        new ProcessBuilder(command).directory(at.toFile()).redirectErrorStream(true);
    builder.environment().put("HOME", dir.toString());
    Process process = builder.start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Ran(process.waitFor(), output);
  }
}
