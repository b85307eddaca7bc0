package dev.naru.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** When a request is sent again, and when it must not be. */
@SuppressWarnings("StringConcatToTextBlock") // line ends are tested: they stay in sight
class RetryTest {
  private static String get(String host) {
    return "GET / HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n";
  }

  private static String request(String method, int body) {
    return method
        + " / HTTP/1.1\r\nHost: shop.test\r\nConnection: close\r\nContent-Length: "
        + body
        + "\r\n\r\n"
        + "x".repeat(body);
  }

  /** A pod that reads a request and closes. */
  private static Upstream closing() throws IOException {
    return new Upstream((request, socket) -> false);
  }

  /** A port on which nothing listens. */
  private static int deadPort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"GET", "POST", "PATCH", "PUT", "DELETE"})
  void aRefusedConnectIsAlwaysTriedElsewhere(String method) throws IOException {
    try (Upstream alive = Upstream.saying("ok");
        TestGateway gateway =
            TestGateway.serving(
                Cluster.Pod.ready("d1", deadPort()),
                Cluster.Pod.ready("d2", deadPort()),
                alive.pod("a"))) {
      for (int i = 0; i < 10; i++) {
        assertThat(gateway.talk(request(method, 3))).endsWith("ok");
      }
      assertThat(alive.requests).hasSize(10).allMatch(r -> r.body().equals("xxx"));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"GET", "HEAD", "OPTIONS", "PUT", "DELETE"})
  void idempotentWithoutBodyIsSentOnceMore(String method) throws IOException {
    AtomicInteger count = new AtomicInteger();
    try (Upstream upstream =
            new Upstream(
                (request, socket) -> {
                  if (count.incrementAndGet() == 1) {
                    return false;
                  }
                  Upstream.write(socket, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
                  return true;
                });
        TestGateway gateway = TestGateway.serving(upstream.pod("a"))) {
      assertThat(gateway.talk(request(method, 0))).startsWith("HTTP/1.1 200");
      assertThat(gateway.gateway.routes().getFirst().retries()).isEqualTo(1);
    }
  }

  @Test
  void idempotentIsSentTwiceAtMost() throws IOException {
    try (Upstream upstream = closing();
        TestGateway gateway = TestGateway.serving(upstream.pod("a"))) {
      assertThat(gateway.talk(get("shop.test"))).startsWith("HTTP/1.1 502");
      assertThat(upstream.requests).hasSize(2);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"POST 0", "POST 3", "PATCH 0", "PUT 3", "DELETE 3", "MYOWN 0"})
  void whatMayHaveBeenProcessedIsNeverSentAgain(String what) throws IOException {
    String[] parts = what.split(" ");
    try (Upstream dying = closing();
        TestGateway gateway = TestGateway.serving(dying.pod("a"), dying.pod("b"))) {
      assertThat(gateway.talk(request(parts[0], Integer.parseInt(parts[1]))))
          .startsWith("HTTP/1.1 502")
          .contains("The request may have been processed.");
      assertThat(dying.requests).hasSize(1);
    }
  }

  @Test
  void aClosedIdleConnectionIsNoFailureForGetAndNeverUsedForPost() throws IOException {
    try (Upstream upstream =
            new Upstream(
                (request, socket) -> {
                  // keeps by its words, closes by its deeds, as a server whose idle time has run
                  // out
                  Upstream.write(socket, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
                  return false;
                });
        TestGateway gateway = TestGateway.with(c -> c.withEventLoops(1), upstream.pod("a"));
        Socket socket = gateway.connect()) {
      for (int i = 0; i < 200; i++) {
        String method = i % 2 == 0 ? "GET" : "POST";
        Upstream.write(
            socket, method + " / HTTP/1.1\r\nHost: shop.test\r\nContent-Length: 0\r\n\r\n");
        assertThat(Upstream.readHead(socket.getInputStream())).startsWith("HTTP/1.1 200");
        assertThat(socket.getInputStream().readNBytes(2)).hasSize(2);
      }
      assertThat(upstream.requests.stream().filter(r -> r.method().equals("POST"))).hasSize(100);
    }
  }

  @Test
  void anEndpointThatKeepsItsPromisesEarnsReuseForPostsAndLosesItByOneBroken() throws IOException {
    AtomicInteger closeAfter = new AtomicInteger(Integer.MAX_VALUE);
    try (Upstream upstream =
            new Upstream(
                (request, socket) -> {
                  Upstream.write(socket, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
                  return closeAfter.decrementAndGet() != 0;
                });
        TestGateway gateway = TestGateway.with(c -> c.withEventLoops(1), upstream.pod("a"));
        Socket socket = gateway.connect()) {
      exchange(socket, "GET", IdleConnections.TRUST_AFTER + 1);
      exchange(socket, "POST", 200);
      assertThat(upstream.connections).as("most POSTs reuse").hasValueLessThan(100);
      closeAfter.set(1);
      exchange(socket, "GET", 1);
      exchange(socket, "GET", 1); // sent again on a fresh connection if the close came too late
      int before = upstream.connections.get();
      exchange(socket, "POST", 20);
      assertThat(upstream.connections).as("no POST reuses").hasValue(before + 20);
    }
  }

  private static void exchange(Socket socket, String method, int times) throws IOException {
    for (int i = 0; i < times; i++) {
      Upstream.write(
          socket, method + " / HTTP/1.1\r\nHost: shop.test\r\nContent-Length: 0\r\n\r\n");
      assertThat(Upstream.readHead(socket.getInputStream())).startsWith("HTTP/1.1 200");
    }
  }

  @Test
  void nothingIsSentAgainAfterTheAnswerBegan() throws IOException {
    try (Upstream upstream =
            new Upstream(
                (request, socket) -> {
                  Upstream.write(socket, "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\npart");
                  return false;
                });
        TestGateway gateway = TestGateway.serving(upstream.pod("a"))) {
      try {
        assertThat(gateway.talk(get("shop.test"))).doesNotContain("502");
      } catch (java.net.SocketException e) {
        assertThat(e).hasMessageContaining("reset");
      }
      assertThat(upstream.requests).hasSize(1);
    }
  }
}
