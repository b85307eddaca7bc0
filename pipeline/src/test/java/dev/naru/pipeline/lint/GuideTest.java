package dev.naru.pipeline.lint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.naru.pipeline.lang.KnownSteps;
import dev.naru.pipeline.lang.Position;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** A bar in the text is the cursor. */
class GuideTest {
  private static List<String> names(String text) {
    int cursor = text.indexOf('|');
    String whole = text.substring(0, cursor) + text.substring(cursor + 1);
    Position at = new SourceText(whole).position(cursor);
    return new Guide(whole).candidates(at).stream().map(Guide.Candidate::name).toList();
  }

  private static Optional<Guide.Meaning> meaning(String text) {
    int cursor = text.indexOf('|');
    String whole = text.substring(0, cursor) + text.substring(cursor + 1);
    return new Guide(whole).meaning(new SourceText(whole).position(cursor));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '`',
      value = {
        "|; pipeline; stages",
        "pipeline { |; stages; steps",
        "pipeline { agent |; any; stages",
        "pipeline { options { |; disableConcurrentBuilds; sh",
        "pipeline { stages { |; stage; sh",
        "pipeline { stages { stage('x') { |; steps; triggers",
        "pipeline { stages { stage('x') { options { |; timeout; disableConcurrentBuilds",
        "pipeline { stages { stage('x') { when { anyOf { |; branch; sh",
        "pipeline { stages { stage('x') { when { expression { |; params; branch",
        "pipeline { stages { stage('x') { steps { |; sh; stage",
        "pipeline { stages { stage('x') { steps { dir('y') { |; sh; branch",
        "pipeline { stages { stage('x') { steps { script { if (env.X) { |; currentBuild; branch",
        "pipeline { stages { stage('x') { matrix { axes { axis { |; values; sh",
        "pipeline { stages { stage('x') { agent { docker { |; image; yaml",
        "pipeline { post { |; always; sh",
        "pipeline { post { always { |; junit; always",
        "pipeline { stages { stage('x') { steps { echo 'a' } } } post { |; failure; stage",
        "pipeline { triggers { |; cron; stage",
        "node { |; sh; pipeline",
      })
  void offersWhatMayStandThere(String text, String offered, String not) {
    assertThat(names(text)).contains(offered).doesNotContain(not);
  }

  @Test
  void offersWhatBeginsAsTheWord() {
    assertThat(names("pipeline { stages { stage('x') { steps { wit|"))
        .contains("withCredentials", "withEnv")
        .allMatch(name -> name.startsWith("wit"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '`',
      value = {
        "pipeline { // st|",
        "pipeline { /* st| */ }",
        "pipeline { stages { stage('st|') { } } }",
        "node { env.s| }"
      })
  void isSilentInCommentsAndStrings(String text) {
    assertThat(names(text)).isEmpty();
  }

  @Test
  void saysWhatAWordMeansInItsPlace() {
    assertThat(meaning("pipeline { agent a|ny }").orElseThrow().documentation())
        .contains("Any agent");
    assertThat(meaning("pipeline { options { time|out(5) } }").orElseThrow().documentation())
        .contains("Ends everything inside");
    Guide.Meaning sh = meaning("node {\n  sh| 'make'\n}").orElseThrow();
    assertThat(sh.documentation()).contains("sh(script,").contains("shell script");
    assertThat(sh.column()).isEqualTo(3);
    assertThat(sh.length()).isEqualTo(2);
    assertThat(meaning("pipeline { sh| 'make' }")).isEmpty();
    assertThat(meaning("node { sh 'ma|ke' }")).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(Place.class)
  void everyPlaceHasWords(Place place) {
    assertThat(Vocabulary.of(place)).isNotEmpty();
  }

  @Test
  void everyStepIsOffered() {
    assertThat(Vocabulary.of(Place.SCRIPT)).containsKeys(KnownSteps.names().toArray(String[]::new));
  }
}
