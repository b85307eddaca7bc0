package dev.naru.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

class HoldTest {
  private static final String POST =
      "POST / HTTP/1.1\r\nHost: shop.test\r\nConnection: close\r\nContent-Length: 5\r\n\r\nhello";

  @Test
  void requestsWaitForAReadyEndpoint() throws Exception {
    try (Upstream upstream = Upstream.saying("ok");
        TestGateway gateway = TestGateway.serving();
        ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<String>> answers = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        answers.add(clients.submit(() -> gateway.talk(POST)));
      }
      TestGateway.await("all are held", () -> gateway.gateway.held() == 20);
      gateway.serve(upstream.pod("a"));
      for (Future<String> answer : answers) {
        assertThat(answer.get()).endsWith("ok");
      }
      assertThat(upstream.requests).hasSize(20).allMatch(r -> r.body().equals("hello"));
      assertThat(gateway.gateway.held()).isZero();
      assertThat(gateway.gateway.routes().getFirst().held()).isEqualTo(20);
    }
  }

  @Test
  void requestsWaitForAPodThatRefusesConnections() throws Exception {
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    try (TestGateway gateway = TestGateway.serving(Cluster.Pod.ready("a", port));
        ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<String> answer = clients.submit(() -> gateway.talk(POST));
      TestGateway.await("it is held", () -> gateway.gateway.held() == 1);
      try (ServerSocket server = new ServerSocket()) {
        server.setReuseAddress(true);
        server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        try (var socket = server.accept()) {
          Upstream.readHead(socket.getInputStream());
          Upstream.write(socket, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
          assertThat(answer.get()).endsWith("ok");
        }
      }
    }
  }

  @Test
  void waitingEndsWith503AndSaysWhatForWhom() throws IOException {
    try (TestGateway gateway =
        TestGateway.with(
            c -> c.withHoldMax(Duration.ofMillis(100)),
            new Cluster.Pod("a", "127.0.0.1", 1, false, false))) {
      assertThat(gateway.talk(POST))
          .startsWith("HTTP/1.1 503 Service Unavailable\r\n")
          .contains("\r\nRetry-After: 5\r\n")
          .contains("Service shop/web has no ready endpoints (1 not ready).");
    }
  }

  @Test
  void waitingForConnectionsEndsWith502() throws IOException {
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    try (TestGateway gateway =
        TestGateway.with(
            c -> c.withHoldMax(Duration.ofMillis(100)), Cluster.Pod.ready("a", port))) {
      assertThat(gateway.talk(POST))
          .startsWith("HTTP/1.1 502 ")
          .contains("No connection to a pod of Service shop/web could be made.");
    }
  }

  @Test
  void onlySoManyAreHeld() throws Exception {
    try (TestGateway gateway =
            TestGateway.with(c -> c.withLimits(new GatewayConfig.Limits(4096, 100, 2, 8, 3)));
        ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor();
        Upstream upstream = Upstream.saying("ok")) {
      Future<String> first = clients.submit(() -> gateway.talk(POST));
      Future<String> second = clients.submit(() -> gateway.talk(POST));
      TestGateway.await("two are held", () -> gateway.gateway.held() == 2);
      assertThat(gateway.talk(POST)).startsWith("HTTP/1.1 503");
      gateway.serve(upstream.pod("a"));
      assertThat(first.get()).endsWith("ok");
      assertThat(second.get()).endsWith("ok");
    }
  }

  @Test
  void aClientThatLeavesIsNotHeldAnyMore() throws IOException {
    try (TestGateway gateway = TestGateway.serving()) {
      try (var socket = gateway.connect()) {
        Upstream.write(socket, POST);
        TestGateway.await("it is held", () -> gateway.gateway.held() == 1);
      }
      TestGateway.await("it is not held", () -> gateway.gateway.held() == 0);
      assertThat(gateway.gateway.routes().getFirst().aborted()).isEqualTo(1);
    }
  }
}
