package dev.naru.controllers;

import io.fabric8.kubernetes.api.model.Pod;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Which pods a ReplicaSet gives up first.
 *
 * <p>Source: Kubernetes documentation, ReplicaSet, "Scaling a ReplicaSet", and the order of
 * kubernetes/pkg/controller ActivePodsWithRanks: unassigned, pending, unready, lower deletion cost,
 * more colocated pods of the same application, later ready, more restarts, younger.
 */
final class ScaleDownOrder {
  static final String DELETION_COST = "controller.kubernetes.io/pod-deletion-cost";

  private ScaleDownOrder() {}

  /**
   * The {@code count} pods to delete.
   *
   * @param related active pods of the same application (all ReplicaSets of a Deployment), which
   *     count for colocation
   */
  static List<Pod> victims(Collection<Pod> pods, Collection<Pod> related, int count) {
    Map<String, Long> perNode =
        related.stream()
            .map(Pods::node)
            .flatMap(Optional::stream)
            .collect(Collectors.groupingBy(Function.identity(), Collectors.counting()));
    return pods.stream().sorted(order(perNode)).limit(Math.max(0, count)).toList();
  }

  private static Comparator<Pod> order(Map<String, Long> perNode) {
    return Comparator.<Pod>comparingInt(pod -> Pods.node(pod).isPresent() ? 1 : 0)
        .thenComparingInt(ScaleDownOrder::phaseRank)
        .thenComparingInt(pod -> Pods.ready(pod) ? 1 : 0)
        .thenComparingInt(ScaleDownOrder::cost)
        .thenComparing(
            pod -> Pods.node(pod).map(perNode::get).orElse(0L), Comparator.reverseOrder())
        .thenComparing(pod -> Pods.readySince(pod).orElse(Instant.EPOCH), Comparator.reverseOrder())
        .thenComparing(Pods::restarts, Comparator.reverseOrder())
        .thenComparing(Meta::created, Comparator.reverseOrder())
        .thenComparing(Meta::name);
  }

  private static int phaseRank(Pod pod) {
    return switch (Pods.phase(pod)) {
      case "Pending" -> 0;
      case "Running" -> 2;
      default -> 1;
    };
  }

  /** A cost that is no number counts as none. */
  private static int cost(Pod pod) {
    String text = Meta.annotations(pod).getOrDefault(DELETION_COST, "0");
    return text.matches("-?\\d{1,9}") ? Integer.parseInt(text) : 0;
  }
}
