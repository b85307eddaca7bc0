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
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Shows steps as they happen with their durations: on a terminal the running step's line counts up
 * in place, elsewhere each finished step is one plain line.
 */
public final class Steps implements AutoCloseable {
  /**
   * To the line's beginning, and no wrapping while it is drawn: in a narrow window a line that went
   * on in the next one could not be drawn over.
   */
  private static final String BEGIN = "\r\u001b[?7l";

  /** Clears what the longer line before left; nothing is blank in between, so nothing flickers. */
  private static final String END = "\u001b[K\u001b[?7h";

  private static final int NAME_CHARS = 58;
  private static final Duration TICK = Duration.ofMillis(200);

  private final PrintStream out;
  private final boolean terminal;
  private final int columns;
  private final Clock clock;
  private final ScheduledExecutorService redraw = Executors.newSingleThreadScheduledExecutor();

  /** What the running step waits for. */
  private volatile String detail = "";

  /**
   * @param columns the width of the terminal that {@code out} is, or 0 when it is none
   */
  public Steps(PrintStream out, int columns, Clock clock) {
    this.out = out;
    this.terminal = columns > 0;
    this.columns = columns;
    this.clock = clock;
  }

  /** Says beside the running step's name what it is at; of no meaning elsewhere. */
  public void detail(String text) {
    detail = text;
  }

  /** Runs {@code step} under its name; a failed one is shown as such and thrown on. */
  public <T> T run(String name, Callable<T> step) throws Exception {
    Instant start = clock.instant();
    detail = "";
    if (!terminal) {
      T result = step.call();
      done(name, Duration.between(start, clock.instant()));
      return result;
    }
    AtomicBoolean open = new AtomicBoolean(true);
    ScheduledFuture<?> ticking =
        redraw.scheduleAtFixedRate(
            () -> tick(open, name, start), 0, TICK.toMillis(), TimeUnit.MILLISECONDS);
    boolean ok = false;
    try {
      T result = step.call();
      ok = true;
      return result;
    } finally {
      ticking.cancel(false);
      synchronized (out) {
        open.set(false);
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
      out.print(terminal ? "\r" + line + END + "\n" : line + "\n");
      out.flush();
    }
  }

  /** A line that is cut where the window ends, because the whole of it can be had elsewhere. */
  public void brief(String line) {
    say(terminal ? cut(line, columns) : line);
  }

  /** A tick that was due when the step ended must not draw over what came after it. */
  private void tick(AtomicBoolean open, String name, Instant start) {
    synchronized (out) {
      if (open.get()) {
        String text = detail.isEmpty() ? name : name + "  (" + detail + ")";
        show("·", cut(text, NAME_CHARS), Duration.between(start, clock.instant()), "");
      }
    }
  }

  private static String cut(String text, int chars) {
    return text.length() <= chars ? text : text.substring(0, Math.max(0, chars - 1)) + "…";
  }

  private void show(String mark, String name, Duration took, String end) {
    synchronized (out) {
      String line =
          String.format(Locale.ROOT, "  %s %-" + NAME_CHARS + "s %8s", mark, name, text(took));
      out.print(terminal ? BEGIN + line + END + end : line + "\n");
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
