package dev.naru.controllers;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * All objects of all kinds but events, watched, with the ways from owner to dependent and back.
 * Kinds come and go with {@link #refresh}.
 */
final class ObjectGraph implements AutoCloseable {
  /** Called after each change of any object, on a watch's thread; must not block. */
  interface Listener {
    void changed(
        ApiKinds.Kind kind,
        @Nullable GenericKubernetesResource before,
        @Nullable GenericKubernetesResource after);
  }

  private final KubernetesClient client;
  private final Map<ApiKinds.Kind, Cache<GenericKubernetesResource>> caches =
      new ConcurrentHashMap<>();
  private final List<Listener> listeners = new CopyOnWriteArrayList<>();
  private volatile List<ApiKinds.Kind> kinds = List.of();

  ObjectGraph(KubernetesClient client) {
    this.client = client;
  }

  void listen(Listener listener) {
    listeners.add(listener);
  }

  /** Asks which kinds there are; new ones are watched from then on, vanished ones forgotten. */
  synchronized void refresh() {
    List<ApiKinds.Kind> found = ApiKinds.discover(client);
    kinds = List.copyOf(found);
    for (ApiKinds.Kind kind : found) {
      if (!kind.event() && !caches.containsKey(kind)) {
        Cache<GenericKubernetesResource> cache =
            new Cache<>(
                client
                    .genericKubernetesResources(kind.context())
                    .inAnyNamespace()
                    .runnableInformer(0));
        cache.listen(
            (before, after) -> listeners.forEach(each -> each.changed(kind, before, after)));
        caches.put(kind, cache);
        cache.start();
      }
    }
    for (ApiKinds.Kind kind : List.copyOf(caches.keySet())) {
      if (!found.contains(kind)) {
        Optional.ofNullable(caches.remove(kind)).ifPresent(Cache::close);
      }
    }
  }

  /** The kinds of the last {@link #refresh}, events included. */
  List<ApiKinds.Kind> kinds() {
    return kinds;
  }

  Optional<ApiKinds.Kind> kind(String name) {
    return kinds.stream().filter(kind -> kind.toString().equals(name)).findFirst();
  }

  Optional<ApiKinds.Kind> kind(String apiVersion, String kind) {
    return kinds.stream()
        .filter(known -> known.kind().equals(kind))
        .filter(known -> group(known.apiVersion()).equals(group(apiVersion)))
        .findFirst();
  }

  private static String group(String apiVersion) {
    int slash = apiVersion.indexOf('/');
    return slash < 0 ? "" : apiVersion.substring(0, slash);
  }

  Optional<GenericKubernetesResource> get(ApiKinds.Kind kind, String key) {
    return Optional.ofNullable(caches.get(kind)).flatMap(cache -> cache.get(key));
  }

  Optional<GenericKubernetesResource> byUid(String uid) {
    return caches.values().stream().flatMap(cache -> cache.byUid(uid).stream()).findFirst();
  }

  List<GenericKubernetesResource> dependents(String uid) {
    List<GenericKubernetesResource> found = new ArrayList<>();
    caches.values().forEach(cache -> found.addAll(cache.ownedBy(uid)));
    return found;
  }

  @Override
  public void close() {
    caches.values().forEach(Cache::close);
    caches.clear();
  }
}
