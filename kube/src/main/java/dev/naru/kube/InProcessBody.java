package dev.naru.kube;

import io.fabric8.kubernetes.client.http.AsyncBody;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A body that the client takes piece by piece: each {@link #consume()} lets one through. */
final class InProcessBody implements AsyncBody {
  private static final Logger LOG = LoggerFactory.getLogger(InProcessBody.class);
  private static final byte[] NEWLINE = {'\n'};

  private final AsyncBody.Consumer<List<ByteBuffer>> consumer;
  private final Semaphore wanted = new Semaphore(0);
  private final CompletableFuture<Void> done = new CompletableFuture<>();
  private volatile @Nullable Future<?> thread;
  private volatile @Nullable Closeable source;
  private volatile boolean cancelled;

  InProcessBody(AsyncBody.Consumer<List<ByteBuffer>> consumer) {
    this.consumer = consumer;
  }

  void runsAs(Future<?> future) {
    thread = future;
    if (cancelled) {
      future.cancel(true);
    }
  }

  /** What to close when the client cancels, so that a blocked read ends. */
  void closesWith(Closeable closeable) {
    source = closeable;
  }

  void deliver(byte[]... parts) throws IOException, InterruptedException {
    wanted.acquire();
    if (cancelled) {
      throw new IOException("the client has cancelled");
    }
    List<ByteBuffer> buffers = new java.util.ArrayList<>(parts.length);
    for (byte[] part : parts) {
      // Shared bytes: the client may read them, not write.
      buffers.add(ByteBuffer.wrap(part).asReadOnlyBuffer());
    }
    try {
      consumer.consume(buffers, this);
    } catch (IOException | InterruptedException | RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IOException(e);
    }
  }

  /** Each frame with a newline behind it. */
  ApiResponse.Frames.Sink lines() {
    return new ApiResponse.Frames.Sink() {
      @Override
      public void frame(byte[]... parts) throws IOException {
        byte[][] line = java.util.Arrays.copyOf(parts, parts.length + 1);
        line[parts.length] = NEWLINE;
        try {
          deliver(line);
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          throw new IOException("the client has cancelled", e);
        }
      }

      @Override
      public void idle() {
        // A client in this process cancels when it goes.
      }

      @Override
      public boolean gone() {
        return cancelled;
      }
    };
  }

  void end() {
    done.complete(null);
  }

  void fail(Throwable e) {
    done.completeExceptionally(e);
  }

  @Override
  public void consume() {
    wanted.release();
  }

  @Override
  public CompletableFuture<Void> done() {
    return done;
  }

  @Override
  public void cancel() {
    cancelled = true;
    Future<?> running = thread;
    if (running != null) {
      running.cancel(true);
    }
    Closeable open = source;
    if (open != null) {
      try {
        open.close();
      } catch (IOException e) {
        LOG.debug("a stream that was cancelled could not be closed", e);
      }
    }
    done.cancel(false);
  }
}
