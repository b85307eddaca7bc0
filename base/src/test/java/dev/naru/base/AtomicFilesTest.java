package dev.naru.base;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AtomicFilesTest {
  @TempDir Path dir;

  @Test
  void replacesContentAndLeavesNoTemporaryFile() throws IOException {
    Path file = dir.resolve("a");
    AtomicFiles.write(file, "one");
    AtomicFiles.write(file, "two");
    assertThat(file).hasContent("two");
    assertThat(dir).isDirectoryContaining(p -> p.equals(file));
    try (var all = Files.list(dir)) {
      assertThat(all).containsExactly(file);
    }
  }

  @Test
  void secretIsForItsOwnerOnly() throws IOException {
    Path file = dir.resolve("key");
    AtomicFiles.writeSecret(file, "s".getBytes(StandardCharsets.UTF_8));
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
  }

  @Test
  void failureKeepsTheOldStateAndCleansUp() throws IOException {
    Path file = Files.createDirectory(dir.resolve("busy"));
    Files.writeString(file.resolve("x"), "x");
    assertThatThrownBy(() -> AtomicFiles.write(file, "no")).isInstanceOf(IOException.class);
    try (var all = Files.list(dir)) {
      assertThat(all).containsExactly(file);
    }
  }
}
