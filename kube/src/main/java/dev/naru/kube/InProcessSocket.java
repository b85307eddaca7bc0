package dev.naru.kube;

import io.fabric8.kubernetes.client.http.WebSocket;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** A WebSocket without a socket. One message goes to the listener per {@link #request()}. */
final class InProcessSocket implements WebSocket {
  private final WebSocket.Listener listener;
  private final Semaphore wanted = new Semaphore(1);
  private final AtomicBoolean closed = new AtomicBoolean();
  private volatile @Nullable Future<?> thread;
  private volatile @Nullable ChannelSession session;

  InProcessSocket(WebSocket.Listener listener) {
    this.listener = listener;
  }

  void runsAs(Future<?> future) {
    thread = future;
    if (closed.get()) {
      future.cancel(true);
    }
  }

  /** Tells the listener that the connection is open; to be done before the client gets it. */
  void opened(@Nullable ChannelSession of) {
    session = of;
    listener.onOpen(this);
  }

  /** Sends the frames of a watch as text messages, on the current thread, until its end. */
  void watch(ApiResponse.Frames.Source source) {
    try {
      source.run(
          new ApiResponse.Frames.Sink() {
            @Override
            public void frame(byte[]... parts) throws IOException {
              ByteArrayOutputStream all = new ByteArrayOutputStream();
              for (byte[] part : parts) {
                all.write(part);
              }
              admit();
              listener.onMessage(InProcessSocket.this, all.toString(StandardCharsets.UTF_8));
            }

            @Override
            public void idle() {
              // A client in this process cancels when it goes.
            }

            @Override
            public boolean gone() {
              return closed.get();
            }
          });
      if (closed.compareAndSet(false, true)) {
        listener.onClose(this, 1000, "");
      }
    } catch (IOException | InterruptedException | RuntimeException e) {
      if (closed.compareAndSet(false, true)) {
        listener.onError(this, e);
      }
    }
  }

  private void admit() throws IOException {
    try {
      wanted.acquire();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("the client has gone", e);
    }
    if (closed.get()) {
      throw new IOException("the client has gone");
    }
  }

  void talk(ChannelSession of) {
    of.open(
        new ChannelSession.Client() {
          // Frames of different channels come from different threads; messages go one by one.
          private final Object order = new Object();

          @Override
          public void send(byte[] frame) throws IOException {
            synchronized (order) {
              admit();
              listener.onMessage(InProcessSocket.this, ByteBuffer.wrap(frame));
            }
          }

          @Override
          public void close(int code, String reason) {
            if (closed.compareAndSet(false, true)) {
              listener.onClose(InProcessSocket.this, code, reason);
              of.closed();
            }
          }
        });
  }

  @Override
  public boolean send(ByteBuffer buffer) {
    ChannelSession to = session;
    if (closed.get() || to == null) {
      return false;
    }
    byte[] frame = new byte[buffer.remaining()];
    buffer.duplicate().get(frame);
    to.frame(frame);
    return true;
  }

  @Override
  public boolean sendClose(int code, String reason) {
    if (!closed.compareAndSet(false, true)) {
      return false;
    }
    Future<?> running = thread;
    if (running != null) {
      running.cancel(true);
    }
    wanted.release();
    ChannelSession to = session;
    if (to != null) {
      to.closed();
    }
    listener.onClose(this, code, reason == null ? "" : reason);
    return true;
  }

  @Override
  public long queueSize() {
    return 0;
  }

  @Override
  public void request() {
    wanted.release();
  }
}
