package dev.naru.controllers;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeSelectorRequirement;
import io.fabric8.kubernetes.api.model.NodeSelectorTerm;
import io.fabric8.kubernetes.api.model.NodeSpec;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.Taint;
import io.fabric8.kubernetes.api.model.Toleration;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Chooses a pod's node: one that is ready, schedulable, tolerated, selected and has room for the
 * requests; of several the one that is least full. Inter-pod affinity and topology spread are not
 * considered.
 *
 * <p>Source: Kubernetes documentation, "Assigning Pods to Nodes", "Taints and Tolerations",
 * "Resource Management for Pods" (a pod's request is the larger of its containers' sum and its
 * largest init container).
 */
final class Placement {
  /** Where a pod goes, or why nowhere. */
  sealed interface Choice {
    record OnNode(String node) implements Choice {}

    record Nowhere(String message) implements Choice {}
  }

  private Placement() {}

  /**
   * @param placed the unfinished pods of each node by its name
   */
  static Choice choose(Pod pod, Collection<Node> nodes, Map<String, List<Pod>> placed) {
    Map<String, Integer> reasons = new TreeMap<>();
    List<Node> fitting = new ArrayList<>();
    for (Node node : nodes) {
      List<Pod> there = placed.getOrDefault(Meta.name(node), List.of());
      List<String> against = against(pod, node, there);
      if (against.isEmpty()) {
        fitting.add(node);
      }
      against.forEach(reason -> reasons.merge(reason, 1, Integer::sum));
    }
    Optional<Node> best =
        fitting.stream()
            .min(
                Comparator.<Node, BigDecimal>comparing(
                        node -> fullness(node, placed.getOrDefault(Meta.name(node), List.of())))
                    .thenComparing(Meta::name));
    if (best.isPresent()) {
      return new Choice.OnNode(Meta.name(best.get()));
    }
    if (nodes.isEmpty()) {
      return new Choice.Nowhere("no nodes available to schedule pods");
    }
    List<String> parts = new ArrayList<>();
    reasons.forEach((reason, count) -> parts.add(count + " " + reason));
    return new Choice.Nowhere(
        "0/%d nodes are available: %s.".formatted(nodes.size(), String.join(", ", parts)));
  }

  private static List<String> against(Pod pod, Node node, List<Pod> there) {
    List<Toleration> tolerations =
        pod.getSpec().getTolerations() == null ? List.of() : pod.getSpec().getTolerations();
    NodeSpec spec = Objects.requireNonNullElseGet(node.getSpec(), NodeSpec::new);
    if (Boolean.TRUE.equals(spec.getUnschedulable())) {
      Taint cordon = new Taint("NoSchedule", "node.kubernetes.io/unschedulable", null, null);
      if (tolerations.stream().noneMatch(toleration -> tolerates(toleration, cordon))) {
        return List.of("node(s) were unschedulable");
      }
    }
    boolean ready =
        node.getStatus() != null
            && node.getStatus().getConditions() != null
            && node.getStatus().getConditions().stream()
                .anyMatch(c -> "Ready".equals(c.getType()) && "True".equals(c.getStatus()));
    if (!ready) {
      return List.of("node(s) were not ready");
    }
    if (spec.getTaints() != null) {
      for (Taint taint : spec.getTaints()) {
        if (!"PreferNoSchedule".equals(taint.getEffect())
            && tolerations.stream().noneMatch(toleration -> tolerates(toleration, taint))) {
          return List.of(
              "node(s) had untolerated taint {%s: %s}"
                  .formatted(taint.getKey(), taint.getValue() == null ? "" : taint.getValue()));
        }
      }
    }
    if (!selected(pod, node)) {
      return List.of("node(s) didn't match Pod's node affinity/selector");
    }
    List<String> against = new ArrayList<>();
    Map<String, BigDecimal> wanted = requests(pod);
    Map<String, BigDecimal> used = new HashMap<>();
    there.forEach(other -> requests(other).forEach((k, v) -> used.merge(k, v, BigDecimal::add)));
    Map<String, Quantity> room =
        node.getStatus().getAllocatable() == null ? Map.of() : node.getStatus().getAllocatable();
    Quantity pods = room.get("pods");
    if (pods != null && amount(pods).compareTo(BigDecimal.valueOf(there.size() + 1L)) < 0) {
      against.add("Too many pods");
    }
    wanted.forEach(
        (resource, amount) -> {
          Quantity has = room.get(resource);
          BigDecimal free =
              (has == null ? BigDecimal.ZERO : amount(has))
                  .subtract(used.getOrDefault(resource, BigDecimal.ZERO));
          if (amount.signum() > 0 && amount.compareTo(free) > 0) {
            against.add("Insufficient " + resource);
          }
        });
    if (there.stream()
        .anyMatch(other -> hostPorts(other).stream().anyMatch(hostPorts(pod)::contains))) {
      against.add("node(s) didn't have free ports for the requested pod ports");
    }
    return against;
  }

