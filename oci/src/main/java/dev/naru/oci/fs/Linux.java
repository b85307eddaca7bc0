package dev.naru.oci.fs;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The few Linux calls on files that the Java library lacks. None follows a symbolic link at the end
 * of the path. A failed call throws an {@link IOException} that names call, path and error.
 */
public final class Linux {
  /** File type bits of a mode, {@code inode(7)}. */
  public static final int S_IFMT = 0xF000;

  public static final int S_IFIFO = 0x1000;
  public static final int S_IFCHR = 0x2000;
  public static final int S_IFDIR = 0x4000;
  public static final int S_IFBLK = 0x6000;
  public static final int S_IFREG = 0x8000;
  public static final int S_IFLNK = 0xA000;

  private static final int AT_FDCWD = -100;
  private static final int AT_SYMLINK_NOFOLLOW = 0x100;
  private static final int O_RDONLY_DIRECTORY_CLOEXEC = 0x10000 | 0x80000;
  private static final int ENODATA = 61;
  private static final int EOPNOTSUPP = 95;
  private static final int MNT_DETACH = 2;
  private static final int XATTR_SIZE_MAX = 1 << 16;

  private static final StructLayout ERRNO = Linker.Option.captureStateLayout();
  private static final VarHandle ERRNO_VALUE =
      ERRNO.varHandle(MemoryLayout.PathElement.groupElement("errno"));

  private static final MethodHandle MKNOD = call("mknod", ADDRESS, JAVA_INT, JAVA_LONG);
  private static final MethodHandle LCHOWN = call("lchown", ADDRESS, JAVA_INT, JAVA_INT);
  private static final MethodHandle CHMOD = call("chmod", ADDRESS, JAVA_INT);
  private static final MethodHandle UTIMENSAT =
      call("utimensat", JAVA_INT, ADDRESS, ADDRESS, JAVA_INT);
  private static final MethodHandle LSETXATTR =
      call("lsetxattr", ADDRESS, ADDRESS, ADDRESS, JAVA_LONG, JAVA_INT);
  private static final MethodHandle LGETXATTR =
      longCall("lgetxattr", ADDRESS, ADDRESS, ADDRESS, JAVA_LONG);
  private static final MethodHandle LLISTXATTR =
      longCall("llistxattr", ADDRESS, ADDRESS, JAVA_LONG);
  private static final MethodHandle OPEN = call("open", ADDRESS, JAVA_INT);
  private static final MethodHandle SYNCFS = call("syncfs", JAVA_INT);
  private static final MethodHandle CLOSE = call("close", JAVA_INT);
  private static final MethodHandle MOUNT =
      call("mount", ADDRESS, ADDRESS, ADDRESS, JAVA_LONG, ADDRESS);
  private static final MethodHandle UMOUNT2 = call("umount2", ADDRESS, JAVA_INT);

  private Linux() {}

  private static MethodHandle call(String name, MemoryLayout... arguments) {
    return handle(name, FunctionDescriptor.of(JAVA_INT, arguments));
  }

  private static MethodHandle longCall(String name, MemoryLayout... arguments) {
    return handle(name, FunctionDescriptor.of(JAVA_LONG, arguments));
  }

  // The restricted method is the point of this class: C functions of fixed, documented signatures.
  @SuppressWarnings("restricted")
  private static MethodHandle handle(String name, FunctionDescriptor descriptor) {
    Linker linker = Linker.nativeLinker();
    return linker.downcallHandle(
        linker.defaultLookup().findOrThrow(name),
        descriptor,
        Linker.Option.captureCallState("errno"));
  }

  @FunctionalInterface
  private interface Body {
    long run(Arena arena, MemorySegment errno) throws Throwable;
  }

  private record Outcome(long value, int errno) {}

