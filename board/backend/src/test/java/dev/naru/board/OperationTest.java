package dev.naru.board;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import de.bwaldvogel.mongo.MongoServer;
import de.bwaldvogel.mongo.backend.memory.MemoryBackend;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.BooleanSupplier;
import org.bson.Document;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.data.mongodb.core.MongoOperations;

/** What whoever runs the board relies on: probes, version, indexes, start and stop. */
final class OperationTest {
  private final Board board = Board.shared();

  @ParameterizedTest
  @ValueSource(strings = {"readiness", "liveness"})
  void probesAnswerWithoutASession(String probe) {
    Browser.Answer answer = board.browser().get("/actuator/health/" + probe);
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.text("status")).isEqualTo("UP");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/actuator", "/actuator/env", "/actuator/heapdump", "/actuator/beans"})
  void nothingElseOfTheActuatorIsThere(String path) {
    assertThat(board.browser().get(path).status()).isEqualTo(401);
    assertThat(Browser.signedIn(board).get(path).status()).isEqualTo(404);
  }

  @Test
  void theVersionIsThere() {
    Browser.Answer answer = board.browser().get("/api/version");
    assertThat(answer.text("release")).isNotEmpty();
    assertThat(answer.text("commit")).isEqualTo("unknown");
  }

  @ParameterizedTest
  @CsvSource({
    "users, usernameKey, true",
    "posts, feed, false",
    "sessions, expiresAt, false",
    "loginAttempts, until, false"
  })
  void indexesAreMadeAtStart(String collection, String name, boolean unique) {
    Iterable<Document> indexes =
        board.bean(MongoOperations.class).getCollection(collection).listIndexes();
    assertThat(indexes)
        .anySatisfy(
            index -> {
              assertThat(index.getString("name")).isEqualTo(name);
              assertThat(index.getBoolean("unique", false)).isEqualTo(unique);
            });
  }

  @Test
  void aPasswordIsKeptOnlyAsAHash() {
    String username = Browser.newUsername();
    board.browser().signUp(username, Browser.PASSWORD);
    String kept =
        board
            .bean(MongoOperations.class)
            .getCollection("users")
            .find()
            .into(new ArrayList<>())
            .stream()
            .filter(d -> username.equals(d.getString("username")))
            .findFirst()
            .orElseThrow()
            .toJson();
    assertThat(kept).contains("{bcrypt}$2").doesNotContain(Browser.PASSWORD);
  }

  @Test
  void itIsNotReadyBeforeTheDatabaseIsThere() throws Exception {
    int databasePort = freePort();
    int port = freePort();
    MongoServer database = new MongoServer(new MemoryBackend());
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<Board> starting =
          threads.submit(
              () ->
                  Board.start(
                      "mongodb://127.0.0.1:" + databasePort + "/board",
                      port,
                      "board.database.request-wait=500ms"));
      Browser browser = new Browser("http://127.0.0.1:" + port);
      await(() -> statusOf(browser, "/actuator/health/liveness") == 200);
      assertThat(statusOf(browser, "/actuator/health/readiness")).isEqualTo(503);

      database.bind(new InetSocketAddress("127.0.0.1", databasePort));
      Board started = starting.get();
      assertThat(statusOf(browser, "/actuator/health/readiness")).isEqualTo(200);

      Browser reader = Browser.signedIn(started);
      database.shutdownNow();
      assertThat(reader.get("/api/posts").problem(503)).isEqualTo("unavailable");
      assertThat(reader.login("somebody", "password").problem(503)).isEqualTo("unavailable");
      started.stop();
    }
  }

  @Test
  void aDatabaseThatDoesNotComeEndsTheStart() throws Exception {
    String uri = "mongodb://127.0.0.1:" + freePort() + "/board";
    assertThatThrownBy(
            () ->
                Board.start(
                        uri, "board.database.request-wait=100ms", "board.database.start-wait=200ms")
                    .stop())
        .isInstanceOf(DataAccessResourceFailureException.class);
  }

  /** A request that has begun is answered although the process has been told to end. */
  @Test
  void aStopLetsRequestsFinish() throws Exception {
    Board stopping = Board.start(Board.DATABASE_URI);
    Browser browser = Browser.signedIn(stopping);
    byte[] body =
        "{\"title\":\"Last ferry\",\"body\":\"On board\"}".getBytes(StandardCharsets.UTF_8);
    String head =
        """
        POST /api/posts HTTP/1.1\r
        Host: board.localhost\r
        X-Board-Request: 1\r
        Content-Type: application/json\r
        Cookie: %s\r
        Content-Length: %d\r
        \r
        """
            .formatted(browser.cookie(), body.length);
    try (Socket socket = new Socket("127.0.0.1", stopping.port());
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      OutputStream out = socket.getOutputStream();
      out.write(head.getBytes(StandardCharsets.US_ASCII));
      out.write(body, 0, 10);
      out.flush();
      await(() -> stopping.requestsUnderWay() == 1);

      Future<?> stop = threads.submit(stopping::stop);
      await(() -> statusOf(new Browser(stopping.uri()), "/api/version") != 200);
      assertThat(stop.isDone()).isFalse();

      out.write(body, 10, body.length - 10);
      out.flush();
      byte[] answer = socket.getInputStream().readNBytes(12);
      assertThat(new String(answer, StandardCharsets.US_ASCII)).isEqualTo("HTTP/1.1 201");
      stop.get();
    }
    assertThat(
            Browser.signedIn(board)
                .get("/api/posts?limit=1")
                .json()
                .at("/posts/0/title")
                .asString())
        .isEqualTo("Last ferry");
  }

  private static int statusOf(Browser browser, String path) {
    try {
      return browser.get(path).status();
    } catch (java.io.UncheckedIOException e) {
      return 0;
    }
  }

  private static void await(BooleanSupplier condition) {
    Instant end = Instant.now().plus(Duration.ofSeconds(60));
    while (!condition.getAsBoolean()) {
      if (Instant.now().isAfter(end)) {
        throw new AssertionError("waited 60 s in vain");
      }
      Thread.onSpinWait();
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }
}
