package dev.naru.controllers;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * What a StatefulSet does next to its pods.
 *
 * <p>Source: Kubernetes documentation, StatefulSet, "Deployment and Scaling Guarantees", "Pod
 * Management Policies" and "Update strategies".
 */
final class StatefulSetPlan {
  /**
   * @param first ordinal of the first pod
   * @param parallel pods are created and scaled down without waiting for each other
   * @param rolling update strategy RollingUpdate; otherwise OnDelete
   * @param partition how many of the first pods keep the current revision
   */
  record Wanted(
      int first,
      int replicas,
      boolean parallel,
      boolean rolling,
      int partition,
      String currentRevision,
      String updateRevision) {}

  /**
   * @param healthy running, ready and available, and not on its way out
   */
  record Member(
      int ordinal, String revision, boolean terminating, boolean finished, boolean healthy) {}

  /** One write. */
  sealed interface Action {
    record Create(int ordinal, String revision) implements Action {}

    record Delete(int ordinal) implements Action {}
  }

  private StatefulSetPlan() {}

  static List<Action> plan(Wanted wanted, List<Member> members) {
    Map<Integer, Member> byOrdinal =
        members.stream().collect(Collectors.toMap(Member::ordinal, Function.identity()));
    int end = wanted.first() + wanted.replicas();
    List<Action> actions = new ArrayList<>();
    for (int ordinal = wanted.first(); ordinal < end; ordinal++) {
      Member member = byOrdinal.get(ordinal);
      if (member == null) {
        boolean kept = wanted.rolling() && ordinal < wanted.first() + wanted.partition();
        actions.add(
            new Action.Create(ordinal, kept ? wanted.currentRevision() : wanted.updateRevision()));
      } else if (member.finished() && !member.terminating()) {
        actions.add(new Action.Delete(ordinal));
      } else if (member.healthy()) {
        continue;
      }
      if (!wanted.parallel()) {
        return actions;
      }
    }
    List<Member> condemned =
        members.stream()
            .filter(member -> member.ordinal() < wanted.first() || member.ordinal() >= end)
            .sorted(Comparator.comparingInt(Member::ordinal).reversed())
            .toList();
    for (Member member : condemned) {
      if (!member.terminating()) {
        actions.add(new Action.Delete(member.ordinal()));
      }
      if (!wanted.parallel()) {
        return actions;
      }
    }
    if (actions.isEmpty() && wanted.rolling()) {
      actions.addAll(update(wanted, byOrdinal, end));
    }
    return actions;
  }

  /** One pod at a time from the highest ordinal; the next when the last is healthy again. */
  private static List<Action> update(Wanted wanted, Map<Integer, Member> byOrdinal, int end) {
    for (int ordinal = end - 1; ordinal >= wanted.first() + wanted.partition(); ordinal--) {
      Member member = byOrdinal.get(ordinal);
      if (member == null || member.terminating()) {
        return List.of();
      }
      if (!member.revision().equals(wanted.updateRevision())) {
        return List.of(new Action.Delete(ordinal));
      }
      if (!member.healthy()) {
        return List.of();
      }
    }
    return List.of();
  }
}
