package dev.naru.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Base64;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@SuppressWarnings("StringConcatToTextBlock") // line ends are tested: they stay in sight
@Timeout(60) // takes from queues: an event that never comes must fail, not hang
class WebSocketTest {
  /** An echo server; it notes the code of the close frame that it gets. */
  private static Upstream echo(BlockingQueue<Integer> closes) throws IOException {
    return new Upstream(
        (request, socket) -> {
          Upstream.write(
              socket,
              "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                  + "Sec-WebSocket-Accept: "
                  + accept(request.field("Sec-WebSocket-Key"))
                  + "\r\n\r\n");
          InputStream in = socket.getInputStream();
          OutputStream out = socket.getOutputStream();
          while (true) {
            int first = in.read();
            if (first < 0) {
              closes.add(-1);
              return false;
            }
            byte[] payload = unmask(in);
            if ((first & 15) == 8) {
              closes.add((payload[0] & 255) << 8 | (payload[1] & 255));
              return false;
            }
            out.write(frame(first, payload));
            out.flush();
          }
        });
  }

  private static String accept(String key) {
    try {
      byte[] text =
          (key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").getBytes(StandardCharsets.US_ASCII);
      return Base64.getEncoder().encodeToString(MessageDigest.getInstance("SHA-1").digest(text));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  private static byte[] unmask(InputStream in) throws IOException {
    int length = in.read() & 127;
    if (length == 126) {
      length = in.read() << 8 | in.read();
    } else if (length == 127) {
      in.skipNBytes(4);
      length = in.read() << 24 | in.read() << 16 | in.read() << 8 | in.read();
    }
    byte[] mask = in.readNBytes(4);
    byte[] payload = in.readNBytes(length);
    for (int i = 0; i < length; i++) {
      payload[i] ^= mask[i % 4];
    }
    return payload;
  }

  private static byte[] frame(int first, byte[] payload) {
    int n = payload.length;
    int head = n < 126 ? 2 : n < 65536 ? 4 : 10;
    byte[] frame = new byte[head + n];
    frame[0] = (byte) first;
    frame[1] = (byte) (n < 126 ? n : n < 65536 ? 126 : 127);
    for (int i = head - 1, rest = n; i >= 2; i--, rest >>>= 8) {
      frame[i] = (byte) rest;
    }
    System.arraycopy(payload, 0, frame, head, n);
    return frame;
  }

  /** Puts what happens on a queue, as text. */
  private static final class Events implements WebSocket.Listener {
    final BlockingQueue<String> seen = new LinkedBlockingQueue<>();
    private final StringBuilder parts = new StringBuilder();

    @Override
    public @Nullable CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
      parts.append(data);
      if (last) {
        seen.add(parts.toString());
        parts.setLength(0);
      }
      socket.request(1);
      return null;
    }

    @Override
    public @Nullable CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
      seen.add("close " + code);
      return null;
    }

    @Override
    public void onError(WebSocket socket, Throwable error) {
      seen.add("error " + error);
    }
  }

  /** The JDK's client, ended without waiting for what it still thinks is open. */
  private record Client(HttpClient http) implements AutoCloseable {
    Client() {
      this(HttpClient.newHttpClient());
    }

    @Override
    public void close() {
      http.shutdownNow();
    }
  }

  private static WebSocket open(Client client, TestGateway gateway, Events events) {
    // the JDK's client does not let a test set Host: the gateway serves any host here
    return client
        .http()
        .newWebSocketBuilder()
        .buildAsync(URI.create("ws://127.0.0.1:" + gateway.port() + "/ws"), events)
        .join();
  }

  private static ClusterSnapshot anyHost(Cluster.Pod... pods) {
    return new Cluster()
        .ingress("web", 1, "", Cluster.path("Prefix", "/", "web", 80))
        .service("web", "http", 80)
        .pods("web", "http", pods)
        .snapshot();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 125, 126, 65_535, 65_536, 300_000})
  void textOfEachLengthPassesBothWays(int length) throws Exception {
    BlockingQueue<Integer> closes = new LinkedBlockingQueue<>();
    try (Upstream upstream = echo(closes);
        TestGateway gateway = TestGateway.serving();
        Client client = new Client()) {
      gateway.gateway.publish(anyHost(upstream.pod("a")));
      Events events = new Events();
      WebSocket socket = open(client, gateway, events);
      String text = "x".repeat(length);
      socket.sendText(text, true).join();
      assertThat(events.seen.take()).isEqualTo(text);
      assertThat(gateway.gateway.inFlight()).isEqualTo(1);
      socket.sendClose(WebSocket.NORMAL_CLOSURE, "").join();
      assertThat(closes.take()).isEqualTo(1000);
      TestGateway.await("the tunnel ends", () -> gateway.gateway.inFlight() == 0);
      TestGateway.await("and the client's connection", () -> gateway.gateway.clients() == 0);
    }
  }

  @Test
  void drainEndsItWith1001OnBothSides() throws Exception {
    BlockingQueue<Integer> closes = new LinkedBlockingQueue<>();
    try (Upstream upstream = echo(closes);
        TestGateway gateway = TestGateway.serving();
        Client client = new Client()) {
      gateway.gateway.publish(anyHost(upstream.pod("a")));
      Events events = new Events();
      WebSocket socket = open(client, gateway, events);
      socket.sendText("hello", true).join();
      assertThat(events.seen.take()).isEqualTo("hello");
      assertThat(gateway.gateway.drain("127.0.0.1", Duration.ofMillis(50))).isTrue();
      assertThat(events.seen.take()).isEqualTo("close 1001");
      assertThat(closes.take()).isEqualTo(1001);
    }
  }

