package dev.naru.pipeline.lint;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** A pipeline without a timeout that has a stage without one, or a node outside of any. */
final class Timeouts implements Linter.Check {
  private static final Set<String> LISTS = Set.of("stages", "parallel", "matrix");
  private static final int NAMED_MAX = 3;

  @Override
  public void check(Source source, Findings findings) {
    Optional<Node> pipeline =
        source.roots().stream().filter(n -> n.name().equals("pipeline")).findFirst();
    if (pipeline.isPresent()) {
      declarative(pipeline.get(), findings);
      return;
    }
    source.nodes().stream()
        .filter(n -> n.name().equals("node") && !n.inside("timeout") && !inner(n))
        .findFirst()
        .ifPresent(
            n ->
                findings.warn(
                    Rule.NO_TIMEOUT, n.call().at(), "node", "nothing ends this when it hangs"));
  }

  private static void declarative(Node pipeline, Findings findings) {
    if (limited(pipeline)) {
      return;
    }
    List<String> endless = new ArrayList<>();
    pipeline.children().forEach(c -> stages(c, endless));
    if (!endless.isEmpty()) {
      String names =
          endless.stream()
              .limit(NAMED_MAX)
              .map(n -> "'" + n + "'")
              .collect(Collectors.joining(", "));
      findings.warn(
          Rule.NO_TIMEOUT,
          pipeline.call().at(),
          "pipeline",
          "no timeout ends "
              + (endless.size() == 1 ? "stage " : "stages ")
              + names
              + (endless.size() > NAMED_MAX ? " and more" : "")
              + " when a step hangs");
    }
  }

  private static boolean limited(Node block) {
    return block.child("options").flatMap(o -> o.child("timeout")).isPresent();
  }

  private static boolean inner(Node node) {
    boolean[] found = {false};
    node.walk(n -> found[0] |= n.name().equals("timeout"));
    return found[0];
  }

  private static void stages(Node node, List<String> endless) {
    if (limited(node)) {
      return;
    }
    if (node.name().equals("stage")) {
      Optional<Node> steps = node.child("steps");
      if (steps.isPresent()) {
        if (!inner(steps.get())) {
          endless.add(node.text("name").orElse("?"));
        }
        return;
      }
    } else if (!LISTS.contains(node.name())) {
      return;
    }
    node.children().forEach(c -> stages(c, endless));
  }
}
