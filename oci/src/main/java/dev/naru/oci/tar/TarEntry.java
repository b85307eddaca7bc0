package dev.naru.oci.tar;

import java.util.Map;
import java.util.TreeMap;

/**
 * The header of one member of a tar archive.
 *
 * @param name path with {@code /}, as stored; a directory's ends with {@code /} or not
 * @param mode permission bits (07777)
 * @param size bytes of content that follow; 0 but for {@link Type#FILE}
 * @param mtimeSeconds since 1970
 * @param linkName target of a symbolic or hard link, else empty
 * @param xattrs extended attributes by name, in the order of names
 */
public record TarEntry(
    String name,
    Type type,
    int mode,
    long uid,
    long gid,
    long size,
    long mtimeSeconds,
    String linkName,
    Map<String, byte[]> xattrs) {

  /** The kinds of members that layers have. */
  public enum Type {
    FILE('0'),
    HARDLINK('1'),
    SYMLINK('2'),
    CHARACTER_DEVICE('3'),
    BLOCK_DEVICE('4'),
    DIRECTORY('5'),
    FIFO('6');

    private final char flag;

    Type(char flag) {
      this.flag = flag;
    }

    char flag() {
      return flag;
    }
  }

  public TarEntry {
    xattrs = Map.copyOf(xattrs);
  }

  /** The extended attributes sorted by name. */
  TreeMap<String, byte[]> sortedXattrs() {
    return new TreeMap<>(xattrs);
  }

  public static TarEntry directory(String name, int mode, long uid, long gid, long mtimeSeconds) {
    String slashed = name.endsWith("/") ? name : name + "/";
    return new TarEntry(slashed, Type.DIRECTORY, mode, uid, gid, 0, mtimeSeconds, "", Map.of());
  }

  public static TarEntry file(
      String name, int mode, long uid, long gid, long size, long mtimeSeconds) {
    return new TarEntry(name, Type.FILE, mode, uid, gid, size, mtimeSeconds, "", Map.of());
  }

  public static TarEntry symlink(
      String name, String target, long uid, long gid, long mtimeSeconds) {
    return new TarEntry(name, Type.SYMLINK, 0777, uid, gid, 0, mtimeSeconds, target, Map.of());
  }
}
