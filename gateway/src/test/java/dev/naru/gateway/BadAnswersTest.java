package dev.naru.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What an upstream may not say: a client gets 502, or a connection that is visibly cut. */
@SuppressWarnings("StringConcatToTextBlock") // line ends are tested: they stay in sight
class BadAnswersTest {
  private static final String POST =
      "POST / HTTP/1.1\r\nHost: shop.test\r\nContent-Length: 1\r\nConnection: close\r\n\r\nx";

  @ParameterizedTest
  @ValueSource(
      strings = {
        "nonsense\r\n\r\n",
        "HTTP/2.0 200 OK\r\n\r\n",
        "HTTP/1.1 20 OK\r\n\r\n",
        "HTTP/1.1 2000 OK\r\n\r\n",
        "HTTP/1.1 999 OK\r\n\r\n",
        "HTTP/1.1 200 OK\nContent-Length: 0\n\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nx",
        "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n",
        "HTTP/1.1 200 OK\r\nX: a\r\n b\r\n\r\n",
        "HTTP/1.1 200 OK\r\nX : a\r\n\r\n",
        "HTTP/1.1 200 OK\r\nX: a\u0000b\r\n\r\n",
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n",
        "HTTP/1.1 200 OK\r\nX-Cut: ",
        "",
      })
  void becomes502(String answer) throws IOException {
    try (Upstream upstream =
            new Upstream(
                (request, socket) -> {
                  Upstream.write(socket, answer);
                  return false;
                });
        TestGateway gateway = TestGateway.serving(upstream.pod("a"))) {
      assertThat(gateway.talk(POST)).startsWith("HTTP/1.1 502 Bad Gateway\r\n");
      assertThat(upstream.requests).as("a POST is sent once").hasSize(1);
      assertThat(gateway.gateway.inFlight()).isZero();
    }
  }

  @Test
  void aTooLargeHeadIs502() throws IOException {
    try (Upstream upstream =
            Upstream.of("HTTP/1.1 200 OK\r\nX: " + "x".repeat(40_000) + "\r\n\r\n");
        TestGateway gateway = TestGateway.serving(upstream.pod("a"))) {
      assertThat(gateway.talk(POST)).startsWith("HTTP/1.1 502");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nzz\r\n",
      })
  void aCutBodyIsCutForTheClientToo(String answer) throws IOException {
    try (Upstream upstream =
            new Upstream(
                (request, socket) -> {
                  Upstream.write(socket, answer);
                  return false;
                });
        TestGateway gateway = TestGateway.serving(upstream.pod("a"))) {
      String seen;
      try {
        seen = gateway.talk(POST);
      } catch (java.net.SocketException e) {
        seen = "reset";
      }
      assertThat(seen).doesNotContain("502").doesNotEndWith("0\r\n\r\n");
    }
  }

  @Test
  void anAnswerNobodyAskedForIsNotGivenToTheNextRequest() throws IOException {
    try (Upstream upstream =
            Upstream.of(
                "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
                    + "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil");
        TestGateway gateway = TestGateway.serving(upstream.pod("a"))) {
      String get = "GET / HTTP/1.1\r\nHost: shop.test\r\n\r\n";
      String last = "GET / HTTP/1.1\r\nHost: shop.test\r\nConnection: close\r\n\r\n";
      assertThat(gateway.talk(get + get + last)).doesNotContain("evil").contains("ok");
    }
  }
}
