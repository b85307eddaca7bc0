package dev.naru.pipeline;

import dev.naru.base.DiskFull;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A small disk of its own, which a test can fill: a tmpfs, so that it needs root. */
final class SmallDisk implements AutoCloseable {
  private static final int PIECE_BYTES = 1 << 16;
  private final Path root;

  private SmallDisk(Path root) {
    this.root = root;
  }

  /** Mounts {@code mib} MiB at {@code root}, a folder that is made. */
  static SmallDisk mount(Path root, int mib) throws IOException {
    Files.createDirectories(root);
    run("mount", "-t", "tmpfs", "-o", "size=" + mib + "m", "small", root.toString());
    return new SmallDisk(root);
  }

  Path root() {
    return root;
  }

  private Path filler() {
    return root.resolve("filler");
  }

  /** Takes all that is free, to the last page. */
  void fill() throws IOException {
    try (OutputStream out = Files.newOutputStream(filler())) {
      byte[] piece = new byte[PIECE_BYTES];
      while (true) {
        out.write(piece);
      }
    } catch (IOException e) {
      if (!DiskFull.is(e)) {
        throw e;
      }
    }
  }

  /** Gives back what {@link #fill} took. */
  void free() throws IOException {
    Files.deleteIfExists(filler());
  }

  @Override
  public void close() throws IOException {
    run("umount", root.toString());
  }

  private static void run(String... command) throws IOException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.onExit().join().exitValue() != 0) {
      throw new IOException(List.of(command) + ": " + said);
    }
  }
}
