package dev.naru.images;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Phaser;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The program of {@code naru.local/web}: serves the files below one folder over HTTP, for single
 * page applications: a path that is no file and does not look like one gets {@code index.html}.
 * Entity tags, one range, HEAD, precompressed {@code .gz} neighbours, {@code /healthz}. It never
 * leaves its folder, also not by symbolic links. SIGTERM: requests that run are finished, then it
 * ends. Uses nothing but the JDK.
 */
public final class WebServer implements AutoCloseable {
  private static final Duration DRAIN_MAX = Duration.ofSeconds(25);
  private static final int BACKLOG = 1024;

  private final HttpServer server;
  private final ExecutorService threads;
  private final Path root;
  private final StaticFile.Tags tags = new StaticFile.Tags();

  /** One party for the server itself and one for each running request. */
  private final Phaser running = new Phaser(1);

  private volatile boolean draining;

  private WebServer(HttpServer server, Path root) {
    this.server = server;
    this.root = root;
    this.threads = Executors.newVirtualThreadPerTaskExecutor();
  }

  /**
   * Listens when it returns.
   *
   * @param port 0 for any free one
   * @throws IOException when {@code folder} is not there or the port is taken
   */
  public static WebServer start(String host, int port, Path folder) throws IOException {
    // Without it the JDK's server leaves Nagle's algorithm on, which costs 40 ms a request.
    System.setProperty("sun.net.httpserver.nodelay", "true");
    HttpServer server = HttpServer.create(new InetSocketAddress(host, port), BACKLOG);
    WebServer web = new WebServer(server, folder.toRealPath());
    server.createContext("/", web::handle);
    server.setExecutor(web.threads);
    server.start();
    return web;
  }

  /** Where it listens. */
  public InetSocketAddress address() {
    return server.getAddress();
  }

  private void handle(HttpExchange exchange) throws IOException {
    running.register();
    try (exchange) {
      if (draining) {
        exchange.getResponseHeaders().set("Connection", "close");
      }
      answer(exchange);
    } finally {
      running.arriveAndDeregister();
    }
  }

  private void answer(HttpExchange exchange) throws IOException {
    exchange.getResponseHeaders().set("X-Content-Type-Options", "nosniff");
    String method = exchange.getRequestMethod();
    String path = exchange.getRequestURI().getPath();
    if (!method.equals("GET") && !method.equals("HEAD")) {
      exchange.getResponseHeaders().set("Allow", "GET, HEAD");
      text(exchange, 405, "Only GET and HEAD are served here.\n");
    } else if (path == null) {
      text(exchange, 400, "The path is malformed.\n");
    } else if (path.equals("/healthz")) {
      text(exchange, draining ? 503 : 200, draining ? "stopping\n" : "ok\n");
    } else {
      Optional<Path> file = find(path);
      if (file.isPresent()) {
        serve(exchange, file.get());
      } else {
        text(exchange, 404, "There is no such file.\n");
      }
    }
  }

  /** The file for a decoded URL path: itself, its folder's index, or the application's index. */
  private Optional<Path> find(String path) throws IOException {
    if (Arrays.asList(path.split("/")).contains("..") || path.indexOf('\0') >= 0) {
      return Optional.empty();
    }
    Path file;
    try {
      file = root.resolve(path.replaceFirst("^/+", "")).normalize();
    } catch (InvalidPathException e) {
      return Optional.empty();
    }
    Path candidate = Files.isDirectory(file) ? file.resolve("index.html") : file;
    if (Files.isRegularFile(candidate)) {
      Path real = candidate.toRealPath();
      return real.startsWith(root) ? Optional.of(real) : Optional.empty();
    }
    String last = path.substring(path.lastIndexOf('/') + 1);
    Path index = root.resolve("index.html");
    boolean looksLikeFile = last.indexOf('.') >= 0 || path.startsWith("/assets/");
    return looksLikeFile || !Files.isRegularFile(index) ? Optional.empty() : Optional.of(index);
  }

  private void serve(HttpExchange exchange, Path file) throws IOException {
    Headers request = exchange.getRequestHeaders();
    Headers response = exchange.getResponseHeaders();
    Path compressed = file.resolveSibling(file.getFileName() + ".gz");
    boolean hasCompressed = Files.isRegularFile(compressed);
    boolean gzip = hasCompressed && acceptsGzip(request);
    StaticFile body = tags.describe(gzip ? compressed : file);
    response.set("Content-Type", StaticFile.contentType(file));
    response.set("Cache-Control", StaticFile.cacheControl(file));
    response.set("ETag", body.etag());
    response.set("Accept-Ranges", "bytes");
    if (hasCompressed) {
      response.set("Vary", "Accept-Encoding");
    }
    if (matches(request, body.etag())) {
      exchange.sendResponseHeaders(304, -1);
      return;
    }
    if (gzip) {
      response.set("Content-Encoding", "gzip");
    }
    String ifRange = request.getFirst("If-Range");
    boolean rangeApplies = ifRange == null || ifRange.equals(body.etag());
    Optional<String> header =
        rangeApplies ? Optional.ofNullable(request.getFirst("Range")) : Optional.empty();
    switch (ByteRange.parse(header, body.size())) {
      case ByteRange.Everything() -> send(exchange, 200, body, new ByteRange(0, body.size()));
      case ByteRange.Part(ByteRange range) -> {
        long last = range.first() + range.length() - 1;
        response.set("Content-Range", "bytes " + range.first() + "-" + last + "/" + body.size());
        send(exchange, 206, body, range);
      }
      case ByteRange.Unsatisfiable() -> {
        response.set("Content-Range", "bytes */" + body.size());
        text(exchange, 416, "The file has " + body.size() + " bytes.\n");
      }
    }
  }

