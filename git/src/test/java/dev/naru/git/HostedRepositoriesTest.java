package dev.naru.git;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.naru.base.Workers;
import dev.naru.git.GitAccess.Credential;
import dev.naru.git.GitAccess.Grant;
import dev.naru.git.GitAccess.Right;
import dev.naru.kube.KubeApi;
import dev.naru.kube.KubeConfig;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real {@code git} against the real endpoint over HTTP, with the real API behind. */
class HostedRepositoriesTest {
  @TempDir Path dir;
  private KubeApi api;
  private KubernetesClient client;
  private HostedRepositories hosted;
  private Server server;
  private int port;

  @BeforeEach
  void open() throws Exception {
    api = KubeApi.open(KubeConfig.of(dir.resolve("state.db")));
    client = api.client();
    try (InputStream in =
        HostedRepositoriesTest.class.getResourceAsStream(
            "/META-INF/naru/crds/repositories.naru.dev.yaml")) {
      client
          .resource(client.getKubernetesSerialization().<CustomResourceDefinition>unmarshal(in))
          .create();
    }
    client
        .resource(new NamespaceBuilder().withNewMetadata().withName("naru").endMetadata().build())
        .create();
    start(64 << 20);
    declare("board", RepositorySpec.DEFAULT);
  }

  private void start(long packMax) throws Exception {
    GitConfig config =
        new GitConfig("naru", "http://naru.test", packMax, packMax, Duration.ofSeconds(30));
    hosted = HostedRepositories.open(dir.resolve("repos"), client, Clock.systemUTC(), config);
    server = new Server();
    ServerConnector connector = new ServerConnector(server);
    connector.setHost("127.0.0.1");
    server.addConnector(connector);
    ServletContextHandler context = new ServletContextHandler();
    context.addServlet(new ServletHolder(hosted.servlet(HostedRepositoriesTest::signIn)), "/git/*");
    server.setHandler(context);
    server.start();
    port = connector.getLocalPort();
  }

  private static Optional<Grant> signIn(Credential credential, String repository) {
    return switch (credential) {
      case Credential.Password p when p.secret().equals("right") ->
          Optional.of(new Grant(p.user(), p.user().equals("reader") ? Right.READ : Right.WRITE));
      case Credential.Token t when t.secret().equals("token") ->
          Optional.of(new Grant("robot", Right.WRITE));
      case Credential.Password p -> Optional.empty();
      case Credential.Token t -> Optional.empty();
    };
  }

  @AfterEach
  void close() throws Exception {
    server.stop();
    hosted.close();
    api.close();
  }

  private void declare(String name, RepositorySpec spec) {
    Repository repository = new Repository();
    repository.setMetadata(new ObjectMetaBuilder().withName(name).withNamespace("naru").build());
    repository.setSpec(spec);
    client.resource(repository).create();
    await(name, r -> r.getStatus() != null);
  }

  private Repository await(String name, Predicate<Repository> wanted) {
    return client
        .resources(Repository.class)
        .inNamespace("naru")
        .withName(name)
        .waitUntilCondition(r -> r != null && wanted.test(r), 20, TimeUnit.SECONDS);
  }

  private RepositoryStatus status() {
    return client
        .resources(Repository.class)
        .inNamespace("naru")
        .withName("board")
        .get()
        .getStatus();
  }

  private String url(String user) {
    return "http://%s@127.0.0.1:%d/git/board.git".formatted(user, port);
  }

  private record Ran(int code, String output) {}

