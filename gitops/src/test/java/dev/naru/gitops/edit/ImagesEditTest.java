package dev.naru.gitops.edit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Golden cases: {@code in-*.yaml} with its change on the first line, beside {@code out-*.yaml}. */
class ImagesEditTest {
  private static final Path CASES = Path.of("src/test/resources/images-edit");

  static List<String> cases() throws IOException {
    try (Stream<Path> all = Files.list(CASES)) {
      return all.map(p -> p.getFileName().toString())
          .filter(n -> n.startsWith("in-"))
          .map(n -> n.substring(3))
          .sorted()
          .toList();
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void keepsEverythingElse(String name) throws IOException {
    String in = Files.readString(CASES.resolve("in-" + name));
    String out = in;
    for (String line : in.lines().toList()) {
      if (line.startsWith("#! ")) {
        out = ImagesEdit.apply(out, ImageChange.parse(line.substring(3)));
      }
    }
    Path golden = CASES.resolve("out-" + name);
    if (Boolean.getBoolean("golden.refresh")) {
      Files.writeString(golden, out);
    }
    assertThat(out).isEqualTo(Files.readString(golden));
  }

  @Test
  void windowsLinesStay() {
    assertThat(
            ImagesEdit.apply(
                "a: 1\r\nimages:\r\n- name: x\r\n  newTag: old\r\n", ImageChange.parse("x=:new")))
        .isEqualTo("a: 1\r\nimages:\r\n- name: x\r\n  newTag: new\r\n");
  }

  @Test
  void refusesWhatItCannotKeep() {
    assertThatThrownBy(() -> ImagesEdit.apply("{images: []}", ImageChange.parse("x=:new")))
        .hasMessageContaining("flow mapping");
    assertThatThrownBy(() -> ImagesEdit.apply("images: 3", ImageChange.parse("x=:new")))
        .hasMessageContaining("not a list");
    assertThatThrownBy(() -> ImagesEdit.apply("a: [", ImageChange.parse("x=:new")))
        .hasMessageContaining("not valid YAML");
  }
}
