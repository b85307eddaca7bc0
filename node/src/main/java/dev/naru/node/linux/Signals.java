package dev.naru.node.linux;

import java.util.Map;
import java.util.Optional;
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
    int pidfd;
    try {
      pidfd = Linux.openPidfd(pid);
    } catch (LinuxException e) {
      if (e.errno() == LinuxException.ESRCH || e.errno() == LinuxException.EINVAL) {
        return false;
      }
      throw e;
    }
    try {
      if (!ours.test(pid)) {
        return false;
      }
      Linux.signal(pidfd, signal);
      return true;
    } catch (LinuxException e) {
      if (e.errno() == LinuxException.ESRCH) {
        return false;
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
