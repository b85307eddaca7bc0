package dev.naru.gateway;

import io.fabric8.kubernetes.client.KubernetesClient;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The Ingress data plane. Serves the cluster's Ingresses of class {@code naru}, or of no class,
 * over HTTP/1.1 to the ready endpoints of their Services, as the cluster says at each moment.
 */
public final class Gateway implements AutoCloseable {
  private final Listeners listeners;
  private final Core core;
  private final RouteBook routes;
  private final @Nullable ClusterWatch watch;

  private Gateway(Listeners listeners, RouteBook routes, @Nullable ClusterWatch watch) {
    this.listeners = listeners;
    this.core = listeners.core;
    this.routes = routes;
    this.watch = watch;
  }

  /**
   * Listens and follows the cluster. Returns when the routes of this moment are in force; a client
   * that connects before waits.
   *
   * @throws GatewayException when a port cannot be had (the sentence names it, and its owner when
   *     that can be found), or the cluster cannot be listed; nothing is left running then
   */
  public static Gateway start(KubernetesClient client, GatewayConfig config) {
    Listeners listeners = new Listeners(config, true, System.nanoTime());
    listeners.listen();
    RouteBook routes = new RouteBook();
    try {
      ClusterWatch watch =
          ClusterWatch.start(
              client, snapshot -> publish(listeners, routes, snapshot), config.statusAddresses());
      return new Gateway(listeners, routes, watch);
    } catch (RuntimeException e) {
      listeners.close();
      throw e;
    }
  }

  /** A gateway that is told its routes by {@link #publish(ClusterSnapshot)}. */
  static Gateway startWithout(Listeners listeners) {
    listeners.listen();
    return new Gateway(listeners, new RouteBook(), null);
  }

  /** Puts a new state of the cluster in force; returns when every later request follows it. */
  void publish(ClusterSnapshot snapshot) {
    publish(listeners, routes, snapshot);
  }

  private static void publish(Listeners listeners, RouteBook routes, ClusterSnapshot snapshot) {
    Core core = listeners.core;
    List<Endpoint> forgotten =
        core.book.update(
            resolve -> TableBuilder.build(snapshot, resolve, routes::stats), core::publish);
    for (Loop loop : listeners.loops()) {
      loop.eventLoop.execute(
          () -> {
            forgotten.forEach(endpoint -> endpoint.idle(loop.index).closeAll());
            loop.retryHeld();
          });
    }
  }

  /** The addresses listened on, in the order of the configuration, with their real ports. */
  public List<InetSocketAddress> addresses() {
    return listeners.addresses();
  }

  /**
   * Takes a pod out of service, before it is told to stop. From the moment of the call no request
   * goes to it, also not when the cluster lists it as ready again; requests it has are waited for.
   * At the end of {@code max} its WebSockets get a close frame 1001 and its event streams end;
   * other requests that are still under way are left to the pod's own grace.
   *
   * <p>What is remembered is the pod's uid, so another pod that gets the address is served. An
   * address that no slice has listed is not remembered.
   *
   * @return true when nothing is in flight; false when {@code max} passed first, or the thread was
   *     interrupted (its interrupt flag is set again)
   */
  public boolean drain(String podIp, Duration max) {
    return drain(podIp, null, max);
  }

  /**
   * As {@link #drain(String, Duration)}, for exactly this pod: also one that a slice lists only
   * later.
   */
  public boolean drain(String podIp, @Nullable String podUid, Duration max) {
    long deadline = System.nanoTime() + max.toNanos();
    List<Endpoint> off = core.book.turnOff(podIp, podUid);
    for (Loop loop : listeners.loops()) {
      loop.eventLoop.execute(() -> off.forEach(e -> e.idle(loop.index).closeAll()));
    }
    return awaitDrained(off, deadline);
  }

  private static boolean awaitDrained(List<Endpoint> off, long deadline) {
    try {
      boolean all = true;
      for (Endpoint endpoint : off) {
        all &= endpoint.awaitDrained(deadline);
      }
      if (all) {
        return true;
      }
      off.forEach(Endpoint::endStreams);
      long grace = System.nanoTime() + Core.lingerNanos();
      all = true;
      for (Endpoint endpoint : off) {
        all &= !endpoint.hasStreams() || endpoint.awaitDrained(grace);
      }
      return all && off.stream().allMatch(e -> e.inFlight() == 0);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** What each route has served, by ingress, host and path; routes that are gone are included. */
  public List<RouteCounters> routes() {
    return routes.read().stream()
        .sorted(
            Comparator.comparing(RouteCounters::ingress)
                .thenComparing(RouteCounters::host)
                .thenComparing(RouteCounters::path))
        .toList();
  }

  /** Requests that no rule matched, since the start. */
  public long unrouted() {
    return core.unrouted.sum();
  }

  /** Requests that wait for a ready endpoint now. */
  public int held() {
    return core.held.get();
  }

  /** Client connections now. */
  public int clients() {
    return core.clients.get();
  }

  /** Requests in flight to endpoints now, tunnels included. */
  public long inFlight() {
    return core.book.all().stream().mapToLong(Endpoint::inFlight).sum();
  }

  /**
   * Stops in order: listens no more, ends idle connections, waits for the requests under way up to
   * the configured bound, ends WebSockets with 1001, then closes what is left. A second call does
   * nothing.
   */
  @Override
  public void close() {
    if (core.isClosing()) {
      return;
    }
    core.startClosing();
    if (watch != null) {
      watch.close();
    }
    listeners.stopListening();
    onEachLoop(Loop::startClosing);
    long deadline = System.nanoTime() + core.config.drainMax().toNanos();
    List<Endpoint> endpoints = new ArrayList<>(core.book.all());
    endpoints.forEach(Endpoint::turnOff);
    awaitDrained(endpoints, deadline);
    onEachLoop(Loop::flushAll);
    listeners.close();
  }

  private void onEachLoop(java.util.function.Consumer<Loop> task) {
    CountDownLatch done = new CountDownLatch(listeners.loops().size());
    for (Loop loop : listeners.loops()) {
      loop.eventLoop.execute(
          () -> {
            try {
              task.accept(loop);
            } finally {
              done.countDown();
            }
          });
    }
    try {
      if (!done.await(Core.lingerNanos(), TimeUnit.NANOSECONDS)) {
        throw new IllegalStateException("an event loop of the gateway does not answer");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
