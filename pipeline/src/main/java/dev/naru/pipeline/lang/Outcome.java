package dev.naru.pipeline.lang;

import java.util.List;
import java.util.Optional;

/** How a run ended. */
public record Outcome(Result result, Optional<Failure> failure) {
  /**
   * The first thing that went wrong.
   *
   * @param stage path of the stage; empty when it was outside of stages
   * @param step the step's name or label; empty when it was script code itself
   * @param message what happened, such as {@code script returned exit code 1}
   */
  public record Failure(List<String> stage, String step, Position at, String message) {
    public Failure {
      stage = List.copyOf(stage);
    }
  }
}
