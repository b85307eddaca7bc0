package dev.naru.controllers;

import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.LabelSelectorBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.PodTemplateSpecBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.api.model.apps.DeploymentStatus;
import io.fabric8.kubernetes.api.model.apps.DeploymentStatusBuilder;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import io.fabric8.kubernetes.api.model.apps.ReplicaSetBuilder;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Rolls Deployments: finds or makes the ReplicaSet of the present template, moves replicas to it
 * within the strategy's limits ({@link RollingPlan}), and writes status, revisions and history.
 *
 * <p>Every change of a ReplicaSet is an update of the version that was read, so another's write in
 * between is a conflict and leads to another look. Its own writes it awaits in the cache before the
 * next step: what one ReplicaSet has got since counts when another is given replicas.
 */
final class DeploymentController implements AutoCloseable {
  private static final String COMPONENT = "deployment-controller";

  /** The ReplicaSets of one Deployment, oldest first. */
  private record Sets(Optional<ReplicaSet> fresh, List<ReplicaSet> old) {
    List<ReplicaSet> all() {
      List<ReplicaSet> all = new ArrayList<>(old);
      fresh.ifPresent(all::add);
      return all;
    }

    List<ReplicaSet> active() {
      return all().stream().filter(set -> wanted(set) > 0).toList();
    }
  }

  private final ClusterState state;
  private final Ownership ownership;
  private final Expectations expectations;
  private final KeyedQueue queue;

  DeploymentController(ClusterState state) {
    this.state = state;
    this.ownership = new Ownership(state);
    this.expectations = new Expectations(state.clock);
    this.queue = state.queue("deployment", 4, this::sync);
    ClusterState.follow(state.deployments, queue);
    ClusterState.followControlled(state.replicaSets, "Deployment", queue, expectations);
    ClusterState.followOrphans(
        state.replicaSets, state.deployments, d -> d.getSpec().getSelector(), queue);
    state.pods.listen(
        (before, after) -> {
          // Recreate waits for the last old pod to be gone.
          if (after == null || Pods.finished(after)) {
            ClusterState.controllerKey(ClusterState.either(before, after), "ReplicaSet")
                .flatMap(state.replicaSets::get)
                .flatMap(set -> ClusterState.controllerKey(set, "Deployment"))
                .ifPresent(queue::add);
          }
        });
  }

  private ReplicaSet update(Deployment deployment, ReplicaSet set) {
    return written(deployment, state.client.resource(set).update());
  }

  /** The next step waits until the cache shows this one. */
  private ReplicaSet written(Deployment deployment, ReplicaSet set) {
    expectations.expectWritten(Meta.key(deployment), set, state.replicaSets);
    return set;
  }

  private void sync(String key) {
    Optional<Deployment> found = state.deployments.get(key);
    if (found.isEmpty()) {
      expectations.forget(key);
      return;
    }
    if (!expectations.fulfilled(key)) {
      queue.addAfter(key, Expectations.PATIENCE.plusMillis(1));
      return;
    }
    Deployment deployment = found.get();
    LabelSelector selector = deployment.getSpec().getSelector();
    if (selector == null || selector.equals(new LabelSelector())) {
      state.events.warning(
          deployment,
          COMPONENT,
          "SelectingAll",
          "This deployment is selecting all pods. A non-empty selector is required.");
      return;
    }
    List<ReplicaSet> owned =
        ownership.claim(deployment, selector, state.replicaSets).stream()
            .sorted(Comparator.comparing(Meta::created).thenComparing(Meta::name))
            .toList();
    Sets sets = split(deployment, owned);
    if (!Meta.deleting(deployment)) {
      sets = act(deployment, sets);
    }
    writeStatus(key, deployment, sets);
  }

  private Sets act(Deployment deployment, Sets sets) {
    if (Boolean.TRUE.equals(deployment.getSpec().getPaused())) {
      Sets scaled = scale(deployment, sets);
      cleanUp(deployment, scaled);
      return scaled;
    }
    if (resized(deployment, sets)) {
      return scale(deployment, sets);
    }
    boolean recreate =
        deployment.getSpec().getStrategy() != null
            && "Recreate".equals(deployment.getSpec().getStrategy().getType());
    Sets after = recreate ? recreate(deployment, sets) : roll(deployment, sets);
    if (DeploymentStatusPlan.complete(deployment, DeploymentStatusPlan.status(deployment))) {
      cleanUp(deployment, after);
    }
    return after;
  }

