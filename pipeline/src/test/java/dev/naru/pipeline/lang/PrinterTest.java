package dev.naru.pipeline.lang;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Printing a tree and parsing it again gives the same tree, positions aside. */
@Timeout(120)
class PrinterTest {
  private static final int PROGRAMS = 600;

  static List<Path> files() throws IOException {
    return CorpusTest.files();
  }

  @ParameterizedTest
  @MethodSource("files")
  void aFileOfTheCorpusIsPrintedAndReadAgain(Path file) throws IOException, InterruptedException {
    Optional<Program> program = GroovyParser.parse("Jenkinsfile", Files.readString(file)).program();
    if (program.isPresent()) {
      printsTheSame(program.get(), file.toString());
    }
  }

  @Test
  void randomTreesArePrintedAndReadAgain() throws InterruptedException {
    for (long seed = 1; seed <= PROGRAMS; seed++) {
      printsTheSame(new RandomTrees(new Random(seed)).program(), "seed " + seed);
    }
  }

  /** So that a new kind of node cannot be left out. */
  @Test
  void everyKindIsMade() {
    assertThat(RandomTrees.EXPRESSIONS.stream().map(Object::getClass).toList())
        .containsExactlyInAnyOrderElementsOf(List.of(Expr.class.getPermittedSubclasses()));
    assertThat(RandomTrees.STATEMENTS.stream().map(Object::getClass).toList())
        .containsExactlyInAnyOrderElementsOf(List.of(Stmt.class.getPermittedSubclasses()));
  }

  private static void printsTheSame(Program program, String what) throws InterruptedException {
    String text = Printer.print(program);
    GroovyParser.Result again = GroovyParser.parse("Jenkinsfile", text);
    assertThat(again.diagnostics().stream().filter(Diagnostic::isError).toList())
        .as(what + "\n" + text)
        .isEmpty();
    assertThat(shape(again.program().orElseThrow()))
        .as(what + "\n" + text)
        .isEqualTo(shape(program));
    assertThat(Printer.print(again.program().orElseThrow())).as(what).isEqualTo(text);
  }

  /** A tree as text without positions, one node a line. */
  static String shape(@Nullable Object node) {
    StringBuilder out = new StringBuilder();
    shape(node, "\n", out);
    return out.toString();
  }

  private static void shape(@Nullable Object node, String indent, StringBuilder out) {
    switch (node) {
      case null -> out.append(indent).append("null");
      case Position p -> {}
      case Record r -> {
        out.append(indent).append(r.getClass().getSimpleName());
        for (var component : r.getClass().getRecordComponents()) {
          try {
            shape(component.getAccessor().invoke(r), indent + "  ", out);
          } catch (ReflectiveOperationException e) {
            throw new LinkageError(e.toString(), e);
          }
        }
      }
      case List<?> list -> {
        out.append(indent).append("[").append(list.size());
        list.forEach(x -> shape(x, indent + "  ", out));
      }
      case Map<?, ?> map -> map.forEach((k, v) -> shape(List.of(k, v), indent, out));
      default ->
          out.append(indent).append(node.getClass().getSimpleName()).append(' ').append(node);
    }
  }
}
