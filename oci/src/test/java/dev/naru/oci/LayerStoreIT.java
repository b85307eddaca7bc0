package dev.naru.oci;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.naru.base.Digest;
import dev.naru.oci.fs.FileStat;
import dev.naru.oci.fs.LayerView;
import dev.naru.oci.fs.Linux;
import dev.naru.oci.fs.Overlay;
import dev.naru.oci.tar.TarEntry;
import dev.naru.oci.tar.TarWriter;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Needs root: layers keep owners and hold device nodes. */
final class LayerStoreIT {
  @TempDir Path data;
  private BlobStore blobs;
  private LayerStore layers;

  @BeforeEach
  void open() {
    assumeTrue(System.getProperty("user.name").equals("root"), "unpacking layers needs root");
    blobs = BlobStore.open(data.resolve("blobs"));
    layers = LayerStore.open(data.resolve("layers"), blobs);
  }

  private record Member(TarEntry entry, String content) {}

  private static Member file(String name, String content) {
    return new Member(TarEntry.file(name, 0644, 0, 0, content.length(), 1000), content);
  }

  private static Member node(String name, TarEntry.Type type, String link) {
    return new Member(new TarEntry(name, type, 0755, 7, 8, 0, 1000, link, Map.of()), "");
  }

  private static byte[] tar(Member... members) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (TarWriter writer = new TarWriter(out)) {
      for (Member member : members) {
        writer.add(member.entry, new ByteArrayInputStream(member.content.getBytes(UTF_8)));
      }
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  private List<Path> unpack(byte[]... tars) {
    List<Descriptor> descriptors = new ArrayList<>();
    List<Digest> diffIds = new ArrayList<>();
    for (byte[] tar : tars) {
      diffIds.add(blobs.put(tar));
      descriptors.add(new Descriptor(MediaTypes.LAYER_TAR, blobs.put(tar), tar.length));
    }
    return layers.unpack(descriptors, diffIds);
  }

  @Test
  void keepsOwnersModesTimesLinksAndAttributes() throws IOException {
    byte[] capability = {1, 0, 0, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};
    TarEntry suid =
        new TarEntry(
            "bin/ping",
            TarEntry.Type.FILE,
            04711,
            12,
            13,
            2,
            1234,
            "",
            Map.of(
                "security.capability", capability, "trusted.overlay.redirect", new byte[] {'x'}));
    Path fs =
        unpack(
                tar(
                    new Member(TarEntry.directory("bin", 01750, 5, 6, 77), ""),
                    new Member(suid, "hi"),
                    node("bin/same", TarEntry.Type.HARDLINK, "bin/ping"),
                    node("bin/link", TarEntry.Type.SYMLINK, "/bin/ping"),
                    node("dev/null", TarEntry.Type.CHARACTER_DEVICE, "")))
            .getFirst();
    FileStat ping = FileStat.of(fs.resolve("bin/ping"));
    assertThat(ping.permissions()).isEqualTo(04711);
    assertThat(List.of(ping.uid(), ping.gid(), ping.mtimeSeconds()))
        .containsExactly(12L, 13L, 1234L);
    assertThat(FileStat.of(fs.resolve("bin/same")).inode()).isEqualTo(ping.inode());
    assertThat(Linux.getXattr(fs.resolve("bin/ping"), "security.capability")).contains(capability);
    assertThat(Linux.listXattrs(fs.resolve("bin/ping"))).containsExactly("security.capability");
    FileStat bin = FileStat.of(fs.resolve("bin"));
    assertThat(List.of(bin.uid(), bin.gid(), bin.mtimeSeconds())).containsExactly(5L, 6L, 77L);
    assertThat(bin.permissions()).isEqualTo(01750);
    assertThat(FileStat.of(fs.resolve("bin/link")).uid()).isEqualTo(7);
    assertThat(fs.resolve("dev")).isEmptyDirectory();
  }

  @Test
  void whiteoutsBecomeThoseOfOverlayfs() throws IOException {
    List<Path> dirs =
        unpack(
            tar(file("a/keep", "1"), file("a/gone", "1"), file("b/old", "1")),
            tar(file("a/.wh.gone", ""), file("b/.wh..wh..opq", ""), file("b/new", "2")));
    assertThat(FileStat.of(dirs.get(1).resolve("a/gone")).isWhiteout()).isTrue();
    assertThat(Overlay.isOpaque(dirs.get(1).resolve("b"))).isTrue();
    LayerView view = LayerView.of(dirs);
    assertThat(view.list(List.of("a"))).containsOnlyKeys("keep");
    assertThat(view.list(List.of("b"))).containsOnlyKeys("new");
    assertThat(view.find(List.of("b", "old"))).isEmpty();
  }

  @Test
  void impliedDirectoriesLookLikeThoseBelow() throws IOException {
    List<Path> dirs =
        unpack(
            tar(
                new Member(TarEntry.directory("tmp", 01777, 3, 4, 9), ""),
                new Member(TarEntry.directory("usr/lib", 0755, 0, 0, 9), ""),
                node("lib", TarEntry.Type.SYMLINK, "usr/lib")),
            tar(file("tmp/x", "1"), file("lib/libx.so", "2")));
    FileStat tmp = FileStat.of(dirs.get(1).resolve("tmp"));
    assertThat(tmp.permissions()).isEqualTo(01777);
    assertThat(tmp.uid()).isEqualTo(3);
    assertThat(dirs.get(1).resolve("usr/lib/libx.so")).exists();
    assertThat(dirs.get(1).resolve("lib")).doesNotExist();
  }

  @Test
  void nothingEscapes() throws IOException {
    Path outside = Files.createDirectory(data.resolve("outside"));
    assertThatThrownBy(() -> unpack(tar(file("a/../../x", "1")))).hasMessageContaining("'..'");
    Path fs =
        unpack(
                tar(
                    node("abs", TarEntry.Type.SYMLINK, outside.toString()),
                    file("abs/x", "1"),
                    node("up", TarEntry.Type.SYMLINK, "../../../../.." + outside),
                    file("up/y", "1")))
            .getFirst();
    assertThat(outside).isEmptyDirectory();
    assertThat(fs.resolve(outside.toString().substring(1)).resolve("x")).hasContent("1");
    assertThatThrownBy(
            () -> unpack(tar(node("h", TarEntry.Type.HARDLINK, "../../../../etc/passwd"))))
        .hasMessageContaining("which this layer does not have");
    assertThatThrownBy(
            () -> unpack(tar(node("loop", TarEntry.Type.SYMLINK, "loop"), file("loop/x", "1"))))
        .hasMessageContaining("too many symbolic links");
    assertThatThrownBy(() -> unpack(tar(file("f", "1"), file("f/x", "1"))))
        .hasMessageContaining("a file");
  }

  @Test
  void gzipIsUnpackedAndOtherContentThanTheConfigSaysIsRefused() throws IOException {
    byte[] tar = tar(file("x", "1"));
    ByteArrayOutputStream gz = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(gz)) {
      out.write(tar);
    }
    Descriptor layer = new Descriptor("application/gzip", blobs.put(gz.toByteArray()), gz.size());
    Digest wrong = Digest.of("x");
    assertThatThrownBy(() -> layers.unpack(List.of(layer), List.of(wrong)))
        .hasMessageContaining("but the image's config says " + wrong);
    try (var left = Files.list(data.resolve("layers/tmp"))) {
      assertThat(left).isEmpty();
    }
    assertThat(layers.unpack(List.of(layer), List.of(Digest.of(tar))).getFirst().resolve("x"))
        .hasContent("1");
  }

  @Test
  void aLayerThatAPowerCutMayHaveDamagedIsMadeAgain() throws IOException {
    byte[] tar = tar(file("x", "1"));
    Path fs = unpack(tar).getFirst();
    Path mark = fs.resolveSibling("unsynced");
    assertThat(mark).exists();
    layers.close();
    assertThat(mark).doesNotExist();
    Files.writeString(mark, "another boot");
    layers = LayerStore.open(data.resolve("layers"), blobs);
    assertThat(fs).doesNotExist();
    assertThat(unpack(tar).getFirst()).isEqualTo(fs).exists();
  }
}
