package dev.naru.controllers;

import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import io.fabric8.kubernetes.api.model.apps.ReplicaSetBuilder;
import io.fabric8.kubernetes.api.model.apps.ReplicaSetCondition;
import io.fabric8.kubernetes.api.model.apps.ReplicaSetConditionBuilder;
import io.fabric8.kubernetes.api.model.apps.ReplicaSetStatus;
import io.fabric8.kubernetes.api.model.apps.ReplicaSetStatusBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** Keeps as many active pods as a ReplicaSet asks for, and tells in its status how they are. */
final class ReplicaSetController implements AutoCloseable {
  private static final String COMPONENT = "replicaset-controller";

  /** How many pods one pass creates or deletes at most. */
  static final int BURST_MAX = 500;

  private final ClusterState state;
  private final Ownership ownership;
  private final Expectations expectations;
  private final KeyedQueue queue;

  ReplicaSetController(ClusterState state) {
    this.state = state;
    this.ownership = new Ownership(state);
    this.expectations = new Expectations(state.clock);
    this.queue = state.queue("replicaset", 4, this::sync);
    state.replicaSets.listen(
        (before, after) -> {
          ReplicaSet set = ClusterState.either(before, after);
          if (after == null) {
            expectations.forget(Meta.key(set));
          }
          queue.add(Meta.key(set));
        });
    ClusterState.followControlled(state.pods, "ReplicaSet", queue, expectations);
    ClusterState.followOrphans(
        state.pods, state.replicaSets, set -> set.getSpec().getSelector(), queue);
  }

  private void sync(String key) {
    Optional<ReplicaSet> found = state.replicaSets.get(key);
    if (found.isEmpty()) {
      expectations.forget(key);
      return;
    }
    ReplicaSet set = found.get();
    boolean current = expectations.fulfilled(key);
    List<Pod> active =
        new ArrayList<>(
            ownership.claim(set, set.getSpec().getSelector(), state.pods).stream()
                .filter(Pods::active)
                .toList());
    Optional<KubernetesClientException> failure = Optional.empty();
    if (!current) {
      queue.addAfter(key, Expectations.PATIENCE.plusMillis(1));
    } else if (!Meta.deleting(set)) {
      failure = scale(key, set, active);
    }
    writeStatus(key, set, active, failure);
    if (failure.isPresent()) {
      throw failure.get();
    }
  }

  /** Adds created pods to {@code active} and removes those it deletes. */
  private Optional<KubernetesClientException> scale(String key, ReplicaSet set, List<Pod> active) {
    int wanted = Meta.orElse(set.getSpec().getReplicas(), 1);
    int difference = wanted - active.size();
    if (difference > 0) {
      return state.ending(set)
          ? Optional.empty()
          : create(key, set, Math.min(difference, BURST_MAX), active);
    }
    for (Pod victim :
        ScaleDownOrder.victims(active, related(set), Math.min(-difference, BURST_MAX))) {
      expectations.expectDeleted(key, victim);
      try {
        state.api.delete(victim, "Background");
      } catch (KubernetesClientException e) {
        expectations.forget(key, victim);
        state.events.warning(set, COMPONENT, "FailedDelete", "Error deleting: " + e.getMessage());
        return Optional.of(e);
      }
      active.remove(victim);
      state.events.normal(set, COMPONENT, "SuccessfulDelete", "Deleted pod: " + Meta.name(victim));
    }
    return Optional.empty();
  }

  private Optional<KubernetesClientException> create(
      String key, ReplicaSet set, int count, List<Pod> active) {
    PodTemplateSpec template =
        Objects.requireNonNullElseGet(set.getSpec().getTemplate(), PodTemplateSpec::new);
    Pod pod =
        Pods.fromTemplate(template, set)
            .editMetadata()
            .withGenerateName(Meta.name(set) + "-")
            .endMetadata()
            .build();
    for (int i = 0; i < count; i++) {
      try {
        Pod created = state.client.resource(pod).create();
        expectations.expectWritten(key, created, state.pods);
        active.add(created);
        state.events.normal(
            set, COMPONENT, "SuccessfulCreate", "Created pod: " + Meta.name(created));
      } catch (KubernetesClientException e) {
        state.events.warning(set, COMPONENT, "FailedCreate", "Error creating: " + e.getMessage());
        return Optional.of(e);
      }
    }
    return Optional.empty();
  }