  private static Outcome run(Body body) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment errno = arena.allocate(ERRNO);
      long value = body.run(arena, errno);
      return new Outcome(value, value < 0 ? (int) ERRNO_VALUE.get(errno, 0L) : 0);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException("a C function call threw", e);
    }
  }

  private static long check(String call, Path path, Outcome outcome) throws IOException {
    if (outcome.value < 0) {
      throw new IOException(call + " of " + path + " failed: " + describe(outcome.errno));
    }
    return outcome.value;
  }

  private static String describe(int errno) {
    return switch (errno) {
      case 1 -> "Operation not permitted (EPERM; root is needed)";
      case 2 -> "No such file or directory (ENOENT)";
      case 13 -> "Permission denied (EACCES)";
      case 16 -> "Device or resource busy (EBUSY)";
      case 17 -> "File exists (EEXIST)";
      case 20 -> "Not a directory (ENOTDIR)";
      case 22 -> "Invalid argument (EINVAL)";
      case 28 -> "No space left on device";
      case 30 -> "Read-only file system (EROFS)";
      case EOPNOTSUPP -> "Operation not supported by this file system (EOPNOTSUPP)";
      case 122 -> "Disk quota exceeded";
      default -> "error number " + errno;
    };
  }

  private static MemorySegment c(Arena arena, Path path) {
    return arena.allocateFrom(path.toString());
  }

  /**
   * Makes a device node, or a FIFO.
   *
   * @param mode type and permission bits; the umask applies
   */
  public static void mknod(Path path, int mode, long device) throws IOException {
    check("mknod", path, run((a, e) -> (int) MKNOD.invokeExact(e, c(a, path), mode, device)));
  }

  public static void chown(Path path, long uid, long gid) throws IOException {
    check(
        "lchown",
        path,
        run((a, e) -> (int) LCHOWN.invokeExact(e, c(a, path), (int) uid, (int) gid)));
  }

  /** Sets the permission bits (07777); follows a symbolic link, so never call it on one. */
  public static void chmod(Path path, int mode) throws IOException {
    check("chmod", path, run((a, e) -> (int) CHMOD.invokeExact(e, c(a, path), mode & 0xFFF)));
  }

  /** Sets access and modification time, in seconds since 1970. */
  public static void setTime(Path path, long seconds) throws IOException {
    check(
        "utimensat",
        path,
        run(
            (a, e) -> {
              MemorySegment times = a.allocateFrom(JAVA_LONG, seconds, 0, seconds, 0);
              return (int)
                  UTIMENSAT.invokeExact(e, AT_FDCWD, c(a, path), times, AT_SYMLINK_NOFOLLOW);
            }));
  }

  public static void setXattr(Path path, String name, byte[] value) throws IOException {
    check(
        "setxattr " + name,
        path,
        run(
            (a, e) -> {
              MemorySegment bytes = a.allocateFrom(JAVA_BYTE, value);
              return (int)
                  LSETXATTR.invokeExact(
                      e, c(a, path), a.allocateFrom(name), bytes, (long) value.length, 0);
            }));
  }

  /** The value of an extended attribute, or empty when the file has none of that name. */
  public static Optional<byte[]> getXattr(Path path, String name) throws IOException {
    byte[][] value = new byte[1][];
    Outcome outcome =
        run(
            (a, e) -> {
              MemorySegment buffer = a.allocate(XATTR_SIZE_MAX);
              long n =
                  (long)
                      LGETXATTR.invokeExact(
                          e, c(a, path), a.allocateFrom(name), buffer, (long) XATTR_SIZE_MAX);
              if (n >= 0) {
                value[0] = buffer.asSlice(0, n).toArray(JAVA_BYTE);
              }
              return n;
            });
    if (outcome.errno == ENODATA || outcome.errno == EOPNOTSUPP) {
      return Optional.empty();
    }
    check("getxattr " + name, path, outcome);
    return Optional.of(value[0]);
  }

  /** The names of all extended attributes that the caller may see. */
  public static List<String> listXattrs(Path path) throws IOException {
    byte[][] value = {new byte[0]};
    Outcome outcome =
        run(
            (a, e) -> {
              MemorySegment buffer = a.allocate(XATTR_SIZE_MAX);
              long n = (long) LLISTXATTR.invokeExact(e, c(a, path), buffer, (long) XATTR_SIZE_MAX);
              if (n >= 0) {
                value[0] = buffer.asSlice(0, n).toArray(JAVA_BYTE);
              }
              return n;
            });
    if (outcome.errno == EOPNOTSUPP) {
      return List.of();
    }
    check("listxattr", path, outcome);
    List<String> names = new ArrayList<>();
    for (String name : new String(value[0], StandardCharsets.UTF_8).split("\0")) {
      if (!name.isEmpty()) {
        names.add(name);
      }
    }
    return names;
  }

  /** Makes everything written to the file system of {@code directory} durable. */
  public static void syncFileSystem(Path directory) throws IOException {
    int fd =
        (int)
            check(
                "open",
                directory,
                run(
                    (a, e) ->
                        (int) OPEN.invokeExact(e, c(a, directory), O_RDONLY_DIRECTORY_CLOEXEC)));
    try {
      check("syncfs", directory, run((a, e) -> (int) SYNCFS.invokeExact(e, fd)));
    } finally {
      check("close", directory, run((a, e) -> (int) CLOSE.invokeExact(e, fd)));
    }
  }

  /**
   * Mounts a file system, {@code mount(2)}.
   *
   * @param source what the type takes, such as {@code overlay} or a directory
   * @param type such as {@code overlay} or {@code tmpfs}
   * @param flags {@code MS_*} bits
   * @param data options of the type, comma-separated
   */
  public static void mount(String source, Path target, String type, long flags, String data)
      throws IOException {
    check(
        "mount " + type,
        target,
        run(
            (a, e) ->
                (int)
                    MOUNT.invokeExact(
                        e,
                        a.allocateFrom(source),
                        c(a, target),
                        a.allocateFrom(type),
                        flags,
                        a.allocateFrom(data))));
  }

  /** Takes a mount out of the tree at once; it ends when its last user has gone. */
  public static void unmount(Path mountPoint) throws IOException {
    check(
        "umount",
        mountPoint,
        run((a, e) -> (int) UMOUNT2.invokeExact(e, c(a, mountPoint), MNT_DETACH)));
  }
}
