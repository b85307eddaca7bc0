package dev.naru.controllers;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A watched copy of all objects of one kind. What it returns is shared: never change it, build
 * anew.
 */
final class Cache<T extends HasMetadata> implements AutoCloseable {
  private static final String BY_CONTROLLER = "controller";
  private static final String BY_OWNER = "owner";
  private static final String BY_UID = "uid";

  /** Called after each change, on the watch's thread; must not block. */
  interface Listener<T> {
    /**
     * @param before absent for a new object
     * @param after absent for one that is gone
     */
    void changed(@Nullable T before, @Nullable T after);
  }

  private final SharedIndexInformer<T> informer;

  Cache(SharedIndexInformer<T> informer) {
    this.informer = informer;
    informer.addIndexers(
        Map.of(
            BY_CONTROLLER,
            object -> Meta.controller(object).map(OwnerReference::getUid).stream().toList(),
            BY_OWNER,
            object -> Meta.owners(object).stream().map(OwnerReference::getUid).toList(),
            BY_UID,
            object -> List.of(Meta.uid(object))));
  }

  /** Starts watching and returns when the first list is in. */
  void start() {
    informer.run();
  }

  void listen(Listener<T> listener) {
    informer.addEventHandler(
        new ResourceEventHandler<>() {
          @Override
          public void onAdd(T object) {
            listener.changed(null, object);
          }

          @Override
          public void onUpdate(T before, T after) {
            listener.changed(before, after);
          }

          @Override
          public void onDelete(T object, boolean finalStateUnknown) {
            listener.changed(object, null);
          }
        });
  }

  /** By {@code <namespace>/<name>}, or {@code <name>} without a namespace. */
  Optional<T> get(String key) {
    return Optional.ofNullable(informer.getStore().getByKey(key));
  }

  Optional<T> get(String namespace, String name) {
    return get(namespace + "/" + name);
  }

  List<T> all() {
    return informer.getStore().list();
  }

  List<T> inNamespace(String namespace) {
    return informer
        .getIndexer()
        .byIndex(io.fabric8.kubernetes.client.informers.cache.Cache.NAMESPACE_INDEX, namespace);
  }

  List<T> controlledBy(HasMetadata owner) {
    return informer.getIndexer().byIndex(BY_CONTROLLER, owner.getMetadata().getUid());
  }

  /** Everything that names {@code uid} among its owners. */
  List<T> ownedBy(String uid) {
    return informer.getIndexer().byIndex(BY_OWNER, uid);
  }

  Optional<T> byUid(String uid) {
    return informer.getIndexer().byIndex(BY_UID, uid).stream().findFirst();
  }

  /** Objects of {@code namespace} that match {@code selector} and have no controller. */
  List<T> orphans(String namespace, LabelSelector selector) {
    return inNamespace(namespace).stream()
        .filter(object -> Meta.controller(object).isEmpty())
        .filter(object -> Labels.matches(selector, object.getMetadata().getLabels()))
        .toList();
  }

  @Override
  public void close() {
    informer.close();
  }
}
