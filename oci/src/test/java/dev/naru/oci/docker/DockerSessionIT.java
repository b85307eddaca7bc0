package dev.naru.oci.docker;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.naru.oci.ImageRef;
import dev.naru.oci.Images;
import dev.naru.oci.PullPolicy;
import dev.naru.oci.build.BuildNetwork;
import dev.naru.oci.build.BuildRequest;
import dev.naru.oci.build.ImageBuilder;
import dev.naru.oci.fs.LayerView;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Needs root for layers. The real docker command takes part where the machine has it. */
final class DockerSessionIT {
  private static final Path REAL = Path.of("/usr/local/bin/docker");

  @TempDir Path data;
  private Path context;
  private Images images;
  private ImageBuilder builder;
  private DockerSession session;
  private final List<ImageEvent> events = new CopyOnWriteArrayList<>();
  private String output = "";

  @BeforeEach
  void open() throws IOException {
    assumeTrue(System.getProperty("user.name").equals("root"), "layers need root");
    images = Images.open(data.resolve("data"));
    builder =
        ImageBuilder.open(
            images, data.resolve("cache"), BuildNetwork.NONE, BuildRequest.Limits.DEFAULT, 2);
    session =
        DockerSession.open(data.resolve("d.sock"), images, builder, events::add, Clock.systemUTC());
    context = Files.createDirectories(data.resolve("context"));
    Files.writeString(
        context.resolve("Dockerfile"),
        """
        FROM scratch
        ARG WHO=nobody
        COPY . /app/
        ENV WHO=$WHO
        CMD ["/app/run"]
        """);
    Files.writeString(context.resolve("run"), "run");
    Files.writeString(context.resolve("secret"), "secret");
    Files.writeString(context.resolve(".dockerignore"), "secret\nDockerfile\n");
  }

  @AfterEach
  void close() {
    if (session != null) {
      session.close();
      images.close();
    }
  }

  private int docker(String... args) {
    return dockerWith("", args);
  }

