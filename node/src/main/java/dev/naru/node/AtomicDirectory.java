package dev.naru.node;

import dev.naru.base.FileTrees;
import dev.naru.oci.fs.Linux;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;

/**
 * A directory whose files change all at once: each is a link into {@code ..data}, itself a link to
 * a directory that is never changed; an update makes a new one and renames the link. Readers see
 * the old or the new files, never a mix. Source: Kubernetes, "ConfigMaps are updated
 * automatically", and the layout that programs watch for.
 *
 * <p>A process that dies in here leaves the old or the new content; the next update removes what is
 * no longer linked.
 */
final class AtomicDirectory {
  private static final String DATA = "..data";

  private AtomicDirectory() {}

  /** One file; the content is not copied and must not change. */
  static final class Item {
    private final byte[] bytes;
    private final int mode;

    /**
     * @param mode permission bits
     */
    Item(byte[] bytes, int mode) {
      this.bytes = bytes;
      this.mode = mode;
    }

    byte[] bytes() {
      return bytes;
    }

    int mode() {
      return mode;
    }
  }

  /**
   * Makes {@code directory} show exactly {@code items}, by relative path.
   *
   * @param gid owning group of everything; -1 leaves it
   * @return false when it does so already
   */
  static boolean update(Path directory, Map<String, Item> items, long gid) throws IOException {
    Path data = directory.resolve(DATA);
    if (Files.exists(data) && isSame(data, items)) {
      return false;
    }
    String name = ".." + UUID.randomUUID();
    Path next = directory.resolve(name);
    write(next, items, gid);
    Path link = directory.resolve("..next-" + name.substring(2));
    Files.createSymbolicLink(link, Path.of(name));
    Files.move(link, data, StandardCopyOption.ATOMIC_MOVE);
    linkItems(directory, items);
    removeOld(directory, name, items);
    return true;
  }

  private static boolean isSame(Path data, Map<String, Item> items) throws IOException {
    Map<String, Path> files = new TreeMap<>();
    Path real = data.toRealPath();
    try (var all = Files.walk(real)) {
      all.filter(Files::isRegularFile)
          .forEach(file -> files.put(real.relativize(file).toString(), file));
    }
    if (!files.keySet().equals(items.keySet())) {
      return false;
    }
    for (Map.Entry<String, Path> file : files.entrySet()) {
      Item item = items.get(file.getKey());
      if (item == null || !Arrays.equals(Files.readAllBytes(file.getValue()), item.bytes())) {
        return false;
      }
    }
    return true;
  }

  private static void write(Path directory, Map<String, Item> items, long gid) throws IOException {
    Files.createDirectory(directory);
    Linux.chmod(directory, 0755);
    for (Map.Entry<String, Item> entry : items.entrySet()) {
      Path file = directory.resolve(entry.getKey()).normalize();
      if (!file.startsWith(directory)) {
        throw new PodProblem(
            PodProblem.CONFIG, "the path '" + entry.getKey() + "' leads out of its volume");
      }
      Files.createDirectories(file.getParent());
      Files.write(file, entry.getValue().bytes());
      int mode = entry.getValue().mode();
      if (gid >= 0) {
        Linux.chown(file, 0, gid);
        // The group has to read what the owner may.
        mode |= (mode & 0400) >> 3;
      }
      Linux.chmod(file, mode);
    }
  }

  private static void linkItems(Path directory, Map<String, Item> items) throws IOException {
    for (String top : tops(items)) {
      Path link = directory.resolve(top);
      if (!Files.isSymbolicLink(link)) {
        Files.createSymbolicLink(link, Path.of(DATA, top));
      }
    }
  }

  private static void removeOld(Path directory, String current, Map<String, Item> items)
      throws IOException {
    Set<String> keep = tops(items);
    keep.add(DATA);
    keep.add(current);
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
      for (Path entry : entries) {
        if (!keep.contains(entry.getFileName().toString())) {
          FileTrees.delete(entry);
        }
      }
    }
  }

  private static Set<String> tops(Map<String, Item> items) {
    Set<String> tops = new HashSet<>();
    items.keySet().forEach(path -> tops.add(Path.of(path).getName(0).toString()));
    return tops;
  }
}
