package dev.naru.node;

import io.fabric8.kubernetes.api.model.Container;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * What a container wants to be known of its end: its termination log, or the end of its output when
 * it failed and {@code terminationMessagePolicy} says so. Source: Kubernetes, "Determine the reason
 * for pod failure".
 */
final class TerminationMessage {
  private static final int FILE_MAX_BYTES = 4096;
  private static final int LOG_MAX_BYTES = 2048;
  private static final int LOG_MAX_LINES = 80;

  private TerminationMessage() {}

  static String of(Container container, int exitCode, Path terminationLog, Path log)
      throws IOException {
    if (Files.exists(terminationLog)) {
      byte[] bytes = Files.readAllBytes(terminationLog);
      if (bytes.length > 0) {
        return new String(bytes, 0, Math.min(bytes.length, FILE_MAX_BYTES), StandardCharsets.UTF_8);
      }
    }
    boolean fromLog =
        exitCode != 0 && "FallbackToLogsOnError".equals(container.getTerminationMessagePolicy());
    return fromLog && Files.exists(log) ? tail(log) : "";
  }

  private static String tail(Path log) throws IOException {
    List<String> lines = LogLines.tail(log, LOG_MAX_LINES);
    String text = String.join("", lines);
    return text.length() > LOG_MAX_BYTES ? text.substring(text.length() - LOG_MAX_BYTES) : text;
  }
}
