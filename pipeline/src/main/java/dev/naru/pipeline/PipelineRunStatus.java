package dev.naru.pipeline;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a run stands. Times are RFC 3339 with milliseconds, UTC.
 *
 * @param phase {@code Pending, Running, Succeeded, Unstable, Failed, Aborted}
 * @param message one sentence: what it waits for, or which step of which stage failed and how
 * @param failedStage path of the failed stage, its names joined by {@code /}
 * @param logTail the last lines of the log, masked
 * @param number the build number, counted per repository and pipeline from 1
 */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@JsonIgnoreProperties(ignoreUnknown = true)
public record PipelineRunStatus(
    @Nullable String phase,
    @Nullable String startedAt,
    @Nullable String finishedAt,
    @Nullable String message,
    @Nullable String failedStage,
    List<String> logTail,
    @Nullable String agentPod,
    @Nullable Integer number,
    List<Stage> stages,
    List<Image> images) {

  public PipelineRunStatus(
      @Nullable String phase,
      @Nullable String startedAt,
      @Nullable String finishedAt,
      @Nullable String message,
      @Nullable String failedStage,
      @Nullable List<String> logTail,
      @Nullable String agentPod,
      @Nullable Integer number,
      @Nullable List<Stage> stages,
      @Nullable List<Image> images) {
    this.phase = phase;
    this.startedAt = startedAt;
    this.finishedAt = finishedAt;
    this.message = message;
    this.failedStage = failedStage;
    this.logTail = logTail == null ? List.of() : List.copyOf(logTail);
    this.agentPod = agentPod;
    this.number = number;
    this.stages = stages == null ? List.of() : List.copyOf(stages);
    this.images = images == null ? List.of() : List.copyOf(images);
  }

  /**
   * One stage, in the order in which the file declares them.
   *
   * @param parent path of the stage around it, its names joined by {@code /}
   * @param state {@code Waiting, Running, Succeeded, Unstable, Failed, Skipped, Aborted}
   */
  @JsonInclude(JsonInclude.Include.NON_EMPTY)
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record Stage(
      String name,
      @Nullable String parent,
      String state,
      @Nullable String startedAt,
      @Nullable String finishedAt,
      @Nullable String message) {}

  /**
   * One image that the run built.
   *
   * @param state {@code Building, Built, Pushed, Failed}
   */
  @JsonInclude(JsonInclude.Include.NON_EMPTY)
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record Image(
      String image,
      @Nullable String digest,
      @Nullable String startedAt,
      @Nullable String finishedAt,
      @Nullable String pushedAt,
      String state,
      @Nullable String message) {}

  @JsonIgnore
  boolean isFinished() {
    return phase != null && !phase.equals("Pending") && !phase.equals("Running");
  }
}
