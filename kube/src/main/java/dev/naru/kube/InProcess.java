package dev.naru.kube;

import io.fabric8.kubernetes.client.http.AsyncBody;
import io.fabric8.kubernetes.client.http.HttpClient;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import io.fabric8.kubernetes.client.http.StandardHttpClient;
import io.fabric8.kubernetes.client.http.StandardHttpClientBuilder;
import io.fabric8.kubernetes.client.http.StandardHttpHeaders;
import io.fabric8.kubernetes.client.http.StandardHttpRequest;
import io.fabric8.kubernetes.client.http.StandardWebSocketBuilder;
import io.fabric8.kubernetes.client.http.WebSocket;
import io.fabric8.kubernetes.client.http.WebSocketHandshakeException;
import io.fabric8.kubernetes.client.http.WebSocketResponse;
import io.fabric8.kubernetes.client.http.WebSocketUpgradeResponse;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * The transport of the in-process client: hands requests to the {@link Core} without a socket. Each
 * request has a virtual thread, which lives as long as its answer streams.
 */
final class InProcess {
  private static final int CHUNK = 16 * 1024;

  private final Core core;
  private final ExecutorService threads;
  private final String user;

  InProcess(Core core, ExecutorService threads, String user) {
    this.core = core;
    this.threads = threads;
    this.user = user;
  }

  HttpClient.Factory factory() {
    return new InProcessFactory(this);
  }

  private record InProcessFactory(InProcess transport) implements HttpClient.Factory {
    @Override
    public HttpClient.Builder newBuilder() {
      return new InProcessBuilder(this);
    }
  }

  private static final class InProcessBuilder
      extends StandardHttpClientBuilder<Client, InProcessFactory, InProcessBuilder> {
    InProcessBuilder(InProcessFactory factory) {
      super(factory);
    }

    @Override
    public HttpClient build() {
      AtomicBoolean closed = client == null ? new AtomicBoolean() : client.getClosed();
      return new Client(this, closed, clientFactory.transport());
    }

    @Override
    protected InProcessBuilder newInstance(InProcessFactory factory) {
      return new InProcessBuilder(factory);
    }
  }

  private static final class Client
      extends StandardHttpClient<Client, InProcessFactory, InProcessBuilder> {
    private final InProcess transport;

    Client(InProcessBuilder builder, AtomicBoolean closed, InProcess transport) {
      super(builder, closed);
      this.transport = transport;
    }

    @Override
    public CompletableFuture<HttpResponse<AsyncBody>> consumeBytesDirect(
        StandardHttpRequest request, AsyncBody.Consumer<List<ByteBuffer>> consumer) {
      return transport.send(request, consumer);
    }

    @Override
    public CompletableFuture<WebSocketResponse> buildWebSocketDirect(
        StandardWebSocketBuilder builder, WebSocket.Listener listener) {
      return transport.connect(builder, listener);
    }

    @Override
    protected void doClose() {
      // The threads belong to the API, which ends them.
    }
  }

  private record Answer(
      int code, Map<String, List<String>> all, HttpRequest request, AsyncBody body)
      implements HttpResponse<AsyncBody> {
    @Override
    public Optional<HttpResponse<?>> previousResponse() {
      return Optional.empty();
    }

    @Override
    public List<String> headers(String key) {
      return all.getOrDefault(key.toLowerCase(Locale.ROOT), List.of());
    }

    @Override
    public Map<String, List<String>> headers() {
      return all;
    }
  }

  private ApiRequest request(StandardHttpRequest request, Map<String, String> more)
      throws IOException {
    URI uri = request.uri();
    Map<String, String> headers = new HashMap<>();
    request
        .headers()
        .forEach((k, v) -> headers.put(k.toLowerCase(Locale.ROOT), String.join(",", v)));
    String type = request.getContentType();
    if (type != null) {
      headers.put("content-type", type);
    }
    headers.putAll(more);
    return new ApiRequest(
        request.method().toUpperCase(Locale.ROOT),
        uri.getPath(),
        ApiRequest.parseQuery(uri.getRawQuery() == null ? "" : uri.getRawQuery()),
        headers,
        body(request.body()),
        user);
  }

  private static byte[] body(StandardHttpRequest.@Nullable BodyContent content) throws IOException {
    return switch (content) {
      case null -> new byte[0];
      case StandardHttpRequest.StringBodyContent s ->
          s.getContent().getBytes(StandardCharsets.UTF_8);
      case StandardHttpRequest.ByteArrayBodyContent b -> b.getContent();
      case StandardHttpRequest.InputStreamBodyContent in -> in.getContent().readAllBytes();
      default -> throw new IOException("a body of " + content.getClass() + " is not supported");
    };
  }

  private CompletableFuture<HttpResponse<AsyncBody>> send(
      StandardHttpRequest request, AsyncBody.Consumer<List<ByteBuffer>> consumer) {
    CompletableFuture<HttpResponse<AsyncBody>> answer = new CompletableFuture<>();
    InProcessBody body = new InProcessBody(consumer);
    try {
      body.runsAs(threads.submit(() -> run(request, body, answer)));
    } catch (RejectedExecutionException e) {
      answer.completeExceptionally(new IOException("the API has been closed", e));
    }
    return answer;
  }

