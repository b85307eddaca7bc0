package dev.naru.delivery;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where a commit is.
 *
 * @param phase as a whole
 * @param message one sentence: what it waits for, or what failed and why
 * @param startedAt when it was pushed; RFC 3339 with milliseconds
 * @param finishedAt absent while it runs
 * @param steps always all of them, in order
 */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@JsonIgnoreProperties(ignoreUnknown = true)
public record DeliveryStatus(
    Phase phase,
    String message,
    @Nullable String startedAt,
    @Nullable String finishedAt,
    List<Step> steps) {
  public DeliveryStatus(
      Phase phase,
      @Nullable String message,
      @Nullable String startedAt,
      @Nullable String finishedAt,
      @Nullable List<Step> steps) {
    this.phase = phase;
    this.message = message == null ? "" : message;
    this.startedAt = startedAt;
    this.finishedAt = finishedAt;
    this.steps = steps == null ? List.of() : List.copyOf(steps);
  }

  /** A delivery as a whole. */
  public enum Phase {
    RUNNING("Running"),
    LIVE("Live"),
    FAILED("Failed"),
    SUPERSEDED("Superseded"),
    NOTHING_TO_DO("NothingToDo");

    private final String text;

    Phase(String text) {
      this.text = text;
    }

    @JsonValue
    public String text() {
      return text;
    }
  }

  /** A step. */
  public enum State {
    WAITING("Waiting"),
    RUNNING("Running"),
    DONE("Done"),
    FAILED("Failed"),
    SKIPPED("Skipped");

    private final String text;

    State(String text) {
      this.text = text;
    }

    @JsonValue
    public String text() {
      return text;
    }
  }

  /** The steps of the way, in order. */
  public enum StepName {
    PUSH("push"),
    PIPELINE("pipeline"),
    IMAGE("image"),
    MANIFEST("manifest"),
    SYNC("sync"),
    ROLLOUT("rollout"),
    LIVE("live");

    private final String text;

    StepName(String text) {
      this.text = text;
    }

    @JsonValue
    public String text() {
      return text;
    }
  }

  /**
   * One step.
   *
   * @param message one sentence
   * @param logTail the last lines of the log of what failed
   * @param refs what it is about: {@code PipelineRun/<name>}, image references, {@code
   *     <repository>@<commit>}, {@code Application/<name>}, {@code Deployment/<namespace>/<name>}
   */
  @JsonInclude(JsonInclude.Include.NON_EMPTY)
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record Step(
      StepName name,
      State state,
      @Nullable String startedAt,
      @Nullable String finishedAt,
      String message,
      List<String> logTail,
      List<String> refs) {
    public Step(
        StepName name,
        State state,
        @Nullable String startedAt,
        @Nullable String finishedAt,
        @Nullable String message,
        @Nullable List<String> logTail,
        @Nullable List<String> refs) {
      this.name = name;
      this.state = state;
      this.startedAt = startedAt;
      this.finishedAt = finishedAt;
      this.message = message == null ? "" : message;
      this.logTail = logTail == null ? List.of() : List.copyOf(logTail);
      this.refs = refs == null ? List.of() : List.copyOf(refs);
    }
  }

  /** Whether this step is over and the next one may go. */
  static boolean isPast(State state) {
    return state == State.DONE || state == State.SKIPPED;
  }
}
