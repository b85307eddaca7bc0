package dev.naru.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Bodies pass as they come, and only as fast as the other side takes them. */
@SuppressWarnings("StringConcatToTextBlock") // line ends are tested: they stay in sight
class StreamingTest {
  private static final long LARGE = 300L << 20;

  /** More than every socket buffer on the way and every buffer of the gateway together. */
  private static final long BUFFERED_MAX = 64L << 20;

  @Test
  void eachPieceArrivesBeforeTheNextIsMade() throws Exception {
    CountDownLatch first = new CountDownLatch(1);
    try (Upstream upstream =
            new Upstream(
                (request, socket) -> {
                  Upstream.write(
                      socket, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\none\r\n");
                  await(first);
                  Upstream.write(socket, "3\r\ntwo\r\n0\r\n\r\n");
                  return true;
                });
        TestGateway gateway = TestGateway.serving(upstream.pod("a"));
        Socket socket = gateway.connect()) {
      Upstream.write(socket, "GET / HTTP/1.1\r\nHost: shop.test\r\n\r\n");
      InputStream in = socket.getInputStream();
      Upstream.readHead(in);
      assertThat(new String(in.readNBytes(8), StandardCharsets.US_ASCII)).isEqualTo("3\r\none\r\n");
      first.countDown();
      assertThat(new String(in.readNBytes(13), StandardCharsets.US_ASCII))
          .isEqualTo("3\r\ntwo\r\n0\r\n\r\n");
    }
  }

  @Test
  void eachPieceOfARequestArrivesBeforeTheNextIsMade() throws Exception {
    CountDownLatch first = new CountDownLatch(1);
    try (Upstream upstream =
            new Upstream(
                (request, socket) -> {
                  InputStream in = socket.getInputStream();
                  assertThat(new String(in.readNBytes(8), StandardCharsets.US_ASCII))
                      .isEqualTo("3\r\none\r\n");
                  first.countDown();
                  assertThat(new String(in.readNBytes(13), StandardCharsets.US_ASCII))
                      .isEqualTo("3\r\ntwo\r\n0\r\n\r\n");
                  Upstream.write(socket, "HTTP/1.1 204 No Content\r\n\r\n");
                  return true;
                });
        TestGateway gateway = TestGateway.serving(upstream.pod("a"));
        Socket socket = gateway.connect()) {
      // with Expect the test's upstream leaves the body to its script
      Upstream.write(
          socket,
          "POST / HTTP/1.1\r\nHost: shop.test\r\nExpect: 100-continue\r\nTransfer-Encoding:"
              + " chunked\r\n\r\n3\r\none\r\n");
      await(first);
      Upstream.write(socket, "3\r\ntwo\r\n0\r\n\r\n");
      assertThat(Upstream.readHead(socket.getInputStream())).startsWith("HTTP/1.1 204");
    }
  }

  @Test
  void aSlowReaderStopsTheUpstream() throws Exception {
    AtomicLong written = new AtomicLong();
    try (Upstream upstream =
            new Upstream(
                (request, socket) -> {
                  Upstream.write(
                      socket, "HTTP/1.1 200 OK\r\nContent-Length: " + LARGE + "\r\n\r\n");
                  writeLarge(socket.getOutputStream(), written);
                  return true;
                });
        TestGateway gateway = TestGateway.serving(upstream.pod("a"));
        Socket socket = gateway.connect()) {
      Upstream.write(socket, "GET / HTTP/1.1\r\nHost: shop.test\r\n\r\n");
      InputStream in = socket.getInputStream();
      Upstream.readHead(in);
      awaitStill(written);
      assertThat(written.get()).isLessThan(BUFFERED_MAX);
      assertThat(readLarge(in)).isEqualTo(LARGE);
    }
  }

  @Test
  void aSlowUpstreamStopsTheClient() throws Exception {
    AtomicLong written = new AtomicLong();
    CountDownLatch read = new CountDownLatch(1);
    AtomicLong arrived = new AtomicLong();
    try (Upstream upstream =
            new Upstream(
                (request, socket) -> {
                  await(read);
                  arrived.set(readLarge(socket.getInputStream()));
                  Upstream.write(socket, "HTTP/1.1 204 No Content\r\n\r\n");
                  return true;
                });
        TestGateway gateway = TestGateway.serving(upstream.pod("a"));
        Socket socket = gateway.connect()) {
      Upstream.write(
          socket,
          "PUT / HTTP/1.1\r\nHost: shop.test\r\nExpect: 100-continue\r\nContent-Length: "
              + LARGE
              + "\r\n\r\n");
      Thread writer =
          Thread.startVirtualThread(
              () -> {
                try {
                  writeLarge(socket.getOutputStream(), written);
                } catch (IOException e) {
                  written.set(-1);
                }
              });
      awaitStill(written);
      assertThat(written.get()).isBetween(1L, BUFFERED_MAX);
      read.countDown();
      assertThat(Upstream.readHead(socket.getInputStream())).startsWith("HTTP/1.1 204");
      writer.join();
      assertThat(arrived).hasValue(LARGE);
    }
  }

  @Test
  void aClientThatLeavesStopsTheUpstream() throws Exception {
    AtomicBoolean stopped = new AtomicBoolean();
    try (Upstream upstream =
            new Upstream(
                (request, socket) -> {
                  Upstream.write(
                      socket, "HTTP/1.1 200 OK\r\nContent-Length: " + LARGE + "\r\n\r\n");
                  try {
                    writeLarge(socket.getOutputStream(), new AtomicLong());
                  } catch (IOException e) {
                    stopped.set(true);
                  }
                  return false;
                });
        TestGateway gateway = TestGateway.serving(upstream.pod("a"))) {
      try (Socket socket = gateway.connect()) {
        Upstream.write(socket, "GET / HTTP/1.1\r\nHost: shop.test\r\n\r\n");
        Upstream.readHead(socket.getInputStream());
      }
      TestGateway.await("the upstream is stopped", stopped::get);
      TestGateway.await("nothing is in flight", () -> gateway.gateway.inFlight() == 0);
    }
  }

  private static void writeLarge(OutputStream out, AtomicLong written) throws IOException {
    byte[] block = new byte[64 * 1024];
    for (long left = LARGE; left > 0; left -= block.length) {
      out.write(block, 0, (int) Math.min(left, block.length));
      written.addAndGet(block.length);
    }
  }

  private static long readLarge(InputStream in) throws IOException {
    byte[] block = new byte[64 * 1024];
    long total = 0;
    while (total < LARGE) {
      int n = in.read(block, 0, (int) Math.min(block.length, LARGE - total));
      if (n < 0) {
        break;
      }
      total += n;
    }
    return total;
  }

  /** Waits until the number has stopped growing: every buffer on the way is full. */
  private static void awaitStill(AtomicLong written) {
    long[] last = {-1};
    int[] same = {0};
    TestGateway.await(
        "the writer stands still",
        () -> {
          long now = written.get();
          same[0] = now > 0 && now == last[0] ? same[0] + 1 : 0;
          last[0] = now;
          return same[0] > 300;
        });
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
