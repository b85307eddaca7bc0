package dev.naru.node;

import dev.naru.node.ContainerLife.Ended;
import dev.naru.node.ContainerLife.Run;
import dev.naru.node.PodDirectory.Outcome;
import dev.naru.node.PodDirectory.RunRecord;
import dev.naru.node.container.ContainerRuntime.State;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Finds out where a pod's containers stand after a restart of this process, from their records, the
 * runtime and the status in the API. What runs is left alone; what was only half started is removed
 * and counts as never tried; what ended meanwhile gets its outcome.
 */
final class PodAdoption {
  private final NodeParts parts;
  private final PodDirectory directory;
  private final ContainerEnds ends;
  private final String podCgroup;
  private final @Nullable Pod pod;
  private final boolean sameBoot;

  /**
   * @param pod null when its object is gone from the API
   * @param sameBoot false when the machine was started again since: then nothing can run
   */
  PodAdoption(
      NodeParts parts,
      PodDirectory directory,
      ContainerEnds ends,
      String podCgroup,
      @Nullable Pod pod,
      boolean sameBoot) {
    this.parts = parts;
    this.directory = directory;
    this.ends = ends;
    this.podCgroup = podCgroup;
    this.pod = pod;
    this.sameBoot = sameBoot;
  }

  /** The lives of all recorded containers. */
  Map<String, ContainerLife> lives() throws IOException, InterruptedException {
    Map<String, ContainerLife> lives = new LinkedHashMap<>();
    for (RunRecord record : directory.runs()) {
      ContainerLife before =
          lives.getOrDefault(
              record.container(), ContainerLife.fresh(record.container(), kind(record)));
      lives.put(record.container(), next(before, record));
    }
    return lives;
  }

  private ContainerKind kind(RunRecord record) {
    return container(record)
        .map(c -> Pods.kind(java.util.Objects.requireNonNull(pod), c))
        .orElse(ContainerKind.APP);
  }

  private Optional<Container> container(RunRecord record) {
    return pod == null ? Optional.empty() : Pods.container(pod, record.container());
  }

  private ContainerLife next(ContainerLife before, RunRecord record)
      throws IOException, InterruptedException {
    Run run = new Run(record.id(), record.attempt(), record.image(), record.imageId());
    Optional<Outcome> outcome = record.ended();
    if (outcome.isPresent()) {
      Outcome o = outcome.get();
      ends.remove(record.container(), run);
      return ran(before, record, run, o.startedAt(), false, false)
          .ended(
              new Ended(run, o.startedAt(), o.finishedAt(), o.exitCode(), o.reason(), o.message()));
    }
    State state = sameBoot ? ends.state(record.container(), run) : new State.Vanished();
    Optional<ContainerStatus> status = status(record);
    Instant startedAt = startedAt(record, status);
    switch (state) {
      case State.Running running -> {
        boolean started = status.map(s -> Pods.isTrue(s.getStarted())).orElse(false);
        boolean ready = status.map(s -> Pods.isTrue(s.getReady())).orElse(false);
        boolean noStartup = container(record).map(c -> c.getStartupProbe() == null).orElse(true);
        boolean noReadiness =
            container(record).map(c -> c.getReadinessProbe() == null).orElse(true);
        boolean isStarted = started || noStartup;
        return ran(before, record, run, startedAt, isStarted, isStarted && (ready || noReadiness));
      }
      case State.Exited exited -> {
        Ended ended =
            ends.note(
                record.container(),
                container(record).orElse(null),
                run,
                record.ends(),
                startedAt,
                exited.exitCode(),
                exited.finishedAt());
        ends.remove(record.container(), run);
        return ran(before, record, run, startedAt, false, false).ended(ended);
      }
      case State.Vanished vanished -> {
        Ended ended =
            ends.noteUnknown(
                record.container(),
                run,
                record.ends(),
                startedAt,
                parts.clock().instant(),
                sameBoot
                    ? "The container was lost together with its monitor"
                    : "The machine was started again");
        ends.remove(record.container(), run);
        return ran(before, record, run, startedAt, false, false).ended(ended);
      }
      case State.Created created -> {
        parts.starter().discard(directory, record.container(), record.attempt(), podCgroup);
        return before;
      }
    }
  }

  private static ContainerLife ran(
      ContainerLife before,
      RunRecord record,
      Run run,
      Instant startedAt,
      boolean started,
      boolean ready) {
    return new ContainerLife(
            before.name(),
            before.kind(),
            before.state(),
            before.restarts(),
            record.ends(),
            0,
            before.lastEnded().orElse(null))
        .starting()
        .running(run, startedAt, started, ready);
  }

  private Optional<ContainerStatus> status(RunRecord record) {
    if (pod == null || pod.getStatus() == null) {
      return Optional.empty();
    }
    List<ContainerStatus> apps = Pods.list(pod.getStatus().getContainerStatuses());
    List<ContainerStatus> inits = Pods.list(pod.getStatus().getInitContainerStatuses());
    return Stream.concat(apps.stream(), inits.stream())
        .filter(s -> ("runc://" + record.id()).equals(s.getContainerID()))
        .findFirst();
  }

  /** As the API has it; else when the runtime wrote the process id, which is just before. */
  private Instant startedAt(RunRecord record, Optional<ContainerStatus> status) throws IOException {
    Optional<String> known =
        status
            .filter(s -> s.getState() != null && s.getState().getRunning() != null)
            .map(s -> s.getState().getRunning().getStartedAt());
    if (known.isPresent()) {
      return Instant.parse(known.get());
    }
    Path pid = directory.bundle(record.container(), record.attempt()).resolve("pid");
    return Files.exists(pid) ? Files.getLastModifiedTime(pid).toInstant() : parts.clock().instant();
  }
}
