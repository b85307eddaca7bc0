package dev.naru.node.container;

import dev.naru.node.linux.Linux;
import dev.naru.node.linux.Signals;
import dev.naru.node.linux.Terminal;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A program run inside a container beside its own, with the container's user, environment,
 * capabilities and limits.
 *
 * <p>With a terminal there is one stream out, which must be read on a platform thread (it blocks in
 * the kernel). Closing ends the program with SIGKILL if it still runs.
 */
public final class Exec implements AutoCloseable {
  private final Process process;
  private final Path pidFile;
  private final @Nullable Terminal terminal;
  private final AtomicBoolean closed = new AtomicBoolean();

  private Exec(Process process, Path pidFile, @Nullable Terminal terminal) {
    this.process = process;
    this.pidFile = pidFile;
    this.terminal = terminal;
  }

  /**
   * Starts {@code command} in a running container.
   *
   * <p>A program that is not there, or a container that has ended, shows as an exit code other than
   * 0 with the runtime's words on the error stream.
   */
  public static Exec start(
      ContainerRuntime runtime, String id, List<String> command, boolean terminal)
      throws IOException {
    Path pidFile = runtime.scratch("exec-" + UUID.randomUUID() + ".pid");
    ProcessBuilder builder =
        new ProcessBuilder(runtime.execCommand(id, pidFile, terminal, command));
    if (!terminal) {
      return new Exec(builder.start(), pidFile, null);
    }
    Terminal near = Terminal.open();
    try {
      File far = near.file().toFile();
      builder.redirectInput(far).redirectOutput(far).redirectError(far);
      return new Exec(builder.start(), pidFile, near);
    } catch (IOException | RuntimeException e) {
      near.close();
      throw e;
    }
  }

  public OutputStream stdin() {
    return terminal == null ? process.getOutputStream() : terminal.output();
  }

  public InputStream stdout() {
    return terminal == null ? process.getInputStream() : terminal.input();
  }

  /** Empty with a terminal. */
  public InputStream stderr() {
    return terminal == null ? process.getErrorStream() : InputStream.nullInputStream();
  }

  /** Tells the program the size of its terminal; without one nothing happens. */
  public void resize(int columns, int rows) {
    if (terminal != null) {
      terminal.resize(columns, rows);
      Signals.send(process.pid(), SIGWINCH, p -> process.isAlive());
    }
  }

  private static final int SIGWINCH = 28;

  /** Waits for the end; 128 + n for a program that a signal ended. */
  public int waitFor() throws InterruptedException {
    return process.waitFor();
  }

  /** The exit code, or empty when the program still runs after {@code max}. */
  public Optional<Integer> waitFor(Duration max) throws InterruptedException {
    return process.waitFor(max.toNanos(), TimeUnit.NANOSECONDS)
        ? Optional.of(process.exitValue())
        : Optional.empty();
  }

  @Override
  public void close() throws IOException {
    if (!closed.compareAndSet(false, true)) {
      return;
    }
    try {
      if (process.isAlive()) {
        killInside();
        process.destroyForcibly();
      }
    } finally {
      Files.deleteIfExists(pidFile);
      if (terminal != null) {
        terminal.close();
      }
    }
  }

  private void killInside() throws IOException {
    if (Files.exists(pidFile)) {
      String text = Files.readString(pidFile, StandardCharsets.UTF_8).strip();
      if (!text.isEmpty()) {
        // runc waits for this process, so its number cannot belong to another while runc lives.
        Signals.send(Long.parseLong(text), Linux.SIGKILL, p -> process.isAlive());
      }
    }
  }
}
