package dev.naru.base;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DigestTest {
  // FIPS 180-2, appendix B.1
  private static final String ABC =
      "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

  @Test
  void bytesAndFilesAgreeWithThePublishedVector(@TempDir Path dir) throws IOException {
    assertThat(Digest.of("abc")).hasToString(ABC);
    assertThat(Digest.ofFile(Files.writeString(dir.resolve("f"), "abc"))).hasToString(ABC);
    assertThat(Digest.parse(ABC)).isEqualTo(Digest.of("abc"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "sha256:", "sha512:00", "sha256:BA78", "ba7816bf"})
  void refusesOtherShapes(String text) {
    assertThatThrownBy(() -> Digest.parse(text)).hasMessageContaining("not a sha256 digest");
  }
}
