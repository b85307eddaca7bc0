package dev.naru.server.cli;

import java.time.Duration;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * What a command does when Ctrl-C, SIGTERM or the end of its terminal comes while it works. The JVM
 * then runs its shutdown hooks beside the work, so the hook here interrupts the work, waits until
 * that has unwound (clones removed, the last line of the display written), and only then does the
 * rest.
 */
final class Interruption {
  private static final Duration UNWIND_MAX = Duration.ofSeconds(10);
  private static final int SIGINT_CODE = 130;

  /** What is left to do after the work has unwound. */
  interface Rest {
    /** The code to end with; empty for the one that the signal calls for (130 after Ctrl-C). */
    OptionalInt run() throws Exception;
  }

  private final Thread worker = Thread.currentThread();
  private final CountDownLatch unwound = new CountDownLatch(1);

  /** Taken by who comes first: the end of the work, or the signal. */
  private final AtomicBoolean over = new AtomicBoolean();

  private volatile boolean came;

  private Interruption() {}

  /** Runs {@code work}; when a signal ends it, {@code rest} follows and this does not matter. */
  static int guard(Callable<Integer> work, Rest rest) throws Exception {
    Interruption interruption = new Interruption();
    Thread hook = new Thread(() -> interruption.come(rest), "interrupted");
    Runtime.getRuntime().addShutdownHook(hook);
    try {
      int code = work.call();
      return interruption.over.compareAndSet(false, true) ? code : SIGINT_CODE;
    } catch (Exception e) {
      // What an interrupted work throws says nothing that the person who pressed Ctrl-C asks for.
      if (interruption.over.compareAndSet(false, true)) {
        throw e;
      }
      return SIGINT_CODE;
    } finally {
      if (interruption.came) {
        Thread.interrupted();
      }
      interruption.unwound.countDown();
    }
  }

  private void come(Rest rest) {
    if (!over.compareAndSet(false, true)) {
      return;
    }
    came = true;
    worker.interrupt();
    try {
      if (!unwound.await(UNWIND_MAX.toMillis(), TimeUnit.MILLISECONDS)) {
        System.err.println(
            "naru: what ran did not end within " + UNWIND_MAX.toSeconds() + " s and is left");
      }
      OptionalInt code = rest.run();
      if (code.isPresent()) {
        System.out.flush();
        Runtime.getRuntime().halt(code.getAsInt());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (Exception e) {
      System.err.println("naru: " + Main.sentence(e));
    }
  }
}
