package dev.naru.gitops;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * {@code status} of an Application, with Argo CD's field names and words. Times are RFC 3339 with
 * milliseconds.
 *
 * @param sourceType Kustomize or Directory
 */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@JsonIgnoreProperties(ignoreUnknown = true)
public record ApplicationStatus(
    @Nullable Sync sync,
    @Nullable Health health,
    List<Resource> resources,
    @Nullable OperationState operationState,
    List<History> history,
    List<Condition> conditions,
    @Nullable String reconciledAt,
    @Nullable String sourceType,
    @Nullable Summary summary) {
  static final ApplicationStatus EMPTY =
      new ApplicationStatus(null, null, null, null, null, null, null, null, null);

  public ApplicationStatus(
      @Nullable Sync sync,
      @Nullable Health health,
      @Nullable List<Resource> resources,
      @Nullable OperationState operationState,
      @Nullable List<History> history,
      @Nullable List<Condition> conditions,
      @Nullable String reconciledAt,
      @Nullable String sourceType,
      @Nullable Summary summary) {
    this.sync = sync;
    this.health = health;
    this.resources = resources == null ? List.of() : List.copyOf(resources);
    this.operationState = operationState;
    this.history = history == null ? List.of() : List.copyOf(history);
    this.conditions = conditions == null ? List.of() : List.copyOf(conditions);
    this.reconciledAt = reconciledAt;
    this.sourceType = sourceType;
    this.summary = summary;
  }

  /** Synced, OutOfSync, Unknown; empty when nothing was compared yet. */
  public String syncStatus() {
    return sync == null ? "" : sync.status();
  }

  /** The commit compared with; empty when there is none. */
  public String syncRevision() {
    return sync == null || sync.revision() == null ? "" : sync.revision();
  }

  /** Empty when not known yet. */
  public String healthStatus() {
    return health == null ? "" : health.status();
  }

  /** Running, Succeeded, Failed, Error; empty when there was no sync. */
  public String operationPhase() {
    return operationState == null ? "" : operationState.phase();
  }

  /** The last sync's sentence; empty when there is none. */
  public String operationMessage() {
    return operationState == null || operationState.message() == null
        ? ""
        : operationState.message();
  }

  /** The commit of the last sync; empty when there is none. */
  public String operationRevision() {
    return operationState == null || operationState.syncResult() == null
        ? ""
        : operationState.syncResult().revision();
  }

  /**
   * Whether the cluster is as the manifests say.
   *
   * @param status Synced, OutOfSync or Unknown
   * @param revision the commit compared with
   */
  @JsonInclude(JsonInclude.Include.NON_EMPTY)
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record Sync(String status, @Nullable String revision, @Nullable Compared comparedTo) {}

  /** What was compared. */
  @JsonInclude(JsonInclude.Include.NON_EMPTY)
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record Compared(
      ApplicationSpec.@Nullable Source source, ApplicationSpec.@Nullable Destination destination) {}

  /**
   * How the objects are.
   *
   * @param status Healthy, Suspended, Progressing, Missing, Degraded or Unknown
   */
  @JsonInclude(JsonInclude.Include.NON_EMPTY)
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record Health(String status, @Nullable String message) {}

  /**
   * One object.
   *
   * @param message why it is OutOfSync, naming the field
   */
  @JsonInclude(JsonInclude.Include.NON_EMPTY)
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record Resource(
      @Nullable String group,
      String version,
      String kind,
      @Nullable String namespace,
      String name,
      String status,
      @Nullable Health health,
      @Nullable Boolean requiresPruning,
      @Nullable Integer syncWave,
      @Nullable String message) {}

  /**
   * The last sync.
   *
   * @param phase Running, Succeeded, Failed or Error
   * @param message one sentence
   */
  @JsonInclude(JsonInclude.Include.NON_EMPTY)
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record OperationState(
      @Nullable Operation operation,
      String phase,
      @Nullable String message,
      String startedAt,
      @Nullable String finishedAt,
      @Nullable Integer retryCount,
      @Nullable SyncResult syncResult) {}

  /** What the last sync did. */
  @JsonInclude(JsonInclude.Include.NON_EMPTY)
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record SyncResult(
      @Nullable List<Applied> resources,
      String revision,
      ApplicationSpec.@Nullable Source source) {}

  /**
   * What a sync did to one object.
   *
   * @param status Synced, SyncFailed, Pruned or PruneSkipped
   */
  @JsonInclude(JsonInclude.Include.NON_EMPTY)
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record Applied(
      @Nullable String group,
      String version,
      String kind,
      @Nullable String namespace,
      String name,
      String status,
      @Nullable String message,
      @Nullable String syncPhase) {}

  /** A sync that succeeded. */
  @JsonInclude(JsonInclude.Include.NON_EMPTY)
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record History(
      long id,
      String revision,
      @Nullable String deployStartedAt,
      String deployedAt,
      ApplicationSpec.@Nullable Source source) {}

  /** Something that a person must know; the type ends in Error or Warning. */
  @JsonInclude(JsonInclude.Include.NON_EMPTY)
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record Condition(String type, String message, @Nullable String lastTransitionTime) {}

  /** Images that run. */
  @JsonInclude(JsonInclude.Include.NON_EMPTY)
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record Summary(
      @Nullable List<String> images, @Nullable Map<String, String> externalURLs) {}
}
