package dev.naru.gateway;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/** A server on a real socket that answers with exactly the bytes that a test wants. */
final class Upstream implements AutoCloseable {
  /** Answers one request; true to read another one from the same connection. */
  @FunctionalInterface
  interface Script {
    boolean answer(Request request, Socket socket) throws IOException;
  }

  /** A request as it arrived; the body as ISO 8859-1. */
  record Request(String head, String body) {
    String line() {
      return head.substring(0, head.indexOf('\r'));
    }

    String method() {
      return head.substring(0, head.indexOf(' '));
    }

    String path() {
      return line().split(" ")[1];
    }

    /** All values of a field, as they came. */
    List<String> fields(String name) {
      return head.lines()
          .skip(1)
          .filter(l -> l.toLowerCase(Locale.ROOT).startsWith(name.toLowerCase(Locale.ROOT) + ":"))
          .map(l -> l.substring(name.length() + 1).strip())
          .toList();
    }

    String field(String name) {
      List<String> all = fields(name);
      return all.size() == 1 ? all.getFirst() : all.toString();
    }
  }

  final AtomicInteger connections = new AtomicInteger();
  final List<Request> requests = new CopyOnWriteArrayList<>();
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final ServerSocket server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Script script;

  Upstream(Script script) throws IOException {
    this.script = script;
    this.server = new ServerSocket(0, 512, InetAddress.getLoopbackAddress());
    threads.submit(this::accept);
  }

  /** Always the same answer, connection kept. */
  static Upstream of(String answer) throws IOException {
    return new Upstream(
        (request, socket) -> {
          write(socket, answer);
          return true;
        });
  }

  static Upstream saying(String body) throws IOException {
    return of("HTTP/1.1 200 OK\r\nContent-Length: " + body.length() + "\r\n\r\n" + body);
  }

  static void write(Socket socket, String latin1) throws IOException {
    socket.getOutputStream().write(latin1.getBytes(StandardCharsets.ISO_8859_1));
    socket.getOutputStream().flush();
  }

  int port() {
    return server.getLocalPort();
  }

  Cluster.Pod pod(String uid) {
    return Cluster.Pod.ready(uid, port());
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket socket = server.accept();
        connections.incrementAndGet();
        open.add(socket);
        threads.submit(() -> serve(socket));
      } catch (IOException e) {
        if (!server.isClosed()) {
          throw new UncheckedIOException(e);
        }
      }
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      socket.setTcpNoDelay(true);
      InputStream in = socket.getInputStream(); // unbuffered: a script may read on
      boolean more = true;
      while (more) {
        Request request = read(in);
        if (request == null) {
          return;
        }
        requests.add(request);
        more = script.answer(request, socket);
      }
    } catch (SocketException e) {
      // the gateway or the test closed it: what is tested is what the client sees
      open.remove(socket);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      open.remove(socket);
    }
  }

  static String readHead(InputStream in) throws IOException {
    ByteArrayOutputStream head = new ByteArrayOutputStream();
    int matched = 0;
    while (matched < 4) {
      int b = in.read();
      if (b < 0) {
        return head.toString(StandardCharsets.ISO_8859_1);
      }
      head.write(b);
      matched = b == "\r\n\r\n".charAt(matched) ? matched + 1 : b == '\r' ? 1 : 0;
    }
    return head.toString(StandardCharsets.ISO_8859_1);
  }

  /** With an {@code Expect} the body is left unread, for the script to ask for. */
  private static @org.jspecify.annotations.Nullable Request read(InputStream in)
      throws IOException {
    String head = readHead(in);
    if (!head.endsWith("\r\n\r\n")) {
      return null;
    }
    Request bare = new Request(head, "");
    if (!bare.fields("Expect").isEmpty()) {
      return bare;
    }
    return new Request(head, readBody(bare, in));
  }

  static String readBody(Request head, InputStream in) throws IOException {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    if (!head.fields("Content-Length").isEmpty()) {
      int length = Integer.parseInt(head.field("Content-Length"));
      body.writeBytes(in.readNBytes(length));
      if (body.size() < length) {
        throw new SocketException("the body ended early");
      }
    }
    if (head.field("Transfer-Encoding").equals("chunked")) {
      while (true) {
        int size = Integer.parseInt(readLine(in), 16);
        if (size == 0) {
          String trailer = readLine(in);
          while (!trailer.isEmpty()) {
            body.writeBytes(("[" + trailer + "]").getBytes(StandardCharsets.ISO_8859_1));
            trailer = readLine(in);
          }
          return body.toString(StandardCharsets.ISO_8859_1);
        }
        body.writeBytes(in.readNBytes(size));
        readLine(in);
      }
    }
    return body.toString(StandardCharsets.ISO_8859_1);
  }

  private static String readLine(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int b = in.read(); b >= 0 && b != '\n'; b = in.read()) {
      if (b != '\r') {
        line.append((char) b);
      }
    }
    return line.toString();
  }

  static OutputStream out(Socket socket) throws IOException {
    return socket.getOutputStream();
  }

  /** Stops to listen; connections live on. */
  void stopListening() throws IOException {
    server.close();
  }

  /** Closes every connection, used or not. */
  void closeConnections() throws IOException {
    for (Socket socket : open) {
      socket.close();
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
    closeConnections();
    threads.shutdownNow();
    threads.close();
  }
}
