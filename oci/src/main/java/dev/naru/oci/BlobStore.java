package dev.naru.oci;

import dev.naru.base.AtomicFiles;
import dev.naru.base.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Bytes by their digest, in {@code <root>/sha256/<hex>}.
 *
 * <p>A blob is either wholly there, with the bytes of its digest, or not there: it is written to
 * {@code <root>/uploads/}, hashed while it is written, fsynced, and renamed. What a crash left in
 * {@code uploads} is removed by the next {@link #open}. Safe for use by many threads; one process
 * has a store open at a time.
 */
public final class BlobStore {
  private final Path blobs;
  private final Path uploads;

  private BlobStore(Path blobs, Path uploads) {
    this.blobs = blobs;
    this.uploads = uploads;
  }

  /**
   * Opens or creates the store in {@code root}.
   *
   * @throws OciException {@code OCI_STORAGE_FAILED} when the folder cannot be used
   */
  public static BlobStore open(Path root) {
    Path blobs = root.resolve("sha256");
    Path uploads = root.resolve("uploads");
    try {
      Files.createDirectories(blobs);
      Files.createDirectories(uploads);
      try (DirectoryStream<Path> stale = Files.newDirectoryStream(uploads)) {
        for (Path file : stale) {
          Files.delete(file);
        }
      }
    } catch (IOException e) {
      throw OciException.io("open the blob store", root, e);
    }
    return new BlobStore(blobs, uploads);
  }

  public boolean has(Digest digest) {
    return Files.exists(path(digest));
  }

  /** Size in bytes, or empty when there is no such blob. */
  public Optional<Long> size(Digest digest) {
    try {
      return Files.exists(path(digest)) ? Optional.of(Files.size(path(digest))) : Optional.empty();
    } catch (IOException e) {
      throw OciException.io("read blob " + digest, blobs, e);
    }
  }

  /** Where the blob is or would be; the file never changes once it is there. */
  public Path path(Digest digest) {
    return blobs.resolve(digest.hex());
  }

  /** The folder of all blobs, for messages. */
  Path folder() {
    return blobs;
  }

  /**
   * The blob's bytes; the caller closes.
   *
   * @throws OciException {@code OCI_BLOB_UNKNOWN}
   */
  public InputStream read(Digest digest) {
    if (!has(digest)) {
      throw new OciException(
          OciException.BLOB_UNKNOWN, "There is no blob " + digest + " in " + blobs + ".");
    }
    try {
      return Files.newInputStream(path(digest));
    } catch (IOException e) {
      throw OciException.io("read blob " + digest, blobs, e);
    }
  }

  /**
   * A small blob (manifest, config), verified again.
   *
   * @param sizeMax refuses a larger one
   */
  public byte[] readSmall(Digest digest, int sizeMax) {
    try (InputStream in = read(digest)) {
      byte[] bytes = in.readNBytes(sizeMax + 1);
      if (bytes.length > sizeMax) {
        throw new OciException(
            OciException.MANIFEST_INVALID,
            "Blob " + digest + " is larger than the " + sizeMax + " bytes allowed for its kind.");
      }
      if (!Digest.of(bytes).equals(digest)) {
        throw new OciException(
            OciException.DIGEST_MISMATCH,
            "The file of blob "
                + digest
                + " has other bytes than its digest says; the disk or something else changed it."
                + " Remove "
                + path(digest)
                + " and push or build the image again.");
      }
      return bytes;
    } catch (IOException e) {
      throw OciException.io("read blob " + digest, blobs, e);
    }
  }

  /** Stores {@code bytes}; there afterwards, whether it was before or not. */
  public Digest put(byte[] bytes) {
    Digest digest = Digest.of(bytes);
    if (!has(digest)) {
      try (BlobWriter writer = begin()) {
        writer.write(bytes);
        writer.commit(digest);
      } catch (IOException e) {
        throw OciException.io("store blob " + digest, blobs, e);
      }
    }
    return digest;
  }

  /**
   * Stores what {@code in} gives, which must be of {@code expected}; reads to the end, does not
   * close.
   *
   * @throws OciException {@code OCI_DIGEST_MISMATCH}, and nothing is stored
   */
  public void put(InputStream in, Digest expected) {
    try (BlobWriter writer = begin()) {
      in.transferTo(writer);
      writer.commit(expected);
    } catch (IOException e) {
      throw OciException.io("store blob " + expected, blobs, e);
    }
  }

  /** A new blob, written in pieces. */
  public BlobWriter begin() {
    try {
      return new BlobWriter(this, Files.createTempFile(uploads, "", ".part"));
    } catch (IOException e) {
      throw OciException.io("begin a blob", uploads, e);
    }
  }

  /** Called by {@link BlobWriter} with a complete, fsynced file. */
  void publish(Path complete, Digest digest) throws IOException {
    if (has(digest)) {
      Files.delete(complete);
    } else {
      AtomicFiles.publish(complete, path(digest));
    }
  }

  /** Removes a blob that nothing refers to any more; no-op when it is not there. */
  public void delete(Digest digest) {
    try {
      Files.deleteIfExists(path(digest));
    } catch (IOException e) {
      throw OciException.io("delete blob " + digest, blobs, e);
    }
  }

  /** All digests at about this moment. */
  public List<Digest> list() {
    try (Stream<Path> files = Files.list(blobs)) {
      return files.map(p -> new Digest(p.getFileName().toString())).toList();
    } catch (IOException e) {
      throw OciException.io("list blobs", blobs, e);
    }
  }
}
