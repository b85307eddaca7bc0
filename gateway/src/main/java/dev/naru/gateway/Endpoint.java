package dev.naru.gateway;

import java.net.InetSocketAddress;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * One endpoint with its in-flight count. Whether it takes requests and how many it has are one
 * atomic word: a claim either happens before the switch-off, and is then counted and waited for, or
 * fails. Once off, an endpoint stays off; a pod that comes back is a new object.
 */
final class Endpoint {
  private static final long OFF = 1L << 62;
  private static final long SKIP_MIN_NANOS = TimeUnit.MILLISECONDS.toNanos(250);
  private static final int SKIP_DOUBLINGS_MAX = 4;

  final EndpointId id;
  final InetSocketAddress address;

  /** Idle connections by event loop; each entry is touched by its own loop only. */
  private final IdleConnections[] idle;

  private final AtomicLong state = new AtomicLong();
  private final CountDownLatch drained = new CountDownLatch(1);

  /** Tunnels and event streams, which end only when told to. */
  private final Set<LongStream> streams = ConcurrentHashMap.newKeySet();

  private volatile boolean streamsEnded;

  /** When a refused connect lets it be tried again; the two are a hint, torn reads do no harm. */
  private volatile long skipUntilNanos;

  private volatile int refusals;

  Endpoint(EndpointId id, int loops) {
    this.id = id;
    this.address = new InetSocketAddress(id.ip(), id.port());
    this.idle = new IdleConnections[loops];
    for (int i = 0; i < loops; i++) {
      idle[i] = new IdleConnections();
    }
  }

  /** Takes one place in the in-flight count, unless this endpoint is off. */
  boolean claim() {
    while (true) {
      long seen = state.get();
      if ((seen & OFF) != 0) {
        return false;
      }
      if (state.compareAndSet(seen, seen + 1)) {
        return true;
      }
    }
  }

  /** Gives back what {@link #claim} took; exactly once for each claim. */
  void release() {
    if (state.decrementAndGet() == OFF) {
      drained.countDown();
    }
  }

  /** No claim succeeds after this returns. */
  void turnOff() {
    if (state.getAndUpdate(s -> s | OFF) == 0) {
      drained.countDown();
    }
  }

  /**
   * Turns it off only if nothing is in flight: how an endpoint that left the table is forgotten.
   */
  boolean retire() {
    if (state.compareAndSet(0, OFF)) {
      drained.countDown();
      return true;
    }
    return state.get() == OFF;
  }

  boolean isOff() {
    return (state.get() & OFF) != 0;
  }

  long inFlight() {
    return state.get() & ~OFF;
  }

  /** Waits, after {@link #turnOff}, for the last request; false when the deadline came first. */
  boolean awaitDrained(long deadlineNanos) throws InterruptedException {
    return drained.await(deadlineNanos - System.nanoTime(), TimeUnit.NANOSECONDS);
  }

  IdleConnections idle(int loop) {
    return idle[loop];
  }

  /**
   * A connect was refused or timed out: leave this endpoint alone for a moment, longer each time.
   */
  @SuppressWarnings("NonAtomicVolatileUpdate") // a lost increment makes one pause shorter
  void connectFailed(long nowNanos) {
    int n = refusals;
    refusals = n + 1;
    skipUntilNanos = nowNanos + (SKIP_MIN_NANOS << Math.min(n, SKIP_DOUBLINGS_MAX));
  }

  void connected() {
    if (refusals != 0) {
      refusals = 0;
    }
  }

  boolean skipped(long nowNanos) {
    return refusals != 0 && nowNanos - skipUntilNanos < 0;
  }

  /** Registers a stream; when streams were ended already, this one is told at once. */
  void add(LongStream stream) {
    streams.add(stream);
    if (streamsEnded) {
      stream.goAway();
    }
  }

  void remove(@Nullable LongStream stream) {
    if (stream != null) {
      streams.remove(stream);
    }
  }

  boolean hasStreams() {
    return !streams.isEmpty();
  }

  /**
   * Ends what would not end by itself: WebSockets with 1001, event streams at their end of body.
   */
  void endStreams() {
    streamsEnded = true;
    streams.forEach(LongStream::goAway);
  }

  @Override
  public String toString() {
    return id.toString();
  }
}
