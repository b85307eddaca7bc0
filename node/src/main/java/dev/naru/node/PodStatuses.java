package dev.naru.node;

import dev.naru.node.ContainerLife.Ended;
import dev.naru.node.ContainerLife.Run;
import dev.naru.node.ContainerLife.Running;
import dev.naru.node.ContainerLife.Starting;
import dev.naru.node.ContainerLife.Waiting;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerState;
import io.fabric8.kubernetes.api.model.ContainerStateBuilder;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.ContainerStatusBuilder;
import io.fabric8.kubernetes.api.model.HostIPBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodCondition;
import io.fabric8.kubernetes.api.model.PodConditionBuilder;
import io.fabric8.kubernetes.api.model.PodIPBuilder;
import io.fabric8.kubernetes.api.model.PodStatus;
import io.fabric8.kubernetes.api.model.PodStatusBuilder;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A pod's status from where its containers stand. Source of fields, reasons and conditions:
 * Kubernetes, "Pod lifecycle", and what kubectl shows of them.
 */
final class PodStatuses {
  private PodStatuses() {}

  /**
   * @param podIp null before the pod has a network
   * @param reason of the pod as a whole, such as {@code DeadlineExceeded}; empty for none
   * @param ending whether the pod is being stopped: it is not ready then
   */
  record View(
      Pod pod,
      List<ContainerLife> lives,
      RestartPolicy policy,
      PodPlan plan,
      String hostIp,
      @Nullable String podIp,
      Instant startTime,
      boolean ending,
      String reason,
      String message,
      List<PodCondition> before,
      Instant now) {}

  static PodStatus of(View view) {
    PodStatusBuilder status =
        new PodStatusBuilder()
            .withPhase(view.plan().phase().text())
            .withHostIP(view.hostIp())
            .withHostIPs(new HostIPBuilder().withIp(view.hostIp()).build())
            .withStartTime(time(view.startTime()))
            .withQosClass(Quality.classOf(view.pod()))
            .withConditions(conditions(view));
    if (view.podIp() != null) {
      status.withPodIP(view.podIp()).withPodIPs(new PodIPBuilder().withIp(view.podIp()).build());
    }
    if (!view.reason().isEmpty()) {
      status.withReason(view.reason()).withMessage(view.message());
    }
    for (ContainerLife life : view.lives()) {
      if (life.kind() == ContainerKind.APP) {
        status.addToContainerStatuses(container(view, life));
      } else {
        status.addToInitContainerStatuses(container(view, life));
      }
    }
    return status.build();
  }

  /** Whether every container that has to serve does. */
  static boolean containersReady(List<ContainerLife> lives) {
    return lives.stream()
        .filter(l -> l.kind() != ContainerKind.INIT)
        .allMatch(l -> l.state() instanceof Running r && r.ready());
  }

  static String time(Instant instant) {
    return instant.truncatedTo(ChronoUnit.SECONDS).toString();
  }

  private static ContainerStatus container(View view, ContainerLife life) {
    Container spec = Pods.container(view.pod(), life.name()).orElseThrow();
    boolean ready =
        switch (life.state()) {
          case Running running -> running.ready();
          case Ended ended -> life.kind() == ContainerKind.INIT && ended.exitCode() == 0;
          case Waiting waiting -> false;
          case Starting starting -> false;
        };
    ContainerStatusBuilder status =
        new ContainerStatusBuilder()
            .withName(life.name())
            .withImage(spec.getImage())
            .withImageID("")
            .withReady(ready)
            .withStarted(life.state() instanceof Running r && r.started())
            .withRestartCount(life.restarts())
            .withState(state(view, life));
    Optional<Run> run = run(life);
    run.ifPresent(
        r ->
            status
                .withImage(r.image())
                .withImageID(r.imageId())
                .withContainerID("runc://" + r.id()));
    Optional<Ended> last =
        life.state() instanceof Ended ended && waitsForRestart(view, life)
            ? Optional.of(ended)
            : life.lastEnded();
    last.ifPresent(e -> status.withLastState(new ContainerStateBuilder(terminated(e)).build()));
    return status.build();
  }

  private static Optional<Run> run(ContainerLife life) {
    return switch (life.state()) {
      case Running running -> Optional.of(running.run());
      case Ended ended -> Optional.of(ended.run());
      case Waiting waiting -> life.lastEnded().map(Ended::run);
      case Starting starting -> life.lastEnded().map(Ended::run);
    };
  }

  private static boolean waitsForRestart(View view, ContainerLife life) {
    return !view.ending()
        && PodPlan.restartAt(view.policy(), life).filter(at -> at.isAfter(view.now())).isPresent();
  }

