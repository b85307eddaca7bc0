package dev.naru.gitops;

import dev.naru.base.Times;
import dev.naru.gitops.ApplicationStatus.Applied;
import dev.naru.gitops.ApplicationStatus.Health;
import dev.naru.gitops.ApplicationStatus.OperationState;
import dev.naru.gitops.ApplicationStatus.SyncResult;
import dev.naru.gitops.Comparison.Found;
import dev.naru.gitops.render.Trees;
import io.fabric8.kubernetes.api.model.DeletionPropagation;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Carries out one sync as far as it goes now: wave by wave, each in the order of kinds, then what
 * is in no manifest is deleted. Nothing is changed before the API has accepted all of it in a dry
 * run. A wave that is not healthy yet ends the step; the next step goes on from what is live then.
 */
final class AppSync {
  private static final String SYNC_OPTIONS = "argocd.argoproj.io/sync-options";

  private final Cluster cluster;
  private final Clock clock;

  AppSync(Cluster cluster, Clock clock) {
    this.cluster = cluster;
    this.clock = clock;
  }

  /**
   * One step.
   *
   * @param prune whether what is in no manifest is deleted
   * @param startedAt when the first step began
   * @param retries failed attempts before
   */
  OperationState step(
      ApplicationSpec spec,
      Policy policy,
      String revision,
      Found found,
      boolean prune,
      @Nullable Operation asked,
      String startedAt,
      int retries) {
    List<Applied> results = new ArrayList<>();
    String phase;
    String message;
    List<String> refusals =
        found.targets().stream().map(Target::refusal).filter(r -> !r.isEmpty()).toList();
    if (!refusals.isEmpty()) {
      phase = "Failed";
      message =
          "nothing was changed: "
              + refusals.getFirst()
              + (refusals.size() > 1 ? " (and %d more)".formatted(refusals.size() - 1) : "");
      found.targets().stream()
          .filter(t -> !t.refusal().isEmpty())
          .forEach(t -> results.add(result(t, "SyncFailed", t.refusal())));
    } else {
      try {
        createNamespace(spec, policy);
        Optional<String> waiting = waves(policy, found, prune, results);
        if (waiting.isEmpty() && prune) {
          waiting = prune(policy, found, results);
        }
        phase = waiting.isPresent() ? "Running" : "Succeeded";
        message = waiting.orElse("successfully synced (all tasks run)");
      } catch (SyncFailure e) {
        phase = "Failed";
        message = String.valueOf(e.getMessage());
      }
    }
    String finished = phase.equals("Running") ? null : Times.text(clock.instant());
    return new OperationState(
        asked,
        phase,
        message,
        startedAt,
        finished,
        retries == 0 ? null : retries,
        new SyncResult(results, revision, spec.source()));
  }

  private void createNamespace(ApplicationSpec spec, Policy policy) {
    String name = Comparison.destination(spec);
    if (!policy.createNamespace() || cluster.hasNamespace(name)) {
      return;
    }
    ApplicationSpec.NamespaceMetadata metadata =
        spec.syncPolicy() == null ? null : spec.syncPolicy().managedNamespaceMetadata();
    cluster.createNamespace(
        name,
        metadata == null || metadata.labels() == null ? Map.of() : metadata.labels(),
        metadata == null || metadata.annotations() == null ? Map.of() : metadata.annotations());
  }

  /** Applies; says what it waits for when a wave has to get healthy first. */
  private Optional<String> waves(Policy policy, Found found, boolean prune, List<Applied> results) {
    TreeMap<Integer, List<Target>> waves = new TreeMap<>();
    for (Target target : found.targets()) {
      waves.computeIfAbsent(target.wave(), w -> new ArrayList<>()).add(target);
    }
    for (Map.Entry<Integer, List<Target>> wave : waves.entrySet()) {
      for (Target target : wave.getValue()) {
        if (target.isOutOfSync()) {
          apply(policy, target, results);
        }
      }
      boolean moreToDo =
          waves.tailMap(wave.getKey(), false).values().stream()
              .flatMap(List::stream)
              .anyMatch(Target::isOutOfSync);
      if (moreToDo || (prune && policy.pruneLast() && !found.extras().isEmpty())) {
        Optional<String> unhealthy = unhealthy(wave.getValue());
        if (unhealthy.isPresent()) {
          return Optional.of("waiting for wave %d: %s".formatted(wave.getKey(), unhealthy.get()));
        }
      }
    }
    return Optional.empty();
  }

  private void apply(Policy policy, Target target, List<Applied> results) {
    try {
      cluster.apply(target.body(), policy.validate());
      results.add(result(target, "Synced", target.live().isPresent() ? "configured" : "created"));
    } catch (KubernetesClientException e) {
      String message =
          "%s: %s cannot be applied: %s"
              .formatted(target.source(), target.key().label(), Cluster.reason(e));
      results.add(result(target, "SyncFailed", message));
      throw new SyncFailure(message, e);
    }
  }

  private Optional<String> unhealthy(List<Target> wave) {
    for (Target target : wave) {
      Optional<Map<String, Object>> live = cluster.get(target.key());
      Optional<Health> health =
          live.isEmpty()
              ? Optional.of(new Health(HealthRules.MISSING, "is not there"))
              : HealthRules.of(live.get());
      if (health.isPresent()
          && !health.get().status().equals(HealthRules.HEALTHY)
          && !health.get().status().equals(HealthRules.SUSPENDED)) {
        return Optional.of(
            target.key().label()
                + " "
                + (health.get().message() == null
                    ? "is " + health.get().status()
                    : health.get().message()));
      }
    }
    return Optional.empty();
  }

  private Optional<String> prune(Policy policy, Found found, List<Applied> results) {
    if (policy.pruneLast() && !found.extras().isEmpty()) {
      Optional<String> unhealthy = unhealthy(found.targets());
      if (unhealthy.isPresent()) {
        return Optional.of("waiting before deleting what is in no manifest: " + unhealthy.get());
      }
    }
    for (Target extra : found.extras()) {
      if (extra.hasOption(SYNC_OPTIONS, "Prune=false")) {
        results.add(result(extra, "PruneSkipped", "its annotation says Prune=false"));
        continue;
      }
      if (Trees.text(extra.body(), "metadata", "deletionTimestamp").isEmpty()) {
        try {
          cluster.delete(extra.key(), DeletionPropagation.BACKGROUND);
        } catch (KubernetesClientException e) {
          String message =
              "%s cannot be deleted: %s".formatted(extra.key().label(), Cluster.reason(e));
          results.add(result(extra, "SyncFailed", message));
          throw new SyncFailure(message, e);
        }
      }
      results.add(result(extra, "Pruned", "pruned"));
    }
    return Optional.empty();
  }

  private static Applied result(Target target, String status, String message) {
    ObjectKey key = target.key();
    return new Applied(
        key.group(),
        key.version(),
        key.kind(),
        key.namespace(),
        key.name(),
        status,
        message,
        "Sync");
  }

  /** The step stopped in the middle; the message names the object. */
  private static final class SyncFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    SyncFailure(String message, Throwable cause) {
      super(message, cause);
    }
  }
}
