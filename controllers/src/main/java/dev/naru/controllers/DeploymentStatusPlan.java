package dev.naru.controllers;

import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentCondition;
import io.fabric8.kubernetes.api.model.apps.DeploymentConditionBuilder;
import io.fabric8.kubernetes.api.model.apps.DeploymentStatus;
import io.fabric8.kubernetes.api.model.apps.DeploymentStatusBuilder;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import io.fabric8.kubernetes.api.model.apps.ReplicaSetCondition;
import io.fabric8.kubernetes.api.model.apps.ReplicaSetStatus;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A Deployment's status from its ReplicaSets.
 *
 * <p>Source: Kubernetes documentation, Deployment, "Deployment status"; reasons and messages as
 * kubectl's users know them.
 */
final class DeploymentStatusPlan {
  static final String COMPLETE = "NewReplicaSetAvailable";
  static final String TIMED_OUT = "ProgressDeadlineExceeded";
  static final String PAUSED = "DeploymentPaused";

  private DeploymentStatusPlan() {}

  /** The status that {@code deployment} should have at {@code now}. */
  static DeploymentStatus plan(
      Deployment deployment, List<ReplicaSet> sets, Optional<ReplicaSet> fresh, Instant now) {
    DeploymentStatus before = status(deployment);
    int total = sum(sets, ReplicaSetStatus::getReplicas);
    int available = sum(sets, ReplicaSetStatus::getAvailableReplicas);
    int ready = sum(sets, ReplicaSetStatus::getReadyReplicas);
    int updated = fresh.map(set -> sum(List.of(set), ReplicaSetStatus::getReplicas)).orElse(0);
    int wanted = Meta.orElse(deployment.getSpec().getReplicas(), 1);
    DeploymentStatus counted =
        new DeploymentStatusBuilder(before)
            .withObservedGeneration(deployment.getMetadata().getGeneration())
            .withReplicas(orNull(total))
            .withUpdatedReplicas(orNull(updated))
            .withReadyReplicas(orNull(ready))
            .withAvailableReplicas(orNull(available))
            .withUnavailableReplicas(orNull(Math.max(0, wanted - available)))
            .withConditions(List.of())
            .build();
    List<DeploymentCondition> conditions = new ArrayList<>();
    List<DeploymentCondition> known =
        before.getConditions() == null ? List.of() : before.getConditions();
    for (DeploymentCondition condition : known) {
      if (!List.of("Available", "Progressing", "ReplicaFailure").contains(condition.getType())) {
        conditions.add(condition);
      }
    }
    conditions.add(available(known, available >= minAvailable(deployment, wanted), now));
    failure(sets, fresh, known, now).ifPresent(conditions::add);
    progress(deployment, before, counted, fresh, now).ifPresent(conditions::add);
    counted.setConditions(conditions);
    return counted;
  }

  /** Everything runs the new template, nothing of the old is left, and all of it is available. */
  static boolean complete(Deployment deployment, DeploymentStatus status) {
    int wanted = Meta.orElse(deployment.getSpec().getReplicas(), 1);
    return Meta.orZero(status.getUpdatedReplicas()) == wanted
        && Meta.orZero(status.getReplicas()) == wanted
        && Meta.orZero(status.getAvailableReplicas()) == wanted
        && Meta.orZero(status.getObservedGeneration()) >= Meta.generation(deployment);
  }

  /** How long until a rollout that stands still counts as failed; empty when it cannot. */
  static Optional<Duration> untilDeadline(
      Deployment deployment, DeploymentStatus status, Instant now) {
    Optional<Integer> deadline = deadline(deployment);
    Optional<DeploymentCondition> progress = condition(status.getConditions(), "Progressing");
    if (deadline.isEmpty()
        || progress.isEmpty()
        || Boolean.TRUE.equals(deployment.getSpec().getPaused())
        || List.of(COMPLETE, TIMED_OUT).contains(progress.get().getReason())) {
      return Optional.empty();
    }
    Instant since = Meta.time(progress.get().getLastUpdateTime()).orElse(now);
    Duration left = Duration.between(now, since.plusSeconds(deadline.get()));
    return Optional.of(left.isNegative() ? Duration.ZERO : left.plusSeconds(1));
  }

  static Optional<DeploymentCondition> condition(
      @Nullable List<DeploymentCondition> conditions, String type) {
    return conditions == null
        ? Optional.empty()
        : conditions.stream().filter(c -> type.equals(c.getType())).findFirst();
  }

  static DeploymentStatus status(Deployment deployment) {
    return Objects.requireNonNullElseGet(deployment.getStatus(), DeploymentStatus::new);
  }

  private static int minAvailable(Deployment deployment, int wanted) {
    return wanted - limits(deployment).unavailable();
  }

  static RollingPlan.Limits limits(Deployment deployment) {
    int wanted = Meta.orElse(deployment.getSpec().getReplicas(), 1);
    var strategy = deployment.getSpec().getStrategy();
    if (strategy != null && "Recreate".equals(strategy.getType())) {
      return new RollingPlan.Limits(0, 0);
    }
    var rolling = strategy == null ? null : strategy.getRollingUpdate();
    return RollingPlan.Limits.of(
        wanted,
        rolling == null ? null : rolling.getMaxSurge(),
        rolling == null ? null : rolling.getMaxUnavailable());
  }

  private static DeploymentCondition available(
      List<DeploymentCondition> known, boolean enough, Instant now) {
    return transition(
        known,
        "Available",
        enough ? "True" : "False",
        enough ? "MinimumReplicasAvailable" : "MinimumReplicasUnavailable",
        enough
            ? "Deployment has minimum availability."
            : "Deployment does not have minimum availability.",
        false,
        now);
  }

