package dev.naru.oci.build;

import dev.naru.base.AtomicFiles;
import dev.naru.base.Digest;
import dev.naru.oci.BlobStore;
import dev.naru.oci.Descriptor;
import dev.naru.oci.MediaTypes;
import dev.naru.oci.OciException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Which layer a step made, by a key of everything that went into it. One small file a step; an
 * entry whose blob is gone does not count.
 */
final class BuildCache {
  private static final String EMPTY = "empty";

  private final Path folder;
  private final BlobStore blobs;

  private BuildCache(Path folder, BlobStore blobs) {
    this.folder = folder;
    this.blobs = blobs;
  }

  static BuildCache open(Path folder, BlobStore blobs) {
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw OciException.io("open the build cache", folder, e);
    }
    return new BuildCache(folder, blobs);
  }

  /** What a step came to. */
  sealed interface Result {
    record Layer(Descriptor layer) implements Result {}

    /** The step changed no file. */
    record Nothing() implements Result {}
  }

  Optional<Result> get(Digest key) {
    Path file = folder.resolve(key.hex());
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    try {
      String text = Files.readString(file).strip();
      if (text.equals(EMPTY)) {
        return Optional.of(new Result.Nothing());
      }
      Digest digest = Digest.parse(text);
      return blobs
          .size(digest)
          .map(size -> new Result.Layer(new Descriptor(MediaTypes.LAYER_TAR, digest, size)));
    } catch (IOException e) {
      throw OciException.io("read the build cache", file, e);
    }
  }

  void put(Digest key, Result result) {
    Path file = folder.resolve(key.hex());
    try {
      AtomicFiles.write(
          file,
          switch (result) {
            case Result.Layer(Descriptor layer) -> layer.digest().toString();
            case Result.Nothing() -> EMPTY;
          });
    } catch (IOException e) {
      throw OciException.io("write the build cache", file, e);
    }
  }
}
