package dev.naru.node.linux;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Short host programs. */
public final class Commands {
  private static final int OUTPUT_MAX_BYTES = 64 * 1024;

  private Commands() {}

  /** What a program left: {@code output} is stdout and stderr together, at most 64 KiB of it. */
  public record Result(int exitCode, String output) {}

  /**
   * Runs to the end, without standard input.
   *
   * @param max after it the program is killed
   * @throws LinuxException when the program cannot be started, or took longer
   */
  public static Result run(Duration max, List<String> command) throws InterruptedException {
    Process process;
    try {
      process = new ProcessBuilder(command).redirectErrorStream(true).start();
    } catch (IOException e) {
      throw new LinuxException(
          "Tried to run " + command.getFirst() + " but failed: " + e.getMessage(), 0, e);
    }
    StringBuilder output = new StringBuilder();
    Thread reader = Thread.startVirtualThread(() -> drain(process, output));
    try {
      OutputStream stdin = process.getOutputStream();
      stdin.close();
    } catch (IOException e) {
      process.destroyForcibly();
      throw new LinuxException("Tried to close the input of " + command.getFirst(), 0, e);
    }
    try {
      if (!process.waitFor(max.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new LinuxException(
            "Tried to run " + command.getFirst() + " but it took longer than " + max, 0, null);
      }
      reader.join(Duration.ofSeconds(1));
    } finally {
      process.destroyForcibly();
    }
    synchronized (output) {
      return new Result(process.exitValue(), output.toString());
    }
  }

  /**
   * As {@link #run}, for programs that must succeed.
   *
   * @return the output
   * @throws LinuxException also on an exit code other than 0, with the output in its message
   */
  public static String require(Duration max, String... command) throws InterruptedException {
    Result result = run(max, List.of(command));
    if (result.exitCode() != 0) {
      throw new LinuxException(
          "Tried to run '%s' but it ended with %d: %s"
              .formatted(String.join(" ", command), result.exitCode(), result.output().strip()),
          0,
          null);
    }
    return result.output();
  }

  private static void drain(Process process, StringBuilder into) {
    byte[] buffer = new byte[8192];
    try (InputStream in = process.getInputStream()) {
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        synchronized (into) {
          if (into.length() < OUTPUT_MAX_BYTES) {
            into.append(new String(buffer, 0, n, StandardCharsets.UTF_8));
          }
        }
      }
    } catch (IOException e) {
      synchronized (into) {
        into.append(" (output cut: ").append(e.getMessage()).append(')');
      }
    }
  }
}
