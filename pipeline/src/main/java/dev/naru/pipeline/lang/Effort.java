package dev.naru.pipeline.lang;

import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * How much work the parse of a file may be, its search for the place of an error included. The
 * measure is the processor time of the thread that parses, because a valid file must not be refused
 * where the machine is busy with other things. A count of what the parser reads is none: one look
 * ahead costs it anything from a tenth of a microsecond to several hundred.
 */
final class Effort {
  static final Duration CPU_MAX = Duration.ofSeconds(20);

  /** Reading the clock costs as much as some ten looks at a token. */
  private static final int LOOKS_PER_READING = 1_024;

  /** The work was more than it may be, or nobody waits for it any more. */
  static final class Exceeded extends RuntimeException {
    Exceeded() {
      super("the parser works too long", null, false, false);
    }
  }

  private final LongSupplier cpuNanos;
  private final Duration max;
  private int looks;
  private volatile boolean spent;

  /**
   * @param cpuNanos the processor time that the calling thread, which serves one parse only, has
   *     had so far
   */
  Effort(LongSupplier cpuNanos, Duration max) {
    this.cpuNanos = cpuNanos;
    this.max = max;
  }

  static Effort usual() {
    return new Effort(() -> ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime(), CPU_MAX);
  }

  Duration max() {
    return max;
  }

  /** Called as the parser looks at a token. */
  void look() {
    if (++looks % LOOKS_PER_READING == 0 && cpuNanos.getAsLong() > max.toNanos()) {
      spent = true;
    }
    if (spent) {
      throw new Exceeded();
    }
  }

  /** Whether every further parse would end at once. */
  boolean spent() {
    return spent;
  }

  /** Ends the parse at its next look. */
  void cancel() {
    spent = true;
  }
}