  private static ContainerState state(View view, ContainerLife life) {
    return switch (life.state()) {
      case Running running ->
          new ContainerStateBuilder()
              .withNewRunning()
              .withStartedAt(time(running.startedAt()))
              .endRunning()
              .build();
      case Starting starting -> waiting("ContainerCreating", "");
      case Waiting waiting ->
          waiting(
              waiting.reason().equals("PodInitializing") && view.plan().initialized()
                  ? "ContainerCreating"
                  : waitingReason(waiting, view.now()),
              waiting.message());
      case Ended ended when waitsForRestart(view, life) -> {
        Duration wait = Backoff.beforeRestart(life.ends());
        yield waiting(
            "CrashLoopBackOff",
            "back-off %ds restarting failed container=%s pod=%s"
                .formatted(wait.toSeconds(), life.name(), Pods.title(view.pod())));
      }
      case Ended ended -> terminated(ended);
    };
  }

  /** kubectl users look for ImagePullBackOff while a failed pull waits for its next try. */
  private static String waitingReason(Waiting waiting, Instant now) {
    return waiting.reason().equals(PodProblem.IMAGE_PULL) && waiting.retryAt().isAfter(now)
        ? "ImagePullBackOff"
        : waiting.reason();
  }

  private static ContainerState waiting(String reason, String message) {
    return new ContainerStateBuilder()
        .withNewWaiting()
        .withReason(reason)
        .withMessage(message.isEmpty() ? null : message)
        .endWaiting()
        .build();
  }

  private static ContainerState terminated(Ended ended) {
    return new ContainerStateBuilder()
        .withNewTerminated()
        .withExitCode(ended.exitCode())
        .withReason(ended.reason())
        .withMessage(ended.message().isEmpty() ? null : ended.message())
        .withStartedAt(time(ended.startedAt()))
        .withFinishedAt(time(ended.finishedAt()))
        .withContainerID("runc://" + ended.run().id())
        .endTerminated()
        .build();
  }

  private static List<PodCondition> conditions(View view) {
    List<PodCondition> all = new ArrayList<>();
    boolean completed = view.plan().phase() == PodPlan.Phase.SUCCEEDED;
    String unready = unready(view.lives());
    boolean containersReady =
        !view.ending() && !view.plan().phase().isFinal() && containersReady(view.lives());
    all.add(condition(view, "PodScheduled", true, "", ""));
    all.add(
        condition(
            view,
            "PodReadyToStartContainers",
            view.podIp() != null && !view.plan().phase().isFinal(),
            "",
            ""));
    all.add(
        condition(
            view,
            "Initialized",
            view.plan().initialized(),
            completed
                ? "PodCompleted"
                : view.plan().initialized() ? "" : "ContainersNotInitialized",
            view.plan().initialized() ? "" : "containers with incomplete status: " + unready));
    String why = completed ? "PodCompleted" : "ContainersNotReady";
    String what =
        completed || unready.equals("[]") ? "" : "containers with unready status: " + unready;
    all.add(
        condition(
            view,
            "ContainersReady",
            containersReady,
            containersReady ? "" : why,
            containersReady ? "" : what));
    Optional<String> gate = closedGate(view);
    boolean ready = containersReady && gate.isEmpty();
    all.add(
        condition(
            view,
            "Ready",
            ready,
            ready ? "" : containersReady ? "ReadinessGatesNotReady" : why,
            ready
                ? ""
                : containersReady
                    ? "corresponding condition of pod readiness gate \"%s\" is not True"
                        .formatted(gate.orElseThrow())
                    : what));
    return all;
  }

  private static Optional<String> closedGate(View view) {
    return Pods.list(view.pod().getSpec().getReadinessGates()).stream()
        .map(gate -> gate.getConditionType())
        .filter(
            type ->
                view.pod().getStatus() == null
                    || Pods.list(view.pod().getStatus().getConditions()).stream()
                        .noneMatch(c -> c.getType().equals(type) && "True".equals(c.getStatus())))
        .findFirst();
  }

  private static String unready(List<ContainerLife> lives) {
    List<String> names =
        lives.stream()
            .filter(l -> l.kind() != ContainerKind.INIT)
            .filter(l -> !(l.state() instanceof Running r && r.ready()))
            .map(ContainerLife::name)
            .toList();
    return "[" + String.join(" ", names) + "]";
  }

  private static PodCondition condition(
      View view, String type, boolean good, String reason, String message) {
    String status = good ? "True" : "False";
    String since =
        view.before().stream()
            .filter(c -> c.getType().equals(type) && c.getStatus().equals(status))
            .map(PodCondition::getLastTransitionTime)
            .findFirst()
            .orElseGet(() -> time(view.now()));
    return new PodConditionBuilder()
        .withType(type)
        .withStatus(status)
        .withLastTransitionTime(since)
        .withReason(reason.isEmpty() ? null : reason)
        .withMessage(message.isEmpty() ? null : message)
        .build();
  }
}
