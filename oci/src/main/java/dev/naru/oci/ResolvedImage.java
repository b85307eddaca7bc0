package dev.naru.oci;

import dev.naru.base.Digest;
import java.nio.file.Path;
import java.util.List;

/**
 * An image ready to run.
 *
 * @param digest of the manifest
 * @param layerDirs unpacked layers, lowest first, to be used as read-only lower directories
 */
public record ResolvedImage(ImageRef ref, Digest digest, ImageConfig config, List<Path> layerDirs) {
  /** Label of the image that stands for this machine's own root file system; it has no layers. */
  public static final String HOST_LABEL = "dev.naru.host";

  public ResolvedImage {
    layerDirs = List.copyOf(layerDirs);
  }

  /**
   * Whether the root is this machine's {@code /}. Only an image that Naru made itself can be that:
   * the label on any other image means nothing.
   */
  public boolean isHost() {
    return ref.registry().equals(Images.MACHINE_HOST)
        && "true".equals(config.labels().get(HOST_LABEL));
  }
}
