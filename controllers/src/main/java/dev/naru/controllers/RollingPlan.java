package dev.naru.controllers;

import io.fabric8.kubernetes.api.model.IntOrString;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The arithmetic of a Deployment: which ReplicaSets get how many replicas next.
 *
 * <p>Source: Kubernetes documentation, Deployment, "Rolling Update Deployment" and "Proportional
 * scaling", and the behaviour of kubernetes/pkg/controller/deployment. Invariants, whatever the
 * state: the sum of wanted replicas never grows above {@code replicas + maxSurge}, and no available
 * pod is given up when that leaves fewer than {@code replicas - maxUnavailable}.
 */
final class RollingPlan {
  /**
   * One ReplicaSet as the plan sees it.
   *
   * @param order age, 0 for the oldest
   * @param replicas wanted
   * @param available as last reported
   * @param settled the report is about the wanted replicas of now, not of before
   * @param maxReplicas annotation {@code deployment.kubernetes.io/max-replicas}
   */
  record Set(
      String name,
      int order,
      int replicas,
      int available,
      boolean settled,
      Optional<Integer> maxReplicas) {
    /** What a status that is behind the wanted replicas can at most stand for. */
    int surelyAvailable() {
      return Math.min(available, replicas);
    }
  }

  /**
   * @param surge pods above the wanted number, rounded up
   * @param unavailable pods below the wanted number, rounded down; 1 when both would be 0
   */
  record Limits(int surge, int unavailable) {
    static Limits of(
        int replicas, @Nullable IntOrString maxSurge, @Nullable IntOrString maxUnavailable) {
      int surge = scaled(maxSurge, replicas, true);
      int unavailable = scaled(maxUnavailable, replicas, false);
      if (surge == 0 && unavailable == 0) {
        unavailable = 1;
      }
      return new Limits(surge, Math.min(unavailable, replicas));
    }

    private static int scaled(@Nullable IntOrString value, int replicas, boolean up) {
      if (value == null) {
        return scaled(new IntOrString("25%"), replicas, up);
      }
      if (value.getIntVal() != null) {
        return Math.max(0, value.getIntVal());
      }
      String text = value.getStrVal() == null ? "" : value.getStrVal().strip();
      if (!text.matches("\\d{1,4}%")) {
        throw new IllegalArgumentException("neither a number nor a percentage: '" + text + "'");
      }
      long percent = Long.parseLong(text.substring(0, text.length() - 1));
      return (int) (up ? (percent * replicas + 99) / 100 : percent * replicas / 100);
    }
  }

  private RollingPlan() {}

  /** How many replicas a new ReplicaSet may have now. */
  static int newReplicas(int replicas, Limits limits, int current, int all) {
    int room = replicas + limits.surge() - all;
    return room <= 0 ? current : current + Math.min(room, Math.max(0, replicas - current));
  }

  /**
   * The next step of a rolling update: changed replicas by name, none when nothing is to be done.
   */
  static Map<String, Integer> roll(int replicas, Limits limits, Set fresh, List<Set> old) {
    int all = fresh.replicas() + sum(old);
    if (fresh.replicas() > replicas) {
      return Map.of(fresh.name(), replicas);
    }
    int grown = newReplicas(replicas, limits, fresh.replicas(), all);
    if (grown != fresh.replicas()) {
      return Map.of(fresh.name(), grown);
    }
    return shrink(replicas, limits, fresh, old, all);
  }

  private static Map<String, Integer> shrink(
      int replicas, Limits limits, Set fresh, List<Set> old, int all) {
    if (!fresh.settled() || !old.stream().allMatch(Set::settled)) {
      return Map.of();
    }
    int minAvailable = replicas - limits.unavailable();
    int freshUnavailable = fresh.replicas() - fresh.surelyAvailable();
    int spare = all - minAvailable - freshUnavailable;
    if (spare <= 0) {
      return Map.of();
    }
    Map<String, Integer> next = new LinkedHashMap<>();
    List<Set> eldestFirst = old.stream().sorted(Comparator.comparingInt(Set::order)).toList();
    int available = fresh.surelyAvailable();
    for (Set set : eldestFirst) {
      available += set.surelyAvailable();
      // Pods that are not available serve nobody: they go first.
      int dead = Math.min(spare, set.replicas() - set.surelyAvailable());
      if (dead > 0) {
        next.put(set.name(), set.replicas() - dead);
        spare -= dead;
      }
    }
    int living = available - minAvailable;
    for (Set set : eldestFirst) {
      int left = next.getOrDefault(set.name(), set.replicas());
      int drop = Math.min(left, living);
      if (drop > 0) {
        next.put(set.name(), left - drop);
        living -= drop;
      }
    }
    return next;
  }

  /**
   * Spreads a changed number of replicas over the ReplicaSets of an unfinished rollout in
   * proportion to their sizes.
   *
   * @param statusReplicas stands in for the annotation of the last maximum where that is missing
   */
  static Map<String, Integer> proportional(
      int replicas, Limits limits, int statusReplicas, List<Set> active) {
    int allowed = replicas > 0 ? replicas + limits.surge() : 0;
    int toAdd = allowed - sum(active);
    Comparator<Set> bySize = Comparator.comparingInt(Set::replicas).reversed();
    Comparator<Set> byAge = Comparator.comparingInt(Set::order);
    List<Set> sorted =
        active.stream().sorted(bySize.thenComparing(toAdd > 0 ? byAge.reversed() : byAge)).toList();
    int added = 0;
    List<Integer> sizes = new ArrayList<>();
    for (Set set : sorted) {
      int part = toAdd == 0 ? 0 : part(set, replicas, limits, statusReplicas, toAdd, added);
      sizes.add(set.replicas() + part);
      added += part;
    }
    Map<String, Integer> next = new LinkedHashMap<>();
    for (int i = 0; i < sorted.size(); i++) {
      int size = sizes.get(i) + (i == 0 ? toAdd - added : 0);
      next.put(sorted.get(i).name(), Math.max(0, size));
    }
    return next;
  }

  private static int part(
      Set set, int replicas, Limits limits, int statusReplicas, int toAdd, int added) {
    if (set.replicas() == 0 || toAdd == added) {
      return 0;
    }
    int share;
    if (replicas == 0) {
      share = -set.replicas();
    } else {
      int before = set.maxReplicas().filter(max -> max > 0).orElse(Math.max(1, statusReplicas));
      double scaled = (double) set.replicas() * (replicas + limits.surge()) / before;
      share = (int) Math.round(scaled) - set.replicas();
    }
    int left = toAdd - added;
    return toAdd > 0 ? Math.min(share, left) : Math.max(share, left);
  }

  private static int sum(List<Set> sets) {
    return sets.stream().mapToInt(Set::replicas).sum();
  }
}
