package dev.naru.oci;

import dev.naru.base.FileTrees;
import dev.naru.oci.fs.FileStat;
import dev.naru.oci.fs.LayerView;
import dev.naru.oci.fs.Linux;
import dev.naru.oci.fs.Overlay;
import dev.naru.oci.tar.TarEntry;
import dev.naru.oci.tar.TarReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Writes one layer's tar into an empty directory, in overlayfs form. Nothing outside the directory
 * is ever touched: {@code ..} in a name is refused, and symbolic links on the way are resolved
 * inside the layer. Owner, mode, time, hard links and the extended attributes {@code
 * security.capability} and {@code user.*} are kept. Device nodes are left out: a container gets its
 * devices from the runtime.
 *
 * <p>Source: OCI image spec 1.1, layer.md, "Applying Changesets" and "Representing Changes".
 */
final class LayerUnpacker {
  private static final String WHITEOUT = ".wh.";
  private static final String OPAQUE = ".wh..wh..opq";
  private static final long BYTES_MAX = 64L << 30;
  private static final int ENTRIES_MAX = 2_000_000;

  private final Path root;
  private final LayerView below;

  /** Whether {@code .wh.} names are whiteouts; they are plain names in archives of users. */
  private final boolean whiteouts;

  /** The growing layer on its own, to resolve links by. */
  private final LayerView own;

  private final Map<Path, Long> directoryTimes = new LinkedHashMap<>();
  private final Map<List<String>, Path> parents = new HashMap<>();
  private final byte[] buffer = new byte[1 << 16];

  LayerUnpacker(Path root, LayerView below, boolean whiteouts) {
    this.root = root;
    this.below = below;
    this.whiteouts = whiteouts;
    this.own = LayerView.of(List.of(root));
  }

  void unpack(InputStream tarStream) throws IOException {
    inheritAttributes(root, List.of());
    TarReader tar = new TarReader(tarStream);
    long bytes = 0;
    int entries = 0;
    for (Optional<TarEntry> next = tar.next(); next.isPresent(); next = tar.next()) {
      TarEntry entry = next.get();
      bytes += entry.size();
      if (bytes > BYTES_MAX || ++entries > ENTRIES_MAX) {
        throw invalid("it has more than %d bytes or %d files".formatted(BYTES_MAX, ENTRIES_MAX));
      }
      try {
        apply(entry, tar.content());
      } catch (InvalidPathException e) {
        throw new OciException(
            OciException.LAYER_INVALID,
            "The layer has a file '%s' whose name this process cannot write; start it with"
                    .formatted(entry.name())
                + " LC_ALL=C.UTF-8.",
            e);
      }
    }
    for (Map.Entry<Path, Long> directory : directoryTimes.entrySet()) {
      Linux.setTime(directory.getKey(), directory.getValue());
    }
  }

  private void apply(TarEntry entry, InputStream content) throws IOException {
    List<String> components = LayerView.split(entry.name());
    if (components.contains("..")) {
      throw invalid("the name '" + entry.name() + "' has '..'");
    }
    if (components.isEmpty()) {
      if (entry.type() == TarEntry.Type.DIRECTORY) {
        attributes(root, entry);
      }
      return;
    }
    String name = components.getLast();
    Path parent = parent(components.subList(0, components.size() - 1), entry.name());
    if (!whiteouts) {
      create(parent.resolve(name), entry, content);
    } else if (name.equals(OPAQUE)) {
      Overlay.setOpaque(parent);
    } else if (name.startsWith(WHITEOUT + WHITEOUT)) {
      // Bookkeeping of AUFS, meant for nobody else.
      return;
    } else if (name.startsWith(WHITEOUT)) {
      whiteout(parent, name.substring(WHITEOUT.length()), entry.name());
    } else {
      create(parent.resolve(name), entry, content);
    }
  }

  private void whiteout(Path parent, String name, String member) throws IOException {
    if (name.isEmpty() || name.equals(".") || name.equals("..")) {
      throw invalid("'" + member + "' is no whiteout");
    }
    Path hidden = parent.resolve(name);
    Optional<FileStat> there = FileStat.find(hidden);
    if (there.isEmpty()) {
      Overlay.whiteout(hidden);
    } else if (there.get().isDirectory()) {
      // A whiteout hides lower layers only; what this layer itself has there stays.
      Overlay.setOpaque(hidden);
    }
  }

  private void create(Path path, TarEntry entry, InputStream content) throws IOException {
    boolean hidden = makeRoom(path, entry.type() == TarEntry.Type.DIRECTORY);
    switch (entry.type()) {
      case DIRECTORY -> {
        if (!Files.isDirectory(path)) {
          Files.createDirectory(path);
        }
        if (hidden) {
          Overlay.setOpaque(path);
        }
      }
      case FILE -> write(path, content);
      case SYMLINK -> Files.createSymbolicLink(path, Path.of(entry.linkName()));
      case HARDLINK -> {
        Files.createLink(path, linkTarget(entry));
        return;
      }
      case FIFO -> Linux.mknod(path, Linux.S_IFIFO | 0600, 0);
      case CHARACTER_DEVICE, BLOCK_DEVICE -> {
        return;
      }
    }
    attributes(path, entry);
  }

