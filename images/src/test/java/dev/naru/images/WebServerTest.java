package dev.naru.images;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class WebServerTest {
  @TempDir Path folder;
  private Path root;
  private WebServer web;
  private final HttpClient http = HttpClient.newHttpClient();

  @BeforeEach
  void start() throws IOException {
    root = Files.createDirectories(folder.resolve("www"));
    Files.createDirectories(root.resolve("assets"));
    Files.writeString(root.resolve("index.html"), "<h1>나루</h1>");
    Files.writeString(root.resolve("assets/index-DiwrgTda.js"), "0123456789");
    Files.writeString(folder.resolve("secret"), "secret");
    Files.createSymbolicLink(root.resolve("out"), folder.resolve("secret"));
    web = WebServer.start("127.0.0.1", 0, root);
  }

  @AfterEach
  void stop() {
    web.close();
    http.close();
  }

  private HttpResponse<byte[]> get(String path, String... headers) throws Exception {
    return send("GET", path, headers);
  }

  private HttpResponse<byte[]> send(String method, String path, String... headers)
      throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + web.address().getPort() + path))
            .method(method, HttpRequest.BodyPublishers.noBody());
    if (headers.length > 0) {
      request.headers(headers);
    }
    return http.send(request.build(), BodyHandlers.ofByteArray());
  }

  private static String header(HttpResponse<?> response, String name) {
    return response.headers().firstValue(name).orElse("");
  }

  @ParameterizedTest
  @CsvSource({
    "/, 200, text/html; charset=utf-8, no-cache",
    "/posts/12, 200, text/html; charset=utf-8, no-cache",
    "/assets/index-DiwrgTda.js, 200, text/javascript; charset=utf-8,"
        + " 'public, max-age=31536000, immutable'",
    "/assets/gone-DiwrgTda.js, 404, text/plain; charset=utf-8, no-store",
    "/assets/gone, 404, text/plain; charset=utf-8, no-store",
    "/favicon.ico, 404, text/plain; charset=utf-8, no-store",
    "/healthz, 200, text/plain; charset=utf-8, no-store"
  })
  void serves(String path, int status, String type, String cache) throws Exception {
    HttpResponse<byte[]> response = get(path);
    assertThat(response.statusCode()).isEqualTo(status);
    assertThat(header(response, "Content-Type")).isEqualTo(type);
    assertThat(header(response, "Cache-Control")).isEqualTo(cache);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"/out", "/../secret", "/%2e%2e/secret", "/assets/..%2f..%2fsecret", "/a%00b.txt"})
  void neverLeavesItsFolder(String path) throws Exception {
    assertThat(new String(get(path).body(), UTF_8)).doesNotContain("secret");
    assertThat(get(path).statusCode()).isEqualTo(404);
  }

  @Test
  void theEntityTagFollowsTheContentAndNotTheTime() throws Exception {
    String tag = header(get("/"), "ETag");
    assertThat(get("/", "If-None-Match", "\"x\", W/" + tag).statusCode()).isEqualTo(304);
    var time = Files.getLastModifiedTime(root.resolve("index.html"));
    Path other = root.resolve("other");
    Files.writeString(other, "<h2>나루</h2>");
    Files.setLastModifiedTime(other, time);
    Files.move(
        other, root.resolve("index.html"), java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    HttpResponse<byte[]> changed = get("/", "If-None-Match", tag);
    assertThat(changed.statusCode()).isEqualTo(200);
    assertThat(header(changed, "ETag")).isNotEqualTo(tag);
  }

  @ParameterizedTest
  @CsvSource({
    "bytes=2-4, 206, 234, bytes 2-4/10",
    "bytes=8-99, 206, 89, bytes 8-9/10",
    "bytes=-3, 206, 789, bytes 7-9/10",
    "bytes=5-, 206, 56789, bytes 5-9/10",
    "'bytes=0-1,3-4', 200, 0123456789, ''",
    "bytes=4-2, 200, 0123456789, ''",
    "lines=1-2, 200, 0123456789, ''"
  })
  void servesRanges(String range, int status, String body, String contentRange) throws Exception {
    HttpResponse<byte[]> response = get("/assets/index-DiwrgTda.js", "Range", range);
    assertThat(response.statusCode()).isEqualTo(status);
    assertThat(new String(response.body(), UTF_8)).isEqualTo(body);
    assertThat(header(response, "Content-Range")).isEqualTo(contentRange);
  }

  @Test
  void aRangeBehindTheEndIsRefused() throws Exception {
    HttpResponse<byte[]> response = get("/assets/index-DiwrgTda.js", "Range", "bytes=10-");
    assertThat(response.statusCode()).isEqualTo(416);
    assertThat(header(response, "Content-Range")).isEqualTo("bytes */10");
  }

  @Test
  void headHasTheLengthAndNoBody() throws Exception {
    HttpResponse<byte[]> response = send("HEAD", "/assets/index-DiwrgTda.js");
    assertThat(header(response, "Content-Length")).isEqualTo("10");
    assertThat(response.body()).isEmpty();
    assertThat(send("POST", "/").statusCode()).isEqualTo(405);
  }

  @Test
  void sendsTheCompressedNeighbourToWhoeverTakesIt() throws Exception {
    ByteArrayOutputStream gz = new ByteArrayOutputStream();
    try (OutputStream out = new GZIPOutputStream(gz)) {
      out.write("0123456789".getBytes(UTF_8));
    }
    Files.write(root.resolve("assets/index-DiwrgTda.js.gz"), gz.toByteArray());
    HttpResponse<byte[]> packed =
        get("/assets/index-DiwrgTda.js", "Accept-Encoding", "br, gzip;q=0.5");
    assertThat(header(packed, "Content-Encoding")).isEqualTo("gzip");
    assertThat(header(packed, "Vary")).isEqualTo("Accept-Encoding");
    assertThat(new GZIPInputStream(new java.io.ByteArrayInputStream(packed.body())).readAllBytes())
        .asString(UTF_8)
        .isEqualTo("0123456789");
    HttpResponse<byte[]> plain =
        get("/assets/index-DiwrgTda.js", "Accept-Encoding", "gzip;q=0, br");
    assertThat(header(plain, "Content-Encoding")).isEmpty();
    assertThat(header(plain, "ETag")).isNotEqualTo(header(packed, "ETag"));
  }

  @Test
  void aRunningDownloadIsFinishedOnStop() throws Exception {
    byte[] large = new byte[8 << 20];
    Files.write(root.resolve("large.bin"), large);
    try (Socket socket = new Socket(web.address().getAddress(), web.address().getPort())) {
      socket.getOutputStream().write("GET /large.bin HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(UTF_8));
      InputStream in = socket.getInputStream();
      assertThat(in.read()).isEqualTo('H');
      Thread closing = Thread.ofPlatform().start(web::close);
      long rest = in.transferTo(OutputStream.nullOutputStream());
      assertThat(rest).isGreaterThan(large.length);
      closing.join();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"GET\r\n\r\n", "\0\0\0\0\r\n\r\n", "GET %zz HTTP/1.1\r\nHost: x\r\n\r\n"})
  void survivesBadBytes(String request) throws Exception {
    try (Socket socket = new Socket(web.address().getAddress(), web.address().getPort())) {
      socket.getOutputStream().write(request.getBytes(UTF_8));
      socket.shutdownOutput();
      assertThat(new String(socket.getInputStream().readAllBytes(), UTF_8))
          .doesNotContain("200 OK");
    }
    assertThat(get("/").statusCode()).isEqualTo(200);
  }
}
