package dev.naru.node;

import dev.naru.node.ContainerLife.Run;
import dev.naru.node.ContainerLife.Running;
import dev.naru.node.container.ContainerRuntime.State;
import dev.naru.node.linux.Linux;
import dev.naru.node.linux.Signals;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Pod;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stops containers so that no request is lost: no new requests → those in flight end, at most
 * {@code drainMax} → preStop hook → SIGTERM → grace period → SIGKILL. The grace period starts when
 * the drain is over and holds the hook. Sidecars end after the containers that they serve, the last
 * started first.
 *
 * <p>A death of this process in here: the next one starts again from the top. Traffic is off by
 * then, so the drain is short; a hook may run twice; the grace period starts anew.
 */
final class PodEnd {
  private static final Logger LOG = LoggerFactory.getLogger(PodEnd.class);
  private static final Duration AFTER_HOOK_MIN = Duration.ofSeconds(2);
  private static final Duration KILL_MAX = Duration.ofSeconds(20);
  private static final Duration RESTART_DRAIN_MAX = Duration.ofSeconds(5);

  private final NodeParts parts;
  private final @Nullable Pod pod;
  private final String uid;
  private final String podIp;
  private final PodDirectory directory;
  private final ContainerEnds ends;
  private final List<ContainerLife> lives;
  private final Map<String, CompletableFuture<Boolean>> exits;
  private final CompletableFuture<Boolean> hurry;

  /**
   * @param pod null when its object is gone from the API and only its containers are left
   * @param podIp empty when no requests are sent to an address of its own
   * @param exits by id of a run: completed when its end has been noted
   * @param hurry completed when there is no more grace
   */
  PodEnd(
      NodeParts parts,
      @Nullable Pod pod,
      String uid,
      String podIp,
      PodDirectory directory,
      ContainerEnds ends,
      List<ContainerLife> lives,
      Map<String, CompletableFuture<Boolean>> exits,
      CompletableFuture<Boolean> hurry) {
    this.parts = parts;
    this.pod = pod;
    this.uid = uid;
    this.podIp = podIp;
    this.directory = directory;
    this.ends = ends;
    this.lives = List.copyOf(lives);
    this.exits = exits;
    this.hurry = hurry;
  }

  /** Stops all; returns when each has ended, or would not even by SIGKILL. */
  void stopAll(Duration grace) throws InterruptedException {
    boolean anyRunning = lives.stream().anyMatch(ContainerLife::isRunning);
    if (anyRunning && !podIp.isEmpty() && !hurry.isDone()) {
      drain(parts.config().drainMax());
    }
    long deadline = System.nanoTime() + grace.toNanos();
    stopTogether(lives.stream().filter(l -> l.kind() != ContainerKind.SIDECAR).toList(), deadline);
    for (ContainerLife sidecar :
        lives.stream().filter(l -> l.kind() == ContainerKind.SIDECAR).toList().reversed()) {
      stopTogether(List.of(sidecar), deadline);
    }
  }

  private void stopTogether(List<ContainerLife> some, long deadline) throws InterruptedException {
    List<Thread> threads = new ArrayList<>();
    for (ContainerLife life : some) {
      if (life.isRunning()) {
        threads.add(
            Thread.ofVirtual().name("stop-" + life.name()).start(() -> stop(life, deadline)));
      }
    }
    for (Thread thread : threads) {
      thread.join();
    }
  }

