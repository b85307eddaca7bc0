package dev.naru.pipeline.lang;

/**
 * Counts what script code makes: strings, lists, maps and objects. What is no longer used counts
 * too, so that the count depends on nothing but the script.
 */
final class Memory {
  private static final long OVERHEAD_BYTES = 32;
  private static final long SLOT_BYTES = 8;

  private final long max;
  private long bytes;

  Memory(Limits limits) {
    this.max = limits.memoryMaxBytes();
  }

  private void charge(long more) {
    bytes += more;
    if (bytes > max) {
      throw new Thrown.Limit("more than " + max + " bytes of strings, lists and maps in a run");
    }
  }

  void text(int chars) {
    charge(OVERHEAD_BYTES + chars);
  }

  void elements(int count) {
    charge(OVERHEAD_BYTES + count * SLOT_BYTES);
  }

  long bytes() {
    return bytes;
  }
}
