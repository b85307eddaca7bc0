package dev.naru.kube;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/**
 * Pods without containers: a log of two lines; {@code cat} echoes its input, {@code exit N} ends
 * with N, another command prints itself to stdout and a word to stderr.
 */
final class EchoPods implements PodAccess {
  @Override
  public InputStream logs(String namespace, String pod, LogOptions options) throws IOException {
    if (options.previous()) {
      throw new NoSuchContainer("previous terminated container not found");
    }
    return new ByteArrayInputStream(
        ("first of " + pod + "\nsecond\n").getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public Session exec(String namespace, String pod, ExecOptions options) throws IOException {
    return new Echo(options);
  }

  @Override
  public Session attach(String namespace, String pod, ExecOptions options) throws IOException {
    return new Echo(options);
  }

  @Override
  public Connection portForward(String namespace, String pod, int port) throws IOException {
    PipedOutputStream out = new PipedOutputStream();
    PipedInputStream in = new PipedInputStream(out);
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
        quietly(out);
      }
    };
  }

  private static void quietly(AutoCloseable closeable) {
    try {
      closeable.close();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private static final class Echo implements Session {
    private final CompletableFuture<Integer> exit = new CompletableFuture<>();
    private final OutputStream stdin;
    private final InputStream stdout;
    private final InputStream stderr;

    Echo(ExecOptions options) throws IOException {
      if (options.command().equals(java.util.List.of("cat"))) {
        PipedOutputStream pipe = new PipedOutputStream();
        this.stdout = new PipedInputStream(pipe);
        this.stderr = InputStream.nullInputStream();
        this.stdin =
            new java.io.FilterOutputStream(pipe) {
              @Override
              public void close() throws IOException {
                super.close();
                exit.complete(0);
              }
            };
        return;
      }
      String text = String.join(" ", options.command());
      this.stdin = OutputStream.nullOutputStream();
      this.stdout = new ByteArrayInputStream((text + "\n").getBytes(StandardCharsets.UTF_8));
      this.stderr = new ByteArrayInputStream("warned\n".getBytes(StandardCharsets.UTF_8));
      exit.complete(text.startsWith("exit ") ? Integer.parseInt(text.substring(5)) : 0);
    }

    @Override
    public OutputStream stdin() {
      return stdin;
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
      // There is no terminal.
    }

    @Override
    public int exitCode() throws InterruptedException {
      try {
        return exit.get();
      } catch (ExecutionException e) {
        throw new IllegalStateException(e);
      }
    }

    @Override
    public void close() {
      exit.complete(137);
    }
  }
}
