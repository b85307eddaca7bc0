package dev.naru.controllers;

import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.apps.ControllerRevision;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.apps.StatefulSetBuilder;
import io.fabric8.kubernetes.api.model.apps.StatefulSetStatus;
import io.fabric8.kubernetes.api.model.apps.StatefulSetStatusBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;

/**
 * Keeps a StatefulSet's pods by their ordinals ({@link StatefulSetPlan} decides). Pods and claims
 * have fixed names and deletions name a uid, so a lagging cache cannot make anything happen twice.
 */
final class StatefulSetController implements AutoCloseable {
  private static final String COMPONENT = "statefulset-controller";

  private final ClusterState state;
  private final Ownership ownership;
  private final RevisionHistory history;
  private final KeyedQueue queue;

  StatefulSetController(ClusterState state) {
    this.state = state;
    this.ownership = new Ownership(state);
    this.history = new RevisionHistory(state);
    this.queue = state.queue("statefulset", 2, this::sync);
    ClusterState.follow(state.statefulSets, queue);
    ClusterState.followControlled(state.pods, "StatefulSet", queue);
  }

  private void sync(String key) {
    Optional<StatefulSet> found = state.statefulSets.get(key);
    if (found.isEmpty() || Meta.deleting(found.get()) || state.ending(found.get())) {
      return;
    }
    StatefulSet set = found.get();
    StatefulSetStatus before =
        Objects.requireNonNullElseGet(set.getStatus(), StatefulSetStatus::new);
    ControllerRevision update =
        history.current(
            set,
            set.getSpec().getTemplate(),
            set.getSpec().getSelector(),
            before.getCollisionCount());
    ControllerRevision current =
        history.of(set).stream()
            .filter(revision -> Meta.name(revision).equals(before.getCurrentRevision()))
            .findFirst()
            .orElse(update);
    Map<Integer, Pod> pods = new TreeMap<>();
    for (Pod pod : ownership.claim(set, set.getSpec().getSelector(), state.pods)) {
      OptionalInt ordinal = StatefulSetPods.ordinal(set, pod);
      if (ordinal.isPresent()) {
        pods.put(ordinal.getAsInt(), pod);
      }
    }
    Instant now = state.clock.instant();
    for (StatefulSetPlan.Action action :
        StatefulSetPlan.plan(wanted(set, current, update), members(set, pods, now))) {
      switch (action) {
        case StatefulSetPlan.Action.Create create ->
            create(
                set,
                create,
                create.revision().equals(revisionName(update)) ? update : current,
                pods);
        case StatefulSetPlan.Action.Delete delete ->
            delete(set, Objects.requireNonNull(pods.get(delete.ordinal())));
      }
    }
    writeStatus(set, before, current, update, pods, now);
    Set<String> live = new HashSet<>(List.of(Meta.name(update), Meta.name(current)));
    pods.values().forEach(pod -> live.add(revision(pod)));
    history.truncate(set, Meta.orElse(set.getSpec().getRevisionHistoryLimit(), 10), live);
    int minReady = Meta.orZero(set.getSpec().getMinReadySeconds());
    pods.values().stream()
        .filter(Pods::ready)
        .map(pod -> Pods.untilAvailable(pod, minReady, now))
        .filter(left -> !left.isZero())
        .min(Comparator.<Duration>naturalOrder())
        .ifPresent(left -> queue.addAfter(key, left));
  }

  private static StatefulSetPlan.Wanted wanted(
      StatefulSet set, ControllerRevision current, ControllerRevision update) {
    var strategy = set.getSpec().getUpdateStrategy();
    boolean rolling = strategy == null || !"OnDelete".equals(strategy.getType());
    int partition =
        strategy == null || strategy.getRollingUpdate() == null
            ? 0
            : Meta.orZero(strategy.getRollingUpdate().getPartition());
    return new StatefulSetPlan.Wanted(
        set.getSpec().getOrdinals() == null
            ? 0
            : Meta.orZero(set.getSpec().getOrdinals().getStart()),
        Meta.orElse(set.getSpec().getReplicas(), 1),
        "Parallel".equals(set.getSpec().getPodManagementPolicy()),
        rolling,
        partition,
        revisionName(current),
        revisionName(update));
  }

