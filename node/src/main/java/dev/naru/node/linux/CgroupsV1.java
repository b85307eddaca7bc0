package dev.naru.node.linux;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** One hierarchy per controller below {@code root}; kernel doc admin-guide/cgroup-v1. */
record CgroupsV1(Path root) implements Cgroups {
  @Override
  public int version() {
    return 1;
  }

  @Override
  public boolean limitsSwap() {
    return Files.exists(root.resolve("memory/memory.memsw.limit_in_bytes"));
  }

  @Override
  public void create(String group, Limits limits) throws IOException {
    if (limits.memoryMax() > 0) {
      write(group, "memory", "memory.limit_in_bytes", limits.memoryMax());
    }
    if (limits.cpuShares() > 0) {
      write(group, "cpu", "cpu.shares", limits.cpuShares());
    }
    if (limits.cpuQuota() > 0) {
      write(group, "cpu", "cpu.cfs_quota_us", limits.cpuQuota());
    }
    if (limits.pidsMax() > 0) {
      write(group, "pids", "pids.max", limits.pidsMax());
    }
  }

  private void write(String group, String controller, String file, long value) throws IOException {
    Path directory = root.resolve(controller).resolve(group.substring(1));
    Files.createDirectories(directory);
    Files.writeString(directory.resolve(file), Long.toString(value));
  }

  @Override
  public long oomKills(String group) {
    return Cgroups.flat(
        root.resolve("memory").resolve(group.substring(1)).resolve("memory.oom_control"),
        "oom_kill");
  }

  @Override
  public List<Long> processes(String group) {
    return Cgroups.read(root.resolve("pids").resolve(group.substring(1)).resolve("cgroup.procs"));
  }

  @Override
  public List<Path> directories(String group) {
    List<Path> found = new ArrayList<>();
    try (DirectoryStream<Path> hierarchies = Files.newDirectoryStream(root)) {
      for (Path hierarchy : hierarchies) {
        Path directory = hierarchy.resolve(group.substring(1));
        // cpu and cpuacct may be two names of one hierarchy; removing twice does no harm.
        if (Files.isDirectory(directory)) {
          found.add(directory);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Tried to list control group hierarchies in " + root, e);
    }
    return found;
  }

  @Override
  public List<Path> refuge(String group) throws IOException {
    Path systemd = root.resolve("systemd");
    if (!Files.isDirectory(systemd) || !Cgroups.inService("name=systemd")) {
      return List.of();
    }
    Path directory = systemd.resolve(group.substring(1));
    Files.createDirectories(directory);
    return List.of(directory.resolve("cgroup.procs"));
  }
}
