package dev.naru.controllers;

import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.SequencedSet;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keys waiting to be reconciled. A key is in the queue at most once and worked on by at most one
 * thread; one that is added while it is worked on is worked on again afterwards. A key whose sync
 * throws is tried again after {@link #RETRY_FIRST}, doubling to {@link #RETRY_MAX}.
 */
final class KeyedQueue implements AutoCloseable {
  static final Duration RETRY_FIRST = Duration.ofMillis(5);
  static final Duration RETRY_MAX = Duration.ofSeconds(30);

  /** Brings the object that {@code key} names nearer to what is wanted. */
  interface Sync {
    void sync(String key);
  }

  private static final Logger log = LoggerFactory.getLogger(KeyedQueue.class);

  private final String name;
  private final Sync sync;
  private final ScheduledExecutorService timer;
  private final ExecutorService workers;
  private final int workerCount;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition added = lock.newCondition();
  // Guarded by lock.
  private final SequencedSet<String> waiting = new LinkedHashSet<>();
  private final Set<String> working = new HashSet<>();
  private final Set<String> again = new HashSet<>();
  private final Map<String, Integer> failures = new HashMap<>();
  private final Map<String, Long> timers = new HashMap<>();
  private boolean closed;

  KeyedQueue(String name, int workerCount, ScheduledExecutorService timer, Sync sync) {
    this.name = name;
    this.sync = sync;
    this.timer = timer;
    this.workers =
        Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name(name + "-", 0).factory());
    this.workerCount = workerCount;
  }

  /** Starts the work; keys added before have waited. */
  void start() {
    for (int i = 0; i < workerCount; i++) {
      workers.execute(this::work);
    }
  }

  void add(String key) {
    lock.lock();
    try {
      if (closed) {
        return;
      }
      if (working.contains(key)) {
        again.add(key);
      } else if (waiting.add(key)) {
        added.signal();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Adds {@code key} once {@code delay} has passed; of several delays the shortest counts. */
  void addAfter(String key, Duration delay) {
    long due = System.nanoTime() + Math.max(0, delay.toNanos());
    lock.lock();
    try {
      Long earlier = timers.get(key);
      if (closed || (earlier != null && earlier - due <= 0)) {
        return;
      }
      timers.put(key, due);
    } finally {
      lock.unlock();
    }
    timer.schedule(() -> fire(key, due), Math.max(0, delay.toNanos()), TimeUnit.NANOSECONDS);
  }

  private void fire(String key, long due) {
    lock.lock();
    try {
      timers.remove(key, due);
    } finally {
      lock.unlock();
    }
    add(key);
  }

  private void work() {
    while (true) {
      String key;
      lock.lock();
      try {
        while (waiting.isEmpty() && !closed) {
          added.awaitUninterruptibly();
        }
        if (closed) {
          return;
        }
        key = waiting.removeFirst();
        working.add(key);
      } finally {
        lock.unlock();
      }
      boolean failed = attempt(key);
      done(key, failed);
    }
  }

  private boolean attempt(String key) {
    try {
      sync.sync(key);
      return false;
    } catch (KubernetesClientException e) {
      if (closed()) {
        return false;
      }
      if (e.getCode() == 409) {
        log.atDebug().addKeyValue("queue", name).addKeyValue("key", key).log("conflict, again");
      } else {
        complain(key, e);
      }
      return true;
    } catch (RuntimeException e) {
      if (closed()) {
        return false;
      }
      complain(key, e);
      return true;
    }
  }

  private boolean closed() {
    lock.lock();
    try {
      return closed;
    } finally {
      lock.unlock();
    }
  }

  private void complain(String key, RuntimeException e) {
    log.atWarn()
        .setCause(e)
        .addKeyValue("queue", name)
        .addKeyValue("key", key)
        .log("reconciliation failed, will be tried again");
  }

  private void done(String key, boolean failed) {
    Duration delay = Duration.ZERO;
    lock.lock();
    try {
      working.remove(key);
      if (failed) {
        int count = failures.merge(key, 1, Integer::sum);
        delay = backOff(count);
      } else {
        failures.remove(key);
      }
      if (again.remove(key) && waiting.add(key)) {
        added.signal();
      }
    } finally {
      lock.unlock();
    }
    if (failed) {
      addAfter(key, delay);
    }
  }

  static Duration backOff(int failures) {
    Duration delay = RETRY_FIRST.multipliedBy(1L << Math.min(failures - 1, 20));
    return delay.compareTo(RETRY_MAX) > 0 ? RETRY_MAX : delay;
  }

  /** Lets running syncs end and drops what waits. */
  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      added.signalAll();
    } finally {
      lock.unlock();
    }
    workers.close();
  }
}
