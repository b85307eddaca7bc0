package dev.naru.oci.context;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class DockerIgnoreTest {
  /** Patterns are parted by a bar. */
  @ParameterizedTest
  @CsvSource({
    "target, target, true",
    "target, target/x/y, true",
    "target, a/target, false",
    "/target/, target/x, true",
    "**/target, a/b/target/x, true",
    "**/target, target, true",
    "*.log, a.log, true",
    "*.log, a/b.log, false",
    "**/*.log, a/b.log, true",
    "**, anything/at/all, true",
    "a/**, a/b/c, true",
    "a/**/z, a/z, true",
    "a/**/z, a/b/c/z, true",
    "a?c, abc, true",
    "a?c, a/c, false",
    "[ab]x, bx, true",
    "[^ab]x, bx, false",
    "a.c, abc, false",
    "*|!keep, keep, false",
    "*|!keep, other, true",
    "*|!keep/**, keep/a, false",
    "!keep|keep, keep, true",
    "docs|!docs/README.md|docs/README.md, docs/README.md, true",
    "docs|!docs/README.md, docs/README.md, false",
    "docs|!docs/README.md, docs/other, true",
    "# target, target, false",
    "a/../b, b, true",
    "./x, x, true",
    "a\\*b, a*b, true",
    "a\\*b, axb, false"
  })
  void decides(String patterns, String path, boolean excluded) {
    DockerIgnore ignore = DockerIgnore.parse(patterns.replace("|", "\n"));
    assertThat(ignore.excludes(path)).isEqualTo(excluded);
  }

  @Test
  void namesTheLineThatIsWrong() {
    assertThatThrownBy(() -> DockerIgnore.parse("ok\n\n[a"))
        .hasMessage(".dockerignore:3: '[a' has a '[' without ']'");
  }

  @Test
  void knowsWhenFoldersNeedNotBeLookedInto() {
    assertThat(DockerIgnore.parse("a\nb").canSkipExcludedFolders()).isTrue();
    assertThat(DockerIgnore.parse("a\n!a/b").canSkipExcludedFolders()).isFalse();
  }
}