  private static boolean acceptsGzip(Headers request) {
    for (String encoding : String.join(",", list(request, "Accept-Encoding")).split(",")) {
      String[] parts = encoding.strip().split(";");
      if (parts[0].strip().equalsIgnoreCase("gzip")) {
        return parts.length == 1 || !parts[1].strip().matches("q=0(\\.0*)?");
      }
    }
    return false;
  }

  private static boolean matches(Headers request, String etag) {
    for (String tag : String.join(",", list(request, "If-None-Match")).split(",")) {
      String t = tag.strip();
      if (t.equals("*") || t.equals(etag) || t.equals("W/" + etag)) {
        return true;
      }
    }
    return false;
  }

  private static List<String> list(Headers headers, String name) {
    List<String> values = headers.get(name);
    return values == null ? List.of() : values;
  }

  private static void send(HttpExchange exchange, int status, StaticFile file, ByteRange range)
      throws IOException {
    if (exchange.getRequestMethod().equals("HEAD")) {
      exchange.getResponseHeaders().set("Content-Length", Long.toString(range.length()));
      exchange.sendResponseHeaders(status, -1);
      return;
    }
    exchange.sendResponseHeaders(status, range.length() == 0 ? -1 : range.length());
    ByteBuffer buffer = ByteBuffer.allocate(Math.clamp(range.length(), 1, 1 << 16));
    try (SeekableByteChannel in = Files.newByteChannel(file.path());
        OutputStream out = exchange.getResponseBody()) {
      in.position(range.first());
      long left = range.length();
      while (left > 0) {
        buffer.clear().limit((int) Math.min(buffer.capacity(), left));
        int n = in.read(buffer);
        if (n < 0) {
          throw new EOFException(file.path() + " became shorter while it was sent");
        }
        out.write(buffer.array(), 0, n);
        left -= n;
      }
    }
  }

  private static void text(HttpExchange exchange, int status, String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    Headers response = exchange.getResponseHeaders();
    response.set("Content-Type", "text/plain; charset=utf-8");
    response.set("Cache-Control", "no-store");
    if (exchange.getRequestMethod().equals("HEAD")) {
      response.set("Content-Length", Integer.toString(bytes.length));
      exchange.sendResponseHeaders(status, -1);
      return;
    }
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
  }

  /** Lets running requests end, for at most 25 seconds, then stops. */
  @Override
  public void close() {
    draining = true;
    int phase = running.arriveAndDeregister();
    try {
      if (phase >= 0 && !running.isTerminated()) {
        running.awaitAdvanceInterruptibly(phase, DRAIN_MAX.toMillis(), TimeUnit.MILLISECONDS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (TimeoutException e) {
      System.err.println("naru-web: requests still run after " + DRAIN_MAX + "; cutting them off.");
    }
    server.stop(0);
    threads.close();
  }

  /** {@code [--port 8080] [--root /srv/www]}; runs until SIGTERM. */
  public static void main(String[] args) {
    int port = 8080;
    Path folder = Path.of("/srv/www");
    Iterator<String> rest = Arrays.asList(args).iterator();
    while (rest.hasNext()) {
      String option = rest.next();
      if (!rest.hasNext()) {
        fail(2, "naru-web: '" + option + "' needs a value.");
      }
      String value = rest.next();
      switch (option) {
        case "--port" -> port = Integer.parseInt(value);
        case "--root" -> folder = Path.of(value);
        default -> fail(2, "naru-web: unknown option '" + option + "'.");
      }
    }
    try {
      WebServer web = start("0.0.0.0", port, folder);
      Runtime.getRuntime().addShutdownHook(new Thread(web::close, "shutdown"));
      System.out.println(
          "naru-web: listening on "
              + web.address()
              + ", files of "
              + folder
              + ", "
              + sinceStart().toMillis()
              + " ms after the start");
    } catch (IOException e) {
      fail(1, "naru-web: cannot start on port " + port + " with " + folder + ": " + e);
    }
  }

  /** Of the process, as the kernel noted it; zero where the kernel does not tell. */
  private static Duration sinceStart() {
    Instant now = Instant.now();
    return Duration.between(ProcessHandle.current().info().startInstant().orElse(now), now);
  }

  private static void fail(int code, String message) {
    System.err.println(message);
    System.exit(code);
  }
}
