package dev.naru.base;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Tells a full disk from other failures, and says so in the same words everywhere. */
public final class DiskFull {
  /**
   * ENOSPC and EDQUOT in the words of the C library, which the JDK and programs pass on, and
   * SQLite's SQLITE_FULL. The JDK has no type for them.
   */
  private static final List<String> WORDS =
      List.of("No space left on device", "Disk quota exceeded", "database or disk is full");

  private DiskFull() {}

  /** Whether {@code failure}, or what caused it, is a full disk or a used-up quota. */
  public static boolean is(@Nullable Throwable failure) {
    for (Throwable t = failure; t != null; t = t.getCause()) {
      String message = t.getMessage();
      if (message != null && WORDS.stream().anyMatch(message::contains)) {
        return true;
      }
    }
    return false;
  }

  /**
   * What is full, where, and what helps.
   *
   * @param tried what was being done, such as "store an image layer"
   * @param where the file or folder that could not be written
   */
  public static String sentence(String tried, Path where) {
    return "Tried to %s in %s but the disk is full; free some space there and try again."
        .formatted(tried, where);
  }
}
