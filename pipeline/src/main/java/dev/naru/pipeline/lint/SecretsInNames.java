package dev.naru.pipeline.lint;

import dev.naru.pipeline.lang.Expr;
import dev.naru.pipeline.lang.Program;
import dev.naru.pipeline.lang.Stmt;
import dev.naru.pipeline.lang.Syntax;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Random-looking literals that are given to names such as password, token or secret. */
final class SecretsInNames implements Linter.Check {
  private static final Pattern PAIR =
      Pattern.compile(
          "(?m)(?<![\\w.-])(--?)?([A-Za-z_][\\w.-]*)(?:=|[ \\t]+)([\"']?)([^\\s\"']+)\\3");

  @Override
  public void check(Source source, Findings findings) {
    Optional<Program> program = source.program();
    if (program.isEmpty()) {
      return;
    }
    Program p = program.get();
    Syntax.expressions(p.body(), e -> expression(source, e, findings));
    Syntax.expressions(p.fields(), e -> expression(source, e, findings));
    p.methods()
        .values()
        .forEach(m -> Syntax.expressions(m.body(), e -> expression(source, e, findings)));
    definitions(source, p.body(), findings);
    definitions(source, p.fields(), findings);
    p.methods().values().forEach(m -> definitions(source, m.body(), findings));
    for (Source.Script script : source.scripts()) {
      for (ShellScript.Command command : script.commands()) {
        shell(script, command, findings);
      }
    }
  }

  private static void definitions(Source source, List<Stmt> body, Findings findings) {
    for (Stmt stmt : body) {
      if (stmt instanceof Stmt.Define d && d.value() != null && d.variables().size() == 1) {
        given(source, d.variables().getFirst().name(), d.value(), findings);
      }
    }
  }

  private void expression(Source source, Expr e, Findings findings) {
    switch (e) {
      case Expr.Assign a when a.target() instanceof Expr.Name n ->
          given(source, n.name(), a.value(), findings);
      case Expr.Assign a
          when a.target() instanceof Expr.Property q && Node.literal(q.name()).isPresent() ->
          given(source, Node.literal(q.name()).get(), a.value(), findings);
      case Expr.Call c ->
          c.args().stream()
              .filter(a -> a.name() != null)
              .forEach(a -> given(source, String.valueOf(a.name()), a.value(), findings));
      case Expr.MapOf m ->
          m.entries()
              .forEach(
                  x -> Node.literal(x.key()).ifPresent(k -> given(source, k, x.value(), findings)));
      case Expr.Closure c -> definitions(source, c.body(), findings);
      case Expr.Literal l -> variable(source, l, findings);
      default -> {}
    }
  }

  /** {@code 'NAME=value'}, as {@code withEnv} takes it. */
  private static void variable(Source source, Expr.Literal literal, Findings findings) {
    String text = Node.literal(literal).orElse("");
    int equals = text.indexOf('=');
    if (equals > 0
        && text.substring(0, equals).matches("[A-Za-z_]\\w*")
        && Secrecy.named(text.substring(0, equals))
        && Secrecy.random(text.substring(equals + 1))) {
      int from = source.text().offset(literal.at()) + 1 + equals + 1;
      found(findings, from, text.length() - equals - 1, text.substring(0, equals));
    }
  }

  private static void given(Source source, String name, Expr value, Findings findings) {
    if (Secrecy.named(name)) {
      Node.literal(value)
          .filter(Secrecy::random)
          .flatMap(v -> source.string(value))
          .ifPresent(t -> found(findings, t.offset(0), t.value().length(), name));
    }
  }

  private static void found(Findings findings, int from, int length, String name) {
    findings.warn(
        Rule.SECRET_IN_FILE,
        from,
        from + length,
        "'"
            + name
            + "' is given a value that looks like a secret: everyone who can read the repository"
            + " has it");
  }

  private static void shell(Source.Script script, ShellScript.Command command, Findings findings) {
    int first =
        command.assignments().isEmpty()
            ? command.words().getFirst().from()
            : command.assignments().getFirst().from();
    int last =
        command.words().isEmpty()
            ? command.assignments().getLast().to()
            : command.words().getLast().to();
    String text = script.value().substring(first, Math.max(first, last));
    Matcher m = PAIR.matcher(text);
    int at = 0;
    while (m.find(at)) {
      boolean assigned = m.group().charAt(m.end(2) - m.start()) == '=' || m.group(1) != null;
      if (assigned && Secrecy.named(m.group(2)) && Secrecy.random(m.group(4))) {
        findings.warn(
            Rule.SECRET_IN_FILE,
            script,
            first + m.start(4),
            first + m.end(4),
            "'"
                + m.group(2)
                + "' is given a value that looks like a secret: everyone who can read the"
                + " repository has it");
      }
      at = m.end(2);
    }
  }
}
