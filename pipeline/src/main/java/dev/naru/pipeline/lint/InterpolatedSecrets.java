package dev.naru.pipeline.lint;

import dev.naru.pipeline.lang.Expr;
import dev.naru.pipeline.lang.Stmt;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Variables of {@code credentials()} and {@code withCredentials} in the value that Groovy puts into
 * a shell script.
 */
final class InterpolatedSecrets implements Linter.Check {
  private static final Map<String, Set<String>> BINDINGS =
      Map.of(
          "usernamePassword", Set.of("passwordVariable"),
          "string", Set.of("variable"),
          "usernameColonPassword", Set.of("variable"),
          "sshUserPrivateKey", Set.of("passphraseVariable"),
          "certificate", Set.of("passwordVariable"),
          "vaultString", Set.of("variable"));
  private static final Set<String> SHELLS = Set.of("sh", "bat", "powershell", "pwsh");
  private static final Pattern NAMES =
      Pattern.compile("'[^']*'|\"[^\"]*\"|(?:\\benv\\.)?(?<![\\w.])([A-Za-z_]\\w*)");
  private static final Pattern ENV_NAMES = Pattern.compile("\\benv\\.([A-Za-z_]\\w*)");

  @Override
  public void check(Source source, Findings findings) {
    source.roots().forEach(r -> walk(source, r, Set.of(), findings));
  }

  private static void walk(Source source, Node node, Set<String> outer, Findings findings) {
    Set<String> secret = outer;
    Optional<Node> environment = node.child("environment");
    if (environment.isPresent()
        && (node.name().equals("pipeline") || node.name().equals("stage"))) {
      secret = new HashSet<>(outer);
      credentials(environment.get(), secret);
    } else if (node.name().equals("withCredentials")) {
      secret = new HashSet<>(outer);
      bindings(node, secret);
    }
    if (SHELLS.contains(node.name())) {
      Set<String> known = secret;
      node.argument("script")
          .flatMap(source::string)
          .ifPresent(t -> t.holes().forEach(h -> hole(source, h, known, findings)));
    }
    for (Node child : node.children()) {
      walk(source, child, secret, findings);
    }
  }

  private static void credentials(Node environment, Set<String> to) {
    for (Expr.Argument argument : environment.call().args()) {
      if (!(argument.value() instanceof Expr.Closure block)) {
        continue;
      }
      for (Stmt stmt : block.body()) {
        if (stmt instanceof Stmt.Do d
            && d.expr() instanceof Expr.Assign a
            && a.target() instanceof Expr.Name name
            && a.value() instanceof Expr.Call c
            && c.method().equals("credentials")) {
          to.add(name.name());
          to.add(name.name() + "_PSW");
        }
      }
    }
  }

  private static void bindings(Node withCredentials, Set<String> to) {
    withCredentials.walk(
        n -> {
          for (String argument : BINDINGS.getOrDefault(n.name(), Set.of())) {
            n.named(argument).flatMap(Node::literal).ifPresent(to::add);
          }
        });
  }

  private static void hole(
      Source source, GroovyText.Hole hole, Set<String> secret, Findings findings) {
    String code = source.text().text().substring(hole.from(), hole.to());
    Set<String> used = new HashSet<>();
    Matcher m = NAMES.matcher(code);
    while (m.find()) {
      if (m.group(1) != null) {
        used.add(m.group(1));
      }
    }
    Matcher env = ENV_NAMES.matcher(code);
    while (env.find()) {
      used.add(env.group(1));
    }
    used.stream()
        .filter(secret::contains)
        .sorted()
        .findFirst()
        .ifPresent(
            name ->
                findings.warn(
                    Rule.INTERPOLATED_SECRET,
                    hole.from(),
                    hole.to(),
                    "Groovy writes the secret "
                        + name
                        + " into the script: it shows in the list of processes, and the shell runs"
                        + " its special characters"));
  }
}
