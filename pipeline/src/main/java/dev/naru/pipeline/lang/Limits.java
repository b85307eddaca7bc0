package dev.naru.pipeline.lang;

/**
 * The bounds of one run; passing one ends the run with an error that names it.
 *
 * @param operationsMax evaluated nodes of script code
 * @param callsMax calls to the host
 * @param depthMax nested calls of methods and closures
 * @param textMaxChars length of one string
 * @param elementsMax elements of one list or map
 * @param branchesMax parallel branches in a run
 */
public record Limits(
    long operationsMax,
    long callsMax,
    int depthMax,
    int textMaxChars,
    int elementsMax,
    int branchesMax) {
  public static final Limits STANDARD =
      new Limits(50_000_000, 20_000, 200, 16 << 20, 1_000_000, 1_000);
}
