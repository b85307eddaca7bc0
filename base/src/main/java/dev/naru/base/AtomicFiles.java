package dev.naru.base;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/**
 * Files that are either wholly there or not there, also after a power cut: write to a temporary
 * name in the same directory → fsync → rename → fsync of the directory.
 */
public final class AtomicFiles {
  private AtomicFiles() {}

  /**
   * Replaces {@code file} by {@code bytes}. After a failure the old content, or no file, is there;
   * a temporary file {@code .<name>.<random>.tmp} may remain after a crash.
   */
  public static void write(Path file, byte[] bytes) throws IOException {
    write(file, bytes, "rw-r--r--");
  }

  public static void write(Path file, String utf8) throws IOException {
    write(file, utf8.getBytes(StandardCharsets.UTF_8));
  }

  /** As {@link #write(Path, byte[])}, readable by the owner only (mode 0600) at every moment. */
  public static void writeSecret(Path file, byte[] bytes) throws IOException {
    write(file, bytes, "rw-------");
  }

  private static void write(Path file, byte[] bytes, String mode) throws IOException {
    Set<PosixFilePermission> permissions = PosixFilePermissions.fromString(mode);
    Path directory = directoryOf(file);
    Path temporary =
        Files.createTempFile(
            directory,
            "." + file.getFileName() + ".",
            ".tmp",
            PosixFilePermissions.asFileAttribute(permissions));
    try {
      // The umask may have narrowed the mode given at creation.
      Files.setPosixFilePermissions(temporary, permissions);
      try (FileChannel channel = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        while (buffer.hasRemaining()) {
          channel.write(buffer);
        }
        channel.force(true);
      }
      publish(temporary, file);
    } finally {
      Files.deleteIfExists(temporary);
    }
  }

  /**
   * Renames the complete, already fsynced {@code temporary} onto {@code file} of the same file
   * system and fsyncs the directory.
   */
  public static void publish(Path temporary, Path file) throws IOException {
    Files.move(
        temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    fsyncDirectory(directoryOf(file));
  }

  /** Makes earlier creations, renames and deletions in {@code directory} durable. */
  public static void fsyncDirectory(Path directory) throws IOException {
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  private static Path directoryOf(Path file) {
    Path parent = file.toAbsolutePath().getParent();
    if (parent == null) {
      throw new IllegalArgumentException("'" + file + "' has no directory");
    }
    return parent;
  }
}
