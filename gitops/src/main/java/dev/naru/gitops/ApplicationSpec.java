package dev.naru.gitops;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** {@code spec} of an Application. Source: Argo CD 3, Application specification. */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@JsonIgnoreProperties(ignoreUnknown = true)
public record ApplicationSpec(
    @Nullable String project,
    @Nullable Source source,
    @Nullable List<Source> sources,
    @Nullable Destination destination,
    @Nullable SyncPolicy syncPolicy,
    @Nullable List<IgnoreDifference> ignoreDifferences,
    @Nullable List<Map<String, String>> info,
    @Nullable Integer revisionHistoryLimit) {

  /** Where the manifests are. */
  @JsonInclude(JsonInclude.Include.NON_EMPTY)
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record Source(
      String repoURL,
      @Nullable String path,
      @Nullable String targetRevision,
      @Nullable String chart,
      @Nullable String ref,
      @Nullable Map<String, Object> helm,
      @Nullable Kustomize kustomize,
      @Nullable Directory directory,
      @Nullable Map<String, Object> plugin) {}

  /** What is laid over the kustomization. */
  @JsonInclude(JsonInclude.Include.NON_EMPTY)
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record Kustomize(
      @Nullable String namePrefix,
      @Nullable String nameSuffix,
      @Nullable String namespace,
      @Nullable List<String> images,
      @Nullable List<Replica> replicas,
      @Nullable List<Map<String, Object>> patches,
      @Nullable List<String> components,
      @Nullable Map<String, String> commonLabels,
      @Nullable Map<String, String> commonAnnotations) {}

  /** Replicas of one workload. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record Replica(String name, int count) {}

  /** How a plain folder is read. */
  @JsonInclude(JsonInclude.Include.NON_EMPTY)
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record Directory(
      boolean recurse,
      @Nullable String include,
      @Nullable String exclude,
      @Nullable Map<String, Object> jsonnet) {}

  /** Where the objects go. The namespace fills objects that name none. */
  @JsonInclude(JsonInclude.Include.NON_EMPTY)
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record Destination(
      @Nullable String server, @Nullable String name, @Nullable String namespace) {}

  /** When and how to sync. */
  @JsonInclude(JsonInclude.Include.NON_EMPTY)
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record SyncPolicy(
      @Nullable Automated automated,
      @Nullable List<String> syncOptions,
      @Nullable Retry retry,
      @Nullable NamespaceMetadata managedNamespaceMetadata) {}

  /** Sync without being asked. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Automated(
      @Nullable Boolean enabled, boolean prune, boolean selfHeal, boolean allowEmpty) {}

  /** How often a failed sync is tried again. */
  @JsonInclude(JsonInclude.Include.NON_EMPTY)
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record Retry(@Nullable Integer limit, @Nullable Backoff backoff) {}

  /** Durations as Go writes them: {@code 5s}, {@code 3m}. */
  @JsonInclude(JsonInclude.Include.NON_EMPTY)
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record Backoff(
      @Nullable String duration, @Nullable Integer factor, @Nullable String maxDuration) {}

  /** For the namespace made by CreateNamespace=true. */
  @JsonInclude(JsonInclude.Include.NON_EMPTY)
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record NamespaceMetadata(
      @Nullable Map<String, String> labels, @Nullable Map<String, String> annotations) {}

  /** Fields that may differ. */
  @JsonInclude(JsonInclude.Include.NON_EMPTY)
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record IgnoreDifference(
      @Nullable String group,
      @Nullable String kind,
      @Nullable String name,
      @Nullable String namespace,
      @Nullable List<String> jsonPointers,
      @Nullable List<String> jqPathExpressions,
      @Nullable List<String> managedFieldsManagers) {}
}
