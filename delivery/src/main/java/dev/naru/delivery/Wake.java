package dev.naru.delivery;

import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** Wakes one thread when something changed; the events of one swarm wake it once. */
final class Wake {
  private static final Duration GAP = Duration.ofMillis(50);

  // Guards the two fields below; nothing else is locked while it is held.
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition signalled = lock.newCondition();
  private boolean changed = true;
  private boolean stopped;

  void signal() {
    lock.lock();
    try {
      changed = true;
      signalled.signal();
    } finally {
      lock.unlock();
    }
  }

  void stop() {
    lock.lock();
    try {
      stopped = true;
      signalled.signal();
    } finally {
      lock.unlock();
    }
  }

  boolean isStopped() {
    lock.lock();
    try {
      return stopped || Thread.currentThread().isInterrupted();
    } finally {
      lock.unlock();
    }
  }

  /** Waits for a signal, or until {@code timeout} passed; false when stopped. */
  boolean await(Duration timeout) throws InterruptedException {
    lock.lock();
    try {
      long left = timeout.toNanos();
      while (!stopped && !changed && left > 0) {
        left = signalled.awaitNanos(left);
      }
      long gap = GAP.toNanos();
      while (!stopped && gap > 0) {
        gap = signalled.awaitNanos(gap);
      }
      changed = false;
      return !stopped;
    } finally {
      lock.unlock();
    }
  }
}
