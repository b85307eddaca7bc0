package dev.naru.kube;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code kill -9} in the middle of writes: what was answered is there, whole, and in order. */
final class CrashTest {
  private static final int ROUNDS = 3;
  private static final int ACKNOWLEDGED_MAX = 300;

  @TempDir Path directory;

  @Test
  void whatWasAnsweredSurvivesAKill() throws Exception {
    long seed = Long.getLong("naru.seed", System.nanoTime());
    Random random = new Random(seed);
    Path database = directory.resolve("state.db");
    long newest = 0;
    for (int round = 0; round < ROUNDS; round++) {
      Map<String, Long> acknowledged = new HashMap<>();
      newest =
          Math.max(newest, crash(database, 1 + random.nextInt(ACKNOWLEDGED_MAX), acknowledged));
      integrity(database);
      try (KubeApi api = KubeApi.open(KubeConfig.of(database))) {
        KubernetesClient client = api.client();
        acknowledged.forEach(
            (name, value) -> {
              ConfigMap map = client.configMaps().inNamespace("default").withName(name).get();
              assertThat(map).describedAs("seed " + seed).isNotNull();
              assertThat(Long.parseLong(map.getData().get("value")))
                  .describedAs("seed " + seed)
                  .isBetween(value, value + 1);
              assertThat(map.getData().get("twin")).isEqualTo(map.getData().get("value"));
            });
        ConfigMap next =
            client
                .resource(
                    new ConfigMapBuilder()
                        .withNewMetadata()
                        .withName("after-" + round)
                        .withNamespace("default")
                        .endMetadata()
                        .build())
                .create();
        long version = Long.parseLong(next.getMetadata().getResourceVersion());
        assertThat(version).describedAs("seed " + seed).isGreaterThan(newest);
        newest = version;
      }
    }
  }

  /** Lets a child write until so many writes were answered, kills it, returns the last version. */
  private static long crash(Path database, int writes, Map<String, Long> acknowledged)
      throws Exception {
    Process child =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-Dorg.slf4j.simpleLogger.defaultLogLevel=error",
                "-cp",
                System.getProperty("java.class.path"),
                CrashWriter.class.getName(),
                database.toString())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    long newest = 0;
    int seen = 0;
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(child.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        String[] words = line.split(" ", -1);
        if (words.length == 3) {
          acknowledged.put(words[0], Long.parseLong(words[1]));
          newest = Math.max(newest, Long.parseLong(words[2]));
        }
        if (++seen == writes) {
          // SIGKILL; lines already in the pipe are read on, they were answered too.
          child.toHandle().destroyForcibly();
        }
      }
    }
    assertThat(child.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(seen).isGreaterThanOrEqualTo(writes);
    return newest;
  }

  private static void integrity(Path database) throws Exception {
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + database);
        Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery("PRAGMA integrity_check")) {
      assertThat(result.next()).isTrue();
      assertThat(result.getString(1)).isEqualTo("ok");
    }
  }
}
