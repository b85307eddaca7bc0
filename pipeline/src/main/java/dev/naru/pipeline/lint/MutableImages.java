package dev.naru.pipeline.lint;

import dev.naru.pipeline.lang.Expr;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Images without a fixed tag: in agents, in calls on {@code docker}, and in shell commands. */
final class MutableImages implements Linter.Check {
  private static final Set<String> PROGRAMS = Set.of("docker", "podman", "nerdctl");
  private static final Set<String> OBJECT_METHODS = Set.of("image", "build");
  private static final Set<String> WITH_VALUE =
      Set.of(
          "-a",
          "-c",
          "-e",
          "-h",
          "-l",
          "-m",
          "-p",
          "-u",
          "-v",
          "-w",
          "--add-host",
          "--cap-add",
          "--cap-drop",
          "--cidfile",
          "--cpus",
          "--device",
          "--dns",
          "--entrypoint",
          "--env",
          "--env-file",
          "--expose",
          "--gpus",
          "--health-cmd",
          "--hostname",
          "--ipc",
          "--label",
          "--link",
          "--log-driver",
          "--log-opt",
          "--memory",
          "--mount",
          "--name",
          "--net",
          "--network",
          "--network-alias",
          "--pid",
          "--platform",
          "--publish",
          "--pull",
          "--restart",
          "--security-opt",
          "--shm-size",
          "--sysctl",
          "--tmpfs",
          "--ulimit",
          "--user",
          "--userns",
          "--volume",
          "--volumes-from",
          "--workdir");
  private static final Pattern YAML_IMAGE =
      Pattern.compile("(?m)^[ \\t-]*image:[ \\t]*[\"']?([^\\s\"'#]+)");

  @Override
  public void check(Source source, Findings findings) {
    for (Node node : source.nodes()) {
      node(source, node, findings);
    }
    for (Source.Script script : source.scripts()) {
      for (ShellScript.Command command : script.commands()) {
        if (PROGRAMS.contains(command.name())) {
          command(script, command, findings);
        }
      }
    }
  }

  private static void node(Source source, Node node, Findings findings) {
    String parent = node.parent().map(Node::name).orElse("");
    Expr target = node.call().target();
    boolean onDocker =
        target instanceof Expr.Name n
            && n.name().equals("docker")
            && OBJECT_METHODS.contains(node.call().method());
    boolean agent =
        (parent.equals("agent") && node.name().equals("docker"))
            || (parent.equals("docker") && node.name().equals("image"));
    if (onDocker || agent) {
      node.argument("image").ifPresent(e -> image(source, e, findings));
    }
    if (node.name().equals("yaml") && parent.equals("kubernetes")) {
      node.argument("yaml").ifPresent(e -> yaml(source, e, findings));
    } else if (node.name().equals("podTemplate") || node.name().equals("kubernetes")) {
      node.named("yaml").ifPresent(e -> yaml(source, e, findings));
    }
    if (node.name().equals("containerTemplate")) {
      node.named("image").ifPresent(e -> image(source, e, findings));
    }
  }

  private static void image(Source source, Expr expr, Findings findings) {
    Optional<GroovyText> text = source.string(expr);
    if (text.isPresent() && !text.get().value().isEmpty()) {
      int from = text.get().offset(0);
      int to = text.get().offset(text.get().value().length() - 1) + 1;
      Images.mutable(text.get().value())
          .ifPresent(why -> findings.warn(Rule.MUTABLE_IMAGE, from, to, why));
    }
  }

  private static void yaml(Source source, Expr expr, Findings findings) {
    Optional<GroovyText> text = source.string(expr);
    if (text.isEmpty()) {
      return;
    }
    Matcher m = YAML_IMAGE.matcher(text.get().value());
    while (m.find()) {
      int from = text.get().offset(m.start(1));
      int to = text.get().offset(m.end(1) - 1) + 1;
      Images.mutable(m.group(1)).ifPresent(why -> findings.warn(Rule.MUTABLE_IMAGE, from, to, why));
    }
  }

  private static void command(
      Source.Script script, ShellScript.Command command, Findings findings) {
    var words = command.bare();
    int i = 1;
    while (i < words.size()
        && Set.of("image", "container", "buildx").contains(words.get(i).text())) {
      i++;
    }
    String verb = i < words.size() ? words.get(i).text() : "";
    switch (verb) {
      case "build" -> {
        for (int n = i + 1; n < words.size(); n++) {
          String text = words.get(n).text();
          if ((text.equals("-t") || text.equals("--tag")) && n + 1 < words.size()) {
            word(script, words.get(n + 1), words.get(n + 1).text(), findings);
          } else if (text.startsWith("--tag=")) {
            word(script, words.get(n), text.substring("--tag=".length()), findings);
          }
        }
      }
      case "push", "pull", "run", "create" -> {
        int n = i + 1;
        while (n < words.size() && words.get(n).text().startsWith("-")) {
          n += WITH_VALUE.contains(words.get(n).text()) ? 2 : 1;
        }
        if (n < words.size()) {
          word(script, words.get(n), words.get(n).text(), findings);
        }
      }
      default -> {}
    }
  }

  private static void word(
      Source.Script script, ShellScript.Word word, String image, Findings findings) {
    Images.mutable(image)
        .ifPresent(why -> findings.warn(Rule.MUTABLE_IMAGE, script, word.from(), word.to(), why));
  }
}
