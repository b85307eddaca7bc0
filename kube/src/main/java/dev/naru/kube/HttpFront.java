package dev.naru.kube;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.cert.X509Certificate;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.websocket.server.ServerWebSocketContainer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The HTTP transport of the {@link Core}: a Jetty handler, blocking, for virtual threads. It
 * answers every path below its prefix and leaves others to the next handler.
 */
final class HttpFront extends Handler.Abstract {
  private static final Logger LOG = LoggerFactory.getLogger(HttpFront.class);

  /** As the real server: three MiB of JSON. */
  private static final int BODY_MAX = 3 << 20;

  private static final int CHUNK = 16 * 1024;

  private final Core core;
  private final String prefix;
  private final Authenticator authenticator;

  /**
   * @param prefix empty, or a path such as {@code /kube} without a slash at its end
   */
  HttpFront(Core core, String prefix, Authenticator authenticator) {
    this.core = core;
    this.prefix = prefix;
    this.authenticator = authenticator;
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) {
    String path = request.getHttpURI().getDecodedPath();
    if (path == null || !(path.equals(prefix) || path.startsWith(prefix + "/"))) {
      return false;
    }
    try {
      answer(request, response, callback, path.substring(prefix.length()));
    } catch (IOException e) {
      LOG.debug("a client has gone", e);
      callback.failed(e);
    } catch (StatusException e) {
      whole(ApiResponse.Whole.json(e.status(), e.toJson()), response, callback);
    }
    return true;
  }

  private void answer(Request request, Response response, Callback callback, String path)
      throws IOException {
    boolean health = path.equals("/healthz") || path.equals("/livez") || path.equals("/readyz");
    Optional<String> user =
        health ? Optional.of("system:anonymous") : authenticator.user(sender(request));
    if (user.isEmpty()) {
      // The body is not read: the connection must not be used again.
      response.getHeaders().put(HttpHeader.CONNECTION, "close");
      throw StatusException.of(401, "Unauthorized", "Unauthorized");
    }
    ApiRequest asked = request(request, path, user.get());
    switch (core.handle(asked)) {
      case ApiResponse.Whole whole -> whole(whole, response, callback);
      case ApiResponse.Frames frames -> {
        if (isUpgrade(asked)) {
          HttpSockets.watch(request, response, callback, frames.source());
        } else {
          lines(frames, response, callback);
        }
      }
      case ApiResponse.Text text -> text(text, response, callback);
      case ApiResponse.Channels channels -> HttpSockets.talk(request, response, callback, channels);
    }
  }

  private static boolean isUpgrade(ApiRequest request) {
    return request.header("upgrade").equalsIgnoreCase("websocket");
  }

  private static Authenticator.Sender sender(Request request) {
    return new Authenticator.Sender() {
      @Override
      public String header(String name) {
        String value = request.getHeaders().get(name);
        return value == null ? "" : value;
      }

      @Override
      public List<X509Certificate> certificates() {
        Object session = request.getAttribute(EndPoint.SslSessionData.ATTRIBUTE);
        if (session instanceof EndPoint.SslSessionData data) {
          X509Certificate[] chain = data.peerCertificates();
          return chain == null ? List.of() : List.of(chain);
        }
        return List.of();
      }
    };
  }

  private static ApiRequest request(Request request, String path, String user) throws IOException {
    Map<String, String> headers = new HashMap<>();
    for (HttpField field : request.getHeaders()) {
      headers.merge(
          field.getName().toLowerCase(Locale.ROOT),
          field.getValue() == null ? "" : field.getValue(),
          (a, b) -> a + "," + b);
    }
    byte[] body;
    try (InputStream in = Content.Source.asInputStream(request)) {
      body = in.readNBytes(BODY_MAX + 1);
    }
    if (body.length > BODY_MAX) {
      throw StatusException.of(
          413, "RequestEntityTooLarge", "Request entity too large: limit is " + BODY_MAX);
    }
    String query = request.getHttpURI().getQuery();
    return new ApiRequest(
        request.getMethod(),
        path,
        ApiRequest.parseQuery(query == null ? "" : query),
        headers,
        body,
        user);
  }

  private static void whole(ApiResponse.Whole whole, Response response, Callback callback) {
    response.setStatus(whole.code());
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, whole.contentType());
    response.getHeaders().put(HttpHeader.CONTENT_LENGTH, whole.length());
    response.getHeaders().put(HttpHeader.CACHE_CONTROL, "no-cache, private");
    for (String warning : whole.warnings()) {
      response.getHeaders().add("Warning", "299 - \"" + escaped(warning) + "\"");
    }
    try (OutputStream out = Content.Sink.asOutputStream(response)) {
      for (byte[] part : whole.parts()) {
        out.write(part);
      }
    } catch (IOException e) {
      LOG.debug("a client has gone", e);
      callback.failed(e);
      return;
    }
    callback.succeeded();
  }

  private static String escaped(String warning) {
    return warning.replace("\\", "\\\\").replace("\"", "\\\"").replaceAll("[\\r\\n]", " ");
  }

  private static void lines(ApiResponse.Frames frames, Response response, Callback callback)
      throws IOException {
    response.setStatus(200);
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, frames.contentType());
    response.getHeaders().put(HttpHeader.CACHE_CONTROL, "no-cache, private");
    try (OutputStream out = Content.Sink.asOutputStream(response)) {
      // The client waits for the headers before the first event.
      out.flush();
      frames
          .source()
          .run(
              new ApiResponse.Frames.Sink() {
                @Override
                public void frame(byte[]... parts) throws IOException {
                  for (byte[] part : parts) {
                    out.write(part);
                  }
                  out.write('\n');
                  out.flush();
                }

                @Override
                public void idle() throws IOException {
                  // White space between documents; it shows whether the client is there.
                  out.write('\n');
                  out.flush();
                }

                @Override
                public boolean gone() {
                  return false;
                }
              });
    } catch (InterruptedException e) {
      LOG.debug("a watch ends with the server");
    }
    callback.succeeded();
  }

  private static void text(ApiResponse.Text text, Response response, Callback callback)
      throws IOException {
    response.setStatus(200);
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, text.contentType());
    response.getHeaders().put(HttpHeader.CACHE_CONTROL, "no-cache, private");
    try (InputStream in = text.body();
        OutputStream out = Content.Sink.asOutputStream(response)) {
      out.flush();
      byte[] buffer = new byte[CHUNK];
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        out.write(buffer, 0, n);
        out.flush();
      }
    }
    callback.succeeded();
  }

  @Override
  protected void doStart() throws Exception {
    // Sockets need their container before the server starts.
    ServerWebSocketContainer container = ServerWebSocketContainer.ensure(getServer());
    HttpSockets.limits(container);
    super.doStart();
  }
}
