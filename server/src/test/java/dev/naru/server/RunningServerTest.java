package dev.naru.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class RunningServerTest {
  private static String[] fields(long pid) throws IOException {
    String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
    return stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
  }

  private static boolean runs(long pid) throws IOException {
    long startTicks = Long.parseLong(fields(pid)[19]);
    return new RunningServer(pid, startTicks, 80, 81, 82, "build").runs();
  }

  @Test
  void oneThatEndedAndWasNotReapedDoesNotRun() throws Exception {
    Process parent =
        new ProcessBuilder("sh", "-c", "sleep 1000 & echo $!; exec sleep 1000").start();
    try (BufferedReader out =
        new BufferedReader(
            new java.io.InputStreamReader(parent.getInputStream(), StandardCharsets.UTF_8))) {
      long child = Long.parseLong(out.readLine());
      assertThat(runs(parent.pid())).isTrue();
      ProcessHandle.of(child).orElseThrow().destroyForcibly();
      while (!fields(child)[0].equals("Z")) {
        Thread.onSpinWait();
      }
      assertThat(runs(child)).isFalse();
    } finally {
      parent.destroyForcibly();
    }
  }
}
