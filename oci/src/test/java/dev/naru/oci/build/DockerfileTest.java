package dev.naru.oci.build;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.naru.oci.OciException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Golden files {@code *.Dockerfile} beside {@code *.out}; {@code -Dgolden=write} refreshes these.
 */
final class DockerfileTest {
  private static final Path GOLDEN = Path.of("src/test/resources/dev/naru/oci/build/dockerfiles");

  static Stream<Path> dockerfiles() throws IOException {
    try (Stream<Path> files = Files.list(GOLDEN)) {
      return files.filter(f -> f.toString().endsWith(".Dockerfile")).sorted().toList().stream();
    }
  }

  @ParameterizedTest
  @MethodSource("dockerfiles")
  void readsAsTheGoldenFileSays(Path file) throws IOException {
    String actual = render(Files.readString(file));
    Path golden = Path.of(file.toString().replaceFirst("\\.Dockerfile$", ".out"));
    if ("write".equals(System.getProperty("golden"))) {
      Files.writeString(golden, actual);
    }
    assertThat(actual).isEqualTo(Files.readString(golden));
  }

  private static String render(String text) {
    Dockerfile file = Dockerfile.parse("Dockerfile", text);
    StringBuilder out = new StringBuilder();
    file.globalArgs().forEach(a -> out.append(a).append('\n'));
    for (Dockerfile.Stage stage : file.stages()) {
      out.append(
          "stage line=%d base=%s name=%s%n".formatted(stage.line(), stage.base(), stage.name()));
      stage.instructions().forEach(i -> out.append("  ").append(i).append('\n'));
    }
    return out.toString();
  }

  /** Lines are parted by a bar. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '~',
      quoteCharacter = '`',
      value = {
        "`` ~ Dockerfile:1: the file has no FROM.",
        "RUN x ~ Dockerfile:1: the first instruction must be FROM (only ARG may stand before it).",
        "FROM a b ~ Dockerfile:1: FROM needs an image and may have 'AS <name>', not 'a b'.",
        "FROM a AS 1x ~ Dockerfile:1: '1x' cannot be the name of a stage.",
        "FROM a AS x|FROM b AS X ~ Dockerfile:2: there is a stage 'x' already.",
        "FROM a||# c|FOO x ~ Dockerfile:4: there is no instruction 'FOO'.",
        "FROM a|ONBUILD RUN x ~ Dockerfile:2: ONBUILD is not supported; write its instruction in"
            + " the images that need it.",
        "FROM a|COPY x ~ Dockerfile:2: COPY needs at least one source and a target.",
        "FROM a|COPY --parents a b ~ Dockerfile:2: COPY --parents is not supported.",
        "FROM a|ADD https://x/y /z ~ Dockerfile:2: ADD of 'https://x/y' is not supported: fetch it"
            + " in the pipeline, then COPY it.",
        "FROM a|ENV x ~ Dockerfile:2: ENV needs name=value.",
        "FROM a|ENV a=1 b ~ Dockerfile:2: 'b' is not of the form name=value.",
        "FROM a|ARG 1=2 ~ Dockerfile:2: '1' cannot be the name of an ARG.",
        "FROM a|WORKDIR ~ Dockerfile:2: WORKDIR needs an argument.",
        "FROM a|SHELL sh ~ Dockerfile:2: SHELL needs a JSON list such as [\"/bin/sh\", \"-c\"].",
        "FROM a|HEALTHCHECK --interval=x CMD y ~ Dockerfile:2: 'x' is not a duration such as 30s.",
        "FROM a|RUN <<E|x ~ Dockerfile:2: the heredoc <<E has no line 'E' at its end.",
        "FROM a|RUN --mount=type=cache,target=/x y ~ Dockerfile:2: RUN --mount is not supported.",
        "# escape=x|FROM a ~ Dockerfile:1: the escape character must be \\ or `, not 'x'."
      })
  void errorsNameFileAndLine(String text, String message) {
    String dockerfile = text.replace("|", "\n");
    assertThatThrownBy(() -> Dockerfile.parse("Dockerfile", dockerfile))
        .isInstanceOf(OciException.class)
        .hasMessage(message);
  }
}
