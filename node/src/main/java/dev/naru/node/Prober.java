package dev.naru.node;

import dev.naru.node.Signal.ProbeKind;
import dev.naru.node.Signal.Probed;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Probe;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Runs one probe of one run of a container on a thread of its own until it is closed. */
final class Prober implements AutoCloseable {
  private static final Duration EARLY_RETRY = Duration.ofMillis(100);

  /** An early retry takes at most this part of the time: probing must not starve the start. */
  private static final int EARLY_RETRY_REST = 4;

  private final Pod pod;
  private final Container container;
  private final String runId;
  private final ProbeKind kind;
  private final Probe probe;
  private final Handlers handlers;
  private final Events events;
  private final Consumer<Signal> to;
  private final ProbeTally tally;
  private final Thread thread;

  /**
   * @param good where the probe stands, known from before a restart of this process
   */
  Prober(
      Pod pod,
      Container container,
      String runId,
      ProbeKind kind,
      Probe probe,
      Handlers handlers,
      Events events,
      boolean good,
      Consumer<Signal> to) {
    this.pod = pod;
    this.container = container;
    this.runId = runId;
    this.kind = kind;
    this.probe = probe;
    this.handlers = handlers;
    this.events = events;
    this.to = to;
    this.tally =
        new ProbeTally(
            or(probe.getSuccessThreshold(), 1), or(probe.getFailureThreshold(), 3), good);
    this.thread =
        Thread.ofVirtual().name("probe-" + container.getName() + "-" + kind).unstarted(this::run);
  }

  void start() {
    thread.start();
  }

  private static int or(@Nullable Integer value, int otherwise) {
    return value == null || value < 1 ? otherwise : value;
  }

  private void run() {
    Duration period = Duration.ofSeconds(or(probe.getPeriodSeconds(), 10));
    try {
      if (probe.getInitialDelaySeconds() != null) {
        Thread.sleep(Duration.ofSeconds(probe.getInitialDelaySeconds()));
      }
      long scheduled = System.nanoTime();
      while (!Thread.currentThread().isInterrupted()) {
        long start = System.nanoTime();
        Handlers.Result result = handlers.probe(probe, container, runId);
        boolean onSchedule = start >= scheduled;
        if (onSchedule) {
          scheduled = start + period.toNanos();
        }
        report(result, onSchedule);
        Thread.sleep(Duration.ofNanos(pause(start, scheduled)));
      }
    } catch (InterruptedException e) {
      // Closed: the container has ended or this process is about to.
      Thread.currentThread().interrupt();
    }
  }

  /** To the next period, or less while the first success is awaited. */
  private long pause(long start, long scheduled) {
    long now = System.nanoTime();
    long toSchedule = Math.max(0, scheduled - now);
    if (!tally.waitsForFirst() || kind == ProbeKind.LIVENESS) {
      return toSchedule;
    }
    long early = Math.max(EARLY_RETRY.toNanos(), (now - start) * EARLY_RETRY_REST);
    return Math.min(early, toSchedule);
  }

  private void report(Handlers.Result result, boolean onSchedule) {
    if (!result.success() && onSchedule) {
      events.warning(
          pod,
          container.getName(),
          "Unhealthy",
          "%s probe failed: %s".formatted(kind.title(), result.message()));
    }
    switch (tally.add(result.success(), onSchedule)) {
      case UNCHANGED -> {}
      case GOOD -> to.accept(new Probed(container.getName(), runId, kind, true, ""));
      case BAD -> to.accept(new Probed(container.getName(), runId, kind, false, result.message()));
    }
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}
