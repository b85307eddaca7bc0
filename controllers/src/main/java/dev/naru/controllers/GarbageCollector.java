package dev.naru.controllers;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Deletes what has lost its owners, and lets owners go whose deletion waits for their dependents.
 *
 * <p>Source: Kubernetes documentation, "Garbage Collection" (foreground and background cascading
 * deletion, orphaned dependents) and "Owners and Dependents". An owner that is not in the watched
 * copy is asked for at the API before its dependents are touched.
 */
final class GarbageCollector implements AutoCloseable {
  private static final String FOREGROUND = "foregroundDeletion";
  private static final String ORPHAN = "orphan";
  private static final String REFRESH = "@kinds";

  /** How the owners of an object stand. */
  private record Owners(
      List<OwnerReference> solid, List<OwnerReference> waiting, List<OwnerReference> absent) {}

  private final ClusterState state;
  private final ObjectGraph graph;
  private final KeyedQueue queue;

  GarbageCollector(ClusterState state, ObjectGraph graph) {
    this.state = state;
    this.graph = graph;
    this.queue = state.queue("garbage", 4, this::sync);
    graph.listen(this::changed);
  }

  private void changed(
      ApiKinds.Kind kind,
      @Nullable GenericKubernetesResource before,
      @Nullable GenericKubernetesResource after) {
    if (kind.kind().equals("CustomResourceDefinition")) {
      queue.add(REFRESH);
    }
    GenericKubernetesResource object = ClusterState.either(before, after);
    if (after == null || Meta.deleting(after)) {
      // Dependents may be without an owner now, owners without what they waited for.
      graph.dependents(Meta.uid(object)).forEach(this::enqueue);
      for (OwnerReference owner : Meta.owners(object)) {
        graph.byUid(owner.getUid()).filter(Meta::deleting).ifPresent(this::enqueue);
      }
    }
    if (after != null && (Meta.deleting(after) || !Meta.owners(after).isEmpty())) {
      enqueue(after);
    }
  }

  private void enqueue(GenericKubernetesResource object) {
    graph
        .kind(object.getApiVersion(), object.getKind())
        .ifPresent(kind -> queue.add(kind + "|" + Meta.key(object)));
  }

  private void sync(String key) {
    if (key.equals(REFRESH)) {
      graph.refresh();
      return;
    }
    int bar = key.indexOf('|');
    Optional<GenericKubernetesResource> found =
        graph.kind(key.substring(0, bar)).flatMap(kind -> graph.get(kind, key.substring(bar + 1)));
    if (found.isEmpty()) {
      return;
    }
    GenericKubernetesResource object = found.get();
    if (!Meta.deleting(object)) {
      collect(object);
    } else if (Meta.finalizers(object).contains(ORPHAN)) {
      orphan(object);
    } else if (Meta.finalizers(object).contains(FOREGROUND)) {
      foreground(object);
    }
  }

  private void collect(GenericKubernetesResource object) {
    Owners owners = classify(object);
    if (owners.waiting().isEmpty() && owners.absent().isEmpty()) {
      return;
    }
    if (!owners.solid().isEmpty()) {
      state.api.replaceOwners(object, owners.solid());
      return;
    }
    boolean chain = !owners.waiting().isEmpty() && !graph.dependents(Meta.uid(object)).isEmpty();
    ApiKinds.Kind kind = graph.kind(object.getApiVersion(), object.getKind()).orElseThrow();
    state.api.delete(
        Api.path(
            kind.apiVersion(),
            kind.plural(),
            Optional.ofNullable(object.getMetadata().getNamespace()),
            Meta.name(object)),
        Meta.uid(object),
        chain ? "Foreground" : "Background");
  }

  private Owners classify(GenericKubernetesResource object) {
    Owners owners = new Owners(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
    for (OwnerReference reference : Meta.owners(object)) {
      Optional<GenericKubernetesResource> owner =
          graph.byUid(reference.getUid()).or(() -> ask(object, reference));
      if (owner.isEmpty()) {
        (known(reference) ? owners.absent() : owners.solid()).add(reference);
      } else if (Meta.deleting(owner.get()) && Meta.finalizers(owner.get()).contains(FOREGROUND)) {
        owners.waiting().add(reference);
      } else {
        owners.solid().add(reference);
      }
    }
    return owners;
  }

  /** An owner of a kind that the API does not offer cannot be known to be absent. */
  private boolean known(OwnerReference reference) {
    return graph.kind(reference.getApiVersion(), reference.getKind()).isPresent();
  }

  private Optional<GenericKubernetesResource> ask(
      GenericKubernetesResource dependent, OwnerReference reference) {
    Optional<ApiKinds.Kind> kind = graph.kind(reference.getApiVersion(), reference.getKind());
    if (kind.isEmpty()) {
      return Optional.empty();
    }
    var all = state.client.genericKubernetesResources(kind.get().context());
    String namespace = dependent.getMetadata().getNamespace();
    if (kind.get().namespaced() && namespace == null) {
      return Optional.empty();
    }
    GenericKubernetesResource owner =
        kind.get().namespaced()
            ? all.inNamespace(namespace).withName(reference.getName()).get()
            : all.withName(reference.getName()).get();
    return Optional.ofNullable(owner).filter(o -> Meta.uid(o).equals(reference.getUid()));
  }

  private void foreground(GenericKubernetesResource owner) {
    boolean blocked = false;
    for (GenericKubernetesResource dependent : graph.dependents(Meta.uid(owner))) {
      boolean blocks =
          Meta.owners(dependent).stream()
              .filter(reference -> reference.getUid().equals(Meta.uid(owner)))
              .anyMatch(reference -> Boolean.TRUE.equals(reference.getBlockOwnerDeletion()));
      blocked |= blocks;
      if (!Meta.deleting(dependent)) {
        enqueue(dependent);
      }
    }
    if (!blocked) {
      removeFinalizer(owner, FOREGROUND);
    }
  }

  private void orphan(GenericKubernetesResource owner) {
    for (GenericKubernetesResource dependent : graph.dependents(Meta.uid(owner))) {
      state.api.replaceOwners(
          dependent,
          Meta.owners(dependent).stream()
              .filter(reference -> !reference.getUid().equals(Meta.uid(owner)))
              .toList());
    }
    removeFinalizer(owner, ORPHAN);
  }

  private void removeFinalizer(GenericKubernetesResource object, String finalizer) {
    List<String> rest =
        Meta.finalizers(object).stream().filter(name -> !name.equals(finalizer)).toList();
    try {
      state.api.replaceFinalizers(object, rest);
    } catch (KubernetesClientException e) {
      // Gone in between, and its name taken by another object.
      if (e.getCode() != 409 || graph.byUid(Meta.uid(object)).isPresent()) {
        throw e;
      }
    }
  }

  @Override
  public void close() {
    queue.close();
  }
}
