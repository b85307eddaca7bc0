package dev.naru.pipeline.lang;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Broken texts, each with the place of its mistake marked by a ‸, which is taken out before the
 * parse. The texts are in one file, a line with a title before each.
 */
class SyntaxErrorTest {
  private static final char MARK = '‸';

  record Broken(String title, String text, String expected) {
    @Override
    public String toString() {
      return title;
    }
  }

  static Stream<Broken> broken() throws IOException {
    List<Broken> all = new ArrayList<>();
    String file = Files.readString(Path.of("src/test/resources/broken.txt"));
    for (String part : file.split("(?m)^### ")) {
      int end = part.indexOf('\n');
      if (end < 0) {
        continue;
      }
      String marked = part.substring(end + 1).stripTrailing() + "\n";
      int mark = marked.indexOf(MARK);
      String before = marked.substring(0, Math.max(0, mark));
      int line = 1 + (int) before.chars().filter(c -> c == '\n').count();
      int column = mark - before.lastIndexOf('\n');
      all.add(
          new Broken(
              part.substring(0, end), before + marked.substring(mark + 1), line + ":" + column));
    }
    return all.stream();
  }

  @Test
  void theTableIsBroad() throws IOException {
    assertThat(broken()).hasSizeGreaterThanOrEqualTo(40);
  }

  @ParameterizedTest
  @MethodSource("broken")
  void theMistakeIsFound(Broken broken) throws InterruptedException {
    List<Diagnostic> diagnostics = Jenkinsfile.parse("Jenkinsfile", broken.text()).diagnostics();
    assertThat(diagnostics).isNotEmpty();
    assertThat(diagnostics.getFirst().at().toString())
        .as(diagnostics.getFirst() + "\n" + broken.text())
        .isEqualTo(broken.expected());
  }
}
