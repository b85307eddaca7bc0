package dev.naru.server.lsp;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.Pipe;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Predicate;

/** An editor at the other end of the server's streams; it speaks the protocol by bytes. */
final class Editor implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int SKIPPED_MAX = 100;

  private final ExecutorService thread = Executors.newSingleThreadExecutor();
  private final OutputStream out;
  private final InputStream in;
  private final Future<Integer> server;

  Editor() throws IOException {
    Pipe toServer = Pipe.open();
    Pipe fromServer = Pipe.open();
    out = Channels.newOutputStream(toServer.sink());
    in = Channels.newInputStream(fromServer.source());
    InputStream serverIn = Channels.newInputStream(toServer.source());
    OutputStream serverOut = Channels.newOutputStream(fromServer.sink());
    server = thread.submit(() -> LanguageServerProcess.serve(serverIn, serverOut));
  }

  /** At the other end of a process's pipes. */
  Editor(Process program) {
    out = program.getOutputStream();
    in = program.getInputStream();
    Callable<Integer> ended = program::waitFor;
    server = thread.submit(ended);
  }

  void raw(byte[] bytes) throws IOException {
    out.write(bytes);
    out.flush();
  }

  void send(String json) throws IOException {
    byte[] body = json.getBytes(StandardCharsets.UTF_8);
    raw(("Content-Length: " + body.length + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
    raw(body);
  }

  void notify(String method, String params) throws IOException {
    send("{\"jsonrpc\":\"2.0\",\"method\":\"" + method + "\",\"params\":" + params + "}");
  }

  JsonNode ask(int id, String method, String params) throws IOException {
    send(
        "{\"jsonrpc\":\"2.0\",\"id\":%d,\"method\":\"%s\",\"params\":%s}"
            .formatted(id, method, params));
    return await(m -> m.path("id").asInt(-1) == id && !m.has("method"));
  }

  /** The diagnostics that the server publishes next. */
  JsonNode diagnostics() throws IOException {
    return await(m -> m.path("method").asText().equals("textDocument/publishDiagnostics"))
        .at("/params/diagnostics");
  }

  /** The next message that is wanted; those before it are passed. */
  JsonNode await(Predicate<JsonNode> wanted) throws IOException {
    for (int i = 0; i < SKIPPED_MAX; i++) {
      JsonNode message = receive();
      if (wanted.test(message)) {
        return message;
      }
    }
    throw new IOException("the message never came");
  }

  private JsonNode receive() throws IOException {
    int length = -1;
    for (String line = line(); !line.isEmpty(); line = line()) {
      if (line.startsWith("Content-Length: ")) {
        length = Integer.parseInt(line.substring("Content-Length: ".length()));
      }
    }
    return JSON.readTree(in.readNBytes(length));
  }

  private String line() throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c = in.read(); c != '\n'; c = in.read()) {
      if (c < 0) {
        throw new EOFException("the server has closed its output");
      }
      if (c != '\r') {
        line.append((char) c);
      }
    }
    return line.toString();
  }

  /** The code with which the server ends once its input is closed or exit was said. */
  int end() throws Exception {
    return server.get();
  }

  void closeInput() throws IOException {
    out.close();
  }

  @Override
  public void close() throws IOException {
    out.close();
    thread.close();
    in.close();
  }
}
