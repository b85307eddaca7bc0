package dev.naru.oci.build;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.naru.base.FileTrees;
import dev.naru.oci.Descriptor;
import dev.naru.oci.ImageConfig;
import dev.naru.oci.ImageRef;
import dev.naru.oci.ImageStore.Repository;
import dev.naru.oci.ImageStore.Stored;
import dev.naru.oci.Images;
import dev.naru.oci.LayerTar;
import dev.naru.oci.Manifest;
import dev.naru.oci.PullPolicy;
import dev.naru.oci.fs.FileStat;
import dev.naru.oci.fs.LayerView;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Needs root for layers, and runc for RUN. */
final class ImageBuilderIT {
  @TempDir Path data;
  private Images images;
  private ImageBuilder builder;
  private Path context;
  private final List<String> output = new ArrayList<>();

  @BeforeEach
  void open() throws IOException {
    assumeTrue(System.getProperty("user.name").equals("root"), "layers need root");
    images = Images.open(data.resolve("data"));
    builder =
        ImageBuilder.open(
            images,
            data.resolve("cache"),
            BuildNetwork.NONE,
            new BuildRequest.Limits(java.time.Duration.ofSeconds(30), 512L << 20),
            2);
    context = Files.createDirectory(data.resolve("context"));
  }

  @AfterEach
  void close() {
    if (images != null) {
      images.close();
    }
  }

  private void write(String name, String text) throws IOException {
    Path file = context.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
  }

  private Stored build(String dockerfile) throws IOException {
    return build(dockerfile, Map.of(), "");
  }

  private Stored build(String dockerfile, Map<String, String> args, String target)
      throws IOException {
    write("Dockerfile", dockerfile);
    output.clear();
    return builder.build(
        new BuildRequest(
            context, "Dockerfile", args, target, false, false, Map.of(), r -> Optional.empty()),
        output::add);
  }

  private ImageConfig config(Stored stored) {
    return images.config(Manifest.parse(stored.bytes()));
  }

  private LayerView view(Stored stored) {
    return LayerView.of(
        images.layers().unpack(Manifest.parse(stored.bytes()).layers(), config(stored).diffIds()));
  }

  private static String text(LayerView view, String path) throws IOException {
    Optional<Path> file = view.find(view.resolve(path, true));
    return file.isPresent() ? Files.readString(file.get()) : "(no " + path + ")";
  }

  @Test
  void copiesAndConfigures() throws IOException {
    write("app/a.txt", "a");
    write("app/sub/b.txt", "b");
    write("x1.jar", "1");
    write("x2.jar", "2");
    write("secret.pem", "s");
    write(".dockerignore", "*.pem\napp/sub\n!app/sub/b.txt\n");
    Files.createSymbolicLink(context.resolve("app/link"), Path.of("a.txt"));
    Stored stored =
        build(
            """
            ARG BASE=scratch
            FROM ${BASE}
            ARG VERSION
            ENV NAME=naru V=${VERSION:-0}
            WORKDIR /srv/app
            COPY app .
            COPY --chown=12:13 --chmod=0600 x*.jar lib/
            COPY <<EOF /etc/motd
            hello $NAME
            EOF
            LABEL a="b c" d=$NAME
            EXPOSE 8080 53/udp
            USER 1000:1000
            VOLUME /data
            STOPSIGNAL SIGINT
            HEALTHCHECK --interval=1m30s CMD ["true"]
            ENTRYPOINT ["java", "-jar"]
            CMD ["x1.jar"]
            """,
            Map.of("VERSION", "7"),
            "");
    LayerView view = view(stored);
    assertThat(text(view, "/srv/app/a.txt")).isEqualTo("a");
    assertThat(text(view, "/srv/app/sub/b.txt")).isEqualTo("b");
    assertThat(text(view, "/srv/app/link")).isEqualTo("a");
    assertThat(text(view, "/etc/motd")).isEqualTo("hello naru\n");
    FileStat jar = FileStat.of(view.find(LayerView.split("/srv/app/lib/x2.jar")).orElseThrow());
    assertThat(List.of(jar.uid(), jar.gid(), (long) jar.permissions()))
        .containsExactly(12L, 13L, 0600L);
    ImageConfig config = config(stored);
    assertThat(config.env()).containsExactly("NAME=naru", "V=7");
    assertThat(config.labels()).containsEntry("a", "b c").containsEntry("d", "naru");
    assertThat(config.exposedPorts()).containsExactly("53/udp", "8080/tcp");
    assertThat(config.workingDir()).isEqualTo("/srv/app");
    assertThat(config.user()).isEqualTo("1000:1000");
    assertThat(config.entrypoint()).containsExactly("java", "-jar");
    assertThat(config.cmd()).containsExactly("x1.jar");
    assertThat(config.healthcheck()).contains("90000000000");
    assertThat(output.getFirst()).isEqualTo("Step 1/15 : FROM ${BASE}");
    assertThatThrownBy(() -> build("FROM scratch\nCOPY secret.pem /\n"))
        .hasMessageStartingWith("Dockerfile:2: there is no 'secret.pem' to copy");
  }

