package dev.naru.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Expansion of variables, CRI log lines, login files, atomic directories. */
final class TextRulesTest {
  private static String expand(String text) {
    return Expansion.expand(text, n -> Optional.ofNullable(Map.of("A", "1").get(n)));
  }

  @Test
  void expandsAsKubernetesDoes() {
    assertThat(expand("$(A)")).isEqualTo("1");
    assertThat(expand("$(B)")).isEqualTo("$(B)");
    assertThat(expand("$$(A)")).isEqualTo("$(A)");
    assertThat(expand("$$$(A)")).isEqualTo("$1");
    assertThat(expand("$A $ $(A")).isEqualTo("$A $ $(A");
  }

  @Test
  void readsFullAndPartialLogLines() {
    LogLines.Line full = LogLines.parse("2026-01-01T00:00:00.5+00:00 stdout F a b");
    assertThat(full.raw()).isEqualTo("a b\n");
    assertThat(full.instant()).isPresent();
    assertThat(LogLines.parse("2026-01-01T00:00:00Z stderr P part").raw()).isEqualTo("part");
    assertThat(LogLines.parse("garbage").raw()).isEqualTo("garbage\n");
  }

  @Test
  void findsTheLastLines(@TempDir Path directory) throws IOException {
    Path log = Files.writeString(directory.resolve("0.log"), "one\ntwo\nthree\n");
    assertThat(LogLines.tailOffset(log, 1)).isEqualTo(8);
    assertThat(LogLines.tailOffset(log, 2)).isEqualTo(4);
    assertThat(LogLines.tailOffset(log, 9)).isZero();
    assertThat(LogLines.tailOffset(log, 0)).isEqualTo(14);
  }

  @Test
  void readsALoginOfADockerConfig() {
    byte[] config =
        "{\"auths\":{\"https://r.example/v2/\":{\"auth\":\"dTpwOnE=\"}}}"
            .getBytes(StandardCharsets.UTF_8);
    assertThat(PodImages.login(config, "r.example").orElseThrow().username()).isEqualTo("u");
    assertThat(PodImages.login(config, "r.example").orElseThrow().password()).isEqualTo("p:q");
    assertThat(PodImages.login(config, "other.example")).isEmpty();
  }

  @Test
  void changesADirectoryAtOnceAndKeepsNoOldFile(@TempDir Path directory) throws IOException {
    assertThat(AtomicDirectory.update(directory, items("a", "1", "d/b", "2"), -1)).isTrue();
    assertThat(directory.resolve("d/b")).hasContent("2");
    assertThat(AtomicDirectory.update(directory, items("a", "1", "d/b", "2"), -1)).isFalse();
    assertThat(AtomicDirectory.update(directory, items("a", "3"), -1)).isTrue();
    assertThat(directory.resolve("a")).hasContent("3");
    assertThat(directory.resolve("d")).doesNotExist();
    try (var entries = Files.list(directory)) {
      assertThat(entries).hasSize(3);
    }
  }

  private static Map<String, AtomicDirectory.Item> items(String... pairs) {
    Map<String, AtomicDirectory.Item> items = new TreeMap<>();
    for (int i = 0; i < pairs.length; i += 2) {
      items.put(
          pairs[i], new AtomicDirectory.Item(pairs[i + 1].getBytes(StandardCharsets.UTF_8), 0644));
    }
    return items;
  }
}