  private void run(
      StandardHttpRequest request,
      InProcessBody body,
      CompletableFuture<HttpResponse<AsyncBody>> answer) {
    try {
      ApiResponse response = core.handle(request(request, Map.of()));
      switch (response) {
        case ApiResponse.Whole whole -> {
          answer.complete(
              new Answer(whole.code(), headers(whole.contentType(), whole), request, body));
          for (byte[] part : whole.parts()) {
            body.deliver(part);
          }
        }
        case ApiResponse.Frames frames -> {
          answer.complete(new Answer(200, headers(frames.contentType(), null), request, body));
          frames.source().run(body.lines());
        }
        case ApiResponse.Text text -> {
          answer.complete(new Answer(200, headers(text.contentType(), null), request, body));
          try (InputStream in = text.body()) {
            body.closesWith(in);
            byte[] buffer = new byte[CHUNK];
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
              body.deliver(java.util.Arrays.copyOf(buffer, n));
            }
          }
        }
        case ApiResponse.Channels channels -> {
          channels.session().closed();
          answer.completeExceptionally(new IOException("a WebSocket is needed for this request"));
        }
      }
      body.end();
    } catch (InterruptedException e) {
      body.fail(new IOException("the request was cancelled", e));
      answer.completeExceptionally(e);
    } catch (IOException | RuntimeException e) {
      body.fail(e);
      answer.completeExceptionally(e);
    }
  }

  private static Map<String, List<String>> headers(
      String contentType, ApiResponse.@Nullable Whole whole) {
    Map<String, List<String>> headers = new HashMap<>();
    headers.put("content-type", List.of(contentType));
    if (whole != null && !whole.warnings().isEmpty()) {
      headers.put("warning", whole.warnings().stream().map(w -> "299 - \"" + w + "\"").toList());
    }
    return headers;
  }

  private CompletableFuture<WebSocketResponse> connect(
      StandardWebSocketBuilder builder, WebSocket.Listener listener) {
    CompletableFuture<WebSocketResponse> answer = new CompletableFuture<>();
    StandardHttpRequest request = builder.asHttpRequest();
    Map<String, String> more = new HashMap<>();
    more.put("upgrade", "websocket");
    String protocol = builder.getSubprotocol();
    if (protocol != null) {
      more.put("sec-websocket-protocol", protocol);
    }
    InProcessSocket socket = new InProcessSocket(listener);
    try {
      socket.runsAs(
          threads.submit(
              () -> {
                try {
                  upgrade(request, request(request, more), socket, answer);
                } catch (IOException | RuntimeException e) {
                  answer.completeExceptionally(e);
                }
              }));
    } catch (RejectedExecutionException e) {
      answer.completeExceptionally(new IOException("the API has been closed", e));
    }
    return answer;
  }

  private void upgrade(
      StandardHttpRequest request,
      ApiRequest asked,
      InProcessSocket socket,
      CompletableFuture<WebSocketResponse> answer) {
    switch (core.handle(asked)) {
      case ApiResponse.Whole whole -> {
        WebSocketUpgradeResponse refused =
            new Refusal(request, whole.code(), headers(whole.contentType(), whole), whole.parts());
        answer.complete(new WebSocketResponse(refused, new WebSocketHandshakeException(refused)));
      }
      case ApiResponse.Frames frames -> {
        socket.opened(null);
        answer.complete(new WebSocketResponse(new WebSocketUpgradeResponse(request, 101), socket));
        socket.watch(frames.source());
      }
      case ApiResponse.Channels channels -> {
        Map<String, List<String>> headers =
            Map.of(
                StandardHttpHeaders.CONTENT_TYPE.toLowerCase(Locale.ROOT),
                List.of(),
                "sec-websocket-protocol",
                List.of(channels.protocol()));
        socket.opened(channels.session());
        answer.complete(
            new WebSocketResponse(new WebSocketUpgradeResponse(request, 101, headers), socket));
        socket.talk(channels.session());
      }
      case ApiResponse.Text text -> {
        try {
          text.body().close();
        } catch (IOException e) {
          answer.completeExceptionally(e);
        }
        WebSocketUpgradeResponse plain = new WebSocketUpgradeResponse(request, 200);
        answer.complete(new WebSocketResponse(plain, new WebSocketHandshakeException(plain)));
      }
    }
  }

  /** A refused handshake, with the status that says why. */
  private static final class Refusal extends WebSocketUpgradeResponse {
    private final String text;

    Refusal(HttpRequest request, int code, Map<String, List<String>> headers, List<byte[]> parts) {
      super(request, code, headers);
      StringBuilder all = new StringBuilder();
      parts.forEach(p -> all.append(new String(p, StandardCharsets.UTF_8)));
      this.text = all.toString();
    }

    @Override
    public String bodyString() {
      return text;
    }
  }
}
