package dev.naru.node.container;

import dev.naru.node.linux.Linux;
import dev.naru.node.linux.LinuxException;
import dev.naru.node.linux.Mounts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A container's root: its image's layers, shared and never written, below a directory of its own.
 *
 * <p>All lies in the bundle: {@code rootfs} (the mount), {@code upper}, {@code work}; or {@code
 * scratch} (a memory file system with these two) where the kernel refuses an upper directory that
 * lies inside of a lower one, which is so for the image of the machine itself on some kernels.
 */
public final class RootFs {
  private static final int LAYERS_MAX = 120;

  private RootFs() {}

  /** Fills a writable layer before it is joined with those below. */
  public interface Preparation {
    void prepare(Path upper) throws IOException;
  }

  /**
   * Mounts the root.
   *
   * @param layers unpacked layers from top to bottom, at least one
   * @param scratchMax size of the memory file system, if it comes to that
   * @return the mount point
   */
  public static Path mount(List<Path> layers, Path bundle, long scratchMax) throws IOException {
    return mount(layers, bundle, scratchMax, upper -> {});
  }

  /** As {@link #mount(List, Path, long)}, over one directory, with a prepared writable layer. */
  public static Path mountOver(Path lower, Path bundle, long scratchMax, Preparation preparation)
      throws IOException {
    return mount(List.of(lower), bundle, scratchMax, preparation);
  }

  private static Path mount(
      List<Path> layers, Path bundle, long scratchMax, Preparation preparation) throws IOException {
    if (layers.isEmpty() || layers.size() > LAYERS_MAX) {
      throw new ContainerException(
          "CONTAINER_LAYERS",
          "Tried to mount an image of %d layers but 1 to %d are possible"
              .formatted(layers.size(), LAYERS_MAX),
          null);
    }
    Path target = Files.createDirectories(bundle.resolve("rootfs"));
    try {
      overlay(layers, bundle, target, preparation);
    } catch (LinuxException e) {
      boolean overlaps =
          e.errno() == LinuxException.ELOOP
              || e.errno() == LinuxException.EINVAL
              || e.errno() == LinuxException.EBUSY
              || e.errno() == LinuxException.ESTALE;
      if (!overlaps) {
        throw e;
      }
      Path scratch = Files.createDirectories(bundle.resolve("scratch"));
      Mounts.tmpfs(scratch, scratchMax, "0700");
      overlay(layers, scratch, target, preparation);
    }
    return target;
  }

  private static void overlay(List<Path> layers, Path place, Path target, Preparation preparation)
      throws IOException {
    Path upper = Files.createDirectories(place.resolve("upper"));
    Path work = Files.createDirectories(place.resolve("work"));
    preparation.prepare(upper);
    Mounts.overlay(layers, upper, work, target);
  }

  /** Unmounts what {@link #mount} made below {@code bundle}; nothing mounted is no failure. */
  public static void unmount(Path bundle) {
    for (Path point : List.of(bundle.resolve("rootfs"), bundle.resolve("scratch"))) {
      if (Files.isDirectory(point)) {
        try {
          Linux.unmount(point);
        } catch (LinuxException e) {
          if (e.errno() != LinuxException.EINVAL) {
            throw e;
          }
        }
      }
    }
  }
}