  /** Active pods of every ReplicaSet that has the same controller. */
  private List<Pod> related(ReplicaSet set) {
    Optional<OwnerReference> owner = Meta.controller(set);
    List<ReplicaSet> sets =
        owner.isEmpty()
            ? List.of(set)
            : state.replicaSets.inNamespace(set.getMetadata().getNamespace()).stream()
                .filter(
                    other ->
                        Meta.controller(other)
                            .filter(o -> o.getUid().equals(owner.get().getUid()))
                            .isPresent())
                .toList();
    return sets.stream()
        .flatMap(each -> state.pods.controlledBy(each).stream())
        .filter(Pods::active)
        .toList();
  }

  private void writeStatus(
      String key, ReplicaSet set, List<Pod> active, Optional<KubernetesClientException> failure) {
    int minReady = Meta.orZero(set.getSpec().getMinReadySeconds());
    Instant now = state.clock.instant();
    Map<String, String> labels =
        set.getSpec().getTemplate() == null || set.getSpec().getTemplate().getMetadata() == null
            ? Map.of()
            : Objects.requireNonNullElse(
                set.getSpec().getTemplate().getMetadata().getLabels(), Map.of());
    int labelled =
        (int) active.stream().filter(p -> Labels.contains(Meta.labels(p), labels)).count();
    int ready = (int) active.stream().filter(Pods::ready).count();
    int available = (int) active.stream().filter(p -> Pods.available(p, minReady, now)).count();
    ReplicaSetStatus before = Objects.requireNonNullElseGet(set.getStatus(), ReplicaSetStatus::new);
    ReplicaSetStatus after =
        new ReplicaSetStatusBuilder(before)
            .withReplicas(active.size())
            .withFullyLabeledReplicas(labelled == 0 ? null : Integer.valueOf(labelled))
            .withReadyReplicas(ready == 0 ? null : Integer.valueOf(ready))
            .withAvailableReplicas(available == 0 ? null : Integer.valueOf(available))
            .withObservedGeneration(set.getMetadata().getGeneration())
            .withConditions(conditions(before, failure))
            .build();
    if (!after.equals(before)) {
      state.api.updateStatus(new ReplicaSetBuilder(set).withStatus(after).build());
    }
    if (ready > available) {
      active.stream()
          .filter(Pods::ready)
          .map(pod -> Pods.untilAvailable(pod, minReady, now))
          .filter(left -> !left.isZero())
          .min(Comparator.<Duration>naturalOrder())
          .ifPresent(left -> queue.addAfter(key, left));
    }
  }

  private List<ReplicaSetCondition> conditions(
      ReplicaSetStatus before, Optional<KubernetesClientException> failure) {
    List<ReplicaSetCondition> known =
        before.getConditions() == null ? List.of() : before.getConditions();
    Optional<ReplicaSetCondition> old =
        known.stream().filter(c -> c.getType().equals("ReplicaFailure")).findFirst();
    List<ReplicaSetCondition> kept =
        new ArrayList<>(known.stream().filter(c -> !c.getType().equals("ReplicaFailure")).toList());
    failure.ifPresent(
        e ->
            kept.add(
                old.orElseGet(
                    () ->
                        new ReplicaSetConditionBuilder()
                            .withType("ReplicaFailure")
                            .withStatus("True")
                            .withReason("FailedCreate")
                            .withMessage(e.getMessage())
                            .withLastTransitionTime(Meta.now(state.clock))
                            .build())));
    return kept;
  }

  @Override
  public void close() {
    queue.close();
  }
}
