package dev.naru.server.demo;

import java.io.PrintStream;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * Shows steps as they happen with their durations: on a terminal the running step's line counts up
 * in place, elsewhere each finished step is one plain line.
 */
public final class Steps implements AutoCloseable {
  private static final String CLEAR = "\r\u001b[K";

  private final PrintStream out;
  private final boolean terminal;
  private final Clock clock;
  private final ScheduledExecutorService redraw = Executors.newSingleThreadScheduledExecutor();

  public Steps(PrintStream out, boolean terminal, Clock clock) {
    this.out = out;
    this.terminal = terminal;
    this.clock = clock;
  }

  /** Runs {@code step} under its name; a failed one is shown as such and thrown on. */
  public <T> T run(String name, Callable<T> step) throws Exception {
    Instant start = clock.instant();
    if (!terminal) {
      T result = step.call();
      done(name, Duration.between(start, clock.instant()));
      return result;
    }
    ScheduledFuture<?> ticking =
        redraw.scheduleAtFixedRate(
            () -> show("·", name, Duration.between(start, clock.instant()), ""),
            0,
            200,
            TimeUnit.MILLISECONDS);
    boolean ok = false;
    try {
      T result = step.call();
      ok = true;
      return result;
    } finally {
      ticking.cancel(false);
      synchronized (out) {
        show(ok ? "✓" : "✗", name, Duration.between(start, clock.instant()), "\n");
      }
    }
  }

  /** A step that happened elsewhere. */
  public void done(String name, Duration took) {
    show("✓", name, took, terminal ? "\n" : "");
  }

  /** A line of its own. */
  public void say(String line) {
    synchronized (out) {
      out.print(terminal ? CLEAR + line + "\n" : line + "\n");
      out.flush();
    }
  }

  private void show(String mark, String name, Duration took, String end) {
    synchronized (out) {
      String line = String.format(Locale.ROOT, "  %s %-58s %8s", mark, name, text(took));
      out.print(terminal ? CLEAR + line + end : line + "\n");
      out.flush();
    }
  }

  /** Such as {@code 0.42 s} or {@code 1 m 05 s}. */
  public static String text(Duration d) {
    return d.compareTo(Duration.ofMinutes(1)) < 0
        ? String.format(Locale.ROOT, "%.2f s", d.toMillis() / 1e3)
        : String.format(Locale.ROOT, "%d m %02d s", d.toMinutes(), d.toSecondsPart());
  }

  @Override
  public void close() {
    redraw.shutdownNow();
    redraw.close();
  }
}
