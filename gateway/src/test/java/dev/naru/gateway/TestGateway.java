package dev.naru.gateway;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;

/** A gateway on a free port of the loopback, told its routes by the test. */
final class TestGateway implements AutoCloseable {
  private static final Duration BOUND = Duration.ofSeconds(30);
  private static final long POLL_NANOS = 1_000_000;

  final Gateway gateway;

  private TestGateway(Gateway gateway) {
    this.gateway = gateway;
  }

  static TestGateway serving(Cluster.Pod... pods) {
    return with(c -> c, pods);
  }

  static TestGateway with(UnaryOperator<GatewayConfig> change, Cluster.Pod... pods) {
    return with(true, change, pods);
  }

  static TestGateway with(boolean epoll, UnaryOperator<GatewayConfig> change, Cluster.Pod... pods) {
    GatewayConfig config =
        GatewayConfig.defaults()
            .withListen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .withEventLoops(2)
            .withDrainMax(Duration.ofSeconds(2));
    TestGateway started =
        new TestGateway(Gateway.startWithout(new Listeners(change.apply(config), epoll, 7)));
    started.gateway.publish(Cluster.web(pods));
    return started;
  }

  void serve(Cluster.Pod... pods) {
    gateway.publish(Cluster.web(pods));
  }

  int port() {
    return gateway.addresses().getFirst().getPort();
  }

  Socket connect() throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), port());
    socket.setTcpNoDelay(true);
    socket.setSoTimeout((int) BOUND.toMillis());
    return socket;
  }

  /** Sends the bytes and reads until the gateway closes, or the first answer is complete. */
  String talk(String latin1) throws IOException {
    try (Socket socket = connect()) {
      Upstream.write(socket, latin1);
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
    }
  }

  /** Waits for something that will be so, with a bound. */
  static void await(String what, BooleanSupplier condition) {
    long deadline = System.nanoTime() + BOUND.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("not within " + BOUND + ": " + what);
      }
      java.util.concurrent.locks.LockSupport.parkNanos(POLL_NANOS);
    }
  }

  @Override
  public void close() {
    gateway.close();
  }
}
