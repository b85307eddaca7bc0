package dev.naru.controllers;

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

  private record Awaited(
      Map<String, Instant> created, Map<String, Instant> deleted, Map<String, Written> written) {
    Awaited() {
      this(new HashMap<>(), new HashMap<>(), new HashMap<>());
    }
  }

  private final Clock clock;
  // Guarded by this.
  private final Map<String, Awaited> byKey = new HashMap<>();

  Expectations(Clock clock) {
    this.clock = clock;
  }

  synchronized void expectCreated(String key, String uid) {
    of(key).created().put(uid, clock.instant());
  }

  synchronized void expectDeleted(String key, String uid) {
    of(key).deleted().put(uid, clock.instant());
  }

  /** The object's spec was written, which made it this {@code generation}. */
  synchronized void expectWritten(String key, String uid, long generation) {
    of(key).written().put(uid, new Written(generation, clock.instant()));
  }

  /** The cache has shown the object as of {@code generation}. */
  synchronized void seenWritten(String key, String uid, long generation) {
    Awaited awaited = byKey.get(key);
    if (awaited != null) {
      awaited
          .written()
          .computeIfPresent(uid, (u, wanted) -> wanted.generation() > generation ? wanted : null);
    }
  }

  /** The cache has shown the object. */
  synchronized void seen(String key, String uid) {
    Awaited awaited = byKey.get(key);
    if (awaited != null) {
      awaited.created().remove(uid);
    }
  }

  /** The cache has shown that the object is going or gone. */
  synchronized void seenDeleted(String key, String uid) {
    Awaited awaited = byKey.get(key);
    if (awaited != null) {
      awaited.created().remove(uid);
      awaited.deleted().remove(uid);
      awaited.written().remove(uid);
    }
  }

  synchronized boolean fulfilled(String key) {
    Awaited awaited = byKey.get(key);
    if (awaited == null) {
      return true;
    }
    Instant horizon = clock.instant().minus(PATIENCE);
    awaited.created().values().removeIf(at -> at.isBefore(horizon));
    awaited.deleted().values().removeIf(at -> at.isBefore(horizon));
    awaited.written().values().removeIf(w -> w.at().isBefore(horizon));
    if (awaited.created().isEmpty() && awaited.deleted().isEmpty() && awaited.written().isEmpty()) {
      byKey.remove(key);
      return true;
    }
    return false;
  }

  synchronized void forget(String key) {
    byKey.remove(key);
  }

  private Awaited of(String key) {
    return byKey.computeIfAbsent(key, k -> new Awaited());
  }
}
