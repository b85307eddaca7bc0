package dev.naru.server.cli;

import java.io.Console;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** How wide the terminal is that standard output is; the JDK does not say, {@code stty} does. */
final class TerminalSize {
  private static final int COLUMNS_USUAL = 80;

  private TerminalSize() {}

  /** 0 when standard output is no terminal; 80 when a terminal does not say. */
  static int columns() throws IOException, InterruptedException {
    if (Optional.ofNullable(System.console()).filter(Console::isTerminal).isEmpty()) {
      return 0;
    }
    Process stty =
        new ProcessBuilder("stty", "size")
            .redirectInput(new File("/dev/tty"))
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    String size = new String(stty.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    if (stty.waitFor() != 0 || !size.matches("\\d{1,5} [1-9]\\d{0,4}")) {
      return COLUMNS_USUAL;
    }
    return Integer.parseInt(size.substring(size.indexOf(' ') + 1));
  }
}
