package dev.naru.kube;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The wire: statuses, watches from odd versions, chunks, and bytes that are not what they say. */
final class HttpTest {
  private static final String JSON = "application/json";
  private static final String MAPS = "/api/v1/namespaces/default/configmaps";

  @TempDir static Path directory;
  private static TestServer server;
  private static HttpClient http;

  @BeforeAll
  static void start() throws Exception {
    System.setProperty("jdk.internal.httpclient.disableHostnameVerification", "true");
    server = new TestServer(directory);
    SSLContext anyone = SSLContext.getInstance("TLS");
    anyone.init(null, new TrustManager[] {new TrustsTheTestServer()}, null);
    http = HttpClient.newBuilder().sslContext(anyone).version(HttpClient.Version.HTTP_1_1).build();
  }

  @AfterAll
  static void stop() {
    http.close();
    server.close();
  }

  private static HttpResponse<String> send(
      String method, String path, String type, byte[] body, String... headers) throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("https://127.0.0.1:" + server.server.port() + path))
            .method(method, HttpRequest.BodyPublishers.ofByteArray(body))
            .header("Authorization", "Bearer " + TestServer.TOKEN);
    if (!type.isEmpty()) {
      request.header("Content-Type", type);
    }
    for (int i = 0; i < headers.length; i += 2) {
      request.header(headers[i], headers[i + 1]);
    }
    return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  private static HttpResponse<String> get(String path, String... headers) throws Exception {
    return send("GET", path, "", new byte[0], headers);
  }

  private static HttpResponse<String> post(String path, String body) throws Exception {
    return send("POST", path, JSON, body.getBytes(StandardCharsets.UTF_8));
  }

  private static JsonNode json(HttpResponse<String> response) {
    return Json.parse(response.body());
  }

  @Test
  void aStrangerGets401() throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(
                URI.create("https://127.0.0.1:" + server.server.port() + "/api/v1/pods"))
            .build();
    HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
    assertThat(response.statusCode()).isEqualTo(401);
    assertThat(json(response).path("reason").asText()).isEqualTo("Unauthorized");
  }

  @Test
  void badBodiesAreRefusedWithAStatus() throws Exception {
    List<byte[]> bodies = new ArrayList<>();
    for (String text :
        List.of(
            "",
            "{",
            "null",
            "[]",
            "7",
            "\"x\"",
            "{} {}",
            "{\"kind\":\"Pod\"}",
            "{\"metadata\":7}",
            "{\"metadata\":{\"name\":{}}}",
            "{\"metadata\":{\"labels\":[1]}}",
            "{\"data\":{\"a\":1}}",
            "{\"metadata\":{}}",
            "[".repeat(100_000))) {
      bodies.add(text.getBytes(StandardCharsets.UTF_8));
    }
    Random random = new Random(7);
    for (int i = 0; i < 50; i++) {
      byte[] noise = new byte[random.nextInt(200)];
      random.nextBytes(noise);
      bodies.add(noise);
    }
    for (byte[] body : bodies) {
      for (String type : List.of(JSON, "application/yaml", Bodies.PROTOBUF)) {
        HttpResponse<String> response = send("POST", MAPS, type, body);
        assertThat(response.statusCode())
            .describedAs(type + " " + new String(body, StandardCharsets.ISO_8859_1))
            .isBetween(400, 499);
        assertThat(json(response).path("kind").asText()).isEqualTo("Status");
      }
    }
  }

  @Test
  void damagedProtobufIsRefused() throws Exception {
    io.kubernetes.client.proto.V1.ConfigMap map =
        io.kubernetes.client.proto.V1.ConfigMap.newBuilder()
            .setMetadata(io.kubernetes.client.proto.Meta.ObjectMeta.newBuilder().setName("pb"))
            .putData("a", "b")
            .build();
    byte[] envelope =
        io.kubernetes.client.proto.Runtime.Unknown.newBuilder()
            .setTypeMeta(
                io.kubernetes.client.proto.Runtime.TypeMeta.newBuilder()
                    .setApiVersion("v1")
                    .setKind("ConfigMap"))
            .setRaw(map.toByteString())
            .build()
            .toByteArray();
    byte[] body = new byte[envelope.length + 4];
    System.arraycopy(new byte[] {'k', '8', 's', 0}, 0, body, 0, 4);
    System.arraycopy(envelope, 0, body, 4, envelope.length);
    Random random = new Random(11);
    for (int i = 0; i < 100; i++) {
      byte[] damaged = java.util.Arrays.copyOf(body, random.nextInt(body.length));
      assertThat(send("POST", MAPS, Bodies.PROTOBUF, damaged).statusCode()).isBetween(400, 499);
    }
    HttpResponse<String> whole = send("POST", MAPS, Bodies.PROTOBUF, body);
    assertThat(whole.statusCode()).isEqualTo(201);
    assertThat(json(whole).path("data").path("a").asText()).isEqualTo("b");
  }

  @Test
  void oddRequestsAreRefused() throws Exception {
    assertThat(get("/nothing").statusCode()).isEqualTo(404);
    assertThat(get("/api/v1/widgets").statusCode()).isEqualTo(404);
    assertThat(get("/api/v1/namespaces/default/pods/a/b/c/d").statusCode()).isEqualTo(404);
    assertThat(send("PUT", MAPS, JSON, new byte[0]).statusCode()).isEqualTo(405);
    assertThat(get(MAPS + "?labelSelector=%21%21a").statusCode()).isEqualTo(400);
    assertThat(get(MAPS + "?fieldSelector=data.a%3Db").statusCode()).isEqualTo(400);
    assertThat(get(MAPS + "?continue=nonsense").statusCode()).isEqualTo(400);
    assertThat(get(MAPS + "?limit=many").statusCode()).isEqualTo(400);
    assertThat(post(MAPS + "?dryRun=Some", "{}").statusCode()).isEqualTo(400);
    assertThat(
            send("PATCH", MAPS + "/x", "text/nothing", "{}".getBytes(StandardCharsets.UTF_8))
                .statusCode())
        .isEqualTo(415);
    assertThat(
            send(
                    "PATCH",
                    MAPS + "/x",
                    "application/apply-patch+yaml",
                    "{}".getBytes(StandardCharsets.UTF_8))
                .statusCode())
        .isEqualTo(422);
    assertThat(send("POST", MAPS, JSON, new byte[(3 << 20) + 1]).statusCode()).isEqualTo(413);
  }

  @Test
  void watchesFromOddVersions() throws Exception {
    HttpResponse<String> future = get(MAPS + "?watch=true&resourceVersion=99999999");
    assertThat(future.statusCode()).isEqualTo(504);
    assertThat(json(future).path("details").path("causes").get(0).path("reason").asText())
        .isEqualTo("ResourceVersionTooLarge");
    HttpResponse<String> initial =
        get(
            "/api/v1/namespaces?watch=true&sendInitialEvents=true&allowWatchBookmarks=true"
                + "&resourceVersionMatch=NotOlderThan&timeoutSeconds=1");
    List<String> lines = initial.body().lines().filter(l -> !l.isBlank()).toList();
    assertThat(lines.getFirst()).startsWith("{\"type\":\"ADDED\"");
    assertThat(lines)
        .anyMatch(l -> l.contains("BOOKMARK") && l.contains("k8s.io/initial-events-end"));
    assertThat(get(MAPS + "?watch=true&sendInitialEvents=true").statusCode()).isEqualTo(422);
  }

  @Test
  void listsComeInChunksOfOnePicture() throws Exception {
    String at = "/api/v1/namespaces/kube-public/configmaps";
    for (int i = 0; i < 5; i++) {
      post(at, "{\"metadata\":{\"name\":\"chunk-" + i + "\"}}");
    }
    JsonNode first = json(get(at + "?limit=2"));
    String next = first.path("metadata").path("continue").asText();
    assertThat(first.path("metadata").path("remainingItemCount").asInt()).isEqualTo(3);
    send("DELETE", at + "/chunk-4", "", new byte[0]);
    JsonNode second = json(get(at + "?limit=2&continue=" + next));
    next = second.path("metadata").path("continue").asText();
    JsonNode third = json(get(at + "?limit=2&continue=" + next));
    assertThat(third.path("items").get(0).path("metadata").path("name").asText())
        .isEqualTo("chunk-4");
    assertThat(third.path("metadata").has("continue")).isFalse();
    assertThat(json(get(at)).path("items")).hasSize(4);
  }

  @Test
  void unknownFieldsWarnOrFail() throws Exception {
    HttpResponse<String> warned = post(MAPS, "{\"metadata\":{\"name\":\"warned\"},\"extra\":1}");
    assertThat(warned.statusCode()).isEqualTo(201);
    assertThat(warned.headers().firstValue("Warning").orElse(""))
        .contains("299", "unknown field \\\"extra\\\"");
    HttpResponse<String> strict =
        post(MAPS + "?fieldValidation=Strict", "{\"metadata\":{\"name\":\"s\"},\"extra\":1}");
    assertThat(strict.statusCode()).isEqualTo(400);
  }

  @Test
  void dryRunsStoreNothing() throws Exception {
    assertThat(post(MAPS + "?dryRun=All", "{\"metadata\":{\"name\":\"dry\"}}").statusCode())
        .isEqualTo(201);
    assertThat(get(MAPS + "/dry").statusCode()).isEqualTo(404);
  }

  /** The certificate is made for this run; nothing else listens at that port. */
  private static final class TrustsTheTestServer extends X509ExtendedTrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, java.net.Socket socket) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, java.net.Socket socket) {}

    @Override
    public void checkClientTrusted(
        X509Certificate[] chain, String type, javax.net.ssl.SSLEngine engine) {}

    @Override
    public void checkServerTrusted(
        X509Certificate[] chain, String type, javax.net.ssl.SSLEngine engine) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
