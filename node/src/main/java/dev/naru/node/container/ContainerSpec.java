package dev.naru.node.container;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One container, ready to be written as an OCI runtime spec.
 *
 * @param id unique for ever: it names the runtime's state, the control group and the exit file
 * @param rootfs a mounted root file system
 * @param mounts in the order in which they are made, after the usual ones ({@code /proc}, {@code
 *     /dev}, {@code /sys})
 * @param maskedPaths hidden besides the runtime's usual ones: files read as empty, directories are
 *     empty
 * @param cgroup path of the container's control group, such as {@code /naru/pod1/c1}
 */
public record ContainerSpec(
    String id,
    Path rootfs,
    boolean rootReadOnly,
    Program program,
    Joined joined,
    List<Mount> mounts,
    List<String> maskedPaths,
    String cgroup,
    Resources resources,
    Confinement confinement) {
  public ContainerSpec {
    mounts = List.copyOf(mounts);
    maskedPaths = List.copyOf(maskedPaths);
  }

  /**
   * @param args the program and its arguments, at least one
   * @param terminal whether conmon gives it a pseudo-terminal
   * @param stdin whether conmon keeps an input open for attaching
   */
  public record Program(
      List<String> args,
      Map<String, String> env,
      String workingDirectory,
      User user,
      boolean terminal,
      boolean stdin) {
    public Program {
      args = List.copyOf(args);
      env = Map.copyOf(env);
    }

    /** Values of env may be secrets. */
    @Override
    public String toString() {
      return "Program[args=" + args + ", env=" + env.keySet() + ", user=" + user + "]";
    }
  }

  public record User(long uid, long gid, List<Long> groups) {
    public User {
      groups = List.copyOf(groups);
    }
  }

  /** Namespaces made before; an absent one is the machine's own, but pid and mount are fresh. */
  public static final class Joined {
    private final @Nullable Path network;
    private final @Nullable Path ipc;
    private final @Nullable Path uts;
    private final boolean hostPid;

    public Joined(@Nullable Path network, @Nullable Path ipc, @Nullable Path uts, boolean hostPid) {
      this.network = network;
      this.ipc = ipc;
      this.uts = uts;
      this.hostPid = hostPid;
    }

    Optional<Path> network() {
      return Optional.ofNullable(network);
    }

    Optional<Path> ipc() {
      return Optional.ofNullable(ipc);
    }

    Optional<Path> uts() {
      return Optional.ofNullable(uts);
    }

    boolean hostPid() {
      return hostPid;
    }
  }

  /** A mount as mount(8) names it; {@code options} are those of runc. */
  public record Mount(String destination, String type, String source, List<String> options) {
    public Mount {
      options = List.copyOf(options);
    }

    public static Mount bind(Path source, String destination, boolean readOnly) {
      return new Mount(
          destination,
          "bind",
          source.toString(),
          List.of("rbind", "rprivate", readOnly ? "ro" : "rw"));
    }

    public static Mount tmpfs(String destination, String mode, long sizeMax) {
      return new Mount(
          destination,
          "tmpfs",
          "tmpfs",
          List.of("nosuid", "nodev", "mode=" + mode, "size=" + sizeMax));
    }
  }

  /**
   * 0 means no limit.
   *
   * @param memoryMax in bytes
   * @param cpuShares 1024 for one core under contention; at least 2
   * @param cpuQuota microseconds per 100 ms
   * @param oomScoreAdj -1000 … 1000
   */
  public record Resources(
      long memoryMax, long cpuShares, long cpuQuota, long pidsMax, int oomScoreAdj) {}

  /**
   * @param capabilities such as {@code CAP_CHOWN}
   * @param noNewPrivileges whether set-user-id programs lose their effect
   * @param seccomp whether the default profile applies
   */
  public record Confinement(
      Set<String> capabilities,
      boolean noNewPrivileges,
      boolean seccomp,
      Map<String, String> sysctls) {
    public Confinement {
      capabilities = Set.copyOf(capabilities);
      sysctls = Map.copyOf(sysctls);
    }
  }
}
