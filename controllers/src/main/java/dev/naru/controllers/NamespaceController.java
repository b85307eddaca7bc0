package dev.naru.controllers;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.NamespaceCondition;
import io.fabric8.kubernetes.api.model.NamespaceConditionBuilder;
import io.fabric8.kubernetes.api.model.ServiceAccountBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Gives each namespace its service account {@code default}, and empties a namespace that is being
 * deleted before it lets it go. What still waits is told in the namespace's conditions.
 */
final class NamespaceController implements AutoCloseable {
  private static final Duration LOOK_AGAIN = Duration.ofSeconds(2);

  private final ClusterState state;
  private final ObjectGraph graph;
  private final KeyedQueue queue;

  NamespaceController(ClusterState state, ObjectGraph graph) {
    this.state = state;
    this.graph = graph;
    this.queue = state.queue("namespace", 2, this::sync);
    ClusterState.follow(state.namespaces, queue);
    state.serviceAccounts.listen(
        (before, after) -> {
          if (after == null) {
            queue.add(ClusterState.either(before, after).getMetadata().getNamespace());
          }
        });
    graph.listen(
        (kind, before, after) -> {
          if (after == null && kind.namespaced()) {
            String namespace = ClusterState.either(before, after).getMetadata().getNamespace();
            if (state.namespaces.get(namespace).filter(Meta::deleting).isPresent()) {
              queue.add(namespace);
            }
          }
        });
  }

  private void sync(String name) {
    Optional<Namespace> found = state.namespaces.get(name);
    if (found.isEmpty()) {
      return;
    }
    Namespace namespace = found.get();
    if (Meta.deleting(namespace)) {
      empty(namespace);
    } else if (state.serviceAccounts.get(name, "default").isEmpty()) {
      state.api.createIfAbsent(
          new ServiceAccountBuilder()
              .withNewMetadata()
              .withNamespace(name)
              .withName("default")
              .endMetadata()
              .build());
    }
  }

  private void empty(Namespace namespace) {
    String name = Meta.name(namespace);
    Map<String, Integer> left = new TreeMap<>();
    Map<String, Integer> finalizers = new TreeMap<>();
    for (ApiKinds.Kind kind : graph.kinds()) {
      if (!kind.namespaced()) {
        continue;
      }
      List<GenericKubernetesResource> objects = list(kind, name);
      for (GenericKubernetesResource object : objects) {
        if (!Meta.deleting(object)) {
          state.api.delete(
              Api.path(kind.apiVersion(), kind.plural(), Optional.of(name), Meta.name(object)),
              Meta.uid(object),
              "Background");
        }
      }
      List<GenericKubernetesResource> remaining = objects.isEmpty() ? List.of() : list(kind, name);
      if (!remaining.isEmpty()) {
        left.put(kind.plural(), remaining.size());
      }
      remaining.stream()
          .flatMap(object -> Meta.finalizers(object).stream())
          .forEach(finalizer -> finalizers.merge(finalizer, 1, Integer::sum));
    }
    if (left.isEmpty()) {
      finish(namespace);
      return;
    }
    tell(namespace, left, finalizers);
    queue.addAfter(name, LOOK_AGAIN);
  }

  private List<GenericKubernetesResource> list(ApiKinds.Kind kind, String namespace) {
    try {
      return state
          .client
          .genericKubernetesResources(kind.context())
          .inNamespace(namespace)
          .list()
          .getItems();
    } catch (KubernetesClientException e) {
      if (e.getCode() == 404) {
        return List.of();
      }
      throw e;
    }
  }

  private void finish(Namespace namespace) {
    Namespace done =
        new NamespaceBuilder(namespace).withNewSpec().withFinalizers().endSpec().build();
    try {
      state.client.raw("/api/v1/namespaces/" + Meta.name(namespace) + "/finalize", "PUT", done);
    } catch (KubernetesClientException e) {
      if (e.getCode() != 404) {
        throw e;
      }
    }
  }

  private void tell(
      Namespace namespace, Map<String, Integer> left, Map<String, Integer> finalizers) {
    StringBuilder content = new StringBuilder("Some resources are remaining:");
    left.forEach(
        (plural, count) ->
            content.append(" %s has %d resource instances,".formatted(plural, count)));
    content.setLength(content.length() - 1);
    StringBuilder waiting =
        new StringBuilder("Some content in the namespace has finalizers remaining:");
    finalizers.forEach(
        (finalizer, count) ->
            waiting.append(" %s in %d resource instances,".formatted(finalizer, count)));
    waiting.setLength(waiting.length() - 1);
    List<NamespaceCondition> conditions =
        List.of(
            condition(
                "NamespaceDeletionDiscoveryFailure",
                false,
                "ResourcesDiscovered",
                "All resources successfully discovered"),
            condition(
                "NamespaceDeletionContentFailure",
                false,
                "ContentDeleted",
                "All content successfully deleted, may be waiting on finalization"),
            condition("NamespaceContentRemaining", true, "SomeResourcesRemain", content.toString()),
            finalizers.isEmpty()
                ? condition(
                    "NamespaceFinalizersRemaining",
                    false,
                    "ContentHasNoFinalizers",
                    "All content-preserving finalizers finished")
                : condition(
                    "NamespaceFinalizersRemaining",
                    true,
                    "SomeFinalizersRemain",
                    waiting.toString()));
    List<String> known =
        namespace.getStatus() == null || namespace.getStatus().getConditions() == null
            ? List.of()
            : namespace.getStatus().getConditions().stream()
                .map(NamespaceCondition::getMessage)
                .toList();
    if (known.equals(conditions.stream().map(NamespaceCondition::getMessage).toList())) {
      return;
    }
    state.api.updateStatus(
        new NamespaceBuilder(namespace)
            .editOrNewStatus()
            .withPhase("Terminating")
            .withConditions(conditions)
            .endStatus()
            .build());
  }

  private NamespaceCondition condition(String type, boolean status, String reason, String message) {
    return new NamespaceConditionBuilder()
        .withType(type)
        .withStatus(status ? "True" : "False")
        .withReason(reason)
        .withMessage(message)
        .withLastTransitionTime(Meta.now(state.clock))
        .build();
  }

  @Override
  public void close() {
    queue.close();
  }
}
