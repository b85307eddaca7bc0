package dev.naru.base;

import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;

/**
 * An owned set of virtual threads, at most {@code bound} of them running at a time; further tasks
 * wait for their turn. {@link #close()} interrupts what runs and returns when all have ended, so a
 * try-with-resources block never leaks a thread.
 */
public final class Workers implements AutoCloseable {
  private final ExecutorService threads;
  private final Semaphore turns;

  /**
   * @param name prefix of the thread names
   * @param bound how many tasks may run at a time, at least 1
   */
  public Workers(String name, int bound) {
    if (bound < 1) {
      throw new IllegalArgumentException("bound of workers '" + name + "' is " + bound);
    }
    this.threads =
        Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name(name + "-", 0).factory());
    this.turns = new Semaphore(bound);
  }

  /** Starts {@code task}; an exception of it is thrown by {@link Future#get()}. */
  public <T> Future<T> submit(Callable<T> task) {
    return threads.submit(
        () -> {
          turns.acquire();
          try {
            return task.call();
          } finally {
            turns.release();
          }
        });
  }

  /** Starts a task that has no result. */
  public Future<?> run(Runnable task) {
    return submit(
        () -> {
          task.run();
          return true;
        });
  }

  /**
   * The result of {@code future}.
   *
   * @throws InterruptedException when the caller is interrupted; the task goes on
   * @throws IllegalStateException wrapping a checked exception of the task; unchecked ones come as
   *     they are
   */
  public static <T> T join(Future<T> future) throws InterruptedException {
    try {
      return future.get();
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case RuntimeException r -> throw r;
        case Error r -> throw r;
        case null, default -> throw new IllegalStateException(e.getCause());
      }
    }
  }

  @Override
  public void close() {
    threads.shutdownNow();
    threads.close();
  }
}
