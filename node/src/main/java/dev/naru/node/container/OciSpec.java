package dev.naru.node.container;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.naru.node.container.ContainerSpec.Mount;
import dev.naru.node.container.ContainerSpec.Program;
import dev.naru.node.container.ContainerSpec.Resources;
import dev.naru.node.linux.Cgroups;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * {@code config.json} of a container. Source: OCI runtime spec 1.0.2; the usual mounts, masked and
 * read-only paths are those of containerd's CRI plugin.
 */
final class OciSpec {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int CPU_PERIOD_US = 100_000;

  private static final List<String> MASKED =
      List.of(
          "/proc/acpi",
          "/proc/asound",
          "/proc/kcore",
          "/proc/keys",
          "/proc/latency_stats",
          "/proc/timer_list",
          "/proc/timer_stats",
          "/proc/sched_debug",
          "/proc/scsi",
          "/sys/firmware",
          "/sys/devices/virtual/powercap");

  private static final List<String> READ_ONLY =
      List.of("/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger");

  private OciSpec() {}

  /**
   * @param cgroups with version 2 the container gets a control group namespace of its own
   */
  static byte[] json(ContainerSpec spec, Cgroups cgroups) {
    Map<String, Object> root = new LinkedHashMap<>();
    root.put("ociVersion", "1.0.2");
    root.put("process", process(spec));
    root.put("root", Map.of("path", spec.rootfs().toString(), "readonly", spec.rootReadOnly()));
    root.put("mounts", mounts(spec));
    root.put("linux", linux(spec, cgroups));
    try {
      return JSON.writeValueAsBytes(root);
    } catch (JsonProcessingException e) {
      throw new AssertionError("maps of strings and numbers are writable", e);
    }
  }

  private static Map<String, Object> process(ContainerSpec spec) {
    Program program = spec.program();
    List<String> env = new ArrayList<>();
    program.env().forEach((name, value) -> env.add(name + "=" + value));
    env.sort(String::compareTo);
    List<String> capabilities = spec.confinement().capabilities().stream().sorted().toList();
    Map<String, Object> process = new LinkedHashMap<>();
    process.put("terminal", program.terminal());
    process.put(
        "user",
        Map.of(
            "uid", program.user().uid(),
            "gid", program.user().gid(),
            "additionalGids", program.user().groups()));
    process.put("args", program.args());
    process.put("env", env);
    process.put("cwd", program.workingDirectory());
    process.put(
        "capabilities",
        Map.of("bounding", capabilities, "effective", capabilities, "permitted", capabilities));
    process.put("noNewPrivileges", spec.confinement().noNewPrivileges());
    process.put("oomScoreAdj", spec.resources().oomScoreAdj());
    return process;
  }

  private static List<Object> mounts(ContainerSpec spec) {
    List<Mount> all = new ArrayList<>();
    all.add(new Mount("/proc", "proc", "proc", List.of("nosuid", "noexec", "nodev")));
    all.add(
        new Mount(
            "/dev", "tmpfs", "tmpfs", List.of("nosuid", "strictatime", "mode=755", "size=65536k")));
    all.add(
        new Mount(
            "/dev/pts",
            "devpts",
            "devpts",
            List.of("nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620", "gid=5")));
    all.add(new Mount("/dev/mqueue", "mqueue", "mqueue", List.of("nosuid", "noexec", "nodev")));
    all.add(new Mount("/sys", "sysfs", "sysfs", List.of("nosuid", "noexec", "nodev", "ro")));
    all.add(
        new Mount(
            "/sys/fs/cgroup",
            "cgroup",
            "cgroup",
            List.of("nosuid", "noexec", "nodev", "relatime", "ro")));
    all.addAll(spec.mounts());
    List<Object> json = new ArrayList<>();
    for (Mount mount : all) {
      json.add(
          Map.of(
              "destination", mount.destination(),
              "type", mount.type(),
              "source", mount.source(),
              "options", mount.options()));
    }
    return json;
  }

  private static Map<String, Object> linux(ContainerSpec spec, Cgroups cgroups) {
    List<Object> namespaces = new ArrayList<>();
    namespaces.add(Map.of("type", "mount"));
    if (!spec.joined().hostPid()) {
      namespaces.add(Map.of("type", "pid"));
    }
    join(namespaces, "network", spec.joined().network());
    join(namespaces, "ipc", spec.joined().ipc());
    join(namespaces, "uts", spec.joined().uts());
    if (cgroups.version() == 2) {
      namespaces.add(Map.of("type", "cgroup"));
    }
    List<String> masked = new ArrayList<>(MASKED);
    masked.addAll(spec.maskedPaths());
    Map<String, Object> linux = new LinkedHashMap<>();
    linux.put("cgroupsPath", spec.cgroup());
    linux.put("resources", resources(spec.resources(), cgroups.limitsSwap()));
    linux.put("namespaces", namespaces);
    linux.put("maskedPaths", masked);
    linux.put("readonlyPaths", READ_ONLY);
    if (!spec.confinement().sysctls().isEmpty()) {
      linux.put("sysctl", spec.confinement().sysctls());
    }
    if (spec.confinement().seccomp()) {
      linux.put("seccomp", Seccomp.profile(spec.confinement().capabilities()));
    }
    return linux;
  }

  private static void join(List<Object> namespaces, String type, Optional<Path> path) {
    path.ifPresent(file -> namespaces.add(Map.of("type", type, "path", file.toString())));
  }

  private static Map<String, Object> resources(Resources limits, boolean swap) {
    Map<String, Object> resources = new LinkedHashMap<>();
    resources.put("devices", List.of(Map.of("allow", false, "access", "rwm")));
    if (limits.memoryMax() > 0) {
      // The runtime's "swap" is memory and swap together: equal means no swap.
      resources.put(
          "memory",
          swap
              ? Map.of("limit", limits.memoryMax(), "swap", limits.memoryMax())
              : Map.of("limit", limits.memoryMax()));
    }
    Map<String, Object> cpu = new LinkedHashMap<>();
    if (limits.cpuShares() > 0) {
      cpu.put("shares", limits.cpuShares());
    }
    if (limits.cpuQuota() > 0) {
      cpu.put("quota", limits.cpuQuota());
      cpu.put("period", CPU_PERIOD_US);
    }
    if (!cpu.isEmpty()) {
      resources.put("cpu", cpu);
    }
    if (limits.pidsMax() > 0) {
      resources.put("pids", Map.of("limit", limits.pidsMax()));
    }
    return resources;
  }
}
