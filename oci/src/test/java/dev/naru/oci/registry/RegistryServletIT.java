package dev.naru.oci.registry;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.naru.base.Digest;
import dev.naru.oci.Descriptor;
import dev.naru.oci.ImageConfig;
import dev.naru.oci.ImageRef;
import dev.naru.oci.ImageStore.Repository;
import dev.naru.oci.ImageStore.Stored;
import dev.naru.oci.Images;
import dev.naru.oci.LayerTar;
import dev.naru.oci.PullPolicy;
import dev.naru.oci.RegistryLogin;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Needs root for layers; skopeo copies in and out where the machine has it. */
final class RegistryServletIT {
  @TempDir Path data;
  private Images images;
  private Server server;
  private int port;
  private Stored image;
  private final HttpClient http = HttpClient.newHttpClient();

  @BeforeEach
  void start() throws Exception {
    assumeTrue(System.getProperty("user.name").equals("root"), "layers need root");
    images = Images.open(data.resolve("a"));
    LayerTar tar = new LayerTar(0);
    tar.text("hello", "world", 0644);
    Descriptor layer = tar.writeTo(images.blobs());
    image =
        images.put(
            Repository.builtIn("team/app"),
            "1",
            new ImageConfig.Builder().addLayer(layer.digest(), "test").build(),
            List.of(layer));
    RegistryAccess access =
        (login, repository, write) ->
            login.filter(l -> l.username().equals("me") && l.password().equals("pw")).isPresent()
                ? RegistryAccess.Decision.ALLOWED
                : RegistryAccess.Decision.LOGIN_NEEDED;
    server = new Server();
    ServerConnector connector = new ServerConnector(server);
    connector.setHost("127.0.0.1");
    server.addConnector(connector);
    ServletContextHandler handler = new ServletContextHandler("/");
    handler.addServlet(
        new ServletHolder(new RegistryServlet(images, access, Clock.systemUTC())), "/v2/*");
    server.setHandler(handler);
    server.start();
    port = connector.getLocalPort();
  }

  @AfterEach
  void stop() throws Exception {
    if (server != null) {
      server.stop();
      images.close();
    }
    http.close();
  }