  private static Optional<DeploymentCondition> failure(
      List<ReplicaSet> sets,
      Optional<ReplicaSet> fresh,
      List<DeploymentCondition> known,
      Instant now) {
    return Stream.concat(fresh.stream(), sets.stream())
        .filter(set -> set.getStatus() != null && set.getStatus().getConditions() != null)
        .flatMap(set -> set.getStatus().getConditions().stream())
        .filter(condition -> condition.getType().equals("ReplicaFailure"))
        .filter(condition -> "True".equals(condition.getStatus()))
        .findFirst()
        .map(
            (ReplicaSetCondition cause) ->
                transition(
                    known,
                    "ReplicaFailure",
                    "True",
                    cause.getReason(),
                    cause.getMessage(),
                    false,
                    now));
  }

  private static Optional<DeploymentCondition> progress(
      Deployment deployment,
      DeploymentStatus before,
      DeploymentStatus after,
      Optional<ReplicaSet> fresh,
      Instant now) {
    List<DeploymentCondition> known =
        before.getConditions() == null ? List.of() : before.getConditions();
    Optional<DeploymentCondition> current = condition(known, "Progressing");
    if (deadline(deployment).isEmpty()) {
      return Optional.empty();
    }
    if (Boolean.TRUE.equals(deployment.getSpec().getPaused())) {
      return current.filter(c -> TIMED_OUT.equals(c.getReason())).isPresent()
          ? current
          : Optional.of(
              transition(
                  known, "Progressing", "Unknown", PAUSED, "Deployment is paused", false, now));
    }
    if (current.filter(c -> PAUSED.equals(c.getReason())).isPresent()) {
      return Optional.of(
          transition(
              known,
              "Progressing",
              "Unknown",
              "DeploymentResumed",
              "Deployment is resumed",
              true,
              now));
    }
    String subject =
        fresh
            .map(set -> "ReplicaSet \"" + Meta.name(set) + "\"")
            .orElse("Deployment \"" + Meta.name(deployment) + "\"");
    boolean wasComplete =
        current.filter(c -> COMPLETE.equals(c.getReason())).isPresent()
            && Meta.orZero(after.getReplicas()) == Meta.orZero(after.getUpdatedReplicas())
            && Meta.generation(deployment) == Meta.orZero(before.getObservedGeneration());
    if (wasComplete) {
      return current;
    }
    if (complete(deployment, after)) {
      return Optional.of(
          transition(
              known,
              "Progressing",
              "True",
              COMPLETE,
              subject + " has successfully progressed.",
              true,
              now));
    }
    if (current.isEmpty()
        || progressing(before, after)
        || Meta.generation(deployment) != Meta.orZero(before.getObservedGeneration())) {
      return Optional.of(
          transition(
              known,
              "Progressing",
              "True",
              "ReplicaSetUpdated",
              subject + " is progressing.",
              true,
              now));
    }
    if (untilDeadline(deployment, before, now).filter(Duration::isZero).isPresent()) {
      return Optional.of(
          transition(
              known,
              "Progressing",
              "False",
              TIMED_OUT,
              subject + " has timed out progressing.",
              true,
              now));
    }
    return current;
  }

  private static boolean progressing(DeploymentStatus before, DeploymentStatus after) {
    int oldBefore = Meta.orZero(before.getReplicas()) - Meta.orZero(before.getUpdatedReplicas());
    int oldAfter = Meta.orZero(after.getReplicas()) - Meta.orZero(after.getUpdatedReplicas());
    return Meta.orZero(after.getUpdatedReplicas()) > Meta.orZero(before.getUpdatedReplicas())
        || oldAfter < oldBefore
        || Meta.orZero(after.getReadyReplicas()) > Meta.orZero(before.getReadyReplicas())
        || Meta.orZero(after.getAvailableReplicas()) > Meta.orZero(before.getAvailableReplicas());
  }

  /** Keeps the transition time while the status stays, and all of it while nothing is news. */
  private static DeploymentCondition transition(
      List<DeploymentCondition> known,
      String type,
      String status,
      String reason,
      String message,
      boolean touch,
      Instant now) {
    Optional<DeploymentCondition> old = condition(known, type);
    if (old.isPresent()
        && !touch
        && status.equals(old.get().getStatus())
        && reason.equals(old.get().getReason())) {
      return old.get();
    }
    String time = now.truncatedTo(ChronoUnit.SECONDS).toString();
    String since =
        old.filter(c -> status.equals(c.getStatus()))
            .map(DeploymentCondition::getLastTransitionTime)
            .orElse(time);
    return new DeploymentConditionBuilder()
        .withType(type)
        .withStatus(status)
        .withReason(reason)
        .withMessage(message)
        .withLastUpdateTime(time)
        .withLastTransitionTime(since)
        .build();
  }

  /** kubectl writes 2147483647 for "no deadline". */
  private static Optional<Integer> deadline(Deployment deployment) {
    return Optional.ofNullable(deployment.getSpec().getProgressDeadlineSeconds())
        .filter(seconds -> seconds != Integer.MAX_VALUE);
  }

  private static int sum(List<ReplicaSet> sets, Count value) {
    return sets.stream()
        .filter(set -> set.getStatus() != null)
        .mapToInt(set -> Meta.orZero(value.apply(set.getStatus())))
        .sum();
  }

  private interface Count {
    @Nullable Integer apply(ReplicaSetStatus status);
  }

  private static @Nullable Integer orNull(int value) {
    return value == 0 ? null : Integer.valueOf(value);
  }
}
