package dev.naru.pipeline.lang;

import java.time.Duration;

/**
 * The bounds of one run; passing one ends the run with an error that names it.
 *
 * @param operationsMax evaluated nodes of script code, and characters that patterns read
 * @param callsMax calls to the host
 * @param depthMax nested calls of methods and closures
 * @param branchesMax parallel branches in a run
 * @param memoryMaxBytes strings, lists, maps and objects that script code makes in a run, in about
 *     the bytes that they take
 * @param timeMax from a run's start to its end; the host keeps the time, and ends the run by {@link
 *     Answer#abort}, because a clock here would end a replay at another place
 */
public record Limits(
    long operationsMax,
    long callsMax,
    int depthMax,
    int branchesMax,
    long memoryMaxBytes,
    Duration timeMax) {
  public static final Limits STANDARD =
      new Limits(50_000_000, 20_000, 200, 1_000, 512L << 20, Duration.ofHours(24));

  /** The length of one string, in every run. */
  public static final int TEXT_MAX_CHARS = 16 << 20;

  /** The elements of one list, map or range, in every run. */
  public static final int ELEMENTS_MAX = 1_000_000;

  /** Refuses a string of {@code chars} when it is too long. */
  static void text(long chars) {
    if (chars > TEXT_MAX_CHARS) {
      throw new Thrown.Limit("a string of more than " + TEXT_MAX_CHARS + " characters");
    }
  }

  /** Refuses a list, map or range of {@code count} elements when they are too many. */
  static void elements(long count) {
    if (count > ELEMENTS_MAX) {
      throw new Thrown.Limit("a list, map or range of more than " + ELEMENTS_MAX + " elements");
    }
  }

  /** The same with another {@code timeMax}. */
  public Limits within(Duration time) {
    return new Limits(operationsMax, callsMax, depthMax, branchesMax, memoryMaxBytes, time);
  }
}
