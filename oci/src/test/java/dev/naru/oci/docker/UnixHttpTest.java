package dev.naru.oci.docker;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.EOFException;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Against a server that reads the head of a request only, answers and closes at once. */
@Timeout(60)
class UnixHttpTest {
  @TempDir Path folder;

  private String exchange(String answer) throws Exception {
    Path socket = folder.resolve("s.sock");
    try (ServerSocketChannel listening = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      listening.bind(UnixDomainSocketAddress.of(socket));
      FutureTask<Void> serving =
          new FutureTask<>(
              () -> {
                serve(listening, answer);
                return null;
              });
      Thread.ofVirtual().start(serving);
      try (UnixHttp http = UnixHttp.connect(socket)) {
        UnixHttp.Answer got = http.send("GET", "/", Map.of(), out -> {});
        assertThat(got.status()).isEqualTo(200);
        // Reads only when the connection has ended, with its last chunk unread over there.
        serving.get();
        return new String(got.body().readAllBytes(), UTF_8);
      } finally {
        serving.get();
      }
    }
  }

  private static void serve(ServerSocketChannel listening, String answer) throws IOException {
    try (SocketChannel channel = listening.accept();
        Selector selector = Selector.open()) {
      StringBuilder head = new StringBuilder();
      ByteBuffer one = ByteBuffer.allocate(1);
      while (head.indexOf("\r\n\r\n") < 0) {
        channel.read(one.clear());
        head.append((char) one.get(0));
      }
      channel.configureBlocking(false);
      channel.register(selector, SelectionKey.OP_READ);
      selector.select();
      channel.write(ByteBuffer.wrap(answer.getBytes(UTF_8)));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nwhole",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nwh\r\n3\r\nole\r\n0\r\n\r\n"
      })
  void anAnswerIsWholeAlsoWhenTheRequestWasNotReadToItsEnd(String answer) throws Exception {
    assertThat(exchange(answer)).isEqualTo("whole");
  }

  @Test
  void anAnswerMayBeEmpty() throws Exception {
    assertThat(exchange("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\npart",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\npart",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\npart\r\n"
      })
  void anAnswerThatWasCutOffIsNone(String answer) {
    assertThatThrownBy(() -> exchange(answer)).isInstanceOf(IOException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "HTTP/1.1 200 OK\r\n\r\nwho knows",
        "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n",
        "SSH-2.0-OpenSSH\r\n\r\n"
      })
  void whatIsNoAnswerIsSaid(String answer) {
    assertThatThrownBy(() -> exchange(answer))
        .isInstanceOf(IOException.class)
        .isNotInstanceOf(EOFException.class)
        .hasMessageStartingWith("the answer ");
  }
}
