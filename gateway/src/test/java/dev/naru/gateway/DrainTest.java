package dev.naru.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** No request is lost, and none is processed twice, whatever happens to pods in order. */
@SuppressWarnings("StringConcatToTextBlock") // line ends are tested: they stay in sight
class DrainTest {
  private static final int CLIENTS = 8;
  private static final int REQUESTS = 250;
  private static final Duration MAX = Duration.ofSeconds(20);

  /** Counts each POST by its id, and now and then closes a connection that it promised to keep. */
  private static Upstream pod(Map<String, AtomicInteger> processed, Random random)
      throws IOException {
    return new Upstream(
        (request, socket) -> {
          if (request.method().equals("POST")) {
            processed.computeIfAbsent(request.body(), k -> new AtomicInteger()).incrementAndGet();
          }
          Upstream.write(socket, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
          synchronized (random) {
            return random.nextInt(20) != 0;
          }
        });
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void noRequestIsLostWhilePodsComeAndGo(long seed) throws Exception {
    Random random = new Random(seed);
    Map<String, AtomicInteger> processed = new ConcurrentHashMap<>();
    List<Upstream> pods = new ArrayList<>();
    List<Cluster.Pod> serving = new ArrayList<>();
    boolean done = false;
    AtomicInteger answered = new AtomicInteger();
    try (TestGateway gateway = TestGateway.serving();
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Integer>> clients = new ArrayList<>();
      for (int c = 0; c < CLIENTS; c++) {
        String name = seed + "-" + c;
        clients.add(threads.submit(() -> hammer(gateway, name, answered)));
      }
      int uid = 0;
      int rollouts = 0;
      while (!done) {
        // start first, then drain, then stop: the order of a rolling update
        Upstream fresh = pod(processed, new Random(random.nextLong()));
        pods.add(fresh);
        serving.add(fresh.pod("pod-" + uid++));
        gateway.serve(serving.toArray(Cluster.Pod[]::new));
        int before = answered.get();
        int pause = random.nextInt(40);
        TestGateway.await(
            "some requests pass",
            () -> answered.get() >= before + pause || clients.stream().allMatch(Future::isDone));
        while (serving.size() > 1 + random.nextInt(3)) {
          Cluster.Pod old = serving.get(random.nextInt(serving.size() - 1));
          boolean tableFirst = random.nextBoolean();
          serving.remove(old);
          if (tableFirst) {
            gateway.serve(serving.toArray(Cluster.Pod[]::new));
          }
          assertThat(gateway.gateway.drain("127.0.0.1", old.uid(), MAX)).isTrue();
          for (Upstream pod : pods) {
            if (pod.port() == old.port()) {
              pod.close(); // at once: nothing may be on its way
            }
          }
          gateway.serve(serving.toArray(Cluster.Pod[]::new));
        }
        rollouts++;
        done = clients.stream().allMatch(Future::isDone);
      }
      int posts = 0;
      for (Future<Integer> client : clients) {
        posts += client.get();
      }
      assertThat(rollouts).as("rollouts under load, seed " + seed).isGreaterThan(5);
      assertThat(processed).as("each POST arrived, seed " + seed).hasSize(posts);
      assertThat(processed.values()).as("and once").allMatch(n -> n.get() == 1);
      TestGateway.await("nothing is in flight", () -> gateway.gateway.inFlight() == 0);
    } finally {
      for (Upstream pod : pods) {
        pod.close();
      }
    }
  }

  /** Sends requests on few connections and returns how many were POSTs. */
  private static int hammer(TestGateway gateway, String name, AtomicInteger answered)
      throws IOException {
    int posts = 0;
    for (int done = 0; done < REQUESTS; ) {
      try (Socket socket = gateway.connect()) {
        for (int i = 0; i < 50 && done < REQUESTS; i++, done++) {
          String id = name + "/" + done;
          boolean post = done % 3 == 0;
          posts += post ? 1 : 0;
          Upstream.write(
              socket,
              post
                  ? "POST / HTTP/1.1\r\nHost: shop.test\r\nContent-Length: "
                      + id.length()
                      + "\r\n\r\n"
                      + id
                  : "GET /" + id + " HTTP/1.1\r\nHost: shop.test\r\n\r\n");
          assertThat(Upstream.readHead(socket.getInputStream())).startsWith("HTTP/1.1 200 OK");
          assertThat(socket.getInputStream().readNBytes(2)).hasSize(2);
          answered.incrementAndGet();
        }
      }
    }
    return posts;
  }

  @Test
  void drainWaitsForTheRequestUnderWayAndLetsNoOtherIn() throws Exception {
    CountDownLatch arrived = new CountDownLatch(1);
    CountDownLatch finish = new CountDownLatch(1);
    try (Upstream old =
            new Upstream(
                (request, socket) -> {
                  arrived.countDown();
                  await(finish);
                  Upstream.write(socket, "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nold");
                  return true;
                });
        Upstream fresh = Upstream.saying("new");
        TestGateway gateway = TestGateway.serving(old.pod("a"));
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      String get = "GET / HTTP/1.1\r\nHost: shop.test\r\nConnection: close\r\n\r\n";
      Future<String> underWay = threads.submit(() -> gateway.talk(get));
      await(arrived);
      Future<Boolean> drain = threads.submit(() -> gateway.gateway.drain("127.0.0.1", "a", MAX));
      gateway.serve(old.pod("a"), fresh.pod("b"));
      for (int i = 0; i < 20; i++) {
        assertThat(gateway.talk(get)).endsWith("new");
      }
      assertThat(drain.isDone()).isFalse();
      finish.countDown();
      assertThat(drain.get()).isTrue();
      assertThat(underWay.get()).endsWith("old");
    }
  }

  @Test
  void aRequestThatOutlivesTheDrainIsLeftToThePod() throws Exception {
    CountDownLatch arrived = new CountDownLatch(1);
    CountDownLatch finish = new CountDownLatch(1);
    try (Upstream old =
            new Upstream(
                (request, socket) -> {
                  arrived.countDown();
                  await(finish);
                  Upstream.write(socket, "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nold");
                  return true;
                });
        TestGateway gateway = TestGateway.serving(old.pod("a"));
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<String> underWay =
          threads.submit(
              () ->
                  gateway.talk("POST / HTTP/1.1\r\nHost: shop.test\r\nConnection: close\r\n\r\n"));
      await(arrived);
      assertThat(gateway.gateway.drain("127.0.0.1", Duration.ofMillis(20))).isFalse();
      finish.countDown();
      assertThat(underWay.get()).endsWith("old");
    }
  }

  @Test
  void anotherPodThatGetsTheAddressIsServed() throws IOException {
    try (Upstream upstream = Upstream.saying("ok");
        TestGateway gateway =
            TestGateway.with(c -> c.withHoldMax(Duration.ofMillis(50)), upstream.pod("a"))) {
      String get = "GET / HTTP/1.1\r\nHost: shop.test\r\nConnection: close\r\n\r\n";
      assertThat(gateway.talk(get)).endsWith("ok");
      assertThat(gateway.gateway.drain("127.0.0.1", MAX)).isTrue();
      gateway.serve();
      gateway.serve(upstream.pod("a"));
      assertThat(gateway.talk(get)).as("the drained pod stays off").startsWith("HTTP/1.1 503");
      gateway.serve(upstream.pod("b"));
      assertThat(gateway.talk(get)).as("a fresh pod is served").endsWith("ok");
    }
  }

  @Test
  void aPodDrainedBeforeItIsListedIsNeverServed() throws IOException {
    try (Upstream upstream = Upstream.saying("ok");
        TestGateway gateway = TestGateway.with(c -> c.withHoldMax(Duration.ofMillis(50)))) {
      assertThat(gateway.gateway.drain("127.0.0.1", "a", MAX)).isTrue();
      gateway.serve(upstream.pod("a"));
      assertThat(gateway.talk("GET / HTTP/1.1\r\nHost: shop.test\r\nConnection: close\r\n\r\n"))
          .startsWith("HTTP/1.1 503");
      assertThat(upstream.requests).isEmpty();
    }
  }

  @Test
  void aClaimIsEitherCountedOrRefused() throws Exception {
    // many threads claim while one turns off: after awaitDrained nothing is in flight, ever
    for (int round = 0; round < 200; round++) {
      Endpoint endpoint = new Endpoint(new EndpointId("u", "127.0.0.1", 1), 1);
      AtomicInteger inside = new AtomicInteger();
      CountDownLatch start = new CountDownLatch(1);
      try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
        for (int t = 0; t < 4; t++) {
          threads.submit(
              () -> {
                await(start);
                while (endpoint.claim()) {
                  inside.incrementAndGet();
                  inside.decrementAndGet();
                  endpoint.release();
                }
              });
        }
        start.countDown();
        endpoint.turnOff();
        assertThat(endpoint.awaitDrained(System.nanoTime() + MAX.toNanos())).isTrue();
        assertThat(inside).hasValue(0);
        assertThat(endpoint.claim()).isFalse();
      }
    }
  }

  @Test
  void closeWaitsForTheRequestUnderWay() throws Exception {
    CountDownLatch arrived = new CountDownLatch(1);
    CountDownLatch finish = new CountDownLatch(1);
    try (Upstream old =
            new Upstream(
                (request, socket) -> {
                  arrived.countDown();
                  await(finish);
                  Upstream.write(socket, "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nold");
                  return true;
                });
        TestGateway gateway = TestGateway.with(c -> c.withDrainMax(MAX), old.pod("a"));
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<String> underWay =
          threads.submit(() -> gateway.talk("GET / HTTP/1.1\r\nHost: shop.test\r\n\r\n"));
      await(arrived);
      Future<?> closed = threads.submit(gateway::close);
      TestGateway.await("no client is accepted", () -> !connects(gateway));
      finish.countDown();
      assertThat(underWay.get()).contains("\r\nConnection: close\r\n").endsWith("old");
      closed.get();
    }
  }

  private static boolean connects(TestGateway gateway) {
    try (Socket socket = gateway.connect()) {
      return socket.isConnected();
    } catch (IOException e) {
      return false;
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
