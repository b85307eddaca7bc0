package dev.naru.node;

import dev.naru.node.ContainerLife.Ended;
import dev.naru.node.ContainerLife.Running;
import dev.naru.node.ContainerLife.Starting;
import dev.naru.node.ContainerLife.Waiting;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a pod needs next, decided from where its containers stand and nothing else.
 *
 * @param start containers to start now
 * @param stop sidecars to stop now, because the containers that they serve have ended for good
 * @param wakeAt when to decide again if nothing happens before; null for never
 * @param initialized whether the init containers are through
 * @param phase as in {@code status.phase}
 */
record PodPlan(
    List<String> start,
    List<String> stop,
    @Nullable Instant wakeAt,
    boolean initialized,
    Phase phase) {

  enum Phase {
    PENDING("Pending"),
    RUNNING("Running"),
    SUCCEEDED("Succeeded"),
    FAILED("Failed");

    private final String text;

    Phase(String text) {
      this.text = text;
    }

    String text() {
      return text;
    }

    boolean isFinal() {
      return this == SUCCEEDED || this == FAILED;
    }
  }

  PodPlan {
    start = List.copyOf(start);
    stop = List.copyOf(stop);
  }

  /**
   * @param lives init containers and sidecars first, each group in the pod's order
   */
  static PodPlan decide(RestartPolicy policy, List<ContainerLife> lives, Instant now) {
    return new Decision(policy, lives, now).decide();
  }

  /** When a container that has ended starts again; empty if it does not. */
  static Optional<Instant> restartAt(RestartPolicy policy, ContainerLife life) {
    return life.state() instanceof Ended ended && policy.restarts(life.kind(), ended.exitCode())
        ? Optional.of(ended.finishedAt().plus(Backoff.beforeRestart(life.ends())))
        : Optional.empty();
  }

  private static final class Decision {
    private final RestartPolicy policy;
    private final List<ContainerLife> inits;
    private final List<ContainerLife> apps;
    private final Instant now;
    private final List<String> start = new ArrayList<>();
    private @Nullable Instant wakeAt;

    Decision(RestartPolicy policy, List<ContainerLife> lives, Instant now) {
      this.policy = policy;
      this.inits = lives.stream().filter(l -> l.kind() != ContainerKind.APP).toList();
      this.apps = lives.stream().filter(l -> l.kind() == ContainerKind.APP).toList();
      this.now = now;
    }

    PodPlan decide() {
      // Once an app container has run, the init containers are never looked at again.
      boolean wasInitialized = apps.stream().anyMatch(ContainerLife::hasRun);
      if (!wasInitialized) {
        Optional<PodPlan> blocked = initialize();
        if (blocked.isPresent()) {
          return blocked.get();
        }
      }
      boolean allOver = apps.stream().allMatch(this::isOver);
      if (allOver) {
        return finish();
      }
      inits.stream().filter(l -> l.kind() == ContainerKind.SIDECAR).forEach(this::keepRunning);
      apps.forEach(this::keepRunning);
      boolean anyRan = apps.stream().anyMatch(ContainerLife::hasRun);
      boolean allRan = apps.stream().allMatch(ContainerLife::hasRun);
      return plan(List.of(), true, anyRan && allRan ? Phase.RUNNING : Phase.PENDING);
    }

    /** The plan while the init containers are not through. */
    private Optional<PodPlan> initialize() {
      for (ContainerLife life : inits) {
        switch (life.state()) {
          case Ended ended when life.kind() == ContainerKind.INIT && ended.exitCode() == 0 -> {}
          case Running running when life.kind() == ContainerKind.SIDECAR && running.started() -> {}
          case Ended ended when !policy.restarts(life.kind(), ended.exitCode()) -> {
            Phase phase = anySidecarUp() ? Phase.PENDING : Phase.FAILED;
            return Optional.of(plan(nextToStop(), false, phase));
          }
          case Ended ended -> {
            return blockedBy(life);
          }
          case Waiting waiting -> {
            return blockedBy(life);
          }
          case Starting starting -> {
            return blockedBy(life);
          }
          case Running running -> {
            return blockedBy(life);
          }
        }
      }
      return Optional.empty();
    }

    private Optional<PodPlan> blockedBy(ContainerLife blocking) {
      // Sidecars that started earlier are kept running meanwhile.
      for (ContainerLife life : inits) {
        if (life.name().equals(blocking.name())) {
          break;
        }
        if (life.kind() == ContainerKind.SIDECAR) {
          keepRunning(life);
        }
      }
      keepRunning(blocking);
      return Optional.of(plan(List.of(), false, Phase.PENDING));
    }

    private PodPlan finish() {
      if (anySidecarUp()) {
        return plan(nextToStop(), true, Phase.RUNNING);
      }
      boolean good = apps.stream().allMatch(l -> l.state() instanceof Ended e && e.exitCode() == 0);
      return plan(List.of(), true, good ? Phase.SUCCEEDED : Phase.FAILED);
    }

    private boolean anySidecarUp() {
      return inits.stream().anyMatch(l -> l.isRunning() || l.state() instanceof Starting);
    }

    /** The last started is stopped first; the next one follows when it has ended. */
    private List<String> nextToStop() {
      return inits.stream().filter(ContainerLife::isRunning).toList().reversed().stream()
          .limit(1)
          .filter(l -> l.state() instanceof Running r && !r.stopping())
          .map(ContainerLife::name)
          .toList();
    }

    private boolean isOver(ContainerLife life) {
      return life.state() instanceof Ended ended && !policy.restarts(life.kind(), ended.exitCode());
    }

    private void keepRunning(ContainerLife life) {
      switch (life.state()) {
        case Waiting waiting -> startAt(life, waiting.retryAt());
        case Ended ended -> restartAt(policy, life).ifPresent(at -> startAt(life, at));
        case Starting starting -> {}
        case Running running -> {}
      }
    }

    private void startAt(ContainerLife life, Instant at) {
      if (!at.isAfter(now)) {
        start.add(life.name());
      } else if (wakeAt == null || at.isBefore(wakeAt)) {
        wakeAt = at;
      }
    }

    private PodPlan plan(List<String> stop, boolean initialized, Phase phase) {
      return new PodPlan(start, stop, wakeAt, initialized, phase);
    }
  }
}
