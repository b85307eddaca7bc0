package dev.naru.node.linux;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntPredicate;
import java.util.function.LongPredicate;

/** Signals to processes that are not children of this one, safe against reused numbers. */
public final class Signals {
  private static final Map<String, Integer> NUMBERS =
      Map.ofEntries(
          Map.entry("HUP", 1),
          Map.entry("INT", 2),
          Map.entry("QUIT", 3),
          Map.entry("ABRT", 6),
          Map.entry("KILL", 9),
          Map.entry("USR1", 10),
          Map.entry("USR2", 12),
          Map.entry("ALRM", 14),
          Map.entry("TERM", 15),
          Map.entry("CONT", 18),
          Map.entry("STOP", 19),
          Map.entry("WINCH", 28),
          Map.entry("PWR", 30));

  private Signals() {}

  /**
   * Sends {@code signal} to {@code pid} if {@code ours} still says so after the process has been
   * pinned, so that it cannot be a stranger that got the number.
   *
   * @return false when the process is gone or a stranger
   */
  public static boolean send(long pid, int signal, LongPredicate ours) {
    return pinned(
        pid,
        ours,
        pidfd -> {
          Linux.signal(pidfd, signal);
          return true;
        },
        false);
  }

  /**
   * Waits for the end of {@code pid} as long as it is {@code ours}; a zombie has ended.
   *
   * @return false when it goes on after {@code max}
   */
  public static boolean awaitEnd(long pid, Duration max, LongPredicate ours) {
    return pinned(
        pid, ours, pidfd -> Linux.awaitReadable(pidfd, Math.toIntExact(max.toMillis())), true);
  }

  private static boolean pinned(
      long pid, LongPredicate ours, IntPredicate action, boolean whenGone) {
    int pidfd;
    try {
      pidfd = Linux.openPidfd(pid);
    } catch (LinuxException e) {
      if (e.errno() == LinuxException.ESRCH || e.errno() == LinuxException.EINVAL) {
        return whenGone;
      }
      throw e;
    }
    try {
      return ours.test(pid) ? action.test(pidfd) : whenGone;
    } catch (LinuxException e) {
      if (e.errno() == LinuxException.ESRCH) {
        return whenGone;
      }
      throw e;
    } finally {
      Linux.close(pidfd);
    }
  }

  static void kill(long pid) {
    send(pid, Linux.SIGKILL, p -> true);
  }

  /** The number of {@code SIGTERM}, {@code term}, {@code 15}; empty when unknown. */
  public static Optional<Integer> number(String name) {
    String upper = name.strip().toUpperCase(java.util.Locale.ROOT);
    if (upper.matches("[0-9]{1,2}")) {
      return Optional.of(Integer.parseInt(upper));
    }
    return Optional.ofNullable(NUMBERS.get(upper.startsWith("SIG") ? upper.substring(3) : upper));
  }
}