  /** Stops one container of a pod that goes on: its traffic is drained, shortly, first. */
  void stopForRestart(ContainerLife life, Duration grace) {
    try {
      if (!podIp.isEmpty() && life.kind() == ContainerKind.APP) {
        drain(RESTART_DRAIN_MAX);
      }
      stop(life, System.nanoTime() + grace.toNanos());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Gateway and Service rules at the same time; both first mark, then wait. */
  private void drain(Duration max) throws InterruptedException {
    Thread gate =
        Thread.ofVirtual()
            .name("drain-" + podIp)
            .start(
                () -> {
                  try {
                    parts.gate().drain(podIp, uid, max);
                  } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                  } catch (RuntimeException e) {
                    LOG.atError().addKeyValue("ip", podIp).setCause(e).log("drain failed");
                  }
                });
    if (!parts.proxy().awaitRemoved(podIp, max)) {
      LOG.atWarn().addKeyValue("ip", podIp).log("Service rules still name an ending pod");
    }
    CompletableFuture<Boolean> drained = new CompletableFuture<>();
    Thread.startVirtualThread(
        () -> {
          try {
            gate.join();
            drained.complete(true);
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
    await(drained, max.plusSeconds(1));
    gate.interrupt();
  }

  private void stop(ContainerLife life, long deadline) {
    if (!(life.state() instanceof Running running)) {
      return;
    }
    try {
      stop(life.name(), running.run(), deadline);
    } catch (IOException e) {
      LOG.atError().addKeyValue("container", life.name()).setCause(e).log("stop failed");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void stop(String name, Run run, long deadline) throws IOException, InterruptedException {
    CompletableFuture<Boolean> exit =
        exits.getOrDefault(run.id(), CompletableFuture.completedFuture(true));
    Optional<Container> container = pod == null ? Optional.empty() : Pods.container(pod, name);
    if (pod != null && !exit.isDone()) {
      parts.events().normal(pod, name, "Killing", "Stopping container " + name);
    }
    boolean hooked = container.isPresent() && preStop(container.get(), run, deadline);
    Duration left = Duration.ofNanos(deadline - System.nanoTime());
    if (hooked && left.compareTo(AFTER_HOOK_MIN) < 0) {
      left = AFTER_HOOK_MIN;
    }
    Path bundle = directory.bundle(name, run.attempt());
    String cgroup = ends.cgroup(run.id());
    if (left.isPositive() && !hurry.isDone()) {
      parts.runtime().signal(bundle, cgroup, stopSignal(run));
      if (await(exit, left)) {
        return;
      }
    }
    if (!exit.isDone()) {
      parts.runtime().signal(bundle, cgroup, Linux.SIGKILL);
      if (!awaitExit(exit, KILL_MAX)) {
        boolean runs = ends.state(name, run) instanceof State.Running;
        LOG.atError()
            .addKeyValue("container", name)
            .addKeyValue("id", run.id())
            .log(
                runs
                    ? "a container does not end even when killed"
                    : "a container has ended and its end is not noted: is the disk full?");
      }
    }
  }

  private int stopSignal(Run run) {
    return parts.starter().stopSignal(run.image()).flatMap(Signals::number).orElse(Linux.SIGTERM);
  }

  private boolean preStop(Container container, Run run, long deadline) throws InterruptedException {
    if (container.getLifecycle() == null
        || container.getLifecycle().getPreStop() == null
        || hurry.isDone()) {
      return false;
    }
    Duration left = Duration.ofNanos(Math.max(0, deadline - System.nanoTime()));
    Handlers.Result result =
        new Handlers(parts.runtime(), podIp)
            .hook(container.getLifecycle().getPreStop(), container, run.id(), left);
    if (!result.success() && pod != null) {
      parts
          .events()
          .warning(
              pod,
              container.getName(),
              "FailedPreStopHook",
              "PreStopHook failed: " + result.message());
    }
    return true;
  }

  /** True when {@code what} came before {@code max} and before a hurry. */
  private boolean await(CompletableFuture<Boolean> what, Duration max) throws InterruptedException {
    try {
      CompletableFuture.anyOf(what, hurry).get(max.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw new IllegalStateException("futures of exits never fail", e);
    } catch (TimeoutException e) {
      return false;
    }
    return what.isDone();
  }

  private static boolean awaitExit(CompletableFuture<Boolean> exit, Duration max)
      throws InterruptedException {
    try {
      return exit.get(max.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw new IllegalStateException("futures of exits never fail", e);
    } catch (TimeoutException e) {
      return false;
    }
  }
}
