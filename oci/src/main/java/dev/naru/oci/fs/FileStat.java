package dev.naru.oci.fs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * What {@code lstat(2)} says of a file.
 *
 * @param mode type and permission bits
 * @param mtimeSeconds modification time since 1970, whole seconds
 * @param links number of names of the file
 * @param inode with {@code device} the identity of the file
 */
public record FileStat(
    int mode,
    long uid,
    long gid,
    long size,
    long mtimeSeconds,
    int links,
    long inode,
    long device,
    long rdev) {

  /** Does not follow a symbolic link at the end of {@code path}. */
  public static FileStat of(Path path) throws IOException {
    Map<String, Object> a = Files.readAttributes(path, "unix:*", LinkOption.NOFOLLOW_LINKS);
    return new FileStat(
        number(a, "mode").intValue(),
        Integer.toUnsignedLong(number(a, "uid").intValue()),
        Integer.toUnsignedLong(number(a, "gid").intValue()),
        number(a, "size").longValue(),
        Math.floorDiv(((FileTime) value(a, "lastModifiedTime")).toMillis(), 1000L),
        number(a, "nlink").intValue(),
        number(a, "ino").longValue(),
        number(a, "dev").longValue(),
        number(a, "rdev").longValue());
  }

  /** As {@link #of}, or empty when there is nothing of that name. */
  public static Optional<FileStat> find(Path path) throws IOException {
    try {
      return Optional.of(of(path));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      // A path through a file that is not a directory: ENOTDIR has no exception of its own.
      if (e.getMessage() != null && e.getMessage().endsWith("Not a directory")) {
        return Optional.empty();
      }
      throw e;
    }
  }

  private static Number number(Map<String, Object> attributes, String name) {
    return (Number) value(attributes, name);
  }

  private static Object value(Map<String, Object> attributes, String name) {
    return Objects.requireNonNull(attributes.get(name), name);
  }

  public boolean isDirectory() {
    return (mode & Linux.S_IFMT) == Linux.S_IFDIR;
  }

  public boolean isRegular() {
    return (mode & Linux.S_IFMT) == Linux.S_IFREG;
  }

  public boolean isSymlink() {
    return (mode & Linux.S_IFMT) == Linux.S_IFLNK;
  }

  /** An overlayfs whiteout: a character device 0:0 (kernel, overlayfs.rst). */
  public boolean isWhiteout() {
    return (mode & Linux.S_IFMT) == Linux.S_IFCHR && rdev == 0;
  }

  /** The permission bits alone (07777). */
  public int permissions() {
    return mode & 0xFFF;
  }
}
