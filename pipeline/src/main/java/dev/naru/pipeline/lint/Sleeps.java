package dev.naru.pipeline.lint;

import dev.naru.pipeline.lint.ShellScript.Command;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/** A sleep that is followed by what it waits for, outside of a loop. */
final class Sleeps implements Linter.Check {
  private static final Set<String> PROBES =
      Set.of(
          "curl",
          "wget",
          "kubectl",
          "nc",
          "pg_isready",
          "psql",
          "mysqladmin",
          "mysql",
          "mongosh",
          "redis-cli",
          "grpcurl",
          "http",
          "httpie",
          "newman",
          "telnet",
          "ncat");
  private static final Pattern LOOP =
      Pattern.compile("(?s).*\\b(while|for|each|times|waitUntil|retry)\\b[^{}]*");
  private static final int NEAR = 2;

  @Override
  public void check(Source source, Findings findings) {
    for (Source.Script script : source.scripts()) {
      List<Command> commands = script.commands();
      for (int i = 0; i < commands.size(); i++) {
        Command command = commands.get(i);
        if (command.name().equals("sleep") && !command.inLoop()) {
          commands.stream()
              .skip(i + 1L)
              .limit(NEAR)
              .filter(c -> PROBES.contains(c.name()))
              .findFirst()
              .ifPresent(
                  probe ->
                      findings.warn(
                          Rule.SLEEP_FOR_READINESS,
                          script,
                          command.words().getFirst().from(),
                          command.words().getLast().to(),
                          message(probe.name())));
        }
      }
    }
    for (Node node : source.nodes()) {
      steps(source, node.children(), findings);
    }
    steps(source, source.roots(), findings);
  }

  private static String message(String probe) {
    return "a fixed sleep before '"
        + probe
        + "' is too short on a busy day and too long on all others";
  }

  private static void steps(Source source, List<Node> siblings, Findings findings) {
    for (int i = 0; i + 1 < siblings.size(); i++) {
      Node sleep = siblings.get(i);
      Node next = siblings.get(i + 1);
      if (!sleep.name().equals("sleep") || inLoop(source, sleep)) {
        continue;
      }
      source.scripts().stream()
          .filter(s -> s.step() == next)
          .flatMap(s -> s.commands().stream().limit(NEAR))
          .map(Command::name)
          .filter(PROBES::contains)
          .findFirst()
          .ifPresent(
              probe ->
                  findings.warn(
                      Rule.SLEEP_FOR_READINESS, sleep.call().at(), "sleep", message(probe)));
    }
  }

  private static boolean inLoop(Source source, Node sleep) {
    int at = source.text().offset(sleep.call().at());
    return Blocks.around(source.text(), at).stream().anyMatch(b -> LOOP.matcher(b).matches());
  }
}
