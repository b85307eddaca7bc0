package dev.naru.controllers;

import io.fabric8.kubernetes.api.model.HasMetadata;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

/**
 * Writes that a controller has made and its cache has not shown yet. While some are outstanding for
 * a key, the cache is older than the controller's own deeds and must not be acted on, or a pod
 * would be created or deleted twice, and replicas that one ReplicaSet has got be given to another.
 * What does not show up within {@link #PATIENCE} is given up.
 */
final class Expectations {
  static final Duration PATIENCE = Duration.ofSeconds(30);

  private record Written(long generation, Instant at) {}

  /** By uid. */
  private record Awaited(Map<String, Written> written, Map<String, Instant> deleted) {}

  private final Clock clock;
  // Guarded by this.
  private final Map<String, Awaited> byKey = new HashMap<>();

  Expectations(Clock clock) {
    this.clock = clock;
  }

  /**
   * Awaits {@code object} as it was created or its spec was written, or later, unless {@code cache}
   * shows it already: every change of a spec raises {@code metadata.generation}.
   */
  <T extends HasMetadata> void expectWritten(String key, T object, Cache<T> cache) {
    expectWritten(key, object);
    cache.byUid(Meta.uid(object)).ifPresent(shown -> seen(key, shown));
  }

  private synchronized void expectWritten(String key, HasMetadata object) {
    of(key).written().put(Meta.uid(object), new Written(Meta.generation(object), clock.instant()));
  }

  synchronized void expectDeleted(String key, HasMetadata object) {
    of(key).deleted().put(Meta.uid(object), clock.instant());
  }

  /** The cache has shown the object so. */
  synchronized void seen(String key, HasMetadata object) {
    Awaited awaited = byKey.get(key);
    if (awaited == null) {
      return;
    }
    long generation = Meta.generation(object);
    awaited
        .written()
        .computeIfPresent(
            Meta.uid(object), (uid, wanted) -> wanted.generation() > generation ? wanted : null);
    if (Meta.deleting(object)) {
      awaited.deleted().remove(Meta.uid(object));
    }
  }

  /** Nothing is awaited of the object any more: it is gone, or could not be deleted. */
  synchronized void forget(String key, HasMetadata object) {
    Awaited awaited = byKey.get(key);
    if (awaited != null) {
      awaited.written().remove(Meta.uid(object));
      awaited.deleted().remove(Meta.uid(object));
    }
  }

  synchronized boolean fulfilled(String key) {
    Awaited awaited = byKey.get(key);
    if (awaited == null) {
      return true;
    }
    Instant horizon = clock.instant().minus(PATIENCE);
    awaited.written().values().removeIf(written -> written.at().isBefore(horizon));
    awaited.deleted().values().removeIf(at -> at.isBefore(horizon));
    if (awaited.written().isEmpty() && awaited.deleted().isEmpty()) {
      byKey.remove(key);
      return true;
    }
    return false;
  }

  synchronized void forget(String key) {
    byKey.remove(key);
  }

  private Awaited of(String key) {
    return byKey.computeIfAbsent(key, k -> new Awaited(new HashMap<>(), new HashMap<>()));
  }
}
