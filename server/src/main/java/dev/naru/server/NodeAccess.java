package dev.naru.server;

import dev.naru.kube.PodAccess;
import dev.naru.node.Attachment;
import dev.naru.node.NodeException;
import dev.naru.node.PodStreams;
import dev.naru.node.container.Exec;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** The node's streams as the API asks for them. */
final class NodeAccess implements PodAccess {
  private static final int PIPE_BYTES = 64 << 10;

  private final PodStreams streams;

  NodeAccess(PodStreams streams) {
    this.streams = streams;
  }

  @Override
  public InputStream logs(String namespace, String pod, LogOptions o) throws IOException {
    return here(
        () ->
            streams.logs(
                namespace,
                pod,
                new PodStreams.LogOptions(
                    o.container(),
                    o.follow(),
                    number(o.tailLines()),
                    number(o.sinceSeconds()),
                    null,
                    o.previous(),
                    o.timestamps(),
                    number(o.limitBytes()))));
  }

  private static @Nullable Long number(OptionalLong value) {
    return value.isPresent() ? Long.valueOf(value.getAsLong()) : null;
  }

  @Override
  public Session exec(String namespace, String pod, ExecOptions o) throws IOException {
    Exec exec = here(() -> streams.exec(namespace, pod, o.container(), o.command(), o.tty()));
    if (!o.stdin() && !o.tty()) {
      exec.stdin().close();
    }
    return new Session() {
      private final InputStream stdout = o.tty() ? offThread(exec.stdout()) : exec.stdout();

      @Override
      public OutputStream stdin() {
        return exec.stdin();
      }

      @Override
      public InputStream stdout() {
        return stdout;
      }

      @Override
      public InputStream stderr() {
        return exec.stderr();
      }

      @Override
      public void resize(int columns, int rows) {
        exec.resize(columns, rows);
      }

      @Override
      public int exitCode() throws InterruptedException {
        return exec.waitFor();
      }

      @Override
      public void close() {
        try {
          exec.close();
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      }
    };
  }

  @Override
  public Session attach(String namespace, String pod, ExecOptions o) throws IOException {
    Attachment attachment = here(() -> streams.attach(namespace, pod, o.container()));
    PipedInputStream stdout = new PipedInputStream(PIPE_BYTES);
    PipedInputStream stderr = new PipedInputStream(PIPE_BYTES);
    PipedOutputStream toStdout = new PipedOutputStream(stdout);
    PipedOutputStream toStderr = new PipedOutputStream(stderr);
    Thread copy =
        Thread.ofPlatform()
            .name("attach-" + pod)
            .daemon()
            .start(
                () -> {
                  try (toStdout;
                      toStderr) {
                    attachment.copy(toStdout, toStderr);
                  } catch (IOException ended) {
                    attachment.close();
                  }
                });
    return new Session() {
      @Override
      public OutputStream stdin() {
        return attachment.stdin();
      }

      @Override
      public InputStream stdout() {
        return stdout;
      }

      @Override
      public InputStream stderr() {
        return stderr;
      }

      @Override
      public void resize(int columns, int rows) {
        try {
          attachment.resize(columns, rows);
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      }

      @Override
      public int exitCode() throws InterruptedException {
        copy.join();
        return 0;
      }

      @Override
      public void close() {
        attachment.close();
      }
    };
  }

  @Override
  public Connection portForward(String namespace, String pod, int port) throws IOException {
    Socket socket = here(() -> streams.portForward(namespace, pod, port));
    InputStream in = socket.getInputStream();
    OutputStream out = socket.getOutputStream();
    return new Connection() {
      @Override
      public InputStream in() {
        return in;
      }

      @Override
      public OutputStream out() {
        return out;
      }

      @Override
      public void close() {
        try {
          socket.close();
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      }
    };
  }

  /** Terminals block in the kernel, so they are read on a platform thread. */
  private static InputStream offThread(InputStream terminal) throws IOException {
    PipedInputStream in = new PipedInputStream(PIPE_BYTES);
    PipedOutputStream out = new PipedOutputStream(in);
    Thread.ofPlatform()
        .name("terminal")
        .daemon()
        .start(
            () -> {
              byte[] block = new byte[PIPE_BYTES];
              try (out) {
                for (int n = terminal.read(block); n >= 0; n = terminal.read(block)) {
                  out.write(block, 0, n);
                  out.flush();
                }
              } catch (IOException ended) {
                Thread.currentThread().interrupt();
              }
            });
    return in;
  }

  private interface Call<T> {
    T call();
  }

  private static <T> T here(Call<T> call) throws IOException {
    try {
      return call.call();
    } catch (NodeException e) {
      throw new NoSuchContainer(String.valueOf(e.getMessage()));
    }
  }
}
