package dev.naru.pipeline.lang;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** A node's position is where the file has it: at a name stands that name, at a text its quote. */
class PositionsTest {
  private final List<String> wrong = new ArrayList<>();
  private int nodes;

  @Test
  void everyNodeKnowsItsPlace() throws IOException, InterruptedException {
    for (Path file : CorpusTest.files()) {
      String text = Files.readString(file);
      Optional<Program> program = GroovyParser.parse("Jenkinsfile", text).program();
      program.ifPresent(p -> walk(p, file.getFileName().toString(), text.lines().toList()));
    }
    assertThat(wrong).isEmpty();
    assertThat(nodes).isGreaterThan(10_000);
  }

  private void walk(Object node, String file, List<String> lines) {
    switch (node) {
      case Record r -> {
        for (var component : r.getClass().getRecordComponents()) {
          try {
            Object value = component.getAccessor().invoke(r);
            if (value instanceof Position at) {
              nodes++;
              check(r, at, file, lines);
            } else if (value != null) {
              walk(value, file, lines);
            }
          } catch (ReflectiveOperationException e) {
            throw new LinkageError(e.toString(), e);
          }
        }
      }
      case List<?> list -> list.forEach(x -> walk(x, file, lines));
      case Map<?, ?> map -> map.values().forEach(x -> walk(x, file, lines));
      default -> {}
    }
  }

  private void check(Record node, Position at, String file, List<String> lines) {
    String line = at.line() <= lines.size() ? lines.get(at.line() - 1) : "";
    String rest = at.column() <= line.length() ? line.substring(at.column() - 1) : "";
    boolean right =
        switch (node) {
          case Expr.Name n -> rest.startsWith(n.name()) || rest.startsWith("(" + n.name() + ")");
          case Expr.Call c when c.method().equals("call") -> !rest.isEmpty();
          case Expr.Call c when !c.method().isEmpty() -> named(c.method(), rest);
          case Expr.Argument a when a.name() != null -> named(a.name(), rest);
          case Expr.Parameter p -> rest.contains(p.name());
          case Stmt.Variable v -> rest.contains(v.name());
          case Stmt.Case c -> c.value() == null ? !rest.isEmpty() : rest.startsWith("case");
          case Stmt.Catch c -> rest.startsWith("catch");
          case Program.Method m ->
              rest.contains(m.name()) || m.name().equals("<init>") || rest.startsWith("@");
          case Program.ClassType t -> line.contains(t.name());
          default -> !rest.isEmpty();
        };
    if (!right) {
      wrong.add(file + ":" + at + " " + node.getClass().getSimpleName() + " " + rest + "  " + node);
    }
  }

  /** A name, or a text that is one. */
  private static boolean named(String name, String rest) {
    return rest.startsWith(name) || rest.startsWith("'") || rest.startsWith("\"");
  }
}
