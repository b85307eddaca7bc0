package dev.naru.node;

import dev.naru.node.container.ContainerSpec;
import dev.naru.node.container.ContainerSpec.Joined;
import dev.naru.node.container.ContainerSpec.Mount;
import dev.naru.node.container.ContainerSpec.Program;
import dev.naru.node.container.ContainerSpec.Resources;
import dev.naru.node.container.ContainerSpec.User;
import dev.naru.oci.ImageConfig;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Pod;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Puts one container together from pod, image, sandbox and volumes. */
final class Assembly {
  private static final String PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
  private static final long PIDS_MAX = 16_384;

  private final Pod pod;
  private final Container container;
  private final ImageConfig image;
  private final PodDirectory directory;

  Assembly(Pod pod, Container container, ImageConfig image, PodDirectory directory) {
    this.pod = pod;
    this.container = container;
    this.image = image;
    this.directory = directory;
  }

  /** Where a container runs: made before, shared with the pod's others. */
  record Surroundings(
      Sandbox.Place place, String podCgroup, List<Mount> volumes, long machineMemory) {}

  /**
   * @throws PodProblem when the image has no program, or something is refused
   */
  ContainerSpec spec(
      String id,
      Path rootfs,
      Path terminationLog,
      Environment environment,
      Surroundings surroundings) {
    User user = Users.of(pod, container, image.user(), rootfs);
    Program program =
        new Program(
            args(environment),
            env(environment),
            workingDirectory(),
            user,
            Pods.isTrue(container.getTty()),
            Pods.isTrue(container.getStdin()));
    Sandbox.Place place = surroundings.place();
    boolean readOnly =
        container.getSecurityContext() != null
            && Pods.isTrue(container.getSecurityContext().getReadOnlyRootFilesystem());
    return new ContainerSpec(
        id,
        rootfs,
        readOnly,
        program,
        new Joined(
            place.netns(), place.ipc(), place.uts(), Pods.isTrue(pod.getSpec().getHostPID())),
        mounts(surroundings.volumes(), terminationLog),
        List.of(),
        ContainerStarter.cgroup(surroundings.podCgroup(), id),
        new Resources(
            Quality.memoryMax(container),
            Quality.cpuShares(container),
            Quality.cpuQuota(container),
            PIDS_MAX,
            Quality.oomScoreAdj(pod, container, surroundings.machineMemory())),
        Security.of(pod, container));
  }

  /** command replaces the image's entrypoint and its cmd; args replaces its cmd. */
  private List<String> args(Environment environment) {
    List<String> command = environment.expand(Pods.list(container.getCommand()));
    List<String> given = environment.expand(Pods.list(container.getArgs()));
    List<String> all = new ArrayList<>(command.isEmpty() ? image.entrypoint() : command);
    if (!given.isEmpty()) {
      all.addAll(given);
    } else if (command.isEmpty()) {
      all.addAll(image.cmd());
    }
    if (all.isEmpty()) {
      throw new PodProblem(
          PodProblem.CREATE, "no command specified: neither the image nor the container names one");
    }
    return all;
  }

  private Map<String, String> env(Environment environment) {
    Map<String, String> all = environment.over(image.environment());
    all.putIfAbsent("PATH", PATH);
    all.putIfAbsent("HOSTNAME", Sandbox.hostname(pod));
    if (Pods.isTrue(container.getTty())) {
      all.putIfAbsent("TERM", "xterm");
    }
    return all;
  }

  private String workingDirectory() {
    String own = container.getWorkingDir();
    if (own != null && !own.isEmpty()) {
      return own;
    }
    return image.workingDir().isEmpty() ? "/" : image.workingDir();
  }

  private List<Mount> mounts(List<Mount> volumes, Path terminationLog) {
    List<Mount> usual = new ArrayList<>();
    usual.add(Mount.bind(directory.etc().resolve("hosts"), "/etc/hosts", false));
    usual.add(Mount.bind(directory.etc().resolve("hostname"), "/etc/hostname", false));
    usual.add(Mount.bind(directory.etc().resolve("resolv.conf"), "/etc/resolv.conf", false));
    usual.add(Mount.bind(directory.shm(), "/dev/shm", false));
    usual.add(Mount.bind(terminationLog, terminationPath(container), false));
    Set<String> taken =
        volumes.stream()
            .map(m -> Path.of(m.destination()).normalize().toString())
            .collect(Collectors.toSet());
    List<Mount> all = new ArrayList<>();
    usual.stream().filter(m -> !taken.contains(m.destination())).forEach(all::add);
    all.addAll(volumes);
    return all;
  }

  static String terminationPath(Container container) {
    String path = container.getTerminationMessagePath();
    return path == null || path.isEmpty() ? "/dev/termination-log" : path;
  }
}
