package dev.naru.pipeline.lang;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Every file of the corpus: its diagnostics, and the calls that a run makes. {@code
 * -Dgolden.refresh=true} writes the golden files anew.
 */
class CorpusTest {
  private static final Path CORPUS = Path.of("src/test/resources/corpus");
  private static final Limits LIMITS =
      new Limits(500_000, 1_000, 100, 50, 128 << 20, Duration.ofHours(1));

  static List<Path> files() throws IOException {
    try (Stream<Path> all = Files.walk(CORPUS)) {
      return all.filter(p -> p.toString().endsWith(".Jenkinsfile")).sorted().toList();
    }
  }

  @Test
  void theCorpusIsBroad() throws IOException {
    assertThat(files()).hasSizeGreaterThanOrEqualTo(300);
  }

  @ParameterizedTest
  @MethodSource("files")
  void meansWhatItsGoldenFileSays(Path file) throws IOException, InterruptedException {
    String text = Files.readString(file);
    String actual = run(text);
    Path golden = Path.of(file.toString().replace(".Jenkinsfile", ".out"));
    if (Boolean.getBoolean("golden.refresh")) {
      Files.writeString(golden, actual);
    }
    assertThat(actual).isEqualTo(Files.readString(golden));
  }

  @Test
  void noEscapePasses() throws IOException, InterruptedException {
    List<Path> attempts =
        files().stream().filter(f -> f.startsWith(CORPUS.resolve("escape"))).toList();
    assertThat(attempts).hasSizeGreaterThanOrEqualTo(100);
    for (Path attempt : attempts) {
      assertThat(run(Files.readString(attempt)))
          .as(attempt.toString())
          .containsPattern("(?m)^(failure: .*: .+|\\d+:\\d+: error: .+)$");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"backend", "frontend"})
  void theBoardsOwnFilesRun(String half) throws IOException, InterruptedException {
    Path file = Path.of("../board", half, "Jenkinsfile");
    assertThat(run(Files.readString(file)))
        .doesNotContain("error:", "warning:")
        .contains("docker build", "naru manifest set-image", "result: SUCCESS");
  }

  private static String run(String text) throws InterruptedException {
    Jenkinsfile.Parsed parsed = Jenkinsfile.parse("Jenkinsfile", text);
    StringBuilder out = new StringBuilder();
    parsed.diagnostics().forEach(d -> out.append(d).append('\n'));
    if (parsed.file().isPresent()) {
      ScriptedHost host = new ScriptedHost(text);
      Outcome outcome = Interpreter.run(parsed.file().get(), host.info(), host, LIMITS);
      out.append(host.journal()).append("result: ").append(outcome.result()).append('\n');
      outcome
          .failure()
          .ifPresent(
              f ->
                  out.append("failure: ")
                      .append(f.stage())
                      .append(' ')
                      .append(f.step())
                      .append(" at ")
                      .append(f.at())
                      .append(": ")
                      .append(f.message())
                      .append('\n'));
    }
    return out.toString();
  }

  @ParameterizedTest
  @MethodSource("files")
  void theSameAnswersLeadToTheSameCalls(Path file) throws IOException, InterruptedException {
    String text = Files.readString(file);
    Optional<Jenkinsfile> parsed = Jenkinsfile.parse("Jenkinsfile", text).file();
    if (parsed.isEmpty()) {
      return;
    }
    ScriptedHost first = new ScriptedHost(text);
    Outcome outcome = Interpreter.run(parsed.get(), first.info(), first, LIMITS);
    ArrayDeque<Answer> answers = new ArrayDeque<>(first.answers());
    ScriptedHost recorder = new ScriptedHost(text);
    Host replay =
        new Host() {
          @Override
          public void begin(HostCall call) {
            recorder.begin(call);
          }

          @Override
          public void cancel(long id, String reason) {
            recorder.cancel(id, reason);
          }

          @Override
          public Answer take() {
            return answers.remove();
          }
        };
    Outcome again = Interpreter.run(parsed.get(), first.info(), replay, LIMITS);
    assertThat(again).isEqualTo(outcome);
    assertThat(recorder.journal()).isEqualTo(first.journal());
    assertThat(answers).isEmpty();
  }
}
