package dev.naru.pipeline.lang;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ParserBoundsTest {
  private static String firstError(String text) throws InterruptedException {
    return Jenkinsfile.parse("Jenkinsfile", text).diagnostics().getFirst().toString();
  }

  @Test
  void aHugeFileIsRefused() throws InterruptedException {
    assertThat(firstError("//" + "x".repeat(GroovyParser.SIZE_MAX_CHARS)))
        .contains("at most " + GroovyParser.SIZE_MAX_CHARS);
  }

  @Test
  void deepNestingIsRefusedBeforeItIsParsed() throws InterruptedException {
    assertThat(firstError("x(" + "[".repeat(5_000) + "]".repeat(5_000) + ")"))
        .contains("levels deep");
  }

  @Test
  void garbageEndsInDiagnosticsOrAFile() throws InterruptedException {
    Random random = new Random(5);
    String alphabet = "{}()[]'\"/\\$ \n\tabc:=,.@*pipeline";
    for (int i = 0; i < 300; i++) {
      StringBuilder text = new StringBuilder();
      int length = random.nextInt(120);
      for (int n = 0; n < length; n++) {
        text.append(alphabet.charAt(random.nextInt(alphabet.length())));
      }
      Jenkinsfile.Parsed parsed = Jenkinsfile.parse("Jenkinsfile", text.toString());
      assertThat(parsed.file().isPresent() || !parsed.diagnostics().isEmpty())
          .as(text.toString())
          .isTrue();
    }
  }

  @Test
  void aTypicalFileOfTenKilobytesIsParsedQuicklyOnceWarm() throws InterruptedException {
    StringBuilder text = new StringBuilder("pipeline { agent any\n stages {\n");
    for (int i = 0; i < 60; i++) {
      text.append("stage('S").append(i).append("') { when { branch 'main' }\n steps { sh 'make ");
      text.append(i).append("'\n dir('x') { echo \"done ${env.BUILD_NUMBER}\" } } }\n");
    }
    text.append("} }");
    assertThat(Jenkinsfile.parse("a", text.toString()).file()).isPresent();
    assertThat(Jenkinsfile.parse("a", text.toString()).file().orElseThrow().outline()).hasSize(60);
  }
}
