package dev.naru.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Naru killed with -9 at random moments: every step ran once, every line is in the log once. */
class KillTest {
  private static final int KILLS_MAX = 4;

  @TempDir Path dir;

  @ParameterizedTest
  @ValueSource(longs = {1, 2})
  @Timeout(180)
  void aRunGoesOnAfterEachKill(long seed) throws IOException, InterruptedException {
    Random random = new Random(seed);
    Path count = dir.resolve("count");
    StringBuilder steps = new StringBuilder();
    List<String> expected = new ArrayList<>();
    for (String branch : List.of("a", "b")) {
      steps.append("stage('").append(branch).append("') { steps {\n");
      for (int i = 0; i < 4; i++) {
        String id = branch + i;
        steps.append("echo 'echo ").append(id).append("'\n");
        steps.append("sh '''#!/bin/sh\necho ").append(id).append(" >> ").append(count);
        steps
            .append("\nfor n in 1 2 3 4; do echo line ")
            .append(id)
            .append(" $n; sleep 0.2; done'''\n");
        expected.add("echo " + id);
        IntStream.rangeClosed(1, 4).forEach(n -> expected.add("line " + id + " " + n));
      }
      steps.append("} }\n");
    }
    Files.writeString(
        dir.resolve("source"),
        "pipeline { agent any\n options { skipDefaultCheckout() }\n"
            + " stages { stage('All') { parallel {\n"
            + steps
            + "} } } }");
    int kills = 0;
    while (kills < KILLS_MAX && !Files.exists(dir.resolve("result"))) {
      Process engine = start();
      if (!engine.waitFor(2_000 + random.nextInt(2_500), TimeUnit.MILLISECONDS)) {
        engine.destroyForcibly().waitFor();
        kills++;
      }
    }
    if (!Files.exists(dir.resolve("result"))) {
      assertThat(start().waitFor(60, TimeUnit.SECONDS)).isTrue();
    }
    assertThat(Files.readString(dir.resolve("result")))
        .as("seed %s", seed)
        .isEqualTo("Succeeded null");
    List<String> log = Files.readAllLines(dir.resolve("data/runs/r1/log"));
    assertThat(log.stream().filter(l -> l.startsWith("echo ") || l.startsWith("line ")))
        .as("seed %s, %s kills", seed, kills)
        .containsExactlyInAnyOrderElementsOf(expected);
    assertThat(Files.readAllLines(count)).doesNotHaveDuplicates().hasSize(8);
    assertThat(kills).isPositive();
  }

  private Process start() throws IOException {
    String classes =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    return new ProcessBuilder(
            System.getProperty("java.home") + "/bin/java",
            "-XX:TieredStopAtLevel=1",
            "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
            "--enable-native-access=ALL-UNNAMED",
            "-cp",
            classes,
            KilledEngine.class.getName(),
            dir.toString())
        .redirectErrorStream(true)
        .redirectOutput(new File(dir.toFile(), "out"))
        .start();
  }
}
