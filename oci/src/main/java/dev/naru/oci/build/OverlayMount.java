package dev.naru.oci.build;

import dev.naru.base.FileTrees;
import dev.naru.oci.LayerTar;
import dev.naru.oci.OciException;
import dev.naru.oci.fs.FileStat;
import dev.naru.oci.fs.LayerView;
import dev.naru.oci.fs.Linux;
import dev.naru.oci.fs.Overlay;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** A writable root over the layers so far, and what was changed in it as a new layer. */
final class OverlayMount implements AutoCloseable {
  /** Places that exist in a root only because a container needs them to mount on. */
  private static final Set<String> MOUNT_POINTS =
      Set.of("proc", "sys", "dev", "etc", "etc/resolv.conf", "etc/hosts");

  private static final String CAPABILITY = "security.capability";

  private final Path work;
  private final LayerView below;

  private OverlayMount(Path work, LayerView below) {
    this.work = work;
    this.below = below;
  }

  /**
   * @param layers lowest first
   * @param work an empty folder on the file system of the layers
   */
  static OverlayMount over(List<Path> layers, Path work) throws IOException {
    for (String folder : List.of("empty", "upper", "work", "root")) {
      Files.createDirectory(work.resolve(folder));
    }
    List<String> lower = new ArrayList<>();
    layers.reversed().forEach(l -> lower.add(l.toString()));
    if (lower.isEmpty()) {
      lower.add(work.resolve("empty").toString());
    }
    String options =
        "lowerdir=%s,upperdir=%s,workdir=%s,redirect_dir=off,index=off,metacopy=off"
            .formatted(String.join(":", lower), work.resolve("upper"), work.resolve("work"));
    Process mount =
        new ProcessBuilder(
                "mount", "-t", "overlay", "-o", options, "overlay", work.resolve("root").toString())
            .redirectErrorStream(true)
            .start();
    String output = new String(mount.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    try {
      if (mount.waitFor() != 0) {
        throw new OciException(
            OciException.HOST_LACKS,
            "Tried to mount an overlay for RUN but failed: "
                + output.strip()
                + " (RUN needs root).");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while mounting", e);
    }
    return new OverlayMount(work, LayerView.of(layers));
  }

  Path root() {
    return work.resolve("root");
  }

  /** Everything that was changed below {@link #root}, but what containers make to mount on. */
  void changesTo(LayerTar layer) throws IOException {
    Path upper = work.resolve("upper");
    TreeMap<String, Path> todo = new TreeMap<>();
    children(upper, "", todo);
    Map<Long, String> linked = new HashMap<>();
    while (!todo.isEmpty()) {
      Map.Entry<String, Path> next = todo.pollFirstEntry();
      String name = next.getKey();
      Path file = next.getValue();
      FileStat stat = FileStat.of(file);
      if (isOnlyMountPoint(name, file, stat)) {
        continue;
      }
      if (stat.isWhiteout()) {
        layer.whiteout(name);
      } else if (stat.isDirectory()) {
        layer.directory(name, stat.permissions(), stat.uid(), stat.gid());
        if (Overlay.isOpaque(file)) {
          layer.opaque(name);
        }
        children(file, name + "/", todo);
      } else if (stat.isSymlink()) {
        layer.symlink(name, Files.readSymbolicLink(file).toString(), stat.uid(), stat.gid());
      } else if (stat.isRegular()) {
        String first = stat.links() > 1 ? linked.putIfAbsent(stat.inode(), name) : null;
        if (first != null) {
          layer.hardlink(name, first);
        } else {
          Map<String, byte[]> xattrs = new HashMap<>();
          Linux.getXattr(file, CAPABILITY).ifPresent(value -> xattrs.put(CAPABILITY, value));
          layer.file(name, file, stat.permissions(), stat.uid(), stat.gid(), xattrs);
        }
      }
    }
  }

  private static void children(Path folder, String prefix, Map<String, Path> into)
      throws IOException {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
      for (Path file : files) {
        into.put(prefix + file.getFileName(), file);
      }
    }
  }

  private boolean isOnlyMountPoint(String name, Path file, FileStat stat) throws IOException {
    if (!MOUNT_POINTS.contains(name)) {
      return false;
    }
    boolean isNew = below.find(LayerView.split(name)).isEmpty();
    if (stat.isDirectory()) {
      try (DirectoryStream<Path> files = Files.newDirectoryStream(file)) {
        for (Path child : files) {
          String childName = name + "/" + child.getFileName();
          if (!isOnlyMountPoint(childName, child, FileStat.of(child))) {
            return false;
          }
        }
      }
      return isNew || name.equals("etc");
    }
    return isNew && stat.size() == 0;
  }

  @Override
  public void close() {
    try {
      Linux.unmount(root());
      FileTrees.delete(work);
    } catch (IOException e) {
      throw OciException.io("remove a build's work folder", work, e);
    }
  }
}
