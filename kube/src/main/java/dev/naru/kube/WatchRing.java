package dev.naru.kube;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** The last changes of one table, oldest first, at most {@code capacity} of them. */
final class WatchRing {
  /**
   * One change.
   *
   * @param before {@code null} when the object was created
   * @param after the new state, or the last one (at the version of the deletion)
   * @param deleted whether the object is gone
   */
  record Change(long version, @Nullable Stored before, Stored after, boolean deleted) {}

  /** Most changes handed out at once. */
  private static final int BATCH_MAX = 256;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition more = lock.newCondition();
  private final @Nullable Change[] ring;
  // Guarded by lock.
  private long count;
  private long floor;
  private boolean closed;

  /**
   * @param floor the version at which this ring starts: what happened until then is not known
   */
  WatchRing(int capacity, long floor) {
    this.ring = new Change[capacity];
    this.floor = floor;
  }

  void append(List<Change> changes) {
    lock.lock();
    try {
      for (Change change : changes) {
        int slot = (int) (count % ring.length);
        Change old = ring[slot];
        if (old != null) {
          floor = old.version();
        }
        ring[slot] = change;
        count++;
      }
      more.signalAll();
    } finally {
      lock.unlock();
    }
  }

  void close() {
    lock.lock();
    try {
      closed = true;
      more.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Whether changes after {@code version} are all here. */
  boolean reaches(long version) {
    lock.lock();
    try {
      return version >= floor;
    } finally {
      lock.unlock();
    }
  }

  /**
   * The next changes after {@code version}; waits for the first one at most {@code wait}, then
   * returns an empty list.
   *
   * @throws StatusException 410 when changes after {@code version} have left the ring
   * @throws InterruptedException when interrupted, or the store was closed
   */
  List<Change> after(long version, Duration wait) throws InterruptedException {
    long nanos = wait.toNanos();
    lock.lock();
    try {
      while (true) {
        if (version < floor) {
          throw StatusException.expired(
              "too old resource version: " + version + " (" + floor + ")");
        }
        if (closed) {
          throw new InterruptedException("the store was closed");
        }
        List<Change> found = collect(version);
        if (!found.isEmpty() || nanos <= 0) {
          return found;
        }
        nanos = more.awaitNanos(nanos);
      }
    } finally {
      lock.unlock();
    }
  }

  private List<Change> collect(long version) {
    long low = Math.max(0, count - ring.length);
    long high = count;
    while (low < high) {
      long middle = (low + high) >>> 1;
      if (at(middle).version() > version) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    List<Change> found = new ArrayList<>();
    for (long i = low; i < count && found.size() < BATCH_MAX; i++) {
      found.add(at(i));
    }
    return found;
  }

  private Change at(long index) {
    Change change = ring[(int) (index % ring.length)];
    if (change == null) {
      throw new IllegalStateException("slot " + index + " of the ring is empty");
    }
    return change;
  }
}
