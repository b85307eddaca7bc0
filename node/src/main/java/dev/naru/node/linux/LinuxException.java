package dev.naru.node.linux;

import dev.naru.base.NaruException;
import org.jspecify.annotations.Nullable;

/** A system call or a host program that failed. */
public final class LinuxException extends NaruException {
  private static final long serialVersionUID = 1L;

  /** "No such process". */
  public static final int ESRCH = 3;

  /** "Device or resource busy". */
  public static final int EBUSY = 16;

  /** "Invalid argument". */
  public static final int EINVAL = 22;

  /** "Too many levels of symbolic links"; overlayfs: layers overlap. */
  public static final int ELOOP = 40;

  /** "Stale file handle"; overlayfs: the upper directory belongs to another mount. */
  public static final int ESTALE = 116;

  private final int errno;

  LinuxException(String what, int errno, @Nullable Throwable cause) {
    super("NODE_LINUX", what, cause);
    this.errno = errno;
  }

  static LinuxException ofErrno(String what, int errno) {
    return new LinuxException(what + " but failed: " + Linux.describe(errno), errno, null);
  }

  /** The error number of the system call, or 0 when a program failed. */
  public int errno() {
    return errno;
  }
}
