package dev.naru.controllers;

import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/** The annotations by which a Deployment numbers its ReplicaSets. */
final class Revisions {
  static final String REVISION = "deployment.kubernetes.io/revision";
  static final String HISTORY = "deployment.kubernetes.io/revision-history";
  static final String DESIRED = "deployment.kubernetes.io/desired-replicas";
  static final String MAX = "deployment.kubernetes.io/max-replicas";
  private static final int HISTORY_LENGTH_MAX = 2000;
  private static final Set<String> NOT_COPIED =
      Set.of(
          "kubectl.kubernetes.io/last-applied-configuration",
          REVISION,
          HISTORY,
          DESIRED,
          MAX,
          "deprecated.deployment.rollback.to");

  private Revisions() {}

  static long of(ReplicaSet set) {
    String text = Meta.annotations(set).getOrDefault(REVISION, "0");
    return text.matches("\\d{1,18}") ? Long.parseLong(text) : 0;
  }

  /** The number of a ReplicaSet that becomes the newest among {@code old}. */
  static long next(Collection<ReplicaSet> old) {
    return old.stream().mapToLong(Revisions::of).max().orElse(0) + 1;
  }

  /** Annotations of the Deployment's newest ReplicaSet; an older number goes to its history. */
  static Map<String, String> annotate(
      Deployment deployment, Map<String, String> present, long revision, int maxReplicas) {
    Map<String, String> next = new HashMap<>(present);
    Meta.annotations(deployment)
        .forEach(
            (key, value) -> {
              if (!NOT_COPIED.contains(key)) {
                next.put(key, value);
              }
            });
    String old = present.getOrDefault(REVISION, "0");
    long oldRevision = old.matches("\\d{1,18}") ? Long.parseLong(old) : 0;
    if (oldRevision < revision) {
      next.put(REVISION, String.valueOf(revision));
      if (oldRevision > 0) {
        String history = present.get(HISTORY);
        String longer = history == null ? old : history + "," + old;
        next.put(
            HISTORY,
            longer.length() > HISTORY_LENGTH_MAX
                ? longer.substring(longer.length() - HISTORY_LENGTH_MAX)
                : longer);
      }
    }
    next.putAll(sizes(deployment, maxReplicas));
    return next;
  }

  static Map<String, String> sizes(Deployment deployment, int maxReplicas) {
    return Map.of(
        DESIRED,
        String.valueOf(Meta.orElse(deployment.getSpec().getReplicas(), 1)),
        MAX,
        String.valueOf(maxReplicas));
  }
}
