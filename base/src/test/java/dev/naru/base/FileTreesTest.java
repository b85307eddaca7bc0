package dev.naru.base;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileTreesTest {
  @TempDir Path dir;

  @Test
  void deletesEverythingBelowAndFollowsNoLink() throws Exception {
    Path kept = Files.createDirectories(dir.resolve("kept"));
    Files.writeString(kept.resolve("file"), "stays");
    Path root = Files.createDirectories(dir.resolve("root/a/b"));
    Files.writeString(root.resolve("file"), "goes");
    Files.createSymbolicLink(root.resolve("link"), kept);
    Files.createSymbolicLink(root.resolve("dangling"), dir.resolve("nowhere"));
    FileTrees.delete(dir.resolve("root"));
    assertThat(dir.resolve("root")).doesNotExist();
    assertThat(kept.resolve("file")).hasContent("stays");
  }

  @Test
  void aLinkIsRemovedItself() throws Exception {
    Path kept = Files.createDirectories(dir.resolve("kept"));
    Path link = Files.createSymbolicLink(dir.resolve("link"), kept);
    FileTrees.delete(link);
    assertThat(Files.isSymbolicLink(link)).isFalse();
    assertThat(kept).isDirectory();
  }

  @Test
  void nothingThereIsNoFailure() {
    assertThatCode(() -> FileTrees.delete(dir.resolve("none"))).doesNotThrowAnyException();
  }
}
