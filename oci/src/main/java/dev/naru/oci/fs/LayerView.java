package dev.naru.oci.fs;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Several unpacked layers seen as the one tree that overlayfs would show of them, without a mount:
 * whiteouts hide, opaque directories cut off what is below. Symbolic links are resolved inside the
 * tree, as if it were {@code /}. Read-only; the layers must not change while it is used.
 *
 * <p>Source: kernel, {@code Documentation/filesystems/overlayfs.rst}.
 */
public final class LayerView {
  /** As the kernel's limit on links in one path, {@code path_resolution(7)}. */
  private static final int SYMLINKS_MAX = 40;

  private final List<Path> topFirst;

  private LayerView(List<Path> topFirst) {
    this.topFirst = List.copyOf(topFirst);
  }

  /**
   * @param layers directories of unpacked layers, lowest first
   */
  public static LayerView of(List<Path> layers) {
    return new LayerView(layers.reversed());
  }

  /** {@code path} split at {@code /}, without empty components and dots. */
  public static List<String> split(String path) {
    List<String> components = new ArrayList<>();
    for (String component : path.split("/")) {
      if (!component.isEmpty() && !component.equals(".")) {
        components.add(component);
      }
    }
    return components;
  }

  /** The real file behind a path of the tree; follows no symbolic link at all. */
  public Optional<Path> find(List<String> components) throws IOException {
    for (Path layer : topFirst) {
      Path at = layer;
      boolean opaque = isOpaque(layer);
      boolean here = true;
      for (int i = 0; i < components.size(); i++) {
        at = at.resolve(components.get(i));
        Optional<FileStat> stat = FileStat.find(at);
        if (stat.isEmpty()) {
          here = false;
          break;
        }
        if (stat.get().isWhiteout()) {
          return Optional.empty();
        }
        boolean last = i == components.size() - 1;
        if (!last && !stat.get().isDirectory()) {
          return Optional.empty();
        }
        opaque |= !last && isOpaque(at);
      }
      if (here) {
        return Optional.of(at);
      }
      if (opaque) {
        return Optional.empty();
      }
    }
    return Optional.empty();
  }

  /**
   * The path without symbolic links that {@code path} leads to, also when its last components do
   * not exist.
   *
   * @param followLast whether a link at the very end is followed
   * @throws IOException when links go round in a circle
   */
  public List<String> resolve(String path, boolean followLast) throws IOException {
    Deque<String> todo = new ArrayDeque<>(split(path));
    List<String> done = new ArrayList<>();
    int links = 0;
    while (!todo.isEmpty()) {
      String component = todo.removeFirst();
      if (component.equals("..")) {
        if (!done.isEmpty()) {
          done.removeLast();
        }
        continue;
      }
      done.add(component);
      Optional<Path> file = todo.isEmpty() && !followLast ? Optional.empty() : find(done);
      if (file.isPresent() && FileStat.of(file.get()).isSymlink()) {
        if (++links > SYMLINKS_MAX) {
          throw new IOException("'" + path + "' leads through too many symbolic links");
        }
        String target = Files.readSymbolicLink(file.get()).toString();
        done.removeLast();
        if (target.startsWith("/")) {
          done.clear();
        }
        split(target).reversed().forEach(todo::addFirst);
      }
    }
    return done;
  }

  /** The children of a directory by name, sorted; empty when it is none. */
  public SortedMap<String, Path> list(List<String> directory) throws IOException {
    SortedMap<String, Path> children = new TreeMap<>();
    Set<String> hidden = new HashSet<>();
    for (Path layer : topFirst) {
      Path at = layer;
      boolean opaque = isOpaque(layer);
      boolean present = true;
      for (String component : directory) {
        at = at.resolve(component);
        Optional<FileStat> stat = FileStat.find(at);
        if (stat.isEmpty()) {
          present = false;
          break;
        }
        if (!stat.get().isDirectory()) {
          return children;
        }
        opaque |= isOpaque(at);
      }
      if (present) {
        collect(at, children, hidden);
      }
      if (opaque) {
        break;
      }
    }
    return children;
  }

  private static void collect(Path directory, Map<String, Path> children, Set<String> hidden)
      throws IOException {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
      for (Path file : files) {
        String name = file.getFileName().toString();
        if (hidden.add(name) && !FileStat.of(file).isWhiteout()) {
          children.put(name, file);
        }
      }
    }
  }

  private static boolean isOpaque(Path directory) throws IOException {
    return Overlay.isOpaque(directory);
  }
}
