package dev.naru.pipeline.lang;

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
 */
public record Limits(
    long operationsMax,
    long callsMax,
    int depthMax,
    int textMaxChars,
    int elementsMax,
    int branchesMax,
    long memoryMaxBytes) {
  public static final Limits STANDARD =
      new Limits(50_000_000, 20_000, 200, 16 << 20, 1_000_000, 1_000, 512L << 20);
}
