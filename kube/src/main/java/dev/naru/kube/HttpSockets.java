package dev.naru.kube;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.websocket.api.Session;
import org.eclipse.jetty.websocket.server.ServerWebSocketContainer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Watches and container conversations over real WebSockets. */
final class HttpSockets {
  private static final Logger LOG = LoggerFactory.getLogger(HttpSockets.class);
  private static final long MESSAGE_MAX = 1 << 20;

  private HttpSockets() {}

  static void limits(ServerWebSocketContainer container) {
    container.setMaxBinaryMessageSize(MESSAGE_MAX);
    container.setMaxTextMessageSize(MESSAGE_MAX);
    // A quiet terminal or watch is not a dead one.
    container.setIdleTimeout(Duration.ZERO);
  }

  static void watch(
      Request request, Response response, Callback callback, ApiResponse.Frames.Source source) {
    upgrade(request, response, callback, "", new WatchSocket(source));
  }

  static void talk(
      Request request, Response response, Callback callback, ApiResponse.Channels channels) {
    upgrade(
        request, response, callback, channels.protocol(), new ChannelSocket(channels.session()));
  }

  private static void upgrade(
      Request request,
      Response response,
      Callback callback,
      String protocol,
      Session.Listener.AutoDemanding socket) {
    ServerWebSocketContainer container = ServerWebSocketContainer.get(request.getContext());
    boolean done =
        container != null
            && container.upgrade(
                (asked, answer, upgraded) -> {
                  if (!protocol.isEmpty()) {
                    answer.setAcceptedSubProtocol(protocol);
                  }
                  return socket;
                },
                request,
                response,
                callback);
    if (!done) {
      if (socket instanceof ChannelSocket channel) {
        channel.session.closed();
      }
      Response.writeError(request, response, callback, 400, "the WebSocket upgrade failed");
    }
  }

  private static void send(Session session, ByteBuffer binary, @Nullable String text)
      throws IOException {
    org.eclipse.jetty.websocket.api.Callback.Completable sent =
        new org.eclipse.jetty.websocket.api.Callback.Completable();
    if (text == null) {
      session.sendBinary(binary, sent);
    } else {
      session.sendText(text, sent);
    }
    try {
      sent.get();
    } catch (ExecutionException e) {
      throw new IOException("the client has gone", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("the client has gone", e);
    }
  }

  /** Each event a text message. Public, because Jetty looks its methods up by reflection. */
  public static final class WatchSocket implements Session.Listener.AutoDemanding {
    private final ApiResponse.Frames.Source source;
    private final AtomicBoolean closed = new AtomicBoolean();
    private volatile @Nullable Thread thread;

    WatchSocket(ApiResponse.Frames.Source source) {
      this.source = source;
    }

    @Override
    public void onWebSocketOpen(Session session) {
      thread = Thread.ofVirtual().name("kube-watch").start(() -> run(session));
    }

    private void run(Session session) {
      try {
        source.run(
            new ApiResponse.Frames.Sink() {
              @Override
              public void frame(byte[]... parts) throws IOException {
                ByteArrayOutputStream all = new ByteArrayOutputStream();
                for (byte[] part : parts) {
                  all.write(part);
                }
                send(session, ByteBuffer.allocate(0), all.toString(StandardCharsets.UTF_8));
              }

              @Override
              public void idle() {
                session.sendPing(
                    ByteBuffer.allocate(0), org.eclipse.jetty.websocket.api.Callback.NOOP);
              }

              @Override
              public boolean gone() {
                return closed.get();
              }
            });
        session.close(1000, "", org.eclipse.jetty.websocket.api.Callback.NOOP);
      } catch (IOException | InterruptedException e) {
        LOG.debug("a watch ended", e);
        session.disconnect();
      }
    }

    @Override
    public void onWebSocketClose(
        int code, @Nullable String reason, org.eclipse.jetty.websocket.api.Callback callback) {
      callback.succeed();
      closed.set(true);
      Thread running = thread;
      if (running != null) {
        running.interrupt();
      }
    }
  }

  /** Each frame a binary message. Public, because Jetty looks its methods up by reflection. */
  public static final class ChannelSocket implements Session.Listener.AutoDemanding {
    private final ChannelSession session;
    private final AtomicBoolean closed = new AtomicBoolean();

    ChannelSocket(ChannelSession session) {
      this.session = session;
    }

    @Override
    public void onWebSocketOpen(Session client) {
      session.open(
          new ChannelSession.Client() {
            private final Object order = new Object();

            @Override
            public void send(byte[] frame) throws IOException {
              synchronized (order) {
                HttpSockets.send(client, ByteBuffer.wrap(frame), null);
              }
            }

            @Override
            public void close(int code, String reason) {
              client.close(code, reason, org.eclipse.jetty.websocket.api.Callback.NOOP);
            }
          });
    }

    @Override
    public void onWebSocketBinary(
        ByteBuffer payload, org.eclipse.jetty.websocket.api.Callback callback) {
      byte[] frame = new byte[payload.remaining()];
      payload.get(frame);
      session.frame(frame);
      callback.succeed();
    }

    @Override
    public void onWebSocketClose(
        int code, @Nullable String reason, org.eclipse.jetty.websocket.api.Callback callback) {
      callback.succeed();
      if (closed.compareAndSet(false, true)) {
        session.closed();
      }
    }
  }
}
