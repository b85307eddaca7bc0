package dev.naru.gitops;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * Watches every kind that some Application has objects of, and tells which Application an event is
 * about by the tracking annotation.
 */
final class Watches implements AutoCloseable {
  private final Cluster cluster;
  private final Consumer<String> changed;
  private final Map<String, SharedIndexInformer<GenericKubernetesResource>> informers =
      new ConcurrentHashMap<>();

  /**
   * @param changed is told the name of the Application whose object changed
   */
  Watches(Cluster cluster, Consumer<String> changed) {
    this.cluster = cluster;
    this.changed = changed;
  }

  /** Starts watching the kind, once. A kind that is not served is left for the next time. */
  void ensure(ObjectKey key) {
    String kind = key.apiVersion() + "/" + key.kind();
    if (informers.containsKey(kind)) {
      return;
    }
    Optional<ResourceDefinitionContext> context = cluster.kind(key.apiVersion(), key.kind());
    if (context.isPresent()) {
      informers.computeIfAbsent(
          kind, k -> cluster.all(context.get()).inAnyNamespace().inform(new Tell()));
    }
  }

  /** Objects that say they belong to the Application. */
  Set<ObjectKey> objectsOf(String application) {
    Set<ObjectKey> keys = new HashSet<>();
    for (SharedIndexInformer<GenericKubernetesResource> informer : informers.values()) {
      for (GenericKubernetesResource object : informer.getStore().list()) {
        ObjectKey key = key(object);
        if (key.trackingId(application).equals(tracking(object))) {
          keys.add(key);
        }
      }
    }
    return keys;
  }

  private static ObjectKey key(GenericKubernetesResource object) {
    String namespace = object.getMetadata().getNamespace();
    return new ObjectKey(
        object.getApiVersion(),
        object.getKind(),
        namespace == null ? "" : namespace,
        object.getMetadata().getName());
  }

  private static String tracking(GenericKubernetesResource object) {
    Map<String, String> annotations = object.getMetadata().getAnnotations();
    String id = annotations == null ? null : annotations.get(ObjectKey.TRACKING);
    return id == null ? "" : id;
  }

  private void tell(GenericKubernetesResource object) {
    String id = tracking(object);
    int colon = id.indexOf(':');
    if (colon > 0) {
      changed.accept(id.substring(0, colon));
    }
  }

  @Override
  public void close() {
    informers.values().forEach(SharedIndexInformer::close);
    informers.clear();
  }

  private final class Tell implements ResourceEventHandler<GenericKubernetesResource> {
    @Override
    public void onAdd(GenericKubernetesResource object) {
      tell(object);
    }

    @Override
    public void onUpdate(GenericKubernetesResource before, GenericKubernetesResource object) {
      if (!tracking(before).equals(tracking(object))) {
        tell(before);
      }
      tell(object);
    }

    @Override
    public void onDelete(GenericKubernetesResource object, boolean unknown) {
      tell(object);
    }
  }
}