  @Test
  void drainLetsItLiveMeanwhileAndOthersGoElsewhere() throws Exception {
    BlockingQueue<Integer> closes = new LinkedBlockingQueue<>();
    try (Upstream old = echo(closes);
        Upstream fresh = Upstream.saying("fresh");
        TestGateway gateway = TestGateway.serving();
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
        Client client = new Client()) {
      gateway.gateway.publish(anyHost(old.pod("a")));
      Events events = new Events();
      WebSocket socket = open(client, gateway, events);
      Future<Boolean> drained =
          threads.submit(() -> gateway.gateway.drain("127.0.0.1", "a", Duration.ofSeconds(20)));
      gateway.gateway.publish(anyHost(old.pod("a"), fresh.pod("b")));
      for (int i = 0; i < 10; i++) {
        assertThat(gateway.talk("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"))
            .endsWith("fresh");
        socket.sendText("still here", true).join();
        assertThat(events.seen.take()).isEqualTo("still here");
      }
      assertThat(drained.isDone()).isFalse();
      socket.sendClose(WebSocket.NORMAL_CLOSURE, "").join();
      assertThat(drained.get()).isTrue();
      assertThat(closes.take()).isEqualTo(1000);
    }
  }

  @Test
  void theCloseFrameNeverCutsAFrame() throws Exception {
    byte[] whole = frame(0x82, new byte[1000]);
    BlockingQueue<String> step = new LinkedBlockingQueue<>();
    try (Upstream upstream =
            new Upstream(
                (request, socket) -> {
                  Upstream.write(
                      socket,
                      "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n");
                  socket.getOutputStream().write(whole, 0, 500);
                  take(step);
                  socket.getOutputStream().write(whole, 500, whole.length - 500);
                  socket.getOutputStream().write(whole);
                  return socket.getInputStream().read() < 0;
                });
        TestGateway gateway = TestGateway.serving(upstream.pod("a"));
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
        Socket socket = gateway.connect()) {
      Upstream.write(
          socket,
          "GET / HTTP/1.1\r\nHost: shop.test\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
      InputStream in = socket.getInputStream();
      assertThat(Upstream.readHead(in)).startsWith("HTTP/1.1 101");
      assertThat(in.readNBytes(500)).hasSize(500);
      Future<Boolean> drained =
          threads.submit(() -> gateway.gateway.drain("127.0.0.1", Duration.ofMillis(20)));
      // the upstream is told at once, being between frames; by then the client's side is half-way
      step.add("go on");
      byte[] rest = in.readAllBytes();
      assertThat(drained.get()).isTrue();
      int n = rest.length;
      assertThat(n % whole.length == (whole.length - 500 + 4) % whole.length).isTrue();
      assertThat(new byte[] {rest[n - 4], rest[n - 3], rest[n - 2], rest[n - 1]})
          .containsExactly(0x88, 2, 0x03, 0xe9);
    }
  }

  @Test
  void anyOtherUpgradeIsATunnelToo() throws Exception {
    try (Upstream upstream =
            new Upstream(
                (request, socket) -> {
                  assertThat(request.field("Upgrade")).isEqualTo("naru-test");
                  Upstream.write(
                      socket,
                      "HTTP/1.1 101 Switching Protocols\r\nUpgrade: naru-test\r\nConnection: Upgrade\r\n\r\nhi");
                  Upstream.write(
                      socket,
                      new String(socket.getInputStream().readNBytes(4), StandardCharsets.US_ASCII));
                  return false;
                });
        TestGateway gateway = TestGateway.serving(upstream.pod("a"));
        Socket socket = gateway.connect()) {
      Upstream.write(
          socket,
          "GET / HTTP/1.1\r\nHost: shop.test\r\nConnection: keep-alive, Upgrade\r\nUpgrade: naru-test\r\n\r\nping");
      InputStream in = socket.getInputStream();
      assertThat(Upstream.readHead(in)).contains("Upgrade: naru-test\r\n");
      assertThat(new String(in.readAllBytes(), StandardCharsets.US_ASCII)).isEqualTo("hiping");
    }
  }

  @Test
  void anEventStreamEndsInOrder() throws Exception {
    try (Upstream upstream =
            new Upstream(
                (request, socket) -> {
                  Upstream.write(
                      socket,
                      "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
                          + "9\r\ndata: 1\n\n\r\n");
                  return socket.getInputStream().read() < 0;
                });
        TestGateway gateway = TestGateway.serving(upstream.pod("a"));
        Socket socket = gateway.connect()) {
      Upstream.write(socket, "GET / HTTP/1.1\r\nHost: shop.test\r\n\r\n");
      InputStream in = socket.getInputStream();
      Upstream.readHead(in);
      assertThat(in.readNBytes(14)).hasSize(14);
      assertThat(gateway.gateway.drain("127.0.0.1", Duration.ofMillis(20))).isTrue();
      assertThat(new String(in.readAllBytes(), StandardCharsets.US_ASCII)).isEqualTo("0\r\n\r\n");
    }
  }

  private static void take(BlockingQueue<String> queue) {
    try {
      queue.take();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
