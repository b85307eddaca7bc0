package dev.naru.oci;

import com.github.luben.zstd.ZstdInputStream;
import dev.naru.base.AtomicFiles;
import dev.naru.base.Digest;
import dev.naru.base.FileTrees;
import dev.naru.oci.fs.LayerView;
import dev.naru.oci.fs.Linux;
import dev.naru.oci.tar.TarReader;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/**
 * Layers unpacked once and shared read-only by every container: {@code <root>/<chain>/fs}, where
 * {@code chain} names the layer together with all layers below it (OCI image spec, config.md,
 * "Layer ChainID"), because directories that a layer only implies take their owner and mode from
 * below.
 *
 * <p>A layer directory is complete or absent (it is unpacked aside and renamed). Durability costs
 * no fsync per file: a new layer carries the id of the running boot in {@code unsynced}; {@link
 * #open} and {@link #close} sync the file system and remove that mark, and a layer whose mark is of
 * another boot is thrown away and unpacked again when it is needed. Needs root. Layer directories
 * must never be written to.
 */
public final class LayerStore implements AutoCloseable {
  private static final int CHAIN_HEX_DIGITS = 32;
  private static final Path BOOT_ID = Path.of("/proc/sys/kernel/random/boot_id");
  private static final String UNSYNCED = "unsynced";

  private final Path root;
  private final Path temporary;
  private final BlobStore blobs;
  private final String bootId;

  /** One lock for a chain, held while it is unpacked. */
  private final ConcurrentHashMap<Digest, Object> locks = new ConcurrentHashMap<>();

  private LayerStore(Path root, Path temporary, BlobStore blobs, String bootId) {
    this.root = root;
    this.temporary = temporary;
    this.blobs = blobs;
    this.bootId = bootId;
  }

  /** Opens or creates the store in {@code root}; what a crash left behind is removed. */
  public static LayerStore open(Path root, BlobStore blobs) {
    Path temporary = root.resolve("tmp");
    try {
      Files.createDirectories(root);
      unmountBelow(temporary);
      FileTrees.delete(temporary);
      Files.createDirectory(temporary);
      String bootId = Files.readString(BOOT_ID).strip();
      LayerStore store = new LayerStore(root, temporary, blobs, bootId);
      store.settle();
      return store;
    } catch (IOException e) {
      throw OciException.io("open the layer store", root, e);
    }
  }

  /** Takes down what a killed build left mounted, so that deleting cannot reach into it. */
  private static void unmountBelow(Path folder) throws IOException {
    String prefix = folder.toAbsolutePath() + "/";
    for (String line : Files.readAllLines(Path.of("/proc/self/mountinfo")).reversed()) {
      String mountPoint = line.split(" ")[4];
      if (mountPoint.startsWith(prefix)) {
        Linux.unmount(Path.of(mountPoint));
      }
    }
  }

  /** Makes all layers durable and drops those that a power cut may have damaged. */
  private void settle() throws IOException {
    List<Path> fresh = new ArrayList<>();
    try (DirectoryStream<Path> layers = Files.newDirectoryStream(root)) {
      for (Path layer : layers) {
        Path mark = layer.resolve(UNSYNCED);
        if (Files.exists(mark)) {
          if (Files.readString(mark).equals(bootId)) {
            fresh.add(mark);
          } else {
            FileTrees.delete(layer);
          }
        }
      }
    }
    if (!fresh.isEmpty()) {
      Linux.syncFileSystem(root);
      for (Path mark : fresh) {
        Files.delete(mark);
      }
    }
  }

  /**
   * The directories of an image's layers, lowest first, unpacking those that are not there yet.
   * Each may be used as a {@code lowerdir} of overlayfs.
   *
   * @param layers the manifest's layers, lowest first
   * @param diffIds digests of the uncompressed layers, from the image's config
   * @throws OciException {@code OCI_LAYER_INVALID} when a layer is not what it should be; nothing
   *     of it stays
   */
  public List<Path> unpack(List<Descriptor> layers, List<Digest> diffIds) {
    if (layers.size() != diffIds.size()) {
      throw new OciException(
          OciException.MANIFEST_INVALID,
          "The manifest has %d layers but its config names %d."
              .formatted(layers.size(), diffIds.size()));
    }
    List<Path> directories = new ArrayList<>();
    Digest chain = null;
    for (int i = 0; i < layers.size(); i++) {
      Digest diffId = diffIds.get(i);
      chain = chain == null ? diffId : Digest.of(chain + " " + diffId);
      directories.add(one(chain, layers.get(i), diffId, directories));
    }
    return List.copyOf(directories);
  }