  private static Sets split(Deployment deployment, List<ReplicaSet> owned) {
    Optional<ReplicaSet> fresh =
        owned.stream()
            .filter(
                set ->
                    TemplateHash.same(
                        set.getSpec().getTemplate(), deployment.getSpec().getTemplate()))
            .findFirst();
    return new Sets(
        fresh,
        owned.stream()
            .filter(set -> !fresh.map(Meta::uid).equals(Optional.of(Meta.uid(set))))
            .toList());
  }

  /** The number of replicas was changed since the ReplicaSets were last sized. */
  private static boolean resized(Deployment deployment, Sets sets) {
    String wanted = String.valueOf(Meta.orElse(deployment.getSpec().getReplicas(), 1));
    return sets.active().stream()
        .map(set -> Meta.annotations(set).get(Revisions.DESIRED))
        .anyMatch(desired -> desired != null && !desired.equals(wanted));
  }

  private Sets roll(Deployment deployment, Sets sets) {
    Sets current = withFresh(deployment, sets);
    if (current.fresh().isEmpty()) {
      return current;
    }
    Map<String, Integer> step =
        RollingPlan.roll(
            Meta.orElse(deployment.getSpec().getReplicas(), 1),
            DeploymentStatusPlan.limits(deployment),
            seen(current.fresh().get(), current.old().size()),
            seen(current.old()));
    return apply(deployment, current, step);
  }

  private Sets recreate(Deployment deployment, Sets sets) {
    Map<String, Integer> down = new HashMap<>();
    sets.old().stream().filter(set -> wanted(set) > 0).forEach(set -> down.put(Meta.name(set), 0));
    if (!down.isEmpty()) {
      return apply(deployment, sets, down);
    }
    boolean alive =
        sets.old().stream()
            .flatMap(set -> state.pods.controlledBy(set).stream())
            .anyMatch((Pod pod) -> !Pods.finished(pod));
    if (alive) {
      return sets;
    }
    Sets current = withFresh(deployment, sets);
    return apply(
        deployment,
        current,
        current
            .fresh()
            .map(set -> Map.of(Meta.name(set), Meta.orElse(deployment.getSpec().getReplicas(), 1)))
            .orElse(Map.of()));
  }

  private Sets scale(Deployment deployment, Sets sets) {
    int wanted = Meta.orElse(deployment.getSpec().getReplicas(), 1);
    List<ReplicaSet> active = sets.active();
    if (active.size() <= 1) {
      Optional<ReplicaSet> only =
          active.isEmpty()
              ? sets.fresh().or(() -> sets.old().stream().max(Comparator.comparing(Meta::created)))
              : Optional.of(active.getFirst());
      return apply(
          deployment, sets, only.map(set -> Map.of(Meta.name(set), wanted)).orElse(Map.of()));
    }
    boolean saturated =
        sets.fresh()
            .filter(set -> wanted(set) == wanted)
            .filter(set -> seen(set, 0).available() == wanted)
            .isPresent();
    if (saturated) {
      Map<String, Integer> down = new HashMap<>();
      sets.fresh().ifPresent(set -> down.put(Meta.name(set), wanted));
      sets.old().stream()
          .filter(set -> wanted(set) > 0)
          .forEach(set -> down.put(Meta.name(set), 0));
      return apply(deployment, sets, down);
    }
    int reported = Meta.orZero(DeploymentStatusPlan.status(deployment).getReplicas());
    return apply(
        deployment,
        sets,
        RollingPlan.proportional(
            wanted, DeploymentStatusPlan.limits(deployment), reported, seen(active)));
  }

