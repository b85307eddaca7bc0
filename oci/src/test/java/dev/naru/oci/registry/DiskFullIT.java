package dev.naru.oci.registry;

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
import dev.naru.oci.OciException;
import dev.naru.oci.PullPolicy;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Images on a disk that gets full, and has room again. Needs root for the mount and for layers. */
final class DiskFullIT {
  private static final int DISK_MIB = 24;
  private static final int BLOB_BYTES = 4 << 20;

  @TempDir Path dir;
  private SmallDisk disk;
  private Images images;
  private Server server;
  private int port;
  private final HttpClient http = HttpClient.newHttpClient();

  @BeforeEach
  void open() throws Exception {
    assumeTrue(System.getProperty("user.name").equals("root"), "a mount needs root");
    disk = SmallDisk.mount(dir.resolve("disk"), DISK_MIB);
    images = Images.open(disk.root());
    server = new Server();
    ServerConnector connector = new ServerConnector(server);
    connector.setHost("127.0.0.1");
    server.addConnector(connector);
    ServletContextHandler handler = new ServletContextHandler("/");
    handler.addServlet(
        new ServletHolder(
            new RegistryServlet(
                images,
                (login, name, write) -> RegistryAccess.Decision.ALLOWED,
                Clock.systemUTC())),
        "/v2/*");
    server.setHandler(handler);
    server.start();
    port = connector.getLocalPort();
  }

  @AfterEach
  void close() throws Exception {
    http.close();
    if (server != null) {
      server.stop();
      images.close();
      disk.close();
    }
  }

  @Test
  void aPushedBlobIsWhollyThereOrNotAtAll() throws Exception {
    byte[] blob = new byte[BLOB_BYTES];
    new Random(1).nextBytes(blob);
    Digest digest = Digest.of(blob);
    String first = begin();
    disk.fill();
    HttpResponse<String> refused = send("PUT", first + "?digest=" + digest, blob);
    assertThat(refused.statusCode()).as(refused.body()).isEqualTo(507);
    assertThat(refused.body())
        .contains("the disk is full; free some space there and try again")
        .contains(disk.root().toString());
    assertThat(images.blobs().has(digest)).isFalse();
    assertThat(uploads()).as("nothing half-done").isEmpty();

    disk.free();
    assertThat(send("PUT", begin() + "?digest=" + digest, blob).statusCode()).isEqualTo(201);
    assertThat(images.blobs().has(digest)).isTrue();
  }

  @Test
  void anUnpackedLayerIsWhollyThereOrNotAtAll() throws Exception {
    LayerTar tar = new LayerTar(0);
    tar.text("small", "served while the disk is full", 0644);
    put("small", tar.writeTo(images.blobs()));
    LayerTar large = new LayerTar(0);
    large.text("large", "x".repeat(BLOB_BYTES), 0644);
    Descriptor packed = large.writeTo(images.blobs());
    Stored stored = put("large", packed);
    ImageRef ref = ImageRef.parse("localhost:5000/large:1");

    disk.fill();
    assertThatThrownBy(() -> images.resolve(ref, PullPolicy.NEVER))
        .isInstanceOfSatisfying(
            OciException.class, e -> assertThat(e.code()).isEqualTo(OciException.DISK_FULL))
        .hasMessageContaining(disk.root().toString());
    HttpResponse<String> manifest = send("GET", "/v2/small/manifests/1", new byte[0]);
    assertThat(manifest.statusCode()).as("what is there is served").isEqualTo(200);

    disk.free();
    var resolved = images.resolve(ref, PullPolicy.NEVER);
    assertThat(resolved.digest()).isEqualTo(stored.digest());
    assertThat(resolved.layerDirs().getFirst().resolve("large")).hasSize(BLOB_BYTES);
  }

  private Stored put(String repository, Descriptor layer) {
    return images.put(
        Repository.builtIn(repository),
        "1",
        new ImageConfig.Builder().addLayer(layer.digest(), "test").build(),
        List.of(layer));
  }

  private String begin() throws Exception {
    HttpResponse<String> begun = send("POST", "/v2/team/app/blobs/uploads/", new byte[0]);
    assertThat(begun.statusCode()).as(begun.body()).isEqualTo(202);
    return begun.headers().firstValue("Location").orElseThrow();
  }

  private List<Path> uploads() throws Exception {
    try (Stream<Path> files = Files.list(disk.root().resolve("blobs/uploads"))) {
      return files.toList();
    }
  }

  private HttpResponse<String> send(String method, String path, byte[] body) throws Exception {
    return http.send(
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port).resolve(path))
            .method(method, HttpRequest.BodyPublishers.ofByteArray(body))
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }
}
