package dev.naru.delivery;

import dev.naru.base.Times;
import dev.naru.delivery.DeliveryStatus.Phase;
import dev.naru.delivery.DeliveryStatus.State;
import dev.naru.delivery.DeliveryStatus.Step;
import dev.naru.delivery.DeliveryStatus.StepName;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The steps of one delivery while they are found out, and the status that they make. */
final class Steps {
  private final String pushedAt;
  private final @Nullable DeliveryStatus last;
  private final String now;
  private final Map<StepName, Step> steps = new EnumMap<>(StepName.class);

  /**
   * @param last the status written last, for the times that no resource has
   */
  Steps(String pushedAt, @Nullable DeliveryStatus last, Instant now) {
    this.pushedAt = pushedAt;
    this.last = last;
    this.now = Times.text(now);
  }

  Step get(StepName name) {
    return Objects.requireNonNull(steps.get(name));
  }

  void step(
      StepName name,
      State state,
      @Nullable String startedAt,
      @Nullable String finishedAt,
      @Nullable String message,
      @Nullable List<String> logTail,
      @Nullable List<String> refs) {
    steps.put(name, new Step(name, state, startedAt, finishedAt, message, logTail, refs));
  }

  void waitFrom(StepName from, String message) {
    rest(from, State.WAITING, message);
  }

  void skipFrom(StepName from, String message) {
    rest(from, State.SKIPPED, message);
  }

  private void rest(StepName from, State state, String message) {
    for (StepName name : StepName.values()) {
      if (name.compareTo(from) >= 0) {
        step(name, state, null, null, message, null, null);
      }
    }
  }

  boolean isFailed(StepName name) {
    Step step = steps.get(name);
    return step != null && step.state() == State.FAILED;
  }

  @Nullable String time(StepName name, boolean end) {
    Step step = steps.get(name);
    return step == null ? null : end ? step.finishedAt() : step.startedAt();
  }

  /** When the step was first seen in this state: no resource says it. */
  String kept(StepName name, State state) {
    if (last != null) {
      for (Step step : last.steps()) {
        if (step.name() == name && step.state() == state && step.finishedAt() != null) {
          return step.finishedAt();
        }
      }
    }
    return now;
  }

  /**
   * @param message empty takes the sentence of the step that decides
   */
  DeliveryStatus whole(Phase phase, String message) {
    List<Step> all = List.copyOf(steps.values());
    String sentence = message;
    if (sentence.isEmpty() && phase == Phase.FAILED) {
      sentence =
          all.stream()
              .filter(s -> s.state() == State.FAILED)
              .reduce((first, second) -> second)
              .map(Step::message)
              .orElse("");
    } else if (sentence.isEmpty() && phase == Phase.RUNNING) {
      sentence =
          all.stream()
              .filter(s -> !DeliveryStatus.isPast(s.state()))
              .findFirst()
              .map(s -> s.name().text() + (s.message().isEmpty() ? "" : ": " + s.message()))
              .orElse("");
    }
    String finishedAt = null;
    if (phase != Phase.RUNNING) {
      finishedAt =
          all.stream()
              .map(Step::finishedAt)
              .filter(Objects::nonNull)
              .max(String::compareTo)
              .orElse(now);
    }
    return new DeliveryStatus(phase, sentence, pushedAt, finishedAt, all);
  }
}
