package dev.naru.pipeline.lang;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What surrounds a step: stage, agent, directory and the variables that enclosing blocks set.
 *
 * @param overlay variables of {@code environment} and {@code withEnv}, inner over outer; an empty
 *     value unsets
 */
record Context(
    List<StageState> stages,
    @Nullable Node node,
    String directory,
    Map<String, String> overlay,
    @Nullable EnvironmentBlock opening,
    boolean timestamps) {
  /** An agent that the run holds. */
  record Node(String id, String workspace, Map<String, String> env) {}

  /** A stage that runs; its result only worsens. */
  static final class StageState {
    private final String name;
    private Result result = Result.SUCCESS;

    StageState(String name) {
      this.name = name;
    }

    Result result() {
      return result;
    }

    void worsen(Result other) {
      result = result.and(other);
    }
  }

  static final Context OUTSIDE = new Context(List.of(), null, "", Map.of(), null, false);

  List<String> stagePath() {
    return stages.stream().map(s -> s.name).toList();
  }

  Context inStage(StageState stage) {
    List<StageState> longer = new ArrayList<>(stages);
    longer.add(stage);
    return new Context(List.copyOf(longer), node, directory, overlay, opening, timestamps)
        .with(Map.of("STAGE_NAME", stage.name));
  }

  Context on(Node taken) {
    return new Context(stages, taken, taken.workspace(), overlay, opening, timestamps);
  }

  /** Without an agent. */
  Context off() {
    return new Context(stages, null, "", overlay, opening, timestamps);
  }

  Context in(String dir) {
    return new Context(stages, node, dir, overlay, opening, timestamps);
  }

  Context with(Map<String, String> more) {
    Map<String, String> merged = new LinkedHashMap<>(overlay);
    merged.putAll(more);
    return new Context(
        stages, node, directory, Collections.unmodifiableMap(merged), opening, timestamps);
  }

  Context opening(@Nullable EnvironmentBlock block) {
    return new Context(stages, node, directory, overlay, block, timestamps);
  }

  Context stamped() {
    return new Context(stages, node, directory, overlay, opening, true);
  }
}
