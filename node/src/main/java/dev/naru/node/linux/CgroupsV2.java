package dev.naru.node.linux;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The unified hierarchy; kernel doc admin-guide/cgroup-v2. */
record CgroupsV2(Path root) implements Cgroups {
  @Override
  public int version() {
    return 2;
  }

  @Override
  public boolean limitsSwap() {
    return Files.exists(Path.of("/proc/swaps"));
  }

  @Override
  public void create(String group, Limits limits) throws IOException {
    Path directory = root;
    for (Path name : Path.of(group.substring(1))) {
      enable(directory);
      directory = directory.resolve(name);
      Files.createDirectories(directory);
    }
    if (limits.memoryMax() > 0) {
      Files.writeString(directory.resolve("memory.max"), Long.toString(limits.memoryMax()));
    }
    if (limits.cpuShares() > 0) {
      Files.writeString(directory.resolve("cpu.weight"), Long.toString(weight(limits.cpuShares())));
    }
    if (limits.cpuQuota() > 0) {
      Files.writeString(directory.resolve("cpu.max"), limits.cpuQuota() + " 100000");
    }
    if (limits.pidsMax() > 0) {
      Files.writeString(directory.resolve("pids.max"), Long.toString(limits.pidsMax()));
    }
  }

  /** As the OCI runtimes map 2…262144 to 1…10000. */
  static long weight(long shares) {
    return Math.clamp(1 + (shares - 2) * 9999 / 262142, 1, 10_000);
  }

  private static void enable(Path directory) throws IOException {
    Set<String> available = words(directory.resolve("cgroup.controllers"));
    available.retainAll(Set.of("memory", "cpu", "pids"));
    available.removeAll(words(directory.resolve("cgroup.subtree_control")));
    for (String controller : available) {
      Files.writeString(directory.resolve("cgroup.subtree_control"), "+" + controller);
    }
  }

  private static Set<String> words(Path file) throws IOException {
    String text = Files.readString(file, StandardCharsets.UTF_8).strip();
    return new HashSet<>(Arrays.asList(text.split("\\s+")));
  }

  @Override
  public long oomKills(String group) {
    return Cgroups.flat(root.resolve(group.substring(1)).resolve("memory.events"), "oom_kill");
  }

  @Override
  public List<Long> processes(String group) {
    return Cgroups.read(root.resolve(group.substring(1)).resolve("cgroup.procs"));
  }

  @Override
  public List<Path> directories(String group) {
    Path directory = root.resolve(group.substring(1));
    return Files.isDirectory(directory) ? List.of(directory) : List.of();
  }

  @Override
  public List<Path> refuge(String group) throws IOException {
    if (!Cgroups.inService("")) {
      return List.of();
    }
    Path directory = root.resolve(group.substring(1));
    Files.createDirectories(directory);
    return List.of(directory.resolve("cgroup.procs"));
  }
}
