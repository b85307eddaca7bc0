package dev.naru.node.net;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Runs {@code ip} and {@code nft}: one fork for a whole batch of commands given on its input. */
final class Tool {
  static final Duration TIMEOUT_MAX = Duration.ofSeconds(20);

  private Tool() {}

  /**
   * Runs {@code command} with {@code input} and returns its standard output.
   *
   * @throws NetworkException NET_COMMAND when it cannot be started, fails or exceeds {@link
   *     #TIMEOUT_MAX}; the message carries what it wrote to standard error
   */
  static String run(List<String> command, String input) {
    Path errors = null;
    try {
      errors = Files.createTempFile("naru-net", ".err");
      Process process = new ProcessBuilder(command).redirectError(errors.toFile()).start();
      try (var stdin = process.getOutputStream()) {
        stdin.write(input.getBytes(StandardCharsets.UTF_8));
      }
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (!process.waitFor(TIMEOUT_MAX.toSeconds(), TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw failed(command, "no answer within " + TIMEOUT_MAX, null);
      }
      if (process.exitValue() != 0) {
        throw failed(
            command,
            "exit code "
                + process.exitValue()
                + ": "
                + Files.readString(errors).strip().replace('\n', ' '),
            null);
      }
      return output;
    } catch (IOException e) {
      throw failed(command, e.toString(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw failed(command, "interrupted", e);
    } finally {
      delete(errors);
    }
  }

  private static void delete(@Nullable Path file) {
    if (file != null && !file.toFile().delete()) {
      file.toFile().deleteOnExit();
    }
  }

  private static NetworkException failed(
      List<String> command, String seen, @Nullable Throwable cause) {
    return new NetworkException(
        "NET_COMMAND", "Tried `" + String.join(" ", command) + "` but it failed: " + seen, cause);
  }
}
