package dev.naru.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;

/** The display and Ctrl-C on a real pseudo-terminal, which {@code script} of util-linux makes. */
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = ThreadMode.SEPARATE_THREAD)
class TerminalTest {
  private static final String CTRL_C = "\u0003";
  private static final String NO_WRAP = "\u001b[?7l";
  private static final String WRAP = "\u001b[?7h";

  /** What a terminal of 30 columns got, and the code. */
  private record Ended(String output, int code) {}

  @Test
  void ctrlCUnwindsTheWorkThenDoesTheRest() throws Exception {
    Ended ended = interrupted("signal");
    assertThat(ended.code()).as(ended.output()).isEqualTo(130);
    assertThat(ended.output())
        .contains("✓ done")
        .containsSubsequence("· until Ctrl-C", "✗ until Ctrl-C", "unwound", "the rest")
        .doesNotContain("Exception");
    assertThat(ended.output().substring(ended.output().indexOf("✗ until")))
        .as("nothing is drawn over what follows")
        .doesNotContain("·");
  }

  @Test
  void whatIsLeftMayChooseTheCode() throws Exception {
    assertThat(interrupted("0").code()).isZero();
    assertThat(interrupted("1").code()).isEqualTo(1);
  }

  @Test
  void drawnLinesDoNotWrapAndTheTerminalIsAsBefore() throws Exception {
    Ended ended = interrupted("signal");
    assertThat(ended.output().split("\r\n", -1)[0])
        .as("cut at the 30th column")
        .contains("a line that is longer than th…");
    assertThat(ended.output().split(java.util.regex.Pattern.quote(NO_WRAP), -1))
        .hasSizeGreaterThan(2)
        .satisfies(
            parts ->
                assertThat(List.of(parts).subList(1, parts.length)).allMatch(this::wrapsAgain));
  }

  private boolean wrapsAgain(String part) {
    return part.contains(WRAP);
  }

  /** Runs {@link TerminalProgram} in a terminal and presses Ctrl-C as its last step is shown. */
  private static Ended interrupted(String argument) throws IOException, InterruptedException {
    String java =
        String.join(
            " ",
            "exec",
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1 -Dstdout.encoding=UTF-8 -cp",
            "'" + System.getProperty("java.class.path") + "'",
            TerminalProgram.class.getName(),
            argument);
    // Whoever runs this in the background of a shell has SIGINT ignored, and so would the program.
    Process script =
        new ProcessBuilder(
                "env",
                "--default-signal=INT",
                "script",
                "-qec",
                "stty cols 30; " + java,
                "/dev/null")
            .redirectErrorStream(true)
            .start();
    StringBuilder output = new StringBuilder();
    try (InputStream in = script.getInputStream()) {
      byte[] buffer = new byte[4096];
      boolean pressed = false;
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        output.append(new String(buffer, 0, n, StandardCharsets.UTF_8));
        if (!pressed && output.indexOf("until Ctrl-C") >= 0) {
          script.getOutputStream().write(CTRL_C.getBytes(StandardCharsets.US_ASCII));
          script.getOutputStream().flush();
          pressed = true;
        }
      }
      return new Ended(output.toString(), script.waitFor());
    } finally {
      script.destroy();
    }
  }
}
