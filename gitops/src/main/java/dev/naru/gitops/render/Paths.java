package dev.naru.gitops.render;

import java.util.ArrayDeque;
import java.util.Deque;

/** Paths inside a source tree. */
final class Paths {
  private Paths() {}

  static String join(String directory, String name) {
    return directory.isEmpty() ? name : directory + "/" + name;
  }

  /**
   * {@code path} seen from {@code directory}, without {@code .} and {@code ..}.
   *
   * @throws RenderException when it is absolute or leaves the tree
   */
  static String resolve(String directory, String path, String at) {
    if (path.startsWith("/")) {
      throw new RenderException(at + ": the path '" + path + "' is absolute");
    }
    Deque<String> parts = new ArrayDeque<>();
    for (String part : (directory + "/" + path).split("/", -1)) {
      if (part.equals("..")) {
        if (parts.isEmpty()) {
          throw new RenderException(at + ": the path '" + path + "' leaves the repository");
        }
        parts.removeLast();
      } else if (!part.isEmpty() && !part.equals(".")) {
        parts.addLast(part);
      }
    }
    return String.join("/", parts);
  }

  /**
   * As {@link #resolve}, and the result must be below {@code directory}: files of a kustomization
   * are its own.
   */
  static String below(String directory, String path, String at) {
    String resolved = resolve(directory, path, at);
    if (!directory.isEmpty() && !resolved.startsWith(directory + "/")) {
      throw new RenderException(
          at + ": the file '" + path + "' is outside of the kustomization's folder");
    }
    return resolved;
  }
}
