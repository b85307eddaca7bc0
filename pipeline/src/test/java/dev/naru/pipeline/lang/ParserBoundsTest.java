package dev.naru.pipeline.lang;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class ParserBoundsTest {
  private static String firstError(String text) throws InterruptedException {
    return Jenkinsfile.parse("Jenkinsfile", text).diagnostics().getFirst().toString();
  }

  @Test
  void aHugeFileIsRefusedWhereTheBoundIs() throws InterruptedException {
    assertThat(firstError("\n//" + "x".repeat(GroovyParser.SIZE_MAX_CHARS)))
        .startsWith("2:" + GroovyParser.SIZE_MAX_CHARS + ": ")
        .contains("at most " + GroovyParser.SIZE_MAX_CHARS);
  }

  @ParameterizedTest
  @ValueSource(strings = {"[", "(", "{", "\"${", "\"\"\"${", "a(", "/* */ [", "{ -> "})
  void deepNestingIsRefusedBeforeItIsParsed(String open) throws InterruptedException {
    String text = "x " + open.repeat(GroovyParser.SIZE_MAX_CHARS / 2 / open.length());
    assertThat(firstError(text)).startsWith("1:").contains("more than 120 levels deep");
  }

  @Test
  void aFileOfBracketsAloneIsScannedInOnePass() throws InterruptedException {
    int half = GroovyParser.SIZE_MAX_CHARS / 2 - 2;
    assertThat(firstError("x(" + "[".repeat(half) + "]".repeat(half) + ")"))
        .contains("levels deep");
  }

  @ParameterizedTest
  @ValueSource(strings = {" + 1", ".b()", "[0]", ".b", " ? 1 : 2", " b c"})
  void aChainTooLongForAnyWalkerIsRefused(String link) throws InterruptedException {
    assertThat(firstError("\nx = a" + link.repeat(2_500)))
        .startsWith("2:")
        .contains("a chain of more than " + TreeDepth.LEVELS_MAX, "split it");
  }

  @ParameterizedTest
  @ValueSource(strings = {" + 1", ".b().c()", "[0]", ".b.c.d"})
  void aChainWithinTheBoundIsWalked(String link) throws InterruptedException {
    String text = "def a = 1\ndef x = a" + link.repeat(TreeDepth.LEVELS_MAX / 4 - 10);
    Jenkinsfile file = Jenkinsfile.parse("a", text).file().orElseThrow();
    ScriptedHost host = new ScriptedHost("");
    assertThat(Interpreter.run(file, host.info(), host, Limits.STANDARD).result()).isNotNull();
  }

  /** Each nested arrow makes the grammar look ahead over all that follow: 2^n looks. */
  private static String endless() {
    return ("x = " + "(a) -> ".repeat(50) + "z\n").repeat(500);
  }

  /** Counts each of its readings as 10 ms. */
  private static LongSupplier ticking() {
    AtomicLong readings = new AtomicLong();
    return () -> TimeUnit.MILLISECONDS.toNanos(10 * readings.incrementAndGet());
  }

  @Test
  void endlessLookingAheadEndsAtItsBoundAndPlace() throws InterruptedException {
    for (int i = 0; i < 3; i++) {
      GroovyParser.Result result =
          GroovyParser.parse("a", endless(), new Effort(ticking(), Duration.ofSeconds(1)));
      assertThat(result.program()).isEmpty();
      assertThat(result.diagnostics())
          .singleElement()
          .matches(d -> d.at().compareTo(new Position(1, 5)) >= 0, "within the arrows")
          .asString()
          .contains("worked for 1 s", "simplify");
    }
    assertThat(GroovyParser.parse("a", "echo 'x'").program()).isPresent();
  }

  @Test
  void onlyTheProcessorTimeOfTheParseCounts() throws InterruptedException {
    String text = "x = [" + "1, ".repeat(500) + "2]\n";
    Effort onABusyMachine = new Effort(() -> 0, Duration.ZERO);
    assertThat(GroovyParser.parse("a", text, onABusyMachine).program()).isPresent();
    Effort used = new Effort(() -> 1, Duration.ZERO);
    assertThat(GroovyParser.parse("a", text, used).program()).isEmpty();
    assertThat(used.spent()).isTrue();
  }

  @Test
  void aParseThatNobodyWaitsForEnds() throws InterruptedException {
    for (int i = 0; i < 3; i++) {
      CountDownLatch parsing = new CountDownLatch(1);
      AtomicReference<@Nullable Throwable> seen = new AtomicReference<>();
      Effort effort =
          new Effort(
              () -> {
                parsing.countDown();
                return 0;
              },
              Duration.ZERO);
      Thread waiting =
          Thread.ofPlatform()
              .start(
                  () -> {
                    try {
                      GroovyParser.parse("a", endless(), effort);
                    } catch (InterruptedException e) {
                      seen.set(e);
                    }
                  });
      parsing.await();
      waiting.interrupt();
      waiting.join();
      assertThat(seen.get()).isInstanceOf(InterruptedException.class);
    }
    assertThat(GroovyParser.parse("a", "echo 'x'").program()).isPresent();
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