  @Test
  void theSameInputGivesTheSameDigest() throws IOException {
    List<String> names = new ArrayList<>();
    for (int i = 0; i < 30; i++) {
      names.add("d" + i % 7 + "/f" + i);
    }
    String dockerfile = "FROM scratch\nCOPY . /app/\nCMD [\"/app/d0/f0\"]\n";
    List<String> digests = new ArrayList<>();
    for (int seed = 0; seed < 3; seed++) {
      FileTrees.delete(context);
      Files.createDirectory(context);
      Collections.shuffle(names, new Random(seed));
      for (String name : names) {
        write(name, "content of " + name);
        Files.setLastModifiedTime(context.resolve(name), FileTime.fromMillis(1000L * seed));
      }
      try (Images other = Images.open(data.resolve("other" + seed))) {
        ImageBuilder fresh =
            ImageBuilder.open(
                other,
                data.resolve("other-cache" + seed),
                BuildNetwork.NONE,
                BuildRequest.Limits.DEFAULT,
                1);
        write("Dockerfile", dockerfile);
        digests.add(fresh.build(BuildRequest.of(context), output::add).digest().toString());
      }
    }
    assertThat(digests).hasSize(3).allMatch(digests.getFirst()::equals);
    write("d0/f0", "changed");
    assertThat(build(dockerfile).digest().toString()).isNotEqualTo(digests.getFirst());
  }

  @Test
  void stepsAreRememberedAndCostNoUnpacking() throws IOException {
    write("lib/a.jar", "a");
    write("app.jar", "1");
    String dockerfile =
        """
        FROM scratch AS base
        WORKDIR /app
        COPY lib lib/
        FROM base
        COPY app.jar .
        FROM scratch
        COPY --from=1 /app /srv
        COPY --from=base /app/lib/a.jar /a
        """;
    Stored first = build(dockerfile);
    assertThat(output).doesNotContain(" ---> Using cache");
    assertThat(text(view(first), "/srv/lib/a.jar")).isEqualTo("a");
    Stored second = build(dockerfile);
    assertThat(second.digest()).isEqualTo(first.digest());
    assertThat(Collections.frequency(output, " ---> Using cache")).isEqualTo(5);
    write("app.jar", "2");
    Stored third = build(dockerfile);
    assertThat(third.digest()).isNotEqualTo(first.digest());
    assertThat(Collections.frequency(output, " ---> Using cache")).isEqualTo(2);
    build(dockerfile, Map.of(), "base");
    assertThat(String.join("\n", output)).contains("Step 3/3").doesNotContain("app.jar");
  }