  /**
   * Makes the ReplicaSet of the template when there is none, and brings its annotations up to date.
   */
  private Sets withFresh(Deployment deployment, Sets sets) {
    long revision = Revisions.next(sets.old());
    int max =
        Meta.orElse(deployment.getSpec().getReplicas(), 1)
            + DeploymentStatusPlan.limits(deployment).surge();
    if (sets.fresh().isEmpty()) {
      Optional<ReplicaSet> created = create(deployment, sets.old(), revision, max);
      created.ifPresent(set -> writeRevision(deployment, revision));
      return new Sets(created, sets.old());
    }
    ReplicaSet fresh = sets.fresh().get();
    Map<String, String> annotations =
        Revisions.annotate(deployment, Meta.annotations(fresh), revision, max);
    boolean same =
        annotations.equals(Meta.annotations(fresh))
            && Objects.equals(
                fresh.getSpec().getMinReadySeconds(), deployment.getSpec().getMinReadySeconds());
    ReplicaSet current =
        same
            ? fresh
            : update(
                deployment,
                new ReplicaSetBuilder(fresh)
                    .editMetadata()
                    .withAnnotations(annotations)
                    .endMetadata()
                    .editSpec()
                    .withMinReadySeconds(deployment.getSpec().getMinReadySeconds())
                    .endSpec()
                    .build());
    writeRevision(deployment, Revisions.of(current));
    return new Sets(Optional.of(current), sets.old());
  }

  private void writeRevision(Deployment deployment, long revision) {
    String text = String.valueOf(revision);
    if (text.equals(Meta.annotations(deployment).get(Revisions.REVISION))) {
      return;
    }
    state.api.annotate(deployment, Map.of(Revisions.REVISION, text));
  }

  private Optional<ReplicaSet> create(
      Deployment deployment, List<ReplicaSet> old, long revision, int max) {
    Integer collisions = DeploymentStatusPlan.status(deployment).getCollisionCount();
    PodTemplateSpec template = deployment.getSpec().getTemplate();
    String hash = TemplateHash.of(template, collisions);
    String name = Meta.name(deployment) + "-" + hash;
    int wanted = Meta.orElse(deployment.getSpec().getReplicas(), 1);
    int replicas =
        RollingPlan.newReplicas(
            wanted,
            DeploymentStatusPlan.limits(deployment),
            0,
            old.stream().mapToInt(DeploymentController::wanted).sum());
    Map<String, String> labels = new HashMap<>();
    if (template.getMetadata() != null && template.getMetadata().getLabels() != null) {
      labels.putAll(template.getMetadata().getLabels());
    }
    labels.put(TemplateHash.LABEL, hash);
    ReplicaSet set =
        new ReplicaSetBuilder()
            .withNewMetadata()
            .withNamespace(deployment.getMetadata().getNamespace())
            .withName(name)
            .withLabels(labels)
            .withAnnotations(Revisions.annotate(deployment, Map.of(), revision, max))
            .withOwnerReferences(Meta.controllerReference(deployment))
            .endMetadata()
            .withNewSpec()
            .withReplicas(replicas)
            .withMinReadySeconds(deployment.getSpec().getMinReadySeconds())
            .withSelector(
                new LabelSelectorBuilder(deployment.getSpec().getSelector())
                    .addToMatchLabels(TemplateHash.LABEL, hash)
                    .build())
            .withTemplate(
                new PodTemplateSpecBuilder(template)
                    .editOrNewMetadata()
                    .withLabels(labels)
                    .endMetadata()
                    .build())
            .endSpec()
            .build();
    Optional<ReplicaSet> created =
        state.api.createIfAbsent(set).map(fresh -> written(deployment, fresh));
    if (created.isPresent()) {
      state.events.normal(
          deployment,
          COMPONENT,
          "ScalingReplicaSet",
          "Scaled up replica set " + name + " from 0 to " + replicas);
      return created;
    }
    ReplicaSet present =
        state
            .client
            .apps()
            .replicaSets()
            .inNamespace(deployment.getMetadata().getNamespace())
            .withName(name)
            .get();
    boolean ours =
        present != null
            && Meta.controller(present)
                .filter(owner -> owner.getUid().equals(Meta.uid(deployment)))
                .isPresent()
            && TemplateHash.same(present.getSpec().getTemplate(), template);
    if (ours) {
      return Optional.of(written(deployment, present));
    }
    // The name belongs to another template: the collision count gives the next try another name.
    DeploymentStatus status =
        new DeploymentStatusBuilder(DeploymentStatusPlan.status(deployment))
            .withCollisionCount(Meta.orZero(collisions) + 1)
            .build();
    state.api.updateStatus(new DeploymentBuilder(deployment).withStatus(status).build());
    return Optional.empty();
  }

