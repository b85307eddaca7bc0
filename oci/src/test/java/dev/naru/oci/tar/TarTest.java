package dev.naru.oci.tar;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TarTest {
  @TempDir Path folder;

  private static List<TarEntry> read(byte[] tar) throws IOException {
    TarReader reader = new TarReader(new ByteArrayInputStream(tar));
    List<TarEntry> entries = new ArrayList<>();
    for (Optional<TarEntry> e = reader.next(); e.isPresent(); e = reader.next()) {
      entries.add(e.get());
    }
    return entries;
  }

  @Test
  void readsBackWhatItWrote() throws IOException {
    byte[] capability = {1, 0, 0, 2, (byte) 0xff, 4, 0, '\n'};
    List<TarEntry> entries =
        List.of(
            TarEntry.directory("d", 01777, 1000, 4_000_000_000L, 1_767_225_600L),
            new TarEntry(
                "나루/" + "x".repeat(200),
                TarEntry.Type.FILE,
                04755,
                0,
                0,
                3,
                -5,
                "",
                Map.of("security.capability", capability)),
            TarEntry.symlink("l", "t".repeat(150), 1, 2, 9_000_000_000L),
            new TarEntry("h", TarEntry.Type.HARDLINK, 0, 0, 0, 0, 0, "l", Map.of()));
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (TarWriter writer = new TarWriter(out)) {
      for (TarEntry entry : entries) {
        writer.add(entry, new ByteArrayInputStream("abc".getBytes(UTF_8)));
      }
    }
    List<TarEntry> read = read(out.toByteArray());
    assertThat(read).usingRecursiveComparison().isEqualTo(entries);

    Path file = Files.write(folder.resolve("a.tar"), out.toByteArray());
    Process tar =
        new ProcessBuilder("tar", "tvf", file.toString()).redirectErrorStream(true).start();
    assertThat(new String(tar.getInputStream().readAllBytes(), UTF_8).lines()).hasSize(4);
  }

  @Test
  void readsWhatGnuTarWrites() throws Exception {
    Files.writeString(folder.resolve("y".repeat(180)), "long");
    Files.createSymbolicLink(folder.resolve("link"), Path.of("z".repeat(180)));
    Process tar =
        new ProcessBuilder("tar", "--format=gnu", "-C", folder.toString(), "-c", ".").start();
    byte[] bytes = tar.getInputStream().readAllBytes();
    assertThat(read(bytes))
        .extracting(TarEntry::name, TarEntry::linkName)
        .contains(
            org.assertj.core.groups.Tuple.tuple("./" + "y".repeat(180), ""),
            org.assertj.core.groups.Tuple.tuple("./link", "z".repeat(180)));
  }

  @Test
  void refusesBadBytes() throws IOException {
    assertThatThrownBy(() -> read("x".repeat(600).getBytes(UTF_8)))
        .hasMessageContaining("no tar archive");
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (TarWriter writer = new TarWriter(out)) {
      writer.add(TarEntry.file("f", 0644, 0, 0, 5, 0), new ByteArrayInputStream(new byte[5]));
    }
    byte[] cut = java.util.Arrays.copyOf(out.toByteArray(), 514);
    assertThatThrownBy(() -> read(cut)).isInstanceOf(EOFException.class);
    byte[] flipped = out.toByteArray();
    flipped[0] ^= 1;
    assertThatThrownBy(() -> read(flipped)).hasMessageContaining("checksum");
  }

  @Test
  void aFileThatShrinksWhileItIsReadIsAnError() {
    TarWriter writer = new TarWriter(new ByteArrayOutputStream());
    assertThatThrownBy(
            () ->
                writer.add(
                    TarEntry.file("f", 0644, 0, 0, 5, 0), new ByteArrayInputStream(new byte[3])))
        .isInstanceOf(EOFException.class)
        .hasMessageContaining("shorter by 2");
  }
}
