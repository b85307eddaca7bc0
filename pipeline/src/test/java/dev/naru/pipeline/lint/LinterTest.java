package dev.naru.pipeline.lint;

import static org.assertj.core.api.Assertions.assertThat;

import com.contrastsecurity.sarif.SarifSchema210;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion.VersionFlag;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Every file of {@code lint/<rule>/}: a {@code bad-} one breaks the rule, a {@code good-} one keeps
 * it, and the golden file has all findings but the checker's own. {@code -Dgolden.refresh=true}
 * writes the golden files anew.
 */
class LinterTest {
  private static final Path FILES = Path.of("src/test/resources/lint");

  static List<Path> files() throws IOException {
    try (Stream<Path> all = Files.walk(FILES)) {
      return all.filter(p -> p.toString().endsWith(".Jenkinsfile")).sorted().toList();
    }
  }

  private static Report report(Path file) throws IOException, InterruptedException {
    Linter linter = new Linter(p -> manifest(file.resolveSibling(p)));
    String text = Files.readString(file);
    return new Report(FILES.relativize(file).toString(), text, linter.lint(file.toString(), text));
  }

  private static String folder(Path file) {
    return FILES.relativize(file).getName(0).toString();
  }

  private static Optional<String> manifest(Path path) {
    try {
      return Files.exists(path) ? Optional.of(Files.readString(path)) : Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void golden(Path golden, String actual) throws IOException {
    if (Boolean.getBoolean("golden.refresh")) {
      Files.writeString(golden, actual);
    }
    assertThat(actual).isEqualTo(Files.readString(golden));
  }

  @ParameterizedTest
  @MethodSource("files")
  void findsWhatItsGoldenFileSays(Path file) throws IOException, InterruptedException {
    String rule = folder(file);
    Report report = report(file);
    boolean all = rule.equals("validity") || rule.equals("format");
    Report own =
        new Report(
            report.file(),
            report.text(),
            report.findings().stream().filter(f -> all || f.rule() != Rule.VALIDITY).toList());
    golden(
        Path.of(file.toString().replace(".Jenkinsfile", ".out")), TextPrinter.print(List.of(own)));
    String name = String.valueOf(file.getFileName());
    if (name.startsWith("bad-") || name.startsWith("good-")) {
      assertThat(own.findings().stream().anyMatch(f -> f.rule().id().equals(rule)))
          .isEqualTo(name.startsWith("bad-"));
    }
  }

  @ParameterizedTest
  @EnumSource(Rule.class)
  void everyRuleHasFilesThatBreakAndThatKeepIt(Rule rule) throws IOException {
    List<String> names =
        files().stream()
            .filter(p -> folder(p).equals(rule.id()))
            .map(p -> String.valueOf(p.getFileName()))
            .toList();
    assertThat(names.stream().filter(n -> n.startsWith("bad-"))).hasSizeGreaterThanOrEqualTo(2);
    assertThat(names.stream().filter(n -> n.startsWith("good-"))).hasSizeGreaterThanOrEqualTo(2);
  }

  @ParameterizedTest
  @ValueSource(strings = {"backend", "frontend"})
  void theBoardsOwnFilesAreClean(String half) throws IOException, InterruptedException {
    String text = Files.readString(Path.of("../board", half, "Jenkinsfile"));
    assertThat(new Linter(Manifests.NONE).lint("Jenkinsfile", text)).isEmpty();
  }

  @Test
  void jsonAndSarifAreAsTheirGoldenFilesSay() throws IOException, InterruptedException {
    List<Report> reports =
        List.of(
            report(FILES.resolve("format/columns.Jenkinsfile")),
            report(FILES.resolve("secret-in-file/bad-names.Jenkinsfile")));
    golden(FILES.resolve("format/report.json"), JsonPrinter.json(reports));
    golden(FILES.resolve("format/report.sarif"), JsonPrinter.sarif(reports, "1.2.3"));
  }

  @Test
  void sarifNamesItsRulesAndItsPlaces() throws IOException, InterruptedException {
    Report report =
        new Report(
            "a folder/젠킨스",
            "",
            report(FILES.resolve("validity/bad-section.Jenkinsfile")).findings());
    JsonNode run =
        new ObjectMapper().readTree(JsonPrinter.sarif(List.of(report), "1")).at("/runs/0");
    JsonNode rules = run.at("/tool/driver/rules");
    assertThat(rules).hasSize(Rule.values().length);
    for (JsonNode result : run.get("results")) {
      assertThat(rules.get(result.get("ruleIndex").asInt()).get("id"))
          .isEqualTo(result.get("ruleId"));
      JsonNode place = result.at("/locations/0/physicalLocation");
      assertThat(place.at("/artifactLocation/uri").asText())
          .isEqualTo("a%20folder/%EC%A0%A0%ED%82%A8%EC%8A%A4");
      assertThat(place.at("/region/startLine").asInt()).isPositive();
    }
  }

  /** OASIS' own schema, strictly, for every file at once. */
  @Test
  void sarifIsAsItsSchemaSays() throws IOException, InterruptedException {
    List<Report> reports = new ArrayList<>();
    for (Path file : files()) {
      reports.add(report(file));
    }
    ObjectMapper json = new ObjectMapper();
    JsonNode log = json.readTree(JsonPrinter.sarif(reports, "1"));
    assertThat(log.at("/runs/0/results").size()).isGreaterThan(50);
    try (InputStream in =
        SarifSchema210.class.getResourceAsStream("/schema/sarif-schema-2.1.0.json")) {
      JsonSchema schema = JsonSchemaFactory.getInstance(VersionFlag.V7).getSchema(in);
      assertThat(schema.validate(log)).isEmpty();
      ((ObjectNode) log.at("/runs/0/results/0")).put("level", "fatal");
      assertThat(schema.validate(log)).hasSize(1);
    }
  }

  @Test
  void noReportShowsASecret() throws IOException, InterruptedException {
    for (Path file : files()) {
      List<Report> reports = List.of(report(file));
      String all =
          TextPrinter.print(reports) + JsonPrinter.json(reports) + JsonPrinter.sarif(reports, "1");
      for (Finding f : reports.getFirst().findings()) {
        if (f.rule() == Rule.SECRET_IN_FILE) {
          String line = new SourceText(reports.getFirst().text()).line(f.line());
          assertThat(all)
              .doesNotContain(line.substring(f.column() - 1, f.column() - 1 + f.length()));
        }
      }
    }
  }

  @Test
  void anErrorCannotBeSwitchedOff() throws InterruptedException {
    String text = "// naru-lint disable-file=validity\npipeline { }\n";
    assertThat(new Linter(Manifests.NONE).lint("Jenkinsfile", text))
        .extracting(Finding::severity)
        .contains(Finding.Severity.ERROR);
  }

  /** Files are linted while they are typed, so the scanners meet every beginning of a file. */
  @ParameterizedTest
  @MethodSource("files")
  void everyBeginningOfAFileIsScanned(Path file) throws IOException {
    String text = Files.readString(file);
    for (int end = 0; end <= text.length(); end++) {
      String part = text.substring(0, end);
      SourceText source = new SourceText(part);
      assertThat(source.tokens()).allMatch(t -> t.to() <= part.length());
      assertThat(ShellScript.commands(part)).allMatch(c -> words(c, part.length()));
    }
  }

  private static boolean words(ShellScript.Command command, int length) {
    return Stream.concat(command.assignments().stream(), command.words().stream())
        .allMatch(w -> w.from() < w.to() && w.to() <= length);
  }

  @Test
  void theCorpusIsLintedWhole() throws IOException, InterruptedException {
    Linter linter = new Linter(Manifests.NONE);
    try (Stream<Path> all = Files.walk(Path.of("src/test/resources/corpus"))) {
      for (Path file : all.filter(p -> p.toString().endsWith(".Jenkinsfile")).toList()) {
        String text = Files.readString(file);
        String[] lines = text.split("\n", -1);
        assertThat(linter.lint("Jenkinsfile", text))
            .allMatch(f -> f.line() <= lines.length)
            .allMatch(f -> Arrays.asList(Rule.values()).contains(f.rule()));
      }
    }
  }

  @Test
  void aManifestsPatternOfEndlessWorkIsLeftOut() {
    String pattern = "\\(a*\\)*\\(a*\\)*\\(a*\\)*b";
    assertThat(SedPattern.matchesNothing(pattern, false, false, "a".repeat(1_500))).isFalse();
  }
}
