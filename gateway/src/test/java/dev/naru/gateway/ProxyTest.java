package dev.naru.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What passes, and how it looks on the other side. */
@SuppressWarnings("StringConcatToTextBlock") // line ends are tested: they stay in sight
class ProxyTest {
  private static final String GET = "GET / HTTP/1.1\r\nHost: shop.test\r\n";
  private static final String CLOSE = "Connection: close\r\n\r\n";

  /** Sends a request with these field lines and returns what the upstream saw. */
  private static Upstream.Request seen(UnaryOperator<GatewayConfig> change, String fields)
      throws IOException {
    try (Upstream upstream = Upstream.saying("ok");
        TestGateway gateway = TestGateway.with(change, upstream.pod("a"))) {
      assertThat(gateway.talk("GET / HTTP/1.1\r\n" + fields + "\r\n")).startsWith("HTTP/1.1 200");
      return upstream.requests.getFirst();
    }
  }

  private static String answerOf(String answer, String request) throws IOException {
    try (Upstream upstream =
            new Upstream(
                (r, socket) -> {
                  Upstream.write(socket, answer);
                  return false;
                });
        TestGateway gateway = TestGateway.serving(upstream.pod("a"))) {
      return gateway.talk(request);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void relaysARequestAndItsAnswerOnEpollAndNio(boolean epoll) throws IOException {
    try (Upstream upstream = Upstream.saying("hello");
        TestGateway gateway = TestGateway.with(epoll, c -> c, upstream.pod("a"))) {
      String answer =
          gateway.talk("GET /x?y=1 HTTP/1.1\r\nHost: Shop.Test:80\r\nConnection: close\r\n\r\n");
      assertThat(answer).startsWith("HTTP/1.1 200 OK\r\n").endsWith("\r\n\r\nhello");
      Upstream.Request request = upstream.requests.getFirst();
      assertThat(request.line()).isEqualTo("GET /x?y=1 HTTP/1.1");
      assertThat(request.field("Host")).isEqualTo("Shop.Test:80");
    }
  }

  @Test
  void fieldsOfOneHopDoNotPass() throws IOException {
    Upstream.Request request =
        seen(
            c -> c,
            "Host: shop.test\r\nKeep: this\r\nConnection: close, X-Mine , te\r\nX-Mine: 1\r\n"
                + "Keep-Alive: 5\r\nTE: trailers\r\nProxy-Connection: x\r\nProxy-Authorization: y\r\n"
                + "Upgrade: h2c\r\nHTTP2-Settings: AAA\r\nx-mine: 2\r\nLast: one\r\n");
    assertThat(request.head().lines().map(l -> l.replaceAll(":.*", "")))
        .containsExactly(
            "GET / HTTP/1.1",
            "Host",
            "Keep",
            "Last",
            "X-Forwarded-For",
            "X-Forwarded-Proto",
            "X-Forwarded-Port",
            "X-Forwarded-Host",
            "X-Request-Id",
            "");
  }

  @Test
  void connectionCannotTakeAwayHostOrLength() throws IOException {
    try (Upstream upstream = Upstream.saying("ok");
        TestGateway gateway = TestGateway.serving(upstream.pod("a"))) {
      gateway.talk(
          "POST / HTTP/1.1\r\nHost: shop.test\r\nContent-Length: 2\r\n"
              + "Connection: close, host, content-length, x-forwarded-for\r\n\r\nhi");
      Upstream.Request request = upstream.requests.getFirst();
      assertThat(request.field("Host")).isEqualTo("shop.test");
      assertThat(request.body()).isEqualTo("hi");
      assertThat(request.field("X-Forwarded-For")).isEqualTo("127.0.0.1");
    }
  }

  private static final String CLAIMS =
      "Host: shop.test\r\nX-Forwarded-For: 6.6.6.6\r\nX-Forwarded-Proto: https\r\n"
          + "X-Forwarded-Host: evil.test\r\nX-Forwarded-Port: 443\r\nForwarded: for=6.6.6.6\r\n"
          + "X-Real-IP: 6.6.6.6\r\nX_Forwarded_For: 6.6.6.6\r\nx-forwarded-prefix: /p\r\n"
          + "Connection: close\r\n";

  @Test
  void claimsAboutTheWayAreNotBelieved() throws IOException {
    Upstream.Request request = seen(c -> c, CLAIMS);
    assertThat(request.field("X-Forwarded-For")).isEqualTo("127.0.0.1");
    assertThat(request.field("X-Forwarded-Proto")).isEqualTo("http");
    assertThat(request.field("X-Forwarded-Host")).isEqualTo("shop.test");
    assertThat(request.fields("X-Forwarded-Port")).hasSize(1).doesNotContain("443");
    assertThat(request.head()).doesNotContain("6.6.6.6").doesNotContain("/p");
  }

  @Test
  void claimsOfATrustedProxyAreExtended() throws IOException {
    Upstream.Request request = seen(c -> c.withTrustedProxies(Set.of("127.0.0.1")), CLAIMS);
    assertThat(request.field("X-Forwarded-For")).isEqualTo("6.6.6.6, 127.0.0.1");
    assertThat(request.field("X-Forwarded-Proto")).isEqualTo("https");
    assertThat(request.field("X-Forwarded-Host")).isEqualTo("evil.test");
    assertThat(request.field("X-Forwarded-Port")).isEqualTo("443");
    assertThat(request.field("Forwarded"))
        .isEqualTo("for=6.6.6.6, for=127.0.0.1;host=\"shop.test\";proto=http");
  }

  @ParameterizedTest
  @CsvSource({"abc-1.2_3, true", "a b, false", "'<script>', false"})
  void requestIdIsKeptWhenSane(String id, boolean kept) throws IOException {
    String passed =
        seen(c -> c, "Host: shop.test\r\nX-Request-Id: " + id + "\r\n" + "Connection: close\r\n")
            .field("X-Request-Id");
    if (kept) {
      assertThat(passed).isEqualTo(id);
    } else {
      assertThat(passed).matches("[0-9a-f]{32}");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "http://shop.test/a?b, /a?b",
    "http://shop.test, /",
    "http://shop.test?b, /?b",
    "HTTP://SHOP.TEST/, /",
    "/a/../b, /a/../b",
    "/%41, /%41",
    "//x, //x",
  })
  void targets(String sent, String arrived) throws IOException {
    try (Upstream upstream = Upstream.saying("ok");
        TestGateway gateway = TestGateway.serving(upstream.pod("a"))) {
      gateway.talk("GET " + sent + " HTTP/1.1\r\nHost: shop.test\r\n" + CLOSE);
      assertThat(upstream.requests.getFirst().path()).isEqualTo(arrived);
    }
  }

  @Test
  void aRuleCannotBePassedByAnotherSpelling() throws IOException {
    try (Upstream all = Upstream.saying("all");
        Upstream admin = Upstream.saying("admin");
        TestGateway gateway = TestGateway.serving()) {
      gateway.gateway.publish(
          new Cluster()
              .ingress(
                  "web",
                  1,
                  "shop.test",
                  Cluster.path("Prefix", "/", "all", 80),
                  Cluster.path("Prefix", "/admin", "admin", 80))
              .service("all", "http", 80)
              .service("admin", "http", 80)
              .pods("all", "http", all.pod("a"))
              .pods("admin", "http", admin.pod("b"))
              .snapshot());
      for (String path :
          List.of("/admin", "/x/../admin/", "/%61dmin", "/./admin", "/x/%2E%2e/admin")) {
        assertThat(gateway.talk("GET " + path + " HTTP/1.1\r\nHost: shop.test\r\n" + CLOSE))
            .as(path)
            .endsWith("admin");
      }
      assertThat(gateway.talk("GET /adminx HTTP/1.1\r\nHost: shop.test\r\n" + CLOSE))
          .endsWith("all");
    }
  }

  @Test
  void pipelinedRequestsAreAnsweredInOrder() throws IOException {
    try (Upstream upstream =
            new Upstream(
                (request, socket) -> {
                  String body = request.path() + ":" + request.body();
                  Upstream.write(
                      socket,
                      "HTTP/1.1 200 OK\r\nContent-Length: " + body.length() + "\r\n\r\n" + body);
                  return true;
                });
        TestGateway gateway = TestGateway.serving(upstream.pod("a"))) {
      StringBuilder all = new StringBuilder();
      for (int i = 0; i < 50; i++) {
        all.append(
            i % 3 == 0
                ? "POST /" + i + " HTTP/1.1\r\nHost: shop.test\r\nContent-Length: 2\r\n\r\nhi"
                : i % 3 == 1
                    ? "POST /"
                        + i
                        + " HTTP/1.1\r\nHost: shop.test\r\nTransfer-Encoding: chunked\r\n\r\n2;x=y\r\nhi\r\n0\r\n\r\n"
                    : "GET /" + i + " HTTP/1.1\r\nHost: shop.test\r\n\r\n");
      }
      all.append("GET /last HTTP/1.1\r\nHost: nowhere.test\r\n\r\n" + GET + CLOSE);
      String answers = gateway.talk(all.toString());
      int at = 0;
      for (int i = 0; i < 50; i++) {
        int next = answers.indexOf("\r\n\r\n/" + i + (i % 3 == 2 ? ":" : ":hi"), at);
        assertThat(next).as("answer " + i).isGreaterThan(at);
        at = next;
      }
      assertThat(answers.substring(at)).contains("HTTP/1.1 404").endsWith("/:");
    }
  }

  @Test
  void keepsConnectionsToUpstreams() throws IOException {
    try (Upstream upstream = Upstream.saying("ok");
        TestGateway gateway = TestGateway.with(c -> c.withEventLoops(1), upstream.pod("a"))) {
      for (int i = 0; i < 20; i++) {
        gateway.talk(GET + CLOSE);
      }
      assertThat(upstream.connections).hasValue(1);
    }
  }

  @Test
  void trailersAndChunksPassBothWays() throws IOException {
    try (Upstream upstream =
            Upstream.of(
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n"
                    + "5;ext=\"1\"\r\nhello\r\n1\r\n!\r\n0\r\nX-Sum: 6\r\nContent-Length: 7\r\n\r\n");
        TestGateway gateway = TestGateway.serving(upstream.pod("a"))) {
      String answer =
          gateway.talk(
              "POST / HTTP/1.1\r\nHost: shop.test\r\nTransfer-Encoding: chunked\r\n"
                  + "Connection: close\r\n\r\n3\r\nabc\r\n0\r\nX-T: 1\r\nHost: evil\r\n\r\n");
      assertThat(answer)
          .contains("Transfer-Encoding: chunked\r\n")
          .contains("Trailer: X-Sum\r\n")
          .endsWith("5\r\nhello\r\n1\r\n!\r\n0\r\nX-Sum: 6\r\n\r\n");
      assertThat(upstream.requests.getFirst().body()).isEqualTo("abc[X-T: 1]");
    }
  }

  @Test
  void answerUntilCloseBecomesChunked() throws IOException {
    String answer = answerOf("HTTP/1.1 200 OK\r\nX: y\r\n\r\nall of it", GET + CLOSE);
    assertThat(answer)
        .contains("Transfer-Encoding: chunked\r\n")
        .endsWith("\r\n9\r\nall of it\r\n0\r\n\r\n");
  }

  @Test
  void http10ClientsGetNoChunks() throws IOException {
    String request = "GET / HTTP/1.0\r\nHost: shop.test\r\n\r\n";
    String chunked =
        answerOf(
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n", request);
    assertThat(chunked)
        .contains("\r\nConnection: close\r\n")
        .doesNotContain("Transfer-Encoding")
        .endsWith("\r\n\r\nab");
    assertThat(answerOf("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nab", request))
        .endsWith("\r\n\r\nab");
  }

  @Test
  void http10KeepAlive() throws IOException {
    try (Upstream upstream = Upstream.saying("ok");
        TestGateway gateway = TestGateway.serving(upstream.pod("a"))) {
      String answers =
          gateway.talk(
              "GET / HTTP/1.0\r\nHost: shop.test\r\nConnection: keep-alive\r\n\r\n"
                  + "GET / HTTP/1.0\r\nHost: shop.test\r\n\r\n");
      assertThat(answers).contains("\r\nConnection: keep-alive\r\n").endsWith("ok");
      assertThat(upstream.requests).hasSize(2);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "HEAD, '200 OK', true",
    "GET, '304 Not Modified', true",
    "GET, '204 No Content', false",
  })
  void bodylessAnswers(String method, String status, boolean lengthPasses) throws IOException {
    try (Upstream upstream =
            Upstream.of("HTTP/1.1 " + status + "\r\nContent-Length: 5\r\nETag: \"x\"\r\n\r\n");
        TestGateway gateway = TestGateway.serving(upstream.pod("a"))) {
      String one = method + " / HTTP/1.1\r\nHost: shop.test\r\n";
      String answers = gateway.talk(one + "\r\n" + one + CLOSE);
      assertThat(answers.split("HTTP/1.1 " + status, -1)).hasSize(3);
      assertThat(answers.contains("Content-Length: 5")).isEqualTo(lengthPasses);
      assertThat(answers).endsWith("\r\n\r\n");
    }
  }

  @Test
  void expectContinueIsAnsweredByTheUpstream() throws IOException {
    try (Upstream upstream =
            new Upstream(
                (request, socket) -> {
                  Upstream.write(socket, "HTTP/1.1 100 Continue\r\n\r\n");
                  String body = Upstream.readBody(request, socket.getInputStream());
                  Upstream.write(
                      socket,
                      "HTTP/1.1 200 OK\r\nContent-Length: " + body.length() + "\r\n\r\n" + body);
                  return false;
                });
        TestGateway gateway = TestGateway.serving(upstream.pod("a"));
        Socket socket = gateway.connect()) {
      Upstream.write(
          socket,
          "PUT / HTTP/1.1\r\nHost: shop.test\r\nExpect: 100-continue\r\nContent-Length: 4\r\nConnection: close\r\n\r\n");
      InputStream in = socket.getInputStream();
      assertThat(Upstream.readHead(in)).isEqualTo("HTTP/1.1 100 Continue\r\n\r\n");
      Upstream.write(socket, "body");
      assertThat(new String(in.readAllBytes(), StandardCharsets.ISO_8859_1))
          .startsWith("HTTP/1.1 200 OK")
          .endsWith("body");
    }
  }

  @Test
  void expectationRefusedByTheUpstreamEndsTheConnection() throws IOException {
    String answer =
        answerOf(
            "HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\n\r\nno",
            "PUT / HTTP/1.1\r\nHost: shop.test\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n");
    assertThat(answer)
        .startsWith("HTTP/1.1 413 Too Large")
        .contains("\r\nConnection: close\r\n")
        .endsWith("no");
  }

  @Test
  void anEarlyAnswerToALargeBodyArrives() throws IOException {
    try (Upstream upstream =
            new Upstream(
                (request, socket) -> {
                  Upstream.write(socket, "HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\n\r\nno");
                  return false; // closes with the body unread
                });
        TestGateway gateway = TestGateway.serving(upstream.pod("a"));
        Socket socket = gateway.connect()) {
      Upstream.write(
          socket,
          "PUT / HTTP/1.1\r\nHost: shop.test\r\nExpect: 100-continue\r\nContent-Length: 50000000\r\n\r\n");
      Upstream.write(socket, "x".repeat(200_000));
      InputStream in = socket.getInputStream();
      assertThat(Upstream.readHead(in)).startsWith("HTTP/1.1 413");
      assertThat(new String(in.readNBytes(2), StandardCharsets.ISO_8859_1)).isEqualTo("no");
    }
  }

  @Test
  void interimAnswersPass() throws IOException {
    String answer =
        answerOf(
            "HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
            GET + CLOSE);
    assertThat(answer)
        .startsWith("HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\nHTTP/1.1 200 OK\r\n");
  }

  @Test
  void theAnswersOwnHopFieldsDoNotPassAndADateIsAdded() throws IOException {
    String answer =
        answerOf(
            "HTTP/1.1 200 Very Fine\r\nConnection: x-hop\r\nX-Hop: 1\r\nKeep-Alive: timeout=5\r\n"
                + "Server: s\r\nSet-Cookie: a\r\nSet-Cookie: b\r\nContent-Length: 0\r\n\r\n",
            GET + "\r\n" + GET + CLOSE);
    assertThat(answer)
        .startsWith(
            "HTTP/1.1 200 Very Fine\r\nServer: s\r\nSet-Cookie: a\r\nSet-Cookie: b\r\n"
                + "Content-Length: 0\r\nDate: ")
        .doesNotContain("X-Hop")
        .doesNotContain("timeout=5");
  }

  @Test
  void unknownHostsAndPathsGetAPage() throws IOException {
    try (TestGateway gateway = TestGateway.serving()) {
      String html = gateway.talk("GET / HTTP/1.1\r\nHost: other.test\r\n" + CLOSE);
      assertThat(html)
          .startsWith("HTTP/1.1 404 Not Found\r\nContent-Type: text/html; charset=utf-8\r\n")
          .contains("The host other.test is not known here.")
          .doesNotContain("shop.test");
      String json =
          gateway.talk(
              "GET / HTTP/1.1\r\nHost: other.test\r\nAccept: application/json\r\nX-Request-Id: r1\r\n"
                  + CLOSE);
      assertThat(json)
          .contains("Content-Type: application/problem+json\r\n")
          .endsWith(
              "{\"title\":\"Not Found\",\"status\":404,\"detail\":\"The host other.test is not known"
                  + " here.\",\"requestId\":\"r1\"}\n");
      assertThat(gateway.talk("HEAD / HTTP/1.1\r\nHost: other.test\r\n" + CLOSE))
          .endsWith("\r\n\r\n");
      assertThat(gateway.gateway.unrouted()).isEqualTo(3);
    }
  }

  @Test
  void countsAndLogs() throws Exception {
    BlockingQueue<AccessLog.Entry> log = new LinkedBlockingQueue<>();
    try (Upstream upstream = Upstream.saying("hello");
        TestGateway gateway = TestGateway.with(c -> c.withAccessLog(log::add), upstream.pod("a"))) {
      gateway.talk(
          "POST /p?q HTTP/1.1\r\nHost: shop.test\r\nX-Request-Id: r1\r\nContent-Length: 3\r\n"
              + "Connection: close\r\n\r\nabc");
      AccessLog.Entry entry = log.take();
      assertThat(entry.method()).isEqualTo("POST");
      assertThat(entry.target()).isEqualTo("/p?q");
      assertThat(entry.status()).isEqualTo(200);
      assertThat(entry.bytesIn()).isEqualTo(3);
      assertThat(entry.bytesOut()).isEqualTo(5);
      assertThat(entry.endpoint()).isEqualTo("127.0.0.1:" + upstream.port());
      assertThat(entry.ingress()).isEqualTo("shop/web");
      assertThat(entry.requestId()).isEqualTo("r1");
      RouteCounters counters = gateway.gateway.routes().getFirst();
      assertThat(counters.requests()).isEqualTo(1);
      assertThat(counters.succeeded()).isEqualTo(1);
      assertThat(counters.bytesOut()).isEqualTo(5);
    }
  }
}
