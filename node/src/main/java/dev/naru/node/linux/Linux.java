package dev.naru.node.linux;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * System calls through the foreign function API, so that a pod needs no helper program for its
 * mounts, namespaces and signals. Needs {@code --enable-native-access=ALL-UNNAMED}; without it the
 * JVM warns.
 *
 * <p>Each call either succeeds or throws {@link LinuxException} with the errno. A call that may
 * block ({@link #read}, {@link Terminal#receive}) belongs on a platform thread: it pins a virtual
 * one.
 */
// "restricted": calling foreign functions is the purpose of this class, and of no other here.
@SuppressWarnings("restricted")
public final class Linux {
  public static final long MS_RDONLY = 1;
  public static final long MS_NOSUID = 2;
  public static final long MS_NODEV = 4;
  public static final long MS_NOEXEC = 8;
  public static final long MS_REMOUNT = 32;
  public static final long MS_BIND = 4096;
  public static final long MS_REC = 16384;
  public static final long MS_PRIVATE = 1L << 18;
  public static final int CLONE_NEWUTS = 0x04000000;
  public static final int CLONE_NEWIPC = 0x08000000;
  public static final int SIGKILL = 9;
  public static final int SIGTERM = 15;

  static final int AF_UNIX = 1;
  static final int SOCK_SEQPACKET = 5;

  private static final int MNT_DETACH = 2;
  private static final int SOCK_CLOEXEC = 0x80000;
  private static final int O_RDWR = 2;
  private static final int O_NOCTTY = 0x100;
  private static final int O_CLOEXEC = 0x80000;
  private static final short POLLIN = 1;
  private static final int SHUT_RDWR = 2;
  private static final long TIOCSWINSZ = 0x5414;
  private static final long SYS_PIDFD_SEND_SIGNAL = 424;
  private static final long SYS_PIDFD_OPEN = 434;

  private static final Linker LINKER = Linker.nativeLinker();
  private static final StructLayout CAPTURE = Linker.Option.captureStateLayout();
  private static final VarHandle ERRNO = CAPTURE.varHandle(PathElement.groupElement("errno"));

  private static final MethodHandle MOUNT =
      function("mount", -1, JAVA_INT, ADDRESS, ADDRESS, ADDRESS, JAVA_LONG, ADDRESS);
  private static final MethodHandle UMOUNT2 = function("umount2", -1, JAVA_INT, ADDRESS, JAVA_INT);
  private static final MethodHandle UNSHARE = function("unshare", -1, JAVA_INT, JAVA_INT);
  private static final MethodHandle SETHOSTNAME =
      function("sethostname", -1, JAVA_INT, ADDRESS, JAVA_LONG);
  private static final MethodHandle CLOSE = function("close", -1, JAVA_INT, JAVA_INT);
  private static final MethodHandle READ =
      function("read", -1, JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG);
  private static final MethodHandle WRITE =
      function("write", -1, JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG);
  private static final MethodHandle IOCTL =
      function("ioctl", 2, JAVA_INT, JAVA_INT, JAVA_LONG, ADDRESS);
  private static final MethodHandle SOCKET =
      function("socket", -1, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT);
  private static final MethodHandle CONNECT =
      function("connect", -1, JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT);
  private static final MethodHandle SHUTDOWN =
      function("shutdown", -1, JAVA_INT, JAVA_INT, JAVA_INT);
  private static final MethodHandle POLL =
      function("poll", -1, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT);
  private static final MethodHandle POSIX_OPENPT = function("posix_openpt", -1, JAVA_INT, JAVA_INT);
  private static final MethodHandle GRANTPT = function("grantpt", -1, JAVA_INT, JAVA_INT);
  private static final MethodHandle UNLOCKPT = function("unlockpt", -1, JAVA_INT, JAVA_INT);
  private static final MethodHandle PTSNAME_R =
      function("ptsname_r", -1, JAVA_INT, JAVA_INT, ADDRESS, JAVA_LONG);
  private static final MethodHandle SYSCALL4 =
      function("syscall", 1, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG);
  private static final MethodHandle STRERROR = plain("strerror", ADDRESS, JAVA_INT);

  private Linux() {}

  /** mount(2); {@code null} means a null pointer. */
  public static void mount(
      @Nullable String source,
      Path target,
      @Nullable String type,
      long flags,
      @Nullable String options) {
    try (Arena arena = Arena.ofConfined()) {
      checked(
          () -> "Tried to mount " + source + " (" + type + ") on " + target,
          MOUNT,
          arena,
          text(arena, source),
          text(arena, target.toString()),
          text(arena, type),
          flags,
          text(arena, options));
    }
  }

  /** Detaches the topmost mount at {@code target} at once; users of it keep it until they end. */
  public static void unmount(Path target) {
    try (Arena arena = Arena.ofConfined()) {
      checked(
          () -> "Tried to unmount " + target,
          UMOUNT2,
          arena,
          text(arena, target.toString()),
          MNT_DETACH);
    }
  }

  /** Gives the calling platform thread new namespaces; they end with it unless pinned. */
  public static void unshare(int flags) {
    try (Arena arena = Arena.ofConfined()) {
      checked(() -> "Tried to unshare namespaces", UNSHARE, arena, flags);
    }
  }

  /** Sets the host name of the calling thread's UTS namespace. */
  public static void setHostname(String name) {
    byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
    try (Arena arena = Arena.ofConfined()) {
      checked(
          () -> "Tried to set host name " + name,
          SETHOSTNAME,
          arena,
          arena.allocateFrom(name),
          (long) bytes.length);
    }
  }

  /** A descriptor that keeps naming the process even when its number is used again. */
  public static int openPidfd(long pid) {
    try (Arena arena = Arena.ofConfined()) {
      return (int)
          checked(
              () -> "Tried to open process " + pid,
              SYSCALL4,
              arena,
              SYS_PIDFD_OPEN,
              pid,
              0L,
              0L,
              0L);
    }
  }

  /** Sends a signal to the process of a pidfd. */
  public static void signal(int pidfd, int signal) {
    try (Arena arena = Arena.ofConfined()) {
      checked(
          () -> "Tried to send signal " + signal,
          SYSCALL4,
          arena,
          SYS_PIDFD_SEND_SIGNAL,
          (long) pidfd,
          (long) signal,
          0L,
          0L);
    }
  }

  public static void close(int descriptor) {
    try (Arena arena = Arena.ofConfined()) {
      checked(() -> "Tried to close a descriptor", CLOSE, arena, descriptor);
    }
  }

  /**
   * Reads up to {@code into.length} bytes.
   *
   * @return the count, or -1 at the end; a pseudo-terminal whose other side is closed (EIO) counts
   *     as the end
   */
  static int read(int descriptor, byte[] into, int offset, int length) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment buffer = arena.allocate(Math.max(1, length));
      while (true) {
        MemorySegment state = arena.allocate(CAPTURE);
        long n = invoke(READ, state, descriptor, buffer, (long) length);
        if (n > 0) {
          MemorySegment.copy(buffer, ValueLayout.JAVA_BYTE, 0, into, offset, (int) n);
          return (int) n;
        }
        int errno = n == 0 ? 0 : (int) ERRNO.get(state, 0L);
        if (errno == 4) {
          continue;
        }
        if (n == 0 || errno == 5 || errno == 104) {
          return -1;
        }
        throw LinuxException.ofErrno("Tried to read a descriptor", errno);
      }
    }
  }

  static void writeFully(int descriptor, byte[] bytes, int offset, int length) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment buffer = arena.allocate(Math.max(1, length));
      MemorySegment.copy(bytes, offset, buffer, ValueLayout.JAVA_BYTE, 0, length);
      long done = 0;
      while (done < length) {
        done +=
            checked(
                () -> "Tried to write a descriptor",
                WRITE,
                arena,
                descriptor,
                buffer.asSlice(done),
                length - done);
      }
    }
  }

  /** Tells a pseudo-terminal its size. */
  static void windowSize(int descriptor, int columns, int rows) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment size = arena.allocate(8, 2);
      size.set(ValueLayout.JAVA_SHORT, 0, (short) rows);
      size.set(ValueLayout.JAVA_SHORT, 2, (short) columns);
      checked(() -> "Tried to resize a terminal", IOCTL, arena, descriptor, TIOCSWINSZ, size);
    }
  }

  static int connect(Path path, int socketType) {
    try (Arena arena = Arena.ofConfined()) {
      int descriptor = socket(arena, socketType);
      MemorySegment address = address(arena, path);
      try {
        checked(() -> "Tried to connect to " + path, CONNECT, arena, descriptor, address, 110);
      } catch (LinuxException e) {
        close(descriptor);
        throw e;
      }
      return descriptor;
    }
  }

  /** Ends both directions, so that a thread blocked in {@link #read} returns. */
  static void shutdown(int descriptor) {
    try (Arena arena = Arena.ofConfined()) {
      invoke(SHUTDOWN, arena.allocate(CAPTURE), descriptor, SHUT_RDWR);
    }
  }

  /**
   * Opens a new pseudo-terminal.
   *
   * @return the descriptor of the near side
   */
  static int openTerminal() {
    try (Arena arena = Arena.ofConfined()) {
      int near =
          (int)
              checked(
                  () -> "Tried to open a pseudo-terminal",
                  POSIX_OPENPT,
                  arena,
                  O_RDWR | O_NOCTTY | O_CLOEXEC);
      checked(() -> "Tried to grant a pseudo-terminal", GRANTPT, arena, near);
      checked(() -> "Tried to unlock a pseudo-terminal", UNLOCKPT, arena, near);
      return near;
    }
  }

  /** The file of the far side of a pseudo-terminal. */
  static Path terminalFile(int near) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment name = arena.allocate(128);
      long error = invoke(PTSNAME_R, arena.allocate(CAPTURE), near, name, name.byteSize());
      if (error != 0) {
        throw LinuxException.ofErrno("Tried to name a pseudo-terminal", (int) error);
      }
      return Path.of(name.getString(0));
    }
  }

  /**
   * Waits until a descriptor has something to read; for a pidfd, until its process has ended.
   *
   * @return false when nothing came within {@code maxMs}
   */
  static boolean awaitReadable(int descriptor, int maxMs) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment poll = arena.allocate(8, 4);
      poll.set(JAVA_INT, 0, descriptor);
      poll.set(ValueLayout.JAVA_SHORT, 4, POLLIN);
      return checked(() -> "Tried to wait for a process", POLL, arena, poll, 1L, maxMs) == 1;
    }
  }

  static String describe(int errno) {
    try {
      MemorySegment text = (MemorySegment) STRERROR.invokeExact(errno);
      return text.reinterpret(1024).getString(0) + " (errno " + errno + ")";
    } catch (Throwable e) {
      throw new AssertionError("strerror takes one int", e);
    }
  }

  private static int socket(Arena arena, int type) {
    return (int)
        checked(() -> "Tried to open a socket", SOCKET, arena, AF_UNIX, type | SOCK_CLOEXEC, 0);
  }

  private static MemorySegment address(Arena arena, Path path) {
    byte[] bytes = path.toString().getBytes(StandardCharsets.UTF_8);
    if (bytes.length > 107) {
      throw new LinuxException(
          "Tried to use the socket path " + path + " but it is longer than 107 bytes", 0, null);
    }
    MemorySegment address = arena.allocate(110, 2);
    address.set(ValueLayout.JAVA_SHORT, 0, (short) AF_UNIX);
    MemorySegment.copy(bytes, 0, address, ValueLayout.JAVA_BYTE, 2, bytes.length);
    return address;
  }

  private static MemorySegment text(Arena arena, @Nullable String text) {
    return text == null ? MemorySegment.NULL : arena.allocateFrom(text);
  }

  private interface What {
    String text();
  }

  private static long checked(What what, MethodHandle handle, Arena arena, Object... arguments) {
    MemorySegment state = arena.allocate(CAPTURE);
    long result = invoke(handle, state, arguments);
    if (result < 0) {
      throw LinuxException.ofErrno(what.text(), (int) ERRNO.get(state, 0L));
    }
    return result;
  }

  private static long invoke(MethodHandle handle, MemorySegment state, Object... arguments) {
    List<Object> all = new ArrayList<>(arguments.length + 1);
    all.add(state);
    all.addAll(Arrays.asList(arguments));
    try {
      return ((Number) handle.invokeWithArguments(all)).longValue();
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new AssertionError("a foreign function throws nothing checked", e);
    }
  }

  private static MethodHandle function(
      String name, int firstVariadic, ValueLayout result, ValueLayout... arguments) {
    MemorySegment symbol = LINKER.defaultLookup().findOrThrow(name);
    FunctionDescriptor descriptor = FunctionDescriptor.of(result, arguments);
    Linker.Option errno = Linker.Option.captureCallState("errno");
    return firstVariadic < 0
        ? LINKER.downcallHandle(symbol, descriptor, errno)
        : LINKER.downcallHandle(
            symbol, descriptor, errno, Linker.Option.firstVariadicArg(firstVariadic));
  }

  private static MethodHandle plain(String name, ValueLayout result, ValueLayout... arguments) {
    return LINKER.downcallHandle(
        LINKER.defaultLookup().findOrThrow(name), FunctionDescriptor.of(result, arguments));
  }
}
