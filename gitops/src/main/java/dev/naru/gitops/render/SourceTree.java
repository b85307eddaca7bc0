package dev.naru.gitops.render;

import java.util.List;
import java.util.Locale;

/**
 * The files of one commit, or of a folder. Paths are relative to its root with {@code /} and
 * without {@code .} and {@code ..}; the root is the empty path.
 */
public interface SourceTree {
  /** Bytes of one file that are read at most. */
  int FILE_MAX = 8 << 20;

  /** What is at a path. */
  enum Kind {
    ABSENT,
    FILE,
    DIRECTORY,
    /** A symbolic link or a submodule: never followed. */
    OTHER;

    String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  Kind kind(String path);

  /**
   * The content of a file.
   *
   * @throws RenderException when there is no file or it is larger than {@value #FILE_MAX} bytes
   */
  byte[] read(String path);

  /** Names in a directory, sorted; empty when there is none. */
  List<String> list(String directory);
}
