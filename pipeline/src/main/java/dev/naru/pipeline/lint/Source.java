package dev.naru.pipeline.lint;

import dev.naru.pipeline.lang.Expr;
import dev.naru.pipeline.lang.Program;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A file as the checks see it; without a tree when its syntax is broken. */
final class Source {
  /** A shell script of an {@code sh} step. */
  record Script(Node step, GroovyText text, List<ShellScript.Command> commands) {
    String value() {
      return text.value();
    }
  }

  private final SourceText text;
  private final Optional<Program> program;
  private final List<Node> roots;
  private final List<Script> scripts = new ArrayList<>();

  Source(SourceText text, Optional<Program> program) {
    this.text = text;
    this.program = program;
    this.roots = program.map(Node::of).orElse(List.of());
    for (Node node : nodes()) {
      if (node.name().equals("sh")) {
        node.argument("script")
            .flatMap(e -> GroovyText.of(text, e))
            .ifPresent(t -> scripts.add(new Script(node, t, ShellScript.commands(t.value()))));
      }
    }
  }

  SourceText text() {
    return text;
  }

  Optional<Program> program() {
    return program;
  }

  List<Node> roots() {
    return roots;
  }

  /** All calls, outer before inner. */
  List<Node> nodes() {
    List<Node> all = new ArrayList<>();
    roots.forEach(r -> r.walk(all::add));
    return all;
  }

  List<Script> scripts() {
    return scripts;
  }

  /** The text of a string expression of this file. */
  Optional<GroovyText> string(Expr expr) {
    return GroovyText.of(text, expr);
  }
}
