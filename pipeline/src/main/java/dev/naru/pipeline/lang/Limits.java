package dev.naru.pipeline.lang;

import java.time.Duration;

/**
 * The bounds of one run; passing one ends the run with an error that names it.
 *
 * @param operationsMax evaluated nodes of script code, and characters that patterns read
 * @param callsMax calls to the host
 * @param depthMax nested calls of methods and closures
 * @param textMaxChars length of one string
 * @param elementsMax elements of one list, map or range
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
    int textMaxChars,
    int elementsMax,
    int branchesMax,
    long memoryMaxBytes,
    Duration timeMax) {
  public static final Limits STANDARD =
      new Limits(
          50_000_000, 20_000, 200, 16 << 20, 1_000_000, 1_000, 512L << 20, Duration.ofHours(24));

  /** The same with another {@code timeMax}. */
  public Limits within(Duration time) {
    return new Limits(
        operationsMax,
        callsMax,
        depthMax,
        textMaxChars,
        elementsMax,
        branchesMax,
        memoryMaxBytes,
        time);
  }
}