  private HttpResponse<byte[]> send(String method, String path, byte[] body, String... headers)
      throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port).resolve(path))
            .header("Authorization", "Basic bWU6cHc=")
            .method(method, BodyPublishers.ofByteArray(body));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return http.send(request.build(), BodyHandlers.ofByteArray());
  }

  private HttpResponse<byte[]> send(String method, String path) throws Exception {
    return send(method, path, new byte[0]);
  }

  private static String text(HttpResponse<byte[]> response) {
    return new String(response.body(), UTF_8);
  }

  @Test
  void anotherNaruPullsAndPushes() {
    try (Images other = Images.open(data.resolve("b"), Set.of("nowhere:1"))) {
      ImageRef ref = ImageRef.parse("127.0.0.1:" + port + "/team/app:1");
      Optional<RegistryLogin> login = Optional.of(new RegistryLogin("me", "pw"));
      assertThatThrownBy(() -> other.resolve(ref, PullPolicy.ALWAYS))
          .hasMessageContaining("it asks for a login");
      var pulled = other.resolve(ref, PullPolicy.ALWAYS, login);
      assertThat(pulled.digest()).isEqualTo(image.digest());
      assertThat(pulled.layerDirs().getFirst().resolve("hello")).hasContent("world");
      LayerTar tar = new LayerTar(0);
      tar.text("new", "layer", 0644);
      Descriptor layer = tar.writeTo(other.blobs());
      Stored mine =
          other.put(
              other.repositoryOf(ref),
              "",
              new ImageConfig.Builder().addLayer(layer.digest(), "x").build(),
              List.of(layer));
      other.push(mine, ref.withTag("2"), login, line -> {});
      assertThat(images.store().digestOf(Repository.builtIn("team/app"), "2"))
          .contains(mine.digest());
      assertThatThrownBy(() -> other.resolve(ref.withTag("none"), PullPolicy.IF_NOT_PRESENT, login))
          .hasMessageContaining("There is no image");
    }
  }

  @Test
  void skopeoCopiesOutAndIn() throws Exception {
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/skopeo")), "there is no skopeo");
    String here = "docker://127.0.0.1:" + port + "/team/";
    Path out = data.resolve("out");
    skopeo("copy", "--src-tls-verify=false", "--src-creds=me:pw", here + "app:1", "dir:" + out);
    skopeo("copy", "--dest-tls-verify=false", "--dest-creds=me:pw", "dir:" + out, here + "copy:1");
    assertThat(images.store().digestOf(Repository.builtIn("team/copy"), "1"))
        .contains(image.digest());
    skopeo(
        "copy",
        "--dest-tls-verify=false",
        "--dest-creds=me:pw",
        "--dest-compress-format=zstd",
        "--dest-compress",
        "--format=oci",
        "dir:" + out,
        here + "zstd:1");
    assertThat(
            images
                .resolve(ImageRef.parse("localhost:5000/team/zstd:1"), PullPolicy.NEVER)
                .layerDirs()
                .getFirst()
                .resolve("hello"))
        .hasContent("world");
    assertThat(skopeo("list-tags", "--tls-verify=false", "--creds=me:pw", here + "copy"))
        .contains("\"1\"");
    skopeo("delete", "--tls-verify=false", "--creds=me:pw", here + "copy:1");
    assertThat(images.store().tags(Repository.builtIn("team/copy"))).isEmpty();
  }

  private static String skopeo(String... args) throws Exception {
    List<String> words = new java.util.ArrayList<>(List.of("skopeo"));
    words.addAll(List.of(args));
    Process process = new ProcessBuilder(words).redirectErrorStream(true).start();
    String out = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor()).as(out).isZero();
    return out;
  }

  @Test
  void uploadsInPieces() throws Exception {
    Digest digest = Digest.of("hello world");
    String at = send("POST", "/v2/a/blobs/uploads/").headers().firstValue("Location").orElseThrow();
    assertThat(send("PATCH", at, "hello ".getBytes(UTF_8), "Content-Range", "0-5").statusCode())
        .isEqualTo(202);
    assertThat(send("PATCH", at, "x".getBytes(UTF_8), "Content-Range", "3-3").statusCode())
        .isEqualTo(416);
    assertThat(send("GET", at).headers().firstValue("Range")).contains("0-5");
    assertThat(send("PUT", at + "?digest=" + digest, "world".getBytes(UTF_8)).statusCode())
        .isEqualTo(201);
    assertThat(text(send("GET", "/v2/a/blobs/" + digest))).isEqualTo("hello world");
    HttpResponse<byte[]> part =
        send("GET", "/v2/a/blobs/" + digest, new byte[0], "Range", "bytes=6-7");
    assertThat(part.statusCode()).isEqualTo(206);
    assertThat(text(part)).isEqualTo("wo");
    assertThat(send("POST", "/v2/b/blobs/uploads/?mount=" + digest + "&from=a").statusCode())
        .isEqualTo(201);
    assertThat(
            send("POST", "/v2/a/blobs/uploads/?digest=" + digest, "other".getBytes(UTF_8))
                .statusCode())
        .isEqualTo(400);
  }

  @Test
  void errorsAreThoseOfTheSpecification() throws Exception {
    assertThat(
            http.send(
                    HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/v2/")).build(),
                    BodyHandlers.ofString())
                .headers()
                .firstValue("WWW-Authenticate"))
        .contains("Basic realm=\"naru\"");
    assertThat(text(send("GET", "/v2/"))).isEqualTo("{}");
    assertThat(text(send("GET", "/v2/none/tags/list"))).contains("NAME_UNKNOWN");
    assertThat(text(send("GET", "/v2/team/app/manifests/none"))).contains("MANIFEST_UNKNOWN");
    assertThat(text(send("GET", "/v2/a/blobs/" + Digest.of("?")))).contains("BLOB_UNKNOWN");
    assertThat(text(send("GET", "/v2/a/blobs/sha256:12"))).contains("DIGEST_INVALID");
    assertThat(text(send("GET", "/v2/UPPER/tags/list"))).contains("NAME_INVALID");
    assertThat(text(send("PUT", "/v2/naru.local/jre/manifests/x"))).contains("DENIED");
    assertThat(
            text(
                send(
                    "PUT",
                    "/v2/a/manifests/1",
                    "{".getBytes(UTF_8),
                    "Content-Type",
                    image.mediaType())))
        .contains("MANIFEST_INVALID");
    String missing =
        new String(image.bytes(), UTF_8).replaceFirst("sha256:[0-9a-f]{8}", "sha256:00000000");
    assertThat(
            text(
                send(
                    "PUT",
                    "/v2/a/manifests/1",
                    missing.getBytes(UTF_8),
                    "Content-Type",
                    image.mediaType())))
        .contains("MANIFEST_BLOB_UNKNOWN");
    assertThat(send("GET", "/v2/team/app/tags/list?n=1").statusCode()).isEqualTo(200);
    assertThat(send("DELETE", "/v2/team/app/manifests/" + image.digest()).statusCode())
        .isEqualTo(202);
    assertThat(images.store().tags(Repository.builtIn("team/app"))).isEmpty();
  }

  @Test
  void anUploadThatIsCutOffLeavesNothing() throws IOException, InterruptedException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      String head =
          "POST /v2/a/blobs/uploads/?digest="
              + Digest.of("x")
              + " HTTP/1.1\r\nHost: x\r\nAuthorization: Basic bWU6cHc="
              + "\r\nContent-Length: 1000\r\n\r\nonly this";
      socket.getOutputStream().write(head.getBytes(UTF_8));
    }
    Path uploads = data.resolve("a/blobs/uploads");
    long end = System.nanoTime() + 10_000_000_000L;
    boolean empty = false;
    while (!empty && System.nanoTime() < end) {
      try (var files = Files.list(uploads)) {
        empty = files.findAny().isEmpty();
      }
      Thread.onSpinWait();
    }
    assertThat(uploads).isEmptyDirectory();
    assertThat(images.blobs().has(Digest.of("x"))).isFalse();
  }
}