  private static List<StatefulSetPlan.Member> members(
      StatefulSet set, Map<Integer, Pod> pods, Instant now) {
    int minReady = Meta.orZero(set.getSpec().getMinReadySeconds());
    List<StatefulSetPlan.Member> members = new ArrayList<>();
    pods.forEach(
        (ordinal, pod) ->
            members.add(
                new StatefulSetPlan.Member(
                    ordinal,
                    revision(pod),
                    Meta.deleting(pod),
                    Pods.finished(pod),
                    Pods.active(pod)
                        && Pods.phase(pod).equals("Running")
                        && Pods.available(pod, minReady, now))));
    return members;
  }

  private void create(
      StatefulSet set,
      StatefulSetPlan.Action.Create create,
      ControllerRevision revision,
      Map<Integer, Pod> pods) {
    for (PersistentVolumeClaim claim : StatefulSetPods.claims(set, create.ordinal())) {
      if (state.claims.get(Meta.key(claim)).isEmpty()
          && state.api.createIfAbsent(claim).isPresent()) {
        state.events.normal(
            set,
            COMPONENT,
            "SuccessfulCreate",
            "create Claim %s Pod %s in StatefulSet %s success"
                .formatted(
                    Meta.name(claim), StatefulSetPods.name(set, create.ordinal()), Meta.name(set)));
      }
    }
    PodTemplateSpec template = RevisionHistory.template(revision);
    Pod pod = StatefulSetPods.pod(set, template, create.ordinal(), create.revision());
    try {
      state
          .api
          .createIfAbsent(pod)
          .ifPresent(
              created -> {
                pods.put(create.ordinal(), created);
                state.events.normal(
                    set,
                    COMPONENT,
                    "SuccessfulCreate",
                    "create Pod %s in StatefulSet %s successful"
                        .formatted(Meta.name(pod), Meta.name(set)));
              });
    } catch (KubernetesClientException e) {
      state.events.warning(
          set,
          COMPONENT,
          "FailedCreate",
          "create Pod %s in StatefulSet %s failed error: %s"
              .formatted(Meta.name(pod), Meta.name(set), e.getMessage()));
      throw e;
    }
  }

  private void delete(StatefulSet set, Pod pod) {
    state.api.delete(pod, "Background");
    state.events.normal(
        set,
        COMPONENT,
        "SuccessfulDelete",
        "delete Pod %s in StatefulSet %s successful".formatted(Meta.name(pod), Meta.name(set)));
  }

  private void writeStatus(
      StatefulSet set,
      StatefulSetStatus before,
      ControllerRevision current,
      ControllerRevision update,
      Map<Integer, Pod> pods,
      Instant now) {
    int minReady = Meta.orZero(set.getSpec().getMinReadySeconds());
    List<Pod> alive = pods.values().stream().filter(Pods::active).toList();
    int ready = (int) alive.stream().filter(Pods::ready).count();
    int available = (int) alive.stream().filter(p -> Pods.available(p, minReady, now)).count();
    int updated =
        (int) alive.stream().filter(p -> revision(p).equals(revisionName(update))).count();
    boolean complete =
        updated == pods.size()
            && ready == pods.size()
            && pods.size() == Meta.orElse(set.getSpec().getReplicas(), 1);
    ControllerRevision settled = complete ? update : current;
    int atCurrent =
        (int) alive.stream().filter(p -> revision(p).equals(revisionName(settled))).count();
    StatefulSetStatus after =
        new StatefulSetStatusBuilder(before)
            .withObservedGeneration(set.getMetadata().getGeneration())
            .withReplicas(pods.size())
            .withReadyReplicas(ready == 0 ? null : Integer.valueOf(ready))
            .withAvailableReplicas(available)
            .withUpdatedReplicas(updated == 0 ? null : Integer.valueOf(updated))
            .withCurrentReplicas(atCurrent == 0 ? null : Integer.valueOf(atCurrent))
            .withCurrentRevision(Meta.name(settled))
            .withUpdateRevision(Meta.name(update))
            .withCollisionCount(Meta.orZero(before.getCollisionCount()))
            .build();
    if (!after.equals(before)) {
      state.api.updateStatus(new StatefulSetBuilder(set).withStatus(after).build());
    }
  }

  private static String revision(Pod pod) {
    return Meta.labels(pod).getOrDefault(StatefulSetPods.REVISION_LABEL, "");
  }

  /** Pods carry the revision's whole name, as those of a StatefulSet do. */
  private static String revisionName(ControllerRevision revision) {
    return Meta.name(revision);
  }

  @Override
  public void close() {
    queue.close();
  }
}