  private int dockerWith(String input, String... args) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    PrintStream print = new PrintStream(out, true, UTF_8);
    DockerCommand.World world =
        new DockerCommand.World(
            Map.of(
                "DOCKER_HOST",
                "unix://" + data.resolve("d.sock"),
                "HOME",
                data.toString(),
                "WHO",
                "env"),
            context,
            new ByteArrayInputStream(input.getBytes(UTF_8)),
            print,
            print);
    int code = DockerCommand.run(List.of(args), world);
    output = out.toString(UTF_8);
    return code;
  }

  private LayerView pushed(String name) {
    return LayerView.of(images.resolve(ImageRef.parse(name), PullPolicy.NEVER).layerDirs());
  }

  @Test
  void buildsTagsAndPushes() throws IOException {
    assertThat(docker("build", "-t", "localhost:5000/board:1", "--build-arg", "WHO", "."))
        .as(output)
        .isZero();
    assertThat(output)
        .contains("Step 1/5 : FROM scratch", "Successfully tagged localhost:5000/board:1");
    assertThat(images.store().repositories()).isEmpty();
    assertThat(docker("images")).as(output).isZero();
    assertThat(output).contains("localhost:5000/board");
    assertThat(docker("tag", "localhost:5000/board:1", "localhost:5000/board:2")).isZero();
    assertThat(dockerWith("secret\n", "login", "-u", "me", "--password-stdin", "localhost:5000"))
        .isZero();
    assertThat(docker("push", "localhost:5000/board:2")).as(output).isZero();
    assertThat(output).containsPattern("2: digest: sha256:[0-9a-f]{64} size: \\d+");
    LayerView view = pushed("localhost:5000/board:2");
    assertThat(view.list(List.of("app"))).containsOnlyKeys("run", ".dockerignore");
    assertThat(docker("inspect", "localhost:5000/board:2")).isZero();
    assertThat(output).contains("\"WHO=env\"");
    assertThat(images.store().tags(dev.naru.oci.ImageStore.Repository.builtIn("board")))
        .containsExactly("2");
    assertThat(events)
        .extracting(e -> e.getClass().getSimpleName())
        .containsExactly("BuildStarted", "BuildFinished", "Pushed");
    assertThat(docker("rmi", "localhost:5000/board:1")).as(output).isZero();
    assertThat(output).contains("Untagged: localhost:5000/board:1");
  }

  @Test
  void failuresAreSaidOnce() throws IOException {
    Files.writeString(context.resolve("bad"), "FROM scratch\nCOPY gone /\n");
    assertThat(docker("build", "-f", "bad", "-t", "x", ".")).isEqualTo(1);
    assertThat(output).contains("bad:2: there is no 'gone' to copy");
    assertThat(events.getLast())
        .isInstanceOfSatisfying(
            ImageEvent.BuildFailed.class,
            e -> {
              assertThat(e.message()).startsWith("bad:2: there is no 'gone'");
              assertThat(e.lastLines()).contains("Step 2/2 : COPY gone /");
            });
    assertThat(docker("run", "x")).isEqualTo(1);
    assertThat(output).contains("Naru builds images, it does not run containers");
    assertThat(docker("push", "localhost:5000/none:1")).isEqualTo(1);
    assertThat(output).contains("There is no image 'localhost:5000/none:1'");
    assertThat(docker("build", "-t", "UPPER", ".")).isEqualTo(1);
    assertThat(docker("build", "--privileged", ".")).isEqualTo(1);
  }

  @Test
  void sessionsDoNotSeeEachOther() throws IOException {
    assertThat(docker("build", "-t", "mine", ".")).isZero();
    List<ImageEvent> others = new ArrayList<>();
    try (DockerSession other =
        DockerSession.open(
            data.resolve("e.sock"), images, builder, others::add, Clock.systemUTC())) {
      assertThat(other).isNotNull();
      DockerClient client =
          new DockerClient(
              new DockerCommand.World(
                  Map.of("DOCKER_HOST", "unix://" + data.resolve("e.sock")),
                  context,
                  InputStream.nullInputStream(),
                  System.out,
                  System.err));
      assertThat(client.call("GET", "/images/json", "")).isEqualTo(List.of());
    } catch (DockerCommand.Failure e) {
      throw new AssertionError(e);
    }
    assertThat(others).isEmpty();
  }

  @Test
  void theRealDockerCommandWorksToo() throws Exception {
    assumeTrue(Files.isExecutable(REAL), "there is no docker command on this machine");
    assertThat(real("build", "-t", "localhost:5000/real:1", "--build-arg", "WHO=you", "."))
        .contains("Successfully tagged localhost:5000/real:1");
    assertThat(real("images", "-q")).hasSizeGreaterThan(10);
    assertThat(real("tag", "localhost:5000/real:1", "localhost:5000/real:2")).isEmpty();
    assertThat(real("push", "localhost:5000/real:2")).contains("digest: sha256:");
    assertThat(pushed("localhost:5000/real:2").list(List.of("app"))).containsKey("run");
    assertThat(real("inspect", "--type", "image", "localhost:5000/real:1")).contains("WHO=you");
    assertThat(real("version")).contains("Naru");
    assertThat(docker("build", "-q", "--build-arg", "WHO=you", ".")).isZero();
    String ours = output.strip();
    assertThat(real("build", "-q", "--build-arg", "WHO=you", ".")).isEqualTo(ours);
  }

  private String real(String... args) throws Exception {
    List<String> words = new ArrayList<>(List.of(REAL.toString()));
    words.addAll(Arrays.asList(args));
    ProcessBuilder process = new ProcessBuilder(words).redirectErrorStream(true);
    process.directory(context.toFile());
    process.environment().put("DOCKER_HOST", "unix://" + data.resolve("d.sock"));
    process.environment().put("DOCKER_BUILDKIT", "0");
    process.environment().put("DOCKER_CONFIG", data.resolve("real").toString());
    Process running = process.start();
    String out = new String(running.getInputStream().readAllBytes(), UTF_8);
    assertThat(running.waitFor()).as(out).isZero();
    return out.replaceAll("(?s)DEPRECATED:.*?environment-variable\\.", "").strip();
  }

  @Test
  void theCommandNeedsNothingButItsOwnClasses() throws Exception {
    Path classes =
        Path.of(DockerCommand.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    ProcessBuilder process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xshare:auto",
                "-cp",
                classes.toString(),
                DockerCommand.class.getName(),
                "build",
                "-t",
                "own",
                ".")
            .redirectErrorStream(true);
    process.directory(context.toFile());
    process.environment().put("DOCKER_HOST", "unix://" + data.resolve("d.sock"));
    Process running = process.start();
    String out = new String(running.getInputStream().readAllBytes(), UTF_8);
    assertThat(running.waitFor()).as(out).isZero();
    assertThat(out).contains("Successfully tagged own:latest");
  }

  @Test
  void aContextThatCannotBeReadIsNotBuiltInPart() throws Exception {
    UnixHttp.Body broken =
        out -> {
          out.write(new byte[100_000]);
          throw new IOException("cannot read");
        };
    try (UnixHttp http = UnixHttp.connect(data.resolve("d.sock"))) {
      assertThatThrownBy(() -> http.send("POST", "/build?t=x", Map.of(), broken))
          .hasMessage("cannot read");
    }
    assertThat(docker("images", "-q")).isZero();
    assertThat(output).isEmpty();
  }

  @Test
  void survivesBadBytes() throws IOException {
    for (String request :
        List.of(
            "\0\1\2\r\n\r\n",
            "POST /build HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nabcde",
            "POST /auth HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\n{{{",
            "POST /build?buildargs=x HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n",
            "GET /images/%2e%2e%2f/json HTTP/1.1\r\nHost: x\r\n\r\n",
            "POST /containers/create HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n")) {
      try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
        channel.connect(UnixDomainSocketAddress.of(data.resolve("d.sock")));
        channel.write(ByteBuffer.wrap(request.getBytes(UTF_8)));
        channel.shutdownOutput();
        String answer = new String(Channels.newInputStream(channel).readAllBytes(), UTF_8);
        assertThat(answer).as(request).doesNotContain("Exception");
        if (request.contains("containers")) {
          assertThat(answer).startsWith("HTTP/1.1 501");
        }
      }
    }
    assertThat(docker("version")).isZero();
  }
}