  private static boolean selected(Pod pod, Node node) {
    Map<String, String> selector = pod.getSpec().getNodeSelector();
    if (selector != null && !Labels.contains(Meta.labels(node), selector)) {
      return false;
    }
    var affinity = pod.getSpec().getAffinity();
    if (affinity == null
        || affinity.getNodeAffinity() == null
        || affinity.getNodeAffinity().getRequiredDuringSchedulingIgnoredDuringExecution() == null) {
      return true;
    }
    return affinity
        .getNodeAffinity()
        .getRequiredDuringSchedulingIgnoredDuringExecution()
        .getNodeSelectorTerms()
        .stream()
        .anyMatch(term -> matches(term, node));
  }

  private static boolean matches(NodeSelectorTerm term, Node node) {
    return term.getMatchExpressions().stream()
            .allMatch(rule -> matches(rule, Meta.labels(node).get(rule.getKey())))
        && term.getMatchFields().stream()
            .allMatch(
                rule ->
                    matches(rule, rule.getKey().equals("metadata.name") ? Meta.name(node) : null))
        && !(term.getMatchExpressions().isEmpty() && term.getMatchFields().isEmpty());
  }

  private static boolean matches(NodeSelectorRequirement rule, @Nullable String value) {
    return switch (rule.getOperator()) {
      case "In" -> value != null && rule.getValues().contains(value);
      case "NotIn" -> value == null || !rule.getValues().contains(value);
      case "Exists" -> value != null;
      case "DoesNotExist" -> value == null;
      case "Gt" -> number(value) > number(rule.getValues().getFirst());
      case "Lt" -> value != null && number(value) < number(rule.getValues().getFirst());
      default -> false;
    };
  }

  private static long number(@Nullable String text) {
    return text != null && text.matches("-?\\d{1,18}") ? Long.parseLong(text) : Long.MIN_VALUE;
  }

  private static boolean tolerates(Toleration toleration, Taint taint) {
    boolean effect =
        Pods.text(toleration.getEffect()).isEmpty()
            || toleration.getEffect().equals(taint.getEffect());
    boolean anyKey =
        Pods.text(toleration.getKey()).isEmpty() && "Exists".equals(toleration.getOperator());
    boolean key = anyKey || taint.getKey().equals(toleration.getKey());
    boolean value =
        "Exists".equals(toleration.getOperator())
            || Pods.text(toleration.getValue()).equals(Pods.text(taint.getValue()));
    return effect && key && value;
  }

  /** What a pod asks for, by resource. */
  static Map<String, BigDecimal> requests(Pod pod) {
    Map<String, BigDecimal> sum = new HashMap<>();
    for (Container container : pod.getSpec().getContainers()) {
      requests(container).forEach((k, v) -> sum.merge(k, v, BigDecimal::add));
    }
    Map<String, BigDecimal> peak = new HashMap<>();
    for (Container container : pod.getSpec().getInitContainers()) {
      if ("Always".equals(container.getRestartPolicy())) {
        requests(container).forEach((k, v) -> sum.merge(k, v, BigDecimal::add));
      } else {
        requests(container).forEach((k, v) -> peak.merge(k, v, BigDecimal::max));
      }
    }
    peak.forEach((k, v) -> sum.merge(k, v, BigDecimal::max));
    return sum;
  }

  private static Map<String, BigDecimal> requests(Container container) {
    Map<String, BigDecimal> amounts = new HashMap<>();
    if (container.getResources() != null && container.getResources().getRequests() != null) {
      container.getResources().getRequests().forEach((k, v) -> amounts.put(k, amount(v)));
    }
    return amounts;
  }

  private static BigDecimal amount(Quantity quantity) {
    return Quantity.getAmountInBytes(quantity);
  }

  private static List<String> hostPorts(Pod pod) {
    return pod.getSpec().getContainers().stream()
        .filter(container -> container.getPorts() != null)
        .flatMap(container -> container.getPorts().stream())
        .filter(port -> Meta.orZero(port.getHostPort()) > 0)
        .map(port -> port.getHostPort() + "/" + port.getProtocol())
        .toList();
  }

  /** The larger of the used parts of CPU and memory. */
  private static BigDecimal fullness(Node node, List<Pod> there) {
    BigDecimal fullest = BigDecimal.ZERO;
    for (String resource : List.of("cpu", "memory")) {
      Quantity has =
          node.getStatus().getAllocatable() == null
              ? null
              : node.getStatus().getAllocatable().get(resource);
      if (has == null || amount(has).signum() <= 0) {
        continue;
      }
      BigDecimal used =
          there.stream()
              .map(pod -> requests(pod).getOrDefault(resource, BigDecimal.ZERO))
              .reduce(BigDecimal.ZERO, BigDecimal::add);
      fullest = fullest.max(used.divide(amount(has), 6, RoundingMode.HALF_UP));
    }
    return fullest;
  }
}
