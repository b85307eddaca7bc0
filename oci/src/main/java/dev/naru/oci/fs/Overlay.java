package dev.naru.oci.fs;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The marks by which an upper layer of overlayfs hides what is below. Source: kernel, {@code
 * Documentation/filesystems/overlayfs.rst}, "whiteouts and opaque directories".
 */
public final class Overlay {
  private static final String OPAQUE = "trusted.overlay.opaque";
  private static final byte[] YES = "y".getBytes(StandardCharsets.US_ASCII);

  private Overlay() {}

  /** Hides the file of that name in the layers below. */
  public static void whiteout(Path path) throws IOException {
    Linux.mknod(path, Linux.S_IFCHR, 0);
  }

  /** Hides everything that the layers below have in {@code directory}. */
  public static void setOpaque(Path directory) throws IOException {
    Linux.setXattr(directory, OPAQUE, YES);
  }

  public static boolean isOpaque(Path directory) throws IOException {
    Optional<byte[]> value = Linux.getXattr(directory, OPAQUE);
    return value.isPresent() && value.get().length == 1 && value.get()[0] == 'y';
  }
}
