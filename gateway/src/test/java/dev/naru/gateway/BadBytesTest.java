package dev.naru.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What must never reach an upstream: the inputs of request smuggling (RFC 9112 section 11.2). */
@SuppressWarnings("StringConcatToTextBlock") // line ends are tested: they stay in sight
class BadBytesTest {
  private static final String H = "Host: shop.test\r\n";
  private static final String SECOND = "GET /smuggled HTTP/1.1\r\n" + H + "\r\n";

  private static Upstream upstream;
  private static TestGateway gateway;

  @BeforeAll
  static void start() throws IOException {
    upstream = Upstream.saying("reached");
    gateway = TestGateway.serving(upstream.pod("a"));
  }

  @AfterAll
  static void stop() throws IOException {
    gateway.close();
    upstream.close();
  }

  static Stream<Arguments> heads() {
    return Stream.of(
        bad(
            400,
            "both lengths",
            "POST / HTTP/1.1\r\n"
                + H
                + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
        bad(
            400,
            "both, other order",
            "POST / HTTP/1.1\r\n"
                + H
                + "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n"),
        bad(
            400,
            "two lengths",
            "POST / HTTP/1.1\r\n" + H + "Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello"),
        bad(
            400,
            "two equal lengths",
            "POST / HTTP/1.1\r\n" + H + "Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello"),
        bad(400, "length list", "POST / HTTP/1.1\r\n" + H + "Content-Length: 5, 5\r\n\r\nhello"),
        bad(400, "signed length", "POST / HTTP/1.1\r\n" + H + "Content-Length: +5\r\n\r\nhello"),
        bad(400, "negative length", "POST / HTTP/1.1\r\n" + H + "Content-Length: -1\r\n\r\n"),
        bad(400, "hex length", "POST / HTTP/1.1\r\n" + H + "Content-Length: 0x5\r\n\r\nhello"),
        bad(400, "empty length", "POST / HTTP/1.1\r\n" + H + "Content-Length:\r\n\r\n"),
        bad(
            400,
            "huge length",
            "POST / HTTP/1.1\r\n" + H + "Content-Length: 99999999999999999999\r\n\r\n"),
        bad(
            400,
            "length with blank inside",
            "POST / HTTP/1.1\r\n" + H + "Content-Length: 5 5\r\n\r\nhello"),
        bad(400, "unknown coding", "POST / HTTP/1.1\r\n" + H + "Transfer-Encoding: gzip\r\n\r\n"),
        bad(
            400,
            "chunked not alone",
            "POST / HTTP/1.1\r\n" + H + "Transfer-Encoding: chunked, identity\r\n\r\n"),
        bad(
            400,
            "gzip then chunked",
            "POST / HTTP/1.1\r\n" + H + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n"),
        bad(
            400,
            "twice chunked",
            "POST / HTTP/1.1\r\n"
                + H
                + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
        bad(400, "xchunked", "POST / HTTP/1.1\r\n" + H + "Transfer-Encoding: xchunked\r\n\r\n"),
        bad(
            400,
            "quoted chunked",
            "POST / HTTP/1.1\r\n" + H + "Transfer-Encoding: \"chunked\"\r\n\r\n"),
        bad(
            400,
            "vertical tab before chunked",
            "POST / HTTP/1.1\r\n" + H + "Transfer-Encoding: \u000bchunked\r\n\r\n"),
        bad(
            400,
            "coding in 1.0",
            "POST / HTTP/1.0\r\n" + H + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
        bad(
            400,
            "blank before colon",
            "POST / HTTP/1.1\r\n" + H + "Content-Length : 5\r\n\r\nhello"),
        bad(
            400,
            "tab before colon",
            "POST / HTTP/1.1\r\n" + H + "Transfer-Encoding\t: chunked\r\n\r\n"),
        bad(400, "folded", "POST / HTTP/1.1\r\n" + H + "X: a\r\n b\r\n\r\n"),
        bad(400, "folded with tab", "POST / HTTP/1.1\r\n" + H + "X: a\r\n\tb\r\n\r\n"),
        bad(400, "blank before first field", "GET / HTTP/1.1\r\n " + H + "\r\n"),
        bad(400, "no colon", "GET / HTTP/1.1\r\n" + H + "X\r\n\r\n"),
        bad(400, "empty name", "GET / HTTP/1.1\r\n" + H + ": x\r\n\r\n"),
        bad(400, "name with NUL", "GET / HTTP/1.1\r\n" + H + "X\u0000: x\r\n\r\n"),
        bad(400, "value with NUL", "GET / HTTP/1.1\r\n" + H + "X: a\u0000b\r\n\r\n"),
        bad(
            400,
            "value with bare CR",
            "GET / HTTP/1.1\r\n" + H + "X: a\rTransfer-Encoding: chunked\r\n\r\n"),
        bad(400, "bare LF after a field", "GET / HTTP/1.1\r\n" + H + "X: a\nY: b\r\n\r\n"),
        bad(400, "bare LF after the request line", "GET / HTTP/1.1\n" + H + "\r\n"),
        bad(400, "only LF", "GET / HTTP/1.1\nHost: shop.test\n\n"),
        bad(400, "LF ends the head", "GET / HTTP/1.1\r\n" + H + "\n"),
        bad(400, "CR CR LF", "GET / HTTP/1.1\r\r\n" + H + "\r\n"),
        bad(400, "no host", "GET / HTTP/1.1\r\n\r\n"),
        bad(400, "two hosts", "GET / HTTP/1.1\r\n" + H + "Host: other.test\r\n\r\n"),
        bad(400, "two equal hosts", "GET / HTTP/1.1\r\n" + H + H + "\r\n"),
        bad(400, "host with path", "GET / HTTP/1.1\r\nHost: shop.test/x\r\n\r\n"),
        bad(400, "host with user", "GET / HTTP/1.1\r\nHost: a@shop.test\r\n\r\n"),
        bad(400, "host with blank", "GET / HTTP/1.1\r\nHost: shop.test other\r\n\r\n"),
        bad(400, "host with comma", "GET / HTTP/1.1\r\nHost: shop.test, other\r\n\r\n"),
        bad(400, "host port not a number", "GET / HTTP/1.1\r\nHost: shop.test:80a\r\n\r\n"),
        bad(400, "host port too large", "GET / HTTP/1.1\r\nHost: shop.test:65536\r\n\r\n"),
        bad(400, "host of bare port", "GET / HTTP/1.1\r\nHost: :80\r\n\r\n"),
        bad(400, "broken IPv6 host", "GET / HTTP/1.1\r\nHost: [::1\r\n\r\n"),
        bad(400, "absolute form, other host", "GET http://other.test/ HTTP/1.1\r\n" + H + "\r\n"),
        bad(400, "absolute form, other port", "GET http://shop.test:81/ HTTP/1.1\r\n" + H + "\r\n"),
        bad(400, "absolute form, no host", "GET http:/// HTTP/1.1\r\n" + H + "\r\n"),
        bad(400, "absolute form, https", "GET https://shop.test/ HTTP/1.1\r\n" + H + "\r\n"),
        bad(400, "authority form", "GET shop.test:80 HTTP/1.1\r\n" + H + "\r\n"),
        bad(400, "star with GET", "GET * HTTP/1.1\r\n" + H + "\r\n"),
        bad(400, "blank in target", "GET /a b HTTP/1.1\r\n" + H + "\r\n"),
        bad(400, "two blanks", "GET  / HTTP/1.1\r\n" + H + "\r\n"),
        bad(400, "tab in request line", "GET\t/ HTTP/1.1\r\n" + H + "\r\n"),
        bad(400, "blank after version", "GET / HTTP/1.1 \r\n" + H + "\r\n"),
        bad(400, "NUL in target", "GET /\u0000 HTTP/1.1\r\n" + H + "\r\n"),
        bad(400, "fragment", "GET /#a HTTP/1.1\r\n" + H + "\r\n"),
        bad(400, "path above the root", "GET /../x HTTP/1.1\r\n" + H + "\r\n"),
        bad(400, "escaped path above the root", "GET /%2e%2E/x HTTP/1.1\r\n" + H + "\r\n"),
        bad(400, "broken escape", "GET /%zz HTTP/1.1\r\n" + H + "\r\n"),
        bad(400, "escaped NUL", "GET /%00 HTTP/1.1\r\n" + H + "\r\n"),
        bad(400, "no version", "GET /\r\n" + H + "\r\n"),
        bad(400, "lower case version", "GET / http/1.1\r\n" + H + "\r\n"),
        bad(505, "version 2", "GET / HTTP/2.0\r\n" + H + "\r\n"),
        bad(505, "version 1.2", "GET / HTTP/1.2\r\n" + H + "\r\n"),
        bad(505, "HTTP/2 preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
        bad(400, "TLS", "\u0016\u0003\u0001\u0002\u0000\u0001\u0000\r\n\r\n"),
        bad(405, "CONNECT", "CONNECT shop.test:80 HTTP/1.1\r\n" + H + "\r\n"),
        bad(405, "TRACE", "TRACE / HTTP/1.1\r\n" + H + "\r\n"),
        bad(
            417,
            "unknown expectation",
            "POST / HTTP/1.1\r\n" + H + "Expect: 200-ok\r\nContent-Length: 5\r\n\r\nhello"),
        bad(400, "connection list broken", "GET / HTTP/1.1\r\n" + H + "Connection: a b;c\r\n\r\n"),
        bad(431, "too large", "GET / HTTP/1.1\r\n" + H + "X: " + "x".repeat(40_000) + "\r\n\r\n"),
        bad(431, "too many fields", "GET / HTTP/1.1\r\n" + H + "X: y\r\n".repeat(300) + "\r\n"));
  }

  private static Arguments bad(int status, String name, String bytes) {
    return Arguments.of(name, status, bytes);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("heads")
  void refusedAndClosed(String name, int status, String bytes) throws IOException {
    int before = upstream.requests.size();
    String answer = gateway.talk(bytes + SECOND);
    assertThat(answer).startsWith("HTTP/1.1 " + status + " ").contains("\r\nConnection: close\r\n");
    assertThat(answer.substring(1)).as("one answer only").doesNotContainPattern("HTTP/1.1 \\d");
    assertThat(upstream.requests).as("nothing reached the upstream").hasSize(before);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("heads")
  void refusedAlsoByteByByte(String name, int status, String bytes) throws IOException {
    if (bytes.length() > 300) {
      return; // a large head is cut by TCP anyway
    }
    int before = upstream.requests.size();
    try (Socket socket = gateway.connect()) {
      for (byte b : bytes.getBytes(StandardCharsets.ISO_8859_1)) {
        socket.getOutputStream().write(b);
        socket.getOutputStream().flush();
      }
      String answer =
          new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
      assertThat(answer).startsWith("HTTP/1.1 " + status + " ");
    } catch (java.net.SocketException e) {
      // refused before the last byte was written: then the answer may be lost to the reset
      assertThat(e).hasMessageMatching("(?i).*(reset|broken pipe).*");
    }
    assertThat(upstream.requests).hasSize(before);
  }

  static Stream<Arguments> chunks() {
    return Stream.of(
        Arguments.of("no size", "\r\nhello\r\n0\r\n\r\n"),
        Arguments.of("not hex", "g\r\nhello\r\n0\r\n\r\n"),
        Arguments.of("prefixed", "0x5\r\nhello\r\n0\r\n\r\n"),
        Arguments.of("signed", "+5\r\nhello\r\n0\r\n\r\n"),
        Arguments.of("negative", "-5\r\nhello\r\n0\r\n\r\n"),
        Arguments.of("overflow", "fffffffffffffffff\r\nhello"),
        Arguments.of("many zeros", "0000000000000000000005\r\nhello\r\n0\r\n\r\n"),
        Arguments.of("blank after size", "5 \r\nhello\r\n0\r\n\r\n"),
        Arguments.of("blank before size", " 5\r\nhello\r\n0\r\n\r\n"),
        Arguments.of("LF after size", "5\nhello\r\n0\r\n\r\n"),
        Arguments.of("CR without LF after size", "5\rhello\r\n0\r\n\r\n"),
        Arguments.of("data too long", "5\r\nhello!\r\n0\r\n\r\n"),
        Arguments.of("LF after data", "5\r\nhello\n0\r\n\r\n"),
        Arguments.of("nothing after data", "5\r\nhello0\r\n\r\n"),
        Arguments.of("LF in extension", "5;a\nb\r\nhello\r\n0\r\n\r\n"),
        Arguments.of("NUL in extension", "5;\u0000\r\nhello\r\n0\r\n\r\n"),
        Arguments.of("endless extension", "5;" + "a".repeat(2000) + "\r\nhello\r\n0\r\n\r\n"),
        Arguments.of("bad trailer", "0\r\nX : y\r\n\r\n"),
        Arguments.of("LF in trailers", "0\r\nX: y\n\r\n"),
        Arguments.of("folded trailer", "0\r\nX: y\r\n z\r\n\r\n"),
        Arguments.of("huge trailers", "0\r\nX: " + "y".repeat(40_000) + "\r\n\r\n"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("chunks")
  void brokenChunksCloseBothSides(String name, String body) throws IOException {
    String head = "POST / HTTP/1.1\r\n" + H + "Transfer-Encoding: chunked\r\n\r\n";
    int before = upstream.requests.size();
    String answer = gateway.talk(head + body + SECOND);
    assertThat(answer).matches("(?s)HTTP/1.1 4(00|31) .*");
    assertThat(answer.substring(1)).doesNotContainPattern("HTTP/1.1 \\d");
    assertThat(upstream.requests).as("no whole request came through").hasSize(before);
  }

  @Test
  void emptyLinesBeforeARequestArePassedOver() throws IOException {
    try (Socket socket = gateway.connect()) {
      for (byte b : "\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1)) {
        socket.getOutputStream().write(b);
        socket.getOutputStream().flush();
      }
      Upstream.write(socket, "\r\nGET / HTTP/1.1\r\n" + H + "Connection: close\r\n\r\n");
      assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1))
          .endsWith("reached");
    }
  }
}
