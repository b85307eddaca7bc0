package dev.naru.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What is slow ends; each timeout is short here, and how long it took is not looked at. */
class TimeoutTest {
  private static final Duration SHORT = Duration.ofMillis(400);
  private static final Duration LONG = Duration.ofMinutes(5);

  private static GatewayConfig config(
      GatewayConfig c, Duration head, Duration idle, Duration response, Duration stream) {
    return c.withTimeouts(new GatewayConfig.Timeouts(LONG, head, idle, LONG, response, stream));
  }

  private static String read(Socket socket) throws IOException {
    return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
  }

  @Test
  void aHeadThatDoesNotEnd() throws IOException {
    try (TestGateway gateway = TestGateway.with(c -> config(c, SHORT, LONG, LONG, LONG));
        Socket socket = gateway.connect()) {
      Upstream.write(socket, "GET / HTTP/1.1\r\nHost: shop.test\r\nX: ");
      assertThat(read(socket)).startsWith("HTTP/1.1 408 Request Timeout");
    }
  }

  @Test
  void aClientThatSaysNothing() throws IOException {
    try (TestGateway gateway = TestGateway.with(c -> config(c, SHORT, LONG, LONG, LONG));
        Socket socket = gateway.connect()) {
      assertThat(read(socket)).isEmpty();
    }
  }

  @Test
  void aClientWithNothingMoreToSay() throws IOException {
    try (Upstream upstream = Upstream.saying("ok");
        TestGateway gateway =
            TestGateway.with(c -> config(c, LONG, SHORT, LONG, LONG), upstream.pod("a"));
        Socket socket = gateway.connect()) {
      Upstream.write(socket, "GET / HTTP/1.1\r\nHost: shop.test\r\n\r\n");
      assertThat(read(socket)).startsWith("HTTP/1.1 200 OK").endsWith("ok");
    }
  }

  @Test
  void aBodyThatDoesNotCome() throws IOException {
    try (Upstream upstream = Upstream.saying("ok");
        TestGateway gateway =
            TestGateway.with(c -> config(c, LONG, LONG, LONG, SHORT), upstream.pod("a"));
        Socket socket = gateway.connect()) {
      Upstream.write(
          socket, "POST / HTTP/1.1\r\nHost: shop.test\r\nContent-Length: 10\r\n\r\nhalf");
      assertThat(read(socket)).startsWith("HTTP/1.1 408 Request Timeout");
      assertThat(upstream.requests).isEmpty();
    }
  }

  @Test
  void anAnswerThatDoesNotCome() throws IOException {
    try (Upstream upstream =
            new Upstream(
                (request, socket) -> {
                  assertThat(socket.getInputStream().read()).isNegative(); // waits for the end
                  return false;
                });
        TestGateway gateway =
            TestGateway.with(c -> config(c, LONG, LONG, SHORT, LONG), upstream.pod("a"));
        Socket socket = gateway.connect()) {
      Upstream.write(socket, "GET / HTTP/1.1\r\nHost: shop.test\r\nConnection: close\r\n\r\n");
      assertThat(read(socket))
          .startsWith("HTTP/1.1 504 Gateway Timeout")
          .contains("A pod of Service shop/web did not answer in time.");
      TestGateway.await("it arrived", () -> !upstream.requests.isEmpty());
      assertThat(upstream.requests).as("never sent again").hasSize(1);
    }
  }

  @Test
  void anAnswerThatStops() throws IOException {
    try (Upstream upstream =
            new Upstream(
                (request, socket) -> {
                  Upstream.write(socket, "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf");
                  assertThat(socket.getInputStream().read()).isNegative();
                  return false;
                });
        TestGateway gateway =
            TestGateway.with(c -> config(c, LONG, LONG, LONG, SHORT), upstream.pod("a"));
        Socket socket = gateway.connect()) {
      Upstream.write(socket, "GET / HTTP/1.1\r\nHost: shop.test\r\n\r\n");
      String answer;
      try {
        answer = read(socket);
      } catch (java.net.SocketException e) {
        answer = "reset";
      }
      assertThat(answer).doesNotContain("504");
      TestGateway.await("nothing is in flight", () -> gateway.gateway.inFlight() == 0);
    }
  }
}
