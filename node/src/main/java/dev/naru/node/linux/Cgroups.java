package dev.naru.node.linux;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Control groups by plain files, on a unified hierarchy (v2) or on one hierarchy per controller
 * (v1, also in the hybrid layout where v2 carries no controller).
 *
 * <p>A group is named by its path below the mounts, such as {@code /naru/pod1/c1}. Making and
 * removing are idempotent.
 */
public sealed interface Cgroups permits CgroupsV1, CgroupsV2 {
  /** One that the kernel holds up longer is left to end by itself. */
  Duration KILL_MAX = Duration.ofSeconds(5);

  /**
   * Limits of a pod's group; 0 means none.
   *
   * @param memoryMax in bytes
   * @param cpuShares as of v1: 1024 is one core's worth under contention
   * @param cpuQuota microseconds of processor time per 100 ms
   * @param pidsMax count of tasks
   */
  record Limits(long memoryMax, long cpuShares, long cpuQuota, long pidsMax) {
    public static final Limits NONE = new Limits(0, 0, 0, 0);
  }

  /** The machine's layout. */
  static Cgroups detect() {
    Path root = Path.of("/sys/fs/cgroup");
    Path controllers = root.resolve("cgroup.controllers");
    return Files.exists(controllers) ? new CgroupsV2(root) : new CgroupsV1(root);
  }

  /** {@code 1} or {@code 2}. */
  int version();

  /** Whether the kernel counts swap per group, so that a limit for it can be set. */
  boolean limitsSwap();

  /** Makes the group and sets those limits that are not 0. */
  void create(String group, Limits limits) throws IOException;

  /** How many processes the kernel has killed in this group for want of memory; 0 if it is gone. */
  long oomKills(String group);

  /** The process ids of the group itself; empty if it is gone. */
  List<Long> processes(String group);

  /** Directories of the group in every hierarchy that has it. */
  List<Path> directories(String group);

  /**
   * The {@code cgroup.procs} files to which a process has to write itself to leave the service or
   * scope of systemd that it was born in; empty when it was born in none. A group of a service is
   * killed when that service stops, and a container must not be.
   */
  List<Path> refuge(String group) throws IOException;

  /** Kills each process in the group and the groups below it, and waits for their ends. */
  default void kill(String group) {
    List<Long> killed = new ArrayList<>();
    for (Path directory : directories(group)) {
      for (Path below : tree(directory)) {
        killed.addAll(read(below.resolve("cgroup.procs")));
      }
    }
    killed.forEach(Signals::kill);
    killed.forEach(pid -> Signals.awaitEnd(pid, KILL_MAX, p -> true));
  }

  /**
   * Removes the group and those below it.
   *
   * @return false when a process is still in one of them
   */
  default boolean remove(String group) {
    boolean gone = true;
    for (Path directory : directories(group)) {
      for (Path below : tree(directory).reversed()) {
        try {
          Files.deleteIfExists(below);
        } catch (IOException e) {
          // EBUSY: a process is still ending in it; the caller learns it by the answer.
          gone = false;
        }
      }
    }
    return gone;
  }

  /** The directory and all below it, parents first. */
  private static List<Path> tree(Path directory) {
    List<Path> found = new ArrayList<>();
    found.add(directory);
    for (int i = 0; i < found.size(); i++) {
      try (DirectoryStream<Path> children =
          Files.newDirectoryStream(found.get(i), Files::isDirectory)) {
        children.forEach(found::add);
      } catch (IOException e) {
        if (!(e instanceof NoSuchFileException)) {
          throw new UncheckedIOException("Tried to list the control group " + directory, e);
        }
      }
    }
    return found;
  }

  /** The numbers in a file, one per line; empty when the group is gone. */
  static List<Long> read(Path file) {
    try {
      return Files.readAllLines(file, StandardCharsets.UTF_8).stream()
          .filter(line -> !line.isBlank())
          .map(line -> Long.parseLong(line.strip()))
          .toList();
    } catch (IOException e) {
      // A group that ends while it is read answers ENODEV or is not there: it has no processes.
      return List.of();
    }
  }

  /** The value of {@code key} in a file of lines {@code key value}; 0 when there is none. */
  static long flat(Path file, String key) {
    try {
      for (String line : Files.readAllLines(file, StandardCharsets.UTF_8)) {
        if (line.startsWith(key + " ")) {
          return Long.parseLong(line.substring(key.length() + 1).strip());
        }
      }
      return 0;
    } catch (IOException e) {
      // Gone with its container.
      return 0;
    }
  }

  /** True when this process lives in a systemd service or scope, by its line in /proc. */
  static boolean inService(String hierarchy) throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/self/cgroup"), StandardCharsets.UTF_8)) {
      String[] parts = line.split(":", 3);
      if (parts.length == 3 && parts[1].equals(hierarchy)) {
        return parts[2].contains(".service") || parts[2].contains(".scope");
      }
    }
    return false;
  }
}