  /** A base image of busy people: the machine's dash, and what it needs. */
  private void baseWithShell() throws Exception {
    LayerTar layer = new LayerTar(0);
    for (String folder : List.of("bin", "lib", "lib64", "tmp", "etc")) {
      layer.directory(folder, folder.equals("tmp") ? 01777 : 0755, 0, 0);
    }
    layer.text(
        "etc/passwd", "root:x:0:0::/root:/bin/sh\napp:x:1000:1001::/home/app:/bin/sh\n", 0644);
    layer.text("etc/group", "extra:x:77:app\n", 0644);
    layer.text("gone", "x", 0644);
    for (String program : List.of("dash", "mkdir", "rm", "id", "cat", "ln", "sleep", "chown")) {
      Path real = Path.of("/bin/" + program).toRealPath();
      layer.file(program.equals("dash") ? "bin/sh" : "bin/" + program, real, 0755, 0, 0);
      Process ldd = new ProcessBuilder("ldd", real.toString()).start();
      String out = new String(ldd.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      Matcher matcher = Pattern.compile("(/\\S+) \\(0x").matcher(out);
      while (matcher.find()) {
        Path library = Path.of(matcher.group(1));
        for (int n = 1; n < library.getNameCount(); n++) {
          layer.directory(library.subpath(0, n).toString(), 0755, 0, 0);
        }
        layer.file(library.toString(), library.toRealPath(), 0755, 0, 0);
      }
    }
    Descriptor descriptor = layer.writeTo(images.blobs());
    images.put(
        Repository.builtIn("base"),
        "latest",
        new ImageConfig.Builder()
            .env(List.of("PATH=/bin"))
            .addLayer(descriptor.digest(), "base")
            .build(),
        List.of(descriptor));
  }

  @Test
  void runsCommandsInAContainer() throws Exception {
    baseWithShell();
    Stored stored =
        build(
            """
            FROM localhost:5000/base
            ARG WHO=nobody
            RUN echo "for $WHO" > /out && mkdir /d && ln /out /d/same && rm /gone \\
                && echo printed
            USER app
            WORKDIR /tmp
            RUN id > /tmp/id; echo "$HOME" >> id
            USER root
            RUN <<EOF
            set -e
            chown 5:6 /out
            EOF
            """,
            Map.of("WHO", "you"),
            "");
    LayerView view = view(stored);
    assertThat(text(view, "/out")).isEqualTo("for you\n");
    assertThat(view.find(List.of("gone"))).isEmpty();
    assertThat(text(view, "/tmp/id"))
        .contains("uid=1000(app) gid=1001 groups=1001,77(extra)")
        .contains("/home/app");
    assertThat(FileStat.of(view.find(List.of("out")).orElseThrow()).uid()).isEqualTo(5);
    assertThat(output).contains("printed");
    for (String mountPoint : List.of("proc", "sys", "dev")) {
      assertThat(view.find(List.of(mountPoint))).as(mountPoint).isEmpty();
    }
    assertThat(view.list(List.of("etc"))).containsOnlyKeys("passwd", "group");
    assertThat(images.resolve(ImageRef.parse("localhost:5000/base"), PullPolicy.NEVER).layerDirs())
        .hasSize(1);
    try (var left = Files.list(data.resolve("data/layers/tmp"))) {
      assertThat(left).isEmpty();
    }
  }

  @Test
  void saysWhatFailed() throws Exception {
    baseWithShell();
    assertThatThrownBy(() -> build("FROM localhost:5000/base\n\nRUN echo bad; exit 3\n"))
        .hasMessage(
            "Dockerfile:3: The command '/bin/sh -c echo bad; exit 3' returned a non-zero code: 3");
    assertThat(output).contains("bad");
    write("f", "x");
    assertThatThrownBy(() -> build("FROM scratch\nCOPY f /\nRUN echo hello\n"))
        .hasMessageStartingWith("Dockerfile:3: this base image has no shell; use the exec form");
    assertThatThrownBy(() -> build("FROM localhost:5000/gone\n"))
        .hasMessage(
            "Dockerfile:1: There is no image 'localhost:5000/gone:latest' in the built-in"
                + " registry.");
    assertThatThrownBy(() -> build("FROM naru.local/host\n"))
        .hasMessageContaining("has no layers to build on");
    assertThatThrownBy(() -> build("FROM scratch\nCOPY --chown=app f /\n"))
        .hasMessage("Dockerfile:2: the image has no user 'app' in /etc/passwd");
    try (var left = Files.list(data.resolve("data/layers/tmp"))) {
      assertThat(left).isEmpty();
    }
  }

  @Test
  void aStepThatNeverEndsIsStopped() throws Exception {
    baseWithShell();
    ImageBuilder impatient =
        ImageBuilder.open(
            images,
            data.resolve("cache"),
            BuildNetwork.NONE,
            new BuildRequest.Limits(java.time.Duration.ofSeconds(1), 64L << 20),
            1);
    write("Dockerfile", "FROM localhost:5000/base\nRUN sleep 600\n");
    assertThatThrownBy(() -> impatient.build(BuildRequest.of(context), output::add))
        .hasMessageContaining("did not end within");
  }
}