  private Path one(Digest chain, Descriptor layer, Digest diffId, List<Path> below) {
    Path home = root.resolve(chain.hex().substring(0, CHAIN_HEX_DIGITS));
    Path files = home.resolve("fs");
    if (Files.exists(home)) {
      return files;
    }
    synchronized (locks.computeIfAbsent(chain, c -> new Object())) {
      if (!Files.exists(home)) {
        unpack(home, layer, diffId, below);
      }
    }
    locks.remove(chain);
    return files;
  }

  private void unpack(Path home, Descriptor layer, Digest diffId, List<Path> below) {
    Path work = temporary.resolve(home.getFileName());
    try {
      FileTrees.delete(work);
      Files.createDirectories(work.resolve("fs"));
      Files.writeString(work.resolve(UNSYNCED), bootId, StandardCharsets.US_ASCII);
      MessageDigest digest = Digest.sha256();
      try (InputStream raw = blobs.read(layer.digest());
          DigestInputStream tar = new DigestInputStream(decompress(raw), digest)) {
        new LayerUnpacker(work.resolve("fs"), LayerView.of(below), true).unpack(tar);
        tar.transferTo(OutputStream.nullOutputStream());
      }
      Digest actual = Digest.of(digest);
      if (!actual.equals(diffId)) {
        throw new OciException(
            OciException.LAYER_INVALID,
            "Layer %s unpacks to content of digest %s, but the image's config says %s."
                .formatted(layer.digest(), actual, diffId));
      }
      Files.move(work, home, StandardCopyOption.ATOMIC_MOVE);
      AtomicFiles.fsyncDirectory(root);
    } catch (IOException e) {
      discard(work, e);
      throw OciException.io("unpack layer " + layer.digest(), root, e);
    } catch (OciException e) {
      discard(work, e);
      throw e;
    }
  }

  private static void discard(Path work, Exception cause) {
    try {
      FileTrees.delete(work);
    } catch (IOException e) {
      cause.addSuppressed(e);
    }
  }

  /** The tar inside: gzip and zstd are known by their first bytes, all else is taken as plain. */
  static InputStream decompress(InputStream raw) throws IOException {
    BufferedInputStream in = new BufferedInputStream(raw, 1 << 16);
    in.mark(4);
    byte[] magic = in.readNBytes(4);
    in.reset();
    if (magic.length >= 2 && magic[0] == 0x1f && magic[1] == (byte) 0x8b) {
      return new GZIPInputStream(in, 1 << 16);
    }
    if (magic.length == 4
        && magic[0] == 0x28
        && magic[1] == (byte) 0xb5
        && magic[2] == 0x2f
        && magic[3] == (byte) 0xfd) {
      return new ZstdInputStream(in);
    }
    return in;
  }

  /**
   * Unpacks an archive of a user (a build context, a tar given to ADD) into an empty directory,
   * with the same care as a layer: nothing outside is touched.
   *
   * @param archive plain, gzip or zstd
   */
  public static void unpackArchive(InputStream archive, Path directory) {
    try (InputStream tar = decompress(archive)) {
      new LayerUnpacker(directory, LayerView.of(List.of()), false).unpack(tar);
      tar.transferTo(OutputStream.nullOutputStream());
    } catch (EOFException | TarReader.NotTarException | ZipException e) {
      throw new OciException(
          OciException.LAYER_INVALID, "The archive cannot be unpacked: " + e.getMessage() + ".", e);
    } catch (IOException e) {
      throw OciException.io("unpack an archive", directory, e);
    }
  }

  /** Whether {@code file} is a tar archive, plain or compressed in a way that is understood. */
  public static boolean isTar(Path file) throws IOException {
    try (InputStream raw = Files.newInputStream(file);
        InputStream in = decompress(raw)) {
      return new TarReader(in).next().isPresent();
    } catch (EOFException | TarReader.NotTarException e) {
      return false;
    }
  }

  /** A private directory inside the store, removed by the next {@link #open} if not before. */
  public Path scratch(String prefix) {
    try {
      return Files.createTempDirectory(temporary, prefix);
    } catch (IOException e) {
      throw OciException.io("create a work folder", temporary, e);
    }
  }

  @Override
  public void close() {
    try {
      settle();
    } catch (IOException e) {
      throw OciException.io("close the layer store", root, e);
    }
  }
}