  private Ran git(Path at, String... args) throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(
            List.of(
                "git",
                "-c",
                "user.name=Jin",
                "-c",
                "user.email=jin@example.org",
                "-c",
                "init.defaultBranch=main",
                "-c",
                "gc.auto=0"));
    command.addAll(List.of(args));
    ProcessBuilder builder = new ProcessBuilder(command).directory(at.toFile());
    builder.environment().put("GIT_TERMINAL_PROMPT", "0");
    builder.environment().put("GIT_CONFIG_NOSYSTEM", "1");
    builder.environment().put("HOME", dir.toString());
    Process process = builder.redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Ran(process.waitFor(), output);
  }

  private String ok(Path at, String... args) throws IOException, InterruptedException {
    Ran ran = git(at, args);
    assertThat(ran.code()).as(String.join(" ", args) + "\n" + ran.output()).isZero();
    return ran.output();
  }

  private Path clone(String name) throws IOException, InterruptedException {
    ok(dir, "clone", "-q", url("jin:right"), name);
    return dir.resolve(name);
  }

  private static void commit(HostedRepositoriesTest t, Path work, String file, String message)
      throws IOException, InterruptedException {
    Path path = work.resolve(file);
    Files.createDirectories(path.getParent());
    Files.writeString(path, message + "\n");
    t.ok(work, "add", ".");
    t.ok(work, "commit", "-q", "-m", message);
  }

  private String head(Path work) throws IOException, InterruptedException {
    return ok(work, "rev-parse", "HEAD").strip();
  }

  private List<Path> leftovers() throws IOException {
    Path git = dir.resolve("repos/board.git");
    List<Path> found = new ArrayList<>();
    for (String at : List.of("quarantine", "objects/pack")) {
      if (Files.isDirectory(git.resolve(at))) {
        try (Stream<Path> all = Files.list(git.resolve(at))) {
          found.addAll(all.toList());
        }
      }
    }
    return found;
  }

  /** The server cleans up just after its answer. */
  private void awaitLeftovers(int count) throws IOException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (leftovers().size() != count && System.nanoTime() < deadline) {
      Thread.onSpinWait();
    }
    assertThat(leftovers()).hasSize(count);
  }

  @Test
  void pushIsToldInTheStatusBeforeItIsAnswered() throws Exception {
    Path work = clone("a");
    commit(this, work, "backend/Jenkinsfile", "one");
    commit(
        this,
        work,
        "README",
        "two\n\nSource-Commit: other@0123456789012345678901234567890123456789");
    String out = ok(work, "push", "origin", "HEAD:main");
    String head = head(work);
    assertThat(out).contains("remote: delivery: naru where " + head.substring(0, 7));
    RepositoryStatus status = status();
    assertThat(status.url()).isEqualTo("http://naru.test/git/board.git");
    assertThat(status.head("main")).isEqualTo(head);
    assertThat(status.branches().values())
        .extracting(RepositoryStatus.Branch::pusher)
        .containsExactly("jin");
    assertThat(status.commits()).hasSize(2);
    RepositoryStatus.Commit tip = status.commits().getFirst();
    assertThat(tip.subject()).isEqualTo("two");
    assertThat(tip.author()).isEqualTo("Jin");
    assertThat(tip.sourceCommits())
        .containsExactly("other@0123456789012345678901234567890123456789");
    assertThat(tip.push())
        .isEqualTo(
            new RepositoryStatus.Push(
                "jin", null, List.of(), true, List.of("backend/Jenkinsfile")));
    assertThat(status.commits().getLast().push()).isNull();

    commit(this, work, "backend/src/A.java", "three");
    ok(work, "push", "origin", "HEAD:main");
    tip = status().commits().getFirst();
    assertThat(tip.push())
        .isEqualTo(
            new RepositoryStatus.Push(
                "jin", head, List.of("backend/src/A.java"), false, List.of("backend/Jenkinsfile")));
    assertThat(ok(clone("b"), "log", "--format=%s")).isEqualTo("three\ntwo\none\n");
  }

  @Test
  void aBranchIsComparedWithWhereItLeaves() throws Exception {
    Path work = clone("a");
    commit(this, work, "f", "one");
    ok(work, "push", "origin", "HEAD:main");
    String fork = head(work);
    commit(this, work, "g", "two");
    ok(work, "push", "origin", "HEAD:feature/x");
    RepositoryStatus.Commit tip = status().commits().getFirst();
    assertThat(tip.branch()).isEqualTo("feature/x");
    assertThat(tip.push())
        .isEqualTo(new RepositoryStatus.Push("jin", fork, List.of("g"), false, List.of()));
    // The same commit then comes to main: told again, for that branch.
    ok(work, "push", "origin", "HEAD:main");
    assertThat(status().commits().getFirst().branch()).isEqualTo("main");
    ok(work, "push", "origin", ":feature/x");
    assertThat(status().branches()).containsOnlyKeys("main");
  }

  @Test
  void credentialsAndRights() throws Exception {
    assertThat(git(dir, "clone", url("jin:wrong"), "x").code()).isNotZero();
    Path work = clone("a");
    commit(this, work, "f", "one");
    Ran denied = git(work, "push", url("reader:right"), "HEAD:main");
    assertThat(denied.code()).isNotZero();
    assertThat(denied.output()).contains("403");
    assertThat(status().branches()).isEmpty();
    ok(dir, "clone", "-q", url("reader:right"), "r");
    ok(
        dir,
        "-c",
        "http.extraHeader=Authorization: Bearer token",
        "clone",
        "-q",
        "http://127.0.0.1:%d/git/board.git".formatted(port),
        "t");
    assertThat(git(dir, "clone", url("jin:right").replace("board", "nobody"), "n").code())
        .isNotZero();
  }

  @Test
  void theDefaultBranchIsNotRewrittenUnlessAllowed() throws Exception {
    Path work = clone("a");
    commit(this, work, "f", "one");
    commit(this, work, "f", "two");
    ok(work, "push", "origin", "HEAD:main", "HEAD:other");
    String head = head(work);
    ok(work, "reset", "-q", "--hard", "HEAD~1");
    commit(this, work, "f", "another two");
    Ran forced = git(work, "push", "--force", "origin", "HEAD:main");
    assertThat(forced.code()).isNotZero();
    assertThat(forced.output()).contains("the default branch cannot be rewritten");
    assertThat(git(work, "push", "origin", ":main").output())
        .contains("the default branch cannot be deleted");
    assertThat(status().head("main")).isEqualTo(head);
    ok(work, "push", "--force", "origin", "HEAD:other");
    client
        .resources(Repository.class)
        .inNamespace("naru")
        .withName("board")
        .edit(
            r -> {
              r.setSpec(new RepositorySpec("main", true, null));
              return r;
            });
    Repository seen = await("board", r -> r.getSpec().allowForcePush());
    assertThat(seen.getSpec().defaultBranch()).isEqualTo("main");
    ok(work, "push", "--force", "origin", "HEAD:main");
    assertThat(status().head("main")).isEqualTo(head(work));
    assertThat(git(work, "push", "origin", "HEAD:refs/naru/x").output())
        .contains("only branches and tags can be pushed");
  }

  @Test
  void concurrentPushesAreQueuedAndTheLoserIsToldWhy() throws Exception {
    Path first = clone("a");
    commit(this, first, "f", "one");
    ok(first, "push", "origin", "HEAD:main");
    int pushers = 6;
    List<Path> works = new ArrayList<>();
    for (int i = 0; i < pushers; i++) {
      Path work = clone("w" + i);
      commit(this, work, "f" + i, "by " + i);
      works.add(work);
    }
    int main = 0;
    try (Workers workers = new Workers("push", pushers)) {
      List<Future<Ran>> runs = new ArrayList<>();
      for (int i = 0; i < pushers; i++) {
        Path work = works.get(i);
        String own = "HEAD:branch-" + i;
        runs.add(workers.submit(() -> git(work, "push", "origin", "HEAD:main", own)));
      }
      for (Future<Ran> run : runs) {
        Ran ran = Workers.join(run);
        if (ran.code() == 0) {
          main++;
        } else {
          assertThat(ran.output()).containsAnyOf("meanwhile", "fetch first", "non-fast-forward");
        }
      }
    }
    assertThat(main).isEqualTo(1);
    assertThat(status().branches()).hasSize(1 + pushers);
    assertThat(ok(dir.resolve("repos/board.git"), "fsck", "--strict")).doesNotContain("missing");
  }

  @Test
  void badPacksLeaveNothing() throws Exception {
    byte[] pack = new byte[4000];
    new Random(7).nextBytes(pack);
    String zero = "0".repeat(40);
    String id = "1".repeat(40);
    String command = zero + " " + id + " refs/heads/main\0 report-status side-band-64k";
    byte[] line =
        "%04x%s0000".formatted(command.length() + 4, command).getBytes(StandardCharsets.UTF_8);
    for (byte[] body :
        List.of(
            line,
            join(line, pack),
            join(line, "PACK\0\0\0\2\0\0\0\5".getBytes(StandardCharsets.UTF_8)),
            pack)) {
      HttpResponse<String> answer =
          HttpClient.newHttpClient()
              .send(
                  HttpRequest.newBuilder(
                          URI.create(
                              "http://127.0.0.1:%d/git/board.git/git-receive-pack".formatted(port)))
                      .header("Authorization", basic())
                      .header("Content-Type", "application/x-git-receive-pack-request")
                      .POST(HttpRequest.BodyPublishers.ofByteArray(body))
                      .build(),
                  HttpResponse.BodyHandlers.ofString());
      assertThat(answer.body()).doesNotContain("ok refs/heads/main");
      awaitLeftovers(0);
    }
    assertThat(status().branches()).isEmpty();
  }

  private static String basic() {
    return "Basic "
        + Base64.getEncoder().encodeToString("jin:right".getBytes(StandardCharsets.UTF_8));
  }

  private static byte[] join(byte[] a, byte[] b) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(a);
    out.write(b);
    return out.toByteArray();
  }

  @Test
  void aClientThatDiesInTheMiddleLeavesNothing() throws Exception {
    Path work = clone("a");
    byte[] noise = new byte[3 << 20];
    new Random(1).nextBytes(noise);
    Files.write(work.resolve("noise"), noise);
    ok(work, "add", ".");
    ok(work, "commit", "-q", "-m", "big");
    String head = head(work);
    byte[] pack =
        new ProcessBuilder("sh", "-c", "echo " + head + " | git pack-objects --revs --stdout -q")
            .directory(work.toFile())
            .start()
            .getInputStream()
            .readAllBytes();
    String command = "0".repeat(40) + " " + head + " refs/heads/main\0 report-status side-band-64k";
    String line = "%04x%s0000".formatted(command.length() + 4, command);
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
        OutputStream out = socket.getOutputStream()) {
      out.write(
          """
          POST /git/board.git/git-receive-pack HTTP/1.1
          Host: x
          Authorization: %s
          Content-Type: application/x-git-receive-pack-request
          Content-Length: %d

          """
              .formatted(basic(), line.length() + pack.length)
              .replace("\n", "\r\n")
              .getBytes(StandardCharsets.UTF_8));
      out.write(line.getBytes(StandardCharsets.UTF_8));
      out.write(pack, 0, pack.length / 2);
      out.flush();
    }
    // The next push has the turn only when the dead one has given everything back.
    ok(work, "push", "origin", "HEAD:main");
    assertThat(status().head("main")).isEqualTo(head);
    awaitLeftovers(2);
    assertThat(leftovers()).hasSize(2).allMatch(p -> p.toString().contains("/pack/pack-"));
  }

  @Test
  void tooLargeAPushIsRefused() throws Exception {
    close0();
    start(1 << 20);
    Path work = clone("a");
    byte[] noise = new byte[2 << 20];
    new Random(1).nextBytes(noise);
    Files.write(work.resolve("noise"), noise);
    ok(work, "add", ".");
    ok(work, "commit", "-q", "-m", "big");
    assertThat(git(work, "push", "origin", "HEAD:main").code()).isNotZero();
    assertThat(status().branches()).isEmpty();
    awaitLeftovers(0);
  }

  private void close0() throws Exception {
    server.stop();
    hosted.close();
  }

  @Test
  void aPushWhoseProcessDiedBeforeTheStatusIsToldAtTheNextStart() throws Exception {
    Path work = clone("a");
    commit(this, work, "f", "one");
    ok(work, "push", "origin", "HEAD:main");
    close0();
    // Ref and reflog as such a push leaves them; nobody told the API.
    commit(this, work, "g", "two");
    Path bare = dir.resolve("repos/board.git");
    ok(work, "push", bare.toString(), "HEAD:main");
    String head = head(work);
    assertThat(status().head("main")).isNotEqualTo(head);
    Files.createDirectories(bare.resolve("quarantine/push-dead/pack"));
    start(64 << 20);
    Repository told = await("board", r -> r.getStatus().head("main").equals(head));
    assertThat(requireNonNull(told.getStatus().commits().getFirst().push()).paths())
        .containsExactly("g");
    assertThat(bare.resolve("quarantine")).doesNotExist();
  }

  @Test
  void deletedIsNotServedAndDeclaredAgainItIsBack() throws Exception {
    Path work = clone("a");
    commit(this, work, "f", "one");
    ok(work, "push", "origin", "HEAD:main");
    client.resources(Repository.class).inNamespace("naru").withName("board").delete();
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (git(work, "fetch").code() == 0 && System.nanoTime() < deadline) {
      Thread.onSpinWait();
    }
    assertThat(git(work, "fetch").output()).contains("not found");
    declare("board", RepositorySpec.DEFAULT);
    assertThat(status().head("main")).isEqualTo(head(work));
    ok(work, "fetch");
  }
}