  /** Removes what an earlier member left there; true when that was a whiteout. */
  private boolean makeRoom(Path path, boolean forDirectory) throws IOException {
    Optional<FileStat> there = FileStat.find(path);
    if (there.isEmpty()) {
      return false;
    }
    if (there.get().isDirectory()) {
      if (!forDirectory) {
        FileTrees.delete(path);
        directoryTimes.keySet().removeIf(p -> p.startsWith(path));
        parents.clear();
      }
      return false;
    }
    Files.delete(path);
    parents.clear();
    return there.get().isWhiteout();
  }

  private void write(Path path, InputStream content) throws IOException {
    try (OutputStream out = Files.newOutputStream(path, StandardOpenOption.CREATE_NEW)) {
      for (int n = content.read(buffer); n >= 0; n = content.read(buffer)) {
        out.write(buffer, 0, n);
      }
    }
  }

  private Path linkTarget(TarEntry entry) throws IOException {
    List<String> target = own.resolve(entry.linkName(), false);
    Optional<Path> file = own.find(target);
    if (file.isEmpty() || FileStat.of(file.get()).isDirectory()) {
      throw invalid(
          "'%s' is a hard link to '%s', which this layer does not have"
              .formatted(entry.name(), entry.linkName()));
    }
    return file.get();
  }

  private void attributes(Path path, TarEntry entry) throws IOException {
    Linux.chown(path, entry.uid(), entry.gid());
    if (entry.type() == TarEntry.Type.DIRECTORY) {
      Linux.chmod(path, entry.mode());
      directoryTimes.remove(path);
      directoryTimes.put(path, entry.mtimeSeconds());
    } else {
      if (entry.type() != TarEntry.Type.SYMLINK) {
        Linux.chmod(path, entry.mode());
      }
      Linux.setTime(path, entry.mtimeSeconds());
    }
    for (Map.Entry<String, byte[]> xattr : entry.xattrs().entrySet()) {
      String name = xattr.getKey();
      boolean kept = name.equals("security.capability") || name.startsWith("user.");
      if (kept && entry.type() != TarEntry.Type.SYMLINK) {
        Linux.setXattr(path, name, xattr.getValue());
      }
    }
  }

  /** The real directory for {@code components}, made with what it implies when it is not there. */
  private Path parent(List<String> components, String member) throws IOException {
    Path known = parents.get(components);
    if (known != null) {
      return known;
    }
    List<String> done = List.of();
    Path at = root;
    for (String component : components) {
      List<String> next = append(done, component);
      Optional<FileStat> here = FileStat.find(root.resolve(String.join("/", next)));
      if (here.isPresent() && here.get().isWhiteout()) {
        Path path = root.resolve(String.join("/", next));
        Files.delete(path);
        Files.createDirectory(path);
        Overlay.setOpaque(path);
      } else if (here.isPresent() && !here.get().isDirectory()) {
        next = own.resolve(String.join("/", next), true);
      } else if (here.isEmpty()) {
        Optional<Path> lower = below.find(next);
        if (lower.isPresent() && FileStat.of(lower.get()).isSymlink()) {
          next = below.resolve(String.join("/", next), true);
        }
      }
      at = ensureDirectory(next, member);
      done = next;
    }
    parents.put(List.copyOf(components), at);
    return at;
  }

  private Path ensureDirectory(List<String> components, String member) throws IOException {
    Path at = root;
    List<String> done = new ArrayList<>();
    for (String component : components) {
      done.add(component);
      at = at.resolve(component);
      Optional<FileStat> stat = FileStat.find(at);
      if (stat.isEmpty()) {
        Files.createDirectory(at);
        inheritAttributes(at, done);
      } else if (!stat.get().isDirectory()) {
        throw invalid("'" + member + "' lies below '" + String.join("/", done) + "', a file");
      }
    }
    return at;
  }

  private void inheritAttributes(Path directory, List<String> components) throws IOException {
    Optional<Path> lower = below.find(components);
    if (lower.isPresent() && FileStat.of(lower.get()).isDirectory()) {
      FileStat stat = FileStat.of(lower.get());
      Linux.chown(directory, stat.uid(), stat.gid());
      Linux.chmod(directory, stat.permissions());
      directoryTimes.put(directory, stat.mtimeSeconds());
    } else {
      Linux.chmod(directory, 0755);
      directoryTimes.put(directory, 0L);
    }
  }

  private static List<String> append(List<String> components, String component) {
    List<String> longer = new ArrayList<>(components);
    longer.add(component);
    return longer;
  }

  private static OciException invalid(String why) {
    return new OciException(OciException.LAYER_INVALID, "The layer is refused: " + why + ".");
  }
}
