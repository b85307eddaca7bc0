package dev.naru.node;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One container of one pod and where it stands. Immutable: each event gives a new one.
 *
 * @param restarts how often it has been started again
 * @param ends how many runs in a row ended too soon; see {@link Backoff}
 * @param failures how many attempts in a row failed before anything ran
 */
record ContainerLife(
    String name,
    ContainerKind kind,
    State state,
    int restarts,
    int ends,
    int failures,
    @Nullable Ended previous) {

  /** Where it stands. */
  sealed interface State {}

  /**
   * Nothing runs.
   *
   * @param retryAt not to be started before
   */
  record Waiting(String reason, String message, Instant retryAt) implements State {}

  /** Somebody is at work to start it. */
  record Starting() implements State {}

  /**
   * @param started whether the startup probe, if any, has succeeded
   * @param ready whether the readiness probe, if any, succeeds
   * @param stopping whether somebody is at work to stop it
   */
  record Running(Run run, Instant startedAt, boolean started, boolean ready, boolean stopping)
      implements State {}

  /**
   * @param reason such as {@code Completed}, {@code Error}, {@code OOMKilled}
   */
  record Ended(
      Run run, Instant startedAt, Instant finishedAt, int exitCode, String reason, String message)
      implements State {}

  /**
   * One run of the container.
   *
   * @param attempt counts from 0
   */
  record Run(String id, int attempt, String image, String imageId) {}

  static ContainerLife fresh(String name, ContainerKind kind) {
    return new ContainerLife(
        name, kind, new Waiting("PodInitializing", "", Instant.EPOCH), 0, 0, 0, null);
  }

  Optional<Ended> lastEnded() {
    return Optional.ofNullable(previous);
  }

  boolean isRunning() {
    return state instanceof Running;
  }

  /** Whether it has ever run. */
  boolean hasRun() {
    return isRunning() || state instanceof Ended || previous != null;
  }

  /** The number of the run that a start would make. */
  int nextAttempt() {
    return switch (state) {
      case Ended ended -> ended.run().attempt() + 1;
      case Running running -> running.run().attempt() + 1;
      case Waiting w -> previous == null ? 0 : previous.run().attempt() + 1;
      case Starting s -> previous == null ? 0 : previous.run().attempt() + 1;
    };
  }

  ContainerLife starting() {
    return new ContainerLife(
        name, kind, new Starting(), restarts, ends, failures, endedOrPrevious());
  }

  private @Nullable Ended endedOrPrevious() {
    return state instanceof Ended ended ? ended : previous;
  }

  ContainerLife running(Run run, Instant startedAt, boolean started, boolean ready) {
    return new ContainerLife(
        name,
        kind,
        new Running(run, startedAt, started, ready, false),
        run.attempt(),
        ends,
        0,
        previous);
  }

  /** A start that failed before anything ran. */
  ContainerLife failed(String reason, String message, Instant now) {
    return failed(reason, message, now, Backoff.MAX);
  }

  /**
   * @param pauseMax bound of the back-off
   */
  ContainerLife failed(String reason, String message, Instant now, Duration pauseMax) {
    Duration pause = Backoff.beforeRetry(failures + 1);
    return new ContainerLife(
        name,
        kind,
        new Waiting(reason, message, now.plus(pause.compareTo(pauseMax) < 0 ? pause : pauseMax)),
        restarts,
        ends,
        failures + 1,
        previous);
  }

  /** To be tried at once, because something it waits for may have come. */
  ContainerLife retryNow() {
    return state instanceof Waiting w
        ? new ContainerLife(
            name,
            kind,
            new Waiting(w.reason(), w.message(), Instant.EPOCH),
            restarts,
            ends,
            failures,
            previous)
        : this;
  }

  ContainerLife ended(Ended how) {
    Duration ran = Duration.between(how.startedAt(), how.finishedAt());
    return new ContainerLife(
        name, kind, how, restarts, Backoff.ends(ends, ran), failures, previous);
  }

  ContainerLife with(boolean started, boolean ready) {
    return state instanceof Running r
        ? withState(new Running(r.run(), r.startedAt(), started, ready, r.stopping()))
        : this;
  }

  ContainerLife stopping() {
    return state instanceof Running r
        ? withState(new Running(r.run(), r.startedAt(), r.started(), false, true))
        : this;
  }

  private ContainerLife withState(State next) {
    return new ContainerLife(name, kind, next, restarts, ends, failures, previous);
  }
}
