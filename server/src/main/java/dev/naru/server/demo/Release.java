package dev.naru.server.demo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A visible version of the board: one word in each half, which the page's header and the version
 * endpoint show.
 */
record Release(String name) {
  private static final String BACKEND = "backend/src/main/resources/release.properties";
  private static final String FRONTEND = "frontend/src/release.ts";

  /** The one that follows the version in the work tree. */
  static Release after(List<Release> all, Path tree) throws IOException {
    String now = Files.readString(tree.resolve(BACKEND));
    for (int i = 0; i < all.size(); i++) {
      if (now.contains("=" + all.get(i).name)) {
        return all.get((i + 1) % all.size());
      }
    }
    return all.getFirst();
  }

  void write(Path tree) throws IOException {
    rewrite(tree.resolve(BACKEND), "(board\\.release\\.name=).*", "$1" + name);
    rewrite(tree.resolve(FRONTEND), "(release = )\"[^\"]*\"", "$1\"" + name + "\"");
  }

  private static void rewrite(Path file, String pattern, String replacement) throws IOException {
    String text = Files.readString(file);
    String changed = text.replaceAll(pattern, replacement);
    if (changed.equals(text)) {
      throw new IOException("Tried to set the release in " + file + " but found no place for it");
    }
    Files.writeString(file, changed);
  }
}
