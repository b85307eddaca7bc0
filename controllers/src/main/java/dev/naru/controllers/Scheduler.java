package dev.naru.controllers;

import io.fabric8.kubernetes.api.model.BindingBuilder;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodCondition;
import io.fabric8.kubernetes.api.model.PodConditionBuilder;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Binds pods to nodes, one at a time ({@link Placement} decides). What it bound counts on its node
 * before the cache shows it, so a burst of pods cannot overfill one.
 */
final class Scheduler implements AutoCloseable {
  static final String NAME = "default-scheduler";

  private final ClusterState state;
  private final KeyedQueue queue;

  /** Node by pod uid, for bindings that the cache has not shown. */
  private final Map<String, String> assumed = new ConcurrentHashMap<>();

  Scheduler(ClusterState state) {
    this.state = state;
    this.queue = state.queue("scheduler", 1, this::sync);
    state.pods.listen(
        (before, after) -> {
          Pod pod = ClusterState.either(before, after);
          if (after == null || Pods.node(after).isPresent()) {
            assumed.remove(Meta.uid(pod));
          }
          if (after != null && waiting(after)) {
            queue.add(Meta.key(after));
          } else if (after == null || Pods.finished(after)) {
            retryAll();
          }
        });
    state.nodes.listen((before, after) -> retryAll());
    state.claims.listen((before, after) -> retryAll());
  }

  private void retryAll() {
    state.pods.all().stream().filter(Scheduler::waiting).forEach(pod -> queue.add(Meta.key(pod)));
  }

  private static boolean waiting(Pod pod) {
    String scheduler = pod.getSpec().getSchedulerName();
    return Pods.node(pod).isEmpty()
        && Pods.active(pod)
        && (scheduler == null || scheduler.equals(NAME))
        && (pod.getSpec().getSchedulingGates() == null
            || pod.getSpec().getSchedulingGates().isEmpty());
  }

  private void sync(String key) {
    Optional<Pod> found = state.pods.get(key);
    if (found.isEmpty() || !waiting(found.get()) || assumed.containsKey(Meta.uid(found.get()))) {
      return;
    }
    Pod pod = found.get();
    Optional<String> claim = unboundClaim(pod);
    if (claim.isPresent()) {
      refuse(pod, claim.get());
      return;
    }
    switch (Placement.choose(pod, state.nodes.all(), placed())) {
      case Placement.Choice.OnNode chosen -> bind(pod, chosen.node());
      case Placement.Choice.Nowhere nowhere -> refuse(pod, nowhere.message());
    }
  }

  private Optional<String> unboundClaim(Pod pod) {
    if (pod.getSpec().getVolumes() == null) {
      return Optional.empty();
    }
    for (Volume volume : pod.getSpec().getVolumes()) {
      if (volume.getPersistentVolumeClaim() == null) {
        continue;
      }
      String name = volume.getPersistentVolumeClaim().getClaimName();
      Optional<PersistentVolumeClaim> claim =
          state.claims.get(pod.getMetadata().getNamespace(), name);
      if (claim.isEmpty()) {
        return Optional.of("persistentvolumeclaim \"" + name + "\" not found");
      }
      if (claim.get().getStatus() == null || !"Bound".equals(claim.get().getStatus().getPhase())) {
        return Optional.of("pod has unbound immediate PersistentVolumeClaims");
      }
    }
    return Optional.empty();
  }

  private Map<String, List<Pod>> placed() {
    Map<String, List<Pod>> placed = new HashMap<>();
    for (Pod pod : state.pods.all()) {
      Optional<String> node =
          Pods.node(pod).or(() -> Optional.ofNullable(assumed.get(Meta.uid(pod))));
      if (node.isPresent() && !Pods.finished(pod)) {
        placed.computeIfAbsent(node.get(), name -> new ArrayList<>()).add(pod);
      }
    }
    return placed;
  }

  private void bind(Pod pod, String node) {
    String namespace = pod.getMetadata().getNamespace();
    assumed.put(Meta.uid(pod), node);
    try {
      state.client.raw(
          Api.path(pod) + "/binding",
          "POST",
          new BindingBuilder()
              .withNewMetadata()
              .withNamespace(namespace)
              .withName(Meta.name(pod))
              .withUid(Meta.uid(pod))
              .endMetadata()
              .withNewTarget()
              .withApiVersion("v1")
              .withKind("Node")
              .withName(node)
              .endTarget()
              .build());
    } catch (KubernetesClientException e) {
      assumed.remove(Meta.uid(pod));
      if (e.getCode() == 404 || e.getCode() == 409) {
        // Gone, going, or bound by somebody else: its next event tells.
        return;
      }
      throw e;
    }
    if (state.pods.get(Meta.key(pod)).filter(p -> Pods.node(p).isEmpty()).isEmpty()) {
      assumed.remove(Meta.uid(pod));
    }
    state.events.normal(
        pod,
        NAME,
        "Scheduled",
        "Successfully assigned %s/%s to %s".formatted(namespace, Meta.name(pod), node));
  }

  private void refuse(Pod pod, String message) {
    Optional<PodCondition> known = Pods.condition(pod, "PodScheduled");
    if (known
        .filter(c -> "False".equals(c.getStatus()) && message.equals(c.getMessage()))
        .isPresent()) {
      return;
    }
    state.events.warning(pod, NAME, "FailedScheduling", message);
    List<PodCondition> conditions = new ArrayList<>();
    if (pod.getStatus() != null && pod.getStatus().getConditions() != null) {
      conditions.addAll(pod.getStatus().getConditions());
    }
    conditions.removeIf(condition -> condition.getType().equals("PodScheduled"));
    conditions.add(
        new PodConditionBuilder()
            .withType("PodScheduled")
            .withStatus("False")
            .withReason("Unschedulable")
            .withMessage(message)
            .withLastTransitionTime(Meta.now(state.clock))
            .build());
    state.api.updateStatus(
        new PodBuilder(pod).editOrNewStatus().withConditions(conditions).endStatus().build());
  }

  @Override
  public void close() {
    queue.close();
  }
}
