package dev.naru.pipeline.lang;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TimeZone;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Each line of {@code oracle/*.txt} gives here what it gives in Groovy itself. {@code
 * oracle/different.txt} holds what is meant to differ: a line, {@code ==>}, and what it gives here.
 */
class OracleTest {
  private static final Path FOLDER = Path.of("src/test/resources/oracle");

  private static final TimeZone ZONE = TimeZone.getDefault();

  @BeforeAll
  static void datesAreInUtc() {
    TimeZone.setDefault(TimeZone.getTimeZone("UTC"));
  }

  @AfterAll
  static void datesAreAsBefore() {
    TimeZone.setDefault(ZONE);
  }

  private static List<String> lines(String file) throws IOException {
    return Files.readAllLines(FOLDER.resolve(file + ".txt")).stream()
        .filter(l -> !l.isBlank() && !l.startsWith("#"))
        .toList();
  }

  @ParameterizedTest
  @ValueSource(strings = {"operators", "text", "collections", "maps", "numbers", "values"})
  void meansWhatItMeansInGroovy(String file) throws IOException, InterruptedException {
    List<String> lines = lines(file);
    assertThat(differences(lines)).isEmpty();
    assertThat(lines).hasSizeGreaterThan(40);
  }

  @Test
  void randomProgramsMeanWhatTheyMeanInGroovy() throws InterruptedException {
    List<String> programs = new ArrayList<>();
    for (long seed = 1; seed <= Long.getLong("seeds", 120); seed++) {
      programs.add(new RandomPrograms(seed).program());
    }
    assertThat(differences(programs)).isEmpty();
    assertThat(Oracle.groovy(programs).stream().filter(v -> v.startsWith("|[")))
        .hasSizeGreaterThan(110);
  }

  static List<String> differences(List<String> lines) throws InterruptedException {
    List<String> groovy = Oracle.groovy(lines);
    List<String> here = Oracle.here(lines);
    List<String> all = new ArrayList<>();
    for (int i = 0; i < lines.size(); i++) {
      if (!groovy.get(i).equals(here.get(i))) {
        all.add(lines.get(i) + "\n    Groovy: " + groovy.get(i) + "\n    here:   " + here.get(i));
      }
    }
    return all;
  }

  @Test
  void differsWhereItIsMeantTo() throws IOException, InterruptedException {
    List<String> lines = new ArrayList<>();
    List<String> wanted = new ArrayList<>();
    for (String line : lines("different")) {
      String[] parts = line.split(" ==> ", 2);
      lines.add(parts[0]);
      wanted.add(parts[1]);
    }
    List<String> here = Oracle.here(lines);
    assertThat(here).isEqualTo(wanted);
    List<String> groovy = Oracle.groovy(lines);
    for (int i = 0; i < lines.size(); i++) {
      assertThat(groovy.get(i)).as(lines.get(i)).isNotEqualTo(here.get(i));
    }
  }
}