  private Sets apply(Deployment deployment, Sets sets, Map<String, Integer> replicas) {
    return new Sets(
        sets.fresh().map(set -> resize(deployment, set, replicas)),
        sets.old().stream().map(set -> resize(deployment, set, replicas)).toList());
  }

  private ReplicaSet resize(Deployment deployment, ReplicaSet set, Map<String, Integer> replicas) {
    int before = wanted(set);
    int after = replicas.getOrDefault(Meta.name(set), before);
    int max =
        Meta.orElse(deployment.getSpec().getReplicas(), 1)
            + DeploymentStatusPlan.limits(deployment).surge();
    Map<String, String> sizes = Revisions.sizes(deployment, max);
    boolean resizing = replicas.containsKey(Meta.name(set));
    if (!resizing || (before == after && Labels.contains(Meta.annotations(set), sizes))) {
      return set;
    }
    ReplicaSet written =
        update(
            deployment,
            new ReplicaSetBuilder(set)
                .editMetadata()
                .addToAnnotations(sizes)
                .endMetadata()
                .editSpec()
                .withReplicas(after)
                .endSpec()
                .build());
    if (before != after) {
      state.events.normal(
          deployment,
          COMPONENT,
          "ScalingReplicaSet",
          "Scaled %s replica set %s from %d to %d"
              .formatted(after > before ? "up" : "down", Meta.name(set), before, after));
    }
    return written;
  }

  /** Deletes the oldest of the emptied ReplicaSets above {@code revisionHistoryLimit}. */
  private void cleanUp(Deployment deployment, Sets sets) {
    int limit = Meta.orElse(deployment.getSpec().getRevisionHistoryLimit(), 10);
    List<ReplicaSet> candidates =
        sets.old().stream()
            .filter(set -> !Meta.deleting(set))
            .sorted(Comparator.comparingLong(Revisions::of))
            .toList();
    candidates.stream()
        .limit(Math.max(0, candidates.size() - limit))
        .filter(set -> wanted(set) == 0 && settled(set))
        .filter(set -> set.getStatus() == null || Meta.orZero(set.getStatus().getReplicas()) == 0)
        .forEach(set -> state.api.delete(set, "Background"));
  }

  private void writeStatus(String key, Deployment deployment, Sets sets) {
    DeploymentStatus after =
        DeploymentStatusPlan.plan(deployment, sets.all(), sets.fresh(), state.clock.instant());
    DeploymentStatus before = DeploymentStatusPlan.status(deployment);
    if (!after.equals(before)) {
      state.api.updateStatus(new DeploymentBuilder(deployment).withStatus(after).build());
    }
    DeploymentStatusPlan.untilDeadline(deployment, after, state.clock.instant())
        .ifPresent(left -> queue.addAfter(key, left));
  }

  private static List<RollingPlan.Set> seen(List<ReplicaSet> sets) {
    List<RollingPlan.Set> seen = new ArrayList<>();
    for (ReplicaSet set : sets) {
      seen.add(seen(set, seen.size()));
    }
    return seen;
  }

  private static RollingPlan.Set seen(ReplicaSet set, int order) {
    String max = Meta.annotations(set).getOrDefault(Revisions.MAX, "");
    return new RollingPlan.Set(
        Meta.name(set),
        order,
        wanted(set),
        set.getStatus() == null ? 0 : Meta.orZero(set.getStatus().getAvailableReplicas()),
        settled(set),
        max.matches("\\d{1,9}") ? Optional.of(Integer.valueOf(max)) : Optional.empty());
  }

  private static boolean settled(ReplicaSet set) {
    return set.getStatus() != null
        && Meta.orZero(set.getStatus().getObservedGeneration()) >= Meta.generation(set);
  }

  private static int wanted(ReplicaSet set) {
    return Meta.orElse(set.getSpec().getReplicas(), 1);
  }

  @Override
  public void close() {
    queue.close();
  }
}
