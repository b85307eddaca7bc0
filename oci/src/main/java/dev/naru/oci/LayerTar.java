package dev.naru.oci;

import dev.naru.oci.tar.TarEntry;
import dev.naru.oci.tar.TarWriter;
import java.io.BufferedOutputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A layer being put together. The tar that comes out depends on what was added and not on the order
 * or on anything of this machine: members are sorted by path, all have the one time given. It is
 * not compressed: store and node are on one machine, where compressing costs more than it saves;
 * its digest is its diff id. A later member replaces an earlier one of the same path.
 */
public final class LayerTar {
  private final long timeSeconds;
  private final TreeMap<String, Member> members = new TreeMap<>();

  private record Member(TarEntry entry, Source source) {}

  /** Where a member's bytes come from. */
  private sealed interface Source {
    record None() implements Source {}

    record OfFile(Path path) implements Source {}

    record Bytes(String utf8) implements Source {}
  }

  private static final Source NONE = new Source.None();

  /**
   * @param timeSeconds modification time of all members, since 1970
   */
  public LayerTar(long timeSeconds) {
    this.timeSeconds = timeSeconds;
  }

  public void directory(String path, int mode, long uid, long gid) {
    String name = name(path);
    if (!name.isEmpty()) {
      put(TarEntry.directory(name, mode, uid, gid, timeSeconds), NONE, name);
    }
  }

  /** A file whose bytes are read from {@code source} when the layer is written. */
  public void file(String path, Path source, int mode, long uid, long gid) throws IOException {
    file(path, source, mode, uid, gid, Map.of());
  }

  public void file(
      String path, Path source, int mode, long uid, long gid, Map<String, byte[]> xattrs)
      throws IOException {
    String name = name(path);
    TarEntry entry =
        new TarEntry(
            name, TarEntry.Type.FILE, mode, uid, gid, Files.size(source), timeSeconds, "", xattrs);
    put(entry, new Source.OfFile(source), name);
  }

  public void text(String path, String utf8, int mode) {
    String name = name(path);
    long size = utf8.getBytes(java.nio.charset.StandardCharsets.UTF_8).length;
    put(TarEntry.file(name, mode, 0, 0, size, timeSeconds), new Source.Bytes(utf8), name);
  }

  public void symlink(String path, String target, long uid, long gid) {
    String name = name(path);
    put(TarEntry.symlink(name, target, uid, gid, timeSeconds), NONE, name);
  }

  /** A second name of a file that sorts before {@code path} and is a member too. */
  public void hardlink(String path, String target) {
    String name = name(path);
    put(
        new TarEntry(
            name, TarEntry.Type.HARDLINK, 0644, 0, 0, 0, timeSeconds, name(target), Map.of()),
        NONE,
        name);
  }

  /** Hides {@code path} of the layers below. */
  public void whiteout(String path) {
    String name = name(path);
    int slash = name.lastIndexOf('/') + 1;
    String marker = name.substring(0, slash) + ".wh." + name.substring(slash);
    put(TarEntry.file(marker, 0, 0, 0, 0, timeSeconds), NONE, marker);
  }

  /** Hides all that the layers below have in the directory {@code path}. */
  public void opaque(String path) {
    String name = name(path);
    String marker = (name.isEmpty() ? "" : name + "/") + ".wh..wh..opq";
    put(TarEntry.file(marker, 0, 0, 0, 0, timeSeconds), NONE, marker);
  }

  private void put(TarEntry entry, Source source, String name) {
    members.put(name, new Member(entry, source));
  }

  /** Without slashes at the ends. */
  private static String name(String path) {
    int start = 0;
    int end = path.length();
    while (start < end && path.charAt(start) == '/') {
      start++;
    }
    while (end > start && path.charAt(end - 1) == '/') {
      end--;
    }
    return path.substring(start, end);
  }

  public boolean isEmpty() {
    return members.isEmpty();
  }

  /** Whether there is a member of that path. */
  public boolean has(String path) {
    return members.containsKey(name(path));
  }

  /** Stores the layer; the result's digest is also its diff id. */
  public Descriptor writeTo(BlobStore blobs) {
    try (BlobWriter blob = blobs.begin()) {
      BufferedOutputStream out = new BufferedOutputStream(blob, 1 << 16);
      try (TarWriter tar = new TarWriter(out)) {
        for (Member member : members.values()) {
          try (InputStream content = open(member.source)) {
            if (content == null) {
              tar.add(member.entry);
            } else {
              tar.add(member.entry, content);
            }
          }
        }
      }
      return new Descriptor(MediaTypes.LAYER_TAR, blob.commit(), blob.size());
    } catch (IOException e) {
      throw OciException.io("store an image layer", blobs.folder(), e);
    }
  }

  private static @Nullable InputStream open(Source source) throws IOException {
    return switch (source) {
      case Source.None() -> null;
      case Source.OfFile(Path path) -> Files.newInputStream(path);
      case Source.Bytes(String utf8) ->
          new ByteArrayInputStream(utf8.getBytes(java.nio.charset.StandardCharsets.UTF_8));
    };
  }
}
