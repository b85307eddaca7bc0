package dev.naru.gitops;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Follows one Application in a thread of its own: looks, waits for a reason to look again. */
final class AppLoop implements Runnable {
  private static final Logger LOG = LoggerFactory.getLogger(AppLoop.class);
  private static final Duration GAP = Duration.ofMillis(100);
  private static final Duration RETRY = Duration.ofSeconds(1);
  private static final int RETRY_DOUBLINGS_MAX = 5;

  private final String name;
  private final AppPass pass;
  // Guards the three fields below; nothing else is locked while it is held.
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition signalled = lock.newCondition();
  private boolean urgent = true;
  private boolean noticed;
  private boolean stopped;

  AppLoop(String name, AppPass pass) {
    this.name = name;
    this.pass = pass;
  }

  /** A new commit or a new spec: look now. */
  void hurry() {
    signal(true);
  }

  /** An object changed: look soon. */
  void notice() {
    signal(false);
  }

  private void signal(boolean now) {
    lock.lock();
    try {
      urgent |= now;
      noticed = true;
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

  private boolean isStopped() {
    lock.lock();
    try {
      return stopped;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void run() {
    int failures = 0;
    Duration next = Duration.ZERO;
    try {
      while (await(next)) {
        try {
          next = pass.run();
          failures = 0;
        } catch (RuntimeException e) {
          if (isStopped() || Thread.currentThread().isInterrupted()) {
            return;
          }
          LOG.warn("application not followed, tried again, application={}", name, e);
          next = RETRY.multipliedBy(1L << Math.min(RETRY_DOUBLINGS_MAX, failures++));
        }
      }
    } catch (InterruptedException stop) {
      Thread.currentThread().interrupt();
    }
  }

  /** Waits for a signal or until {@code timeout} passed; false when stopped. */
  private boolean await(Duration timeout) throws InterruptedException {
    lock.lock();
    try {
      long left = timeout.toNanos();
      while (!stopped && !noticed && !urgent && left > 0) {
        left = signalled.awaitNanos(left);
      }
      // Events of objects come in swarms; those of one swarm are looked at once.
      long gap = GAP.toNanos();
      while (!stopped && !urgent && noticed && gap > 0) {
        gap = signalled.awaitNanos(Math.min(gap, TimeUnit.SECONDS.toNanos(1)));
      }
      urgent = false;
      noticed = false;
      return !stopped;
    } finally {
      lock.unlock();
    }
  }
}
