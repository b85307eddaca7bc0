package dev.naru.server.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.naru.base.Workers;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * A steady load on the board through the gateway, as its users would make it: 50 requests a second,
 * one in ten a new post and the rest reads of the feed, the page and the account, and one login
 * each second.
 *
 * <p>The load is open: a request starts at its time whether or not earlier ones have answered, so a
 * stall shows as slow requests instead of fewer. A request fails when it has no answer within
 * {@link #TIMEOUT} or its status is not the one that it is due. Every acknowledged post is
 * remembered; {@link #lostPosts()} looks each of them up.
 */
public final class Load implements AutoCloseable {
  public static final int REQUESTS_PER_SECOND = 50;
  private static final Duration TIMEOUT = Duration.ofSeconds(30);
  private static final int FAILURES_KEPT_MAX = 20;
  private static final int INFLIGHT_MAX = 2_000;

  /** One finished request. */
  record Sample(long startNanos, long durationNanos, boolean failed) {}

  private final URI base;
  private final String host;
  private final String user;
  private final String password;
  private final ObjectMapper json = new ObjectMapper();
  private final HttpClient client =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(TIMEOUT)
          .executor(Executors.newVirtualThreadPerTaskExecutor())
          .build();
  private final Workers workers = new Workers("load", INFLIGHT_MAX);
  private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
  private final ConcurrentLinkedQueue<Sample> samples = new ConcurrentLinkedQueue<>();
  private final ConcurrentLinkedQueue<String> failures = new ConcurrentLinkedQueue<>();
  private final Map<String, String> posts = new ConcurrentHashMap<>();
  private final AtomicLong sent = new AtomicLong();
  private volatile String cookie = "";

  /**
   * @param base the gateway, such as {@code http://127.0.0.1:80}
   * @param host the Host that the Ingress names
   * @param user a name for this load's own account; it is signed up when it is not there
   */
  public Load(URI base, String host, String user, String password) {
    this.base = base;
    this.host = host;
    this.user = user;
    this.password = password;
  }

  /** Signs up (or finds the account there already), logs in, and starts the load. */
  public void start() throws IOException, InterruptedException {
    HttpResponse<String> signup = send("POST", "/api/users", account());
    if (signup.statusCode() != 201 && signup.statusCode() != 409) {
      throw new IOException("Tried to sign up '" + user + "' but got " + brief(signup));
    }
    Optional<String> failed = login();
    if (failed.isPresent()) {
      throw new IOException("Tried to log in as '" + user + "' but got " + failed.get());
    }
    long period = TimeUnit.SECONDS.toNanos(1) / REQUESTS_PER_SECOND;
    clock.scheduleAtFixedRate(this::next, 0, period, TimeUnit.NANOSECONDS);
    clock.scheduleAtFixedRate(() -> timed(this::login), 500, 1_000, TimeUnit.MILLISECONDS);
  }

  /** Stops sending and waits for the requests under way. */
  public void stop() throws InterruptedException {
    clock.shutdown();
    if (!clock.awaitTermination(10, TimeUnit.SECONDS)) {
      throw new IllegalStateException("the load's clock did not stop within 10 s");
    }
    synchronized (sent) {
      while (sent.get() > samples.size()) {
        sent.wait(TIMEOUT.toMillis());
      }
    }
  }

  /** Sends so far. */
  public long sent() {
    return sent.get();
  }

  /** Failed so far. */
  public long failed() {
    return samples.stream().filter(Sample::failed).count();
  }

  /** The first failures, a sentence each. */
  public List<String> failures() {
    return List.copyOf(failures);
  }

  /** Acknowledged posts that the board does not know any more. */
  public List<String> lostPosts() throws IOException, InterruptedException {
    List<String> lost = new ArrayList<>();
    for (Map.Entry<String, String> post : posts.entrySet()) {
      HttpResponse<String> r = send("GET", "/api/posts/" + post.getKey(), null);
      if (r.statusCode() != 200
          || !json.readTree(r.body()).path("title").asText().equals(post.getValue())) {
        lost.add(post.getKey() + " (" + r.statusCode() + ")");
      }
    }
    return lost;
  }

  public int posts() {
    return posts.size();
  }

  /** The latencies of requests that started in a span of {@link System#nanoTime()}. */
  public Latency between(long fromNanos, long toNanos) {
    List<Long> all = new ArrayList<>();
    for (Sample s : samples) {
      if (s.startNanos() - fromNanos >= 0 && s.startNanos() - toNanos < 0) {
        all.add(s.durationNanos());
      }
    }
    Collections.sort(all);
    return Latency.of(all);
  }

  private void next() {
    long n = sent.get();
    switch ((int) (n % 10)) {
      case 0 -> timed(() -> post("Ferry " + n));
      case 1, 4, 7 -> timed(() -> expect(send("GET", "/", null), 200));
      case 2, 5, 8 -> timed(() -> expect(send("GET", "/api/me", null), 200));
      default -> timed(() -> expect(send("GET", "/api/posts", null), 200));
    }
  }

  private interface Request {
    /** What was wrong, or nothing. */
    Optional<String> send() throws IOException, InterruptedException;
  }

  private void timed(Request request) {
    sent.incrementAndGet();
    long start = System.nanoTime();
    workers.run(
        () -> {
          Optional<String> wrong;
          try {
            wrong = request.send();
          } catch (IOException e) {
            wrong = Optional.of(e.toString());
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            wrong = Optional.of("interrupted");
          }
          if (wrong.isPresent() && failures.size() < FAILURES_KEPT_MAX) {
            failures.add(wrong.get());
          }
          samples.add(new Sample(start, System.nanoTime() - start, wrong.isPresent()));
          synchronized (sent) {
            sent.notifyAll();
          }
        });
  }

  private Optional<String> post(String title) throws IOException, InterruptedException {
    ObjectNode body = json.createObjectNode().put("title", title).put("body", "on the way over");
    HttpResponse<String> r = send("POST", "/api/posts", body);
    Optional<String> wrong = expect(r, 201);
    if (wrong.isEmpty()) {
      posts.put(json.readTree(r.body()).path("id").asText(), title);
    }
    return wrong;
  }

  private Optional<String> login() throws IOException, InterruptedException {
    HttpResponse<String> r = send("POST", "/api/session", account());
    Optional<String> wrong = expect(r, 200);
    if (wrong.isEmpty()) {
      cookie =
          String.join("; ", r.headers().allValues("set-cookie").stream().map(Load::pair).toList());
    }
    return wrong;
  }

  private static String pair(String setCookie) {
    int end = setCookie.indexOf(';');
    return end < 0 ? setCookie : setCookie.substring(0, end);
  }

  private JsonNode account() {
    return json.createObjectNode().put("username", user).put("password", password);
  }

  private static Optional<String> expect(HttpResponse<String> r, int status) {
    return r.statusCode() == status ? Optional.empty() : Optional.of(brief(r));
  }

  private static String brief(HttpResponse<String> r) {
    String body = r.body().strip();
    return r.request().method()
        + " "
        + r.uri().getPath()
        + " → "
        + r.statusCode()
        + " "
        + body.substring(0, Math.min(200, body.length()));
  }

  private HttpResponse<String> send(String method, String path, @Nullable JsonNode body)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(base.resolve(path))
            .timeout(TIMEOUT)
            .header("Host", host)
            .header("X-Board-Request", "1");
    if (!cookie.isEmpty()) {
      request.header("Cookie", cookie);
    }
    if (body == null) {
      request.method(method, HttpRequest.BodyPublishers.noBody());
    } else {
      request.header("Content-Type", "application/json");
      request.method(method, HttpRequest.BodyPublishers.ofByteArray(json.writeValueAsBytes(body)));
    }
    return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  @Override
  public void close() {
    clock.shutdownNow();
    clock.close();
    workers.close();
    client.shutdownNow();
    client.close();
  }
}
