package dev.naru.node;

import dev.naru.node.container.ContainerSpec.Mount;
import dev.naru.node.linux.Mounts;
import dev.naru.oci.fs.Linux;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EmptyDirVolumeSource;
import io.fabric8.kubernetes.api.model.HostPathVolumeSource;
import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeMount;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A pod's volumes as directories of this machine.
 *
 * <p>emptyDir, configMap, secret, downwardAPI and projected live in the pod's directory and end
 * with it; hostPath and claims (bound to a hostPath or local PersistentVolume) do not. Preparing is
 * idempotent, so a half-prepared volume is completed by the next try.
 */
final class PodVolumes {
  private final NodeConfig config;
  private final Cluster cluster;
  private final PodDirectory directory;

  PodVolumes(NodeConfig config, Cluster cluster, PodDirectory directory) {
    this.config = config;
    this.cluster = cluster;
    this.directory = directory;
  }

  /**
   * Makes all volumes ready to be mounted.
   *
   * @throws PodProblem {@code FailedMount}
   */
  void prepare(DownwardApi downward) {
    for (Volume volume : Pods.list(downward.pod().getSpec().getVolumes())) {
      try {
        prepare(volume, downward);
      } catch (IOException e) {
        throw new PodProblem(
            PodProblem.VOLUME,
            "Tried to set up volume " + volume.getName() + " but failed: " + e,
            e);
      }
    }
  }

  private void prepare(Volume volume, DownwardApi downward) throws IOException {
    long group = fsGroup(downward.pod());
    Path own = directory.volume(volume.getName());
    if (Projections.projects(volume)) {
      if (!Files.isDirectory(own)) {
        Files.createDirectories(own);
        if (Projections.isSecret(volume)) {
          Mounts.tmpfs(own, 0, "0755");
        }
      }
      AtomicDirectory.update(own, Projections.of(cluster, downward, volume), group);
    } else if (volume.getEmptyDir() != null) {
      if (!Files.isDirectory(own)) {
        Files.createDirectories(own);
        makeEmpty(own, volume.getEmptyDir(), group);
      }
    } else {
      Path source = source(volume, downward.pod());
      if (group >= 0 && volume.getPersistentVolumeClaim() != null) {
        shareWithGroup(source, group);
      }
    }
  }

  private static void makeEmpty(Path own, EmptyDirVolumeSource empty, long group)
      throws IOException {
    if ("Memory".equals(empty.getMedium())) {
      Quantity limit = empty.getSizeLimit();
      long max = limit == null ? 0 : Quantity.getAmountInBytes(limit).longValue();
      Mounts.tmpfs(own, max, "0777");
    }
    Linux.chmod(own, 0777);
    if (group >= 0) {
      Linux.chown(own, 0, group);
      Linux.chmod(own, 02777);
    }
  }

  /** As {@code fsGroupChangePolicy: OnRootMismatch}: nothing is done when the root is right. */
  private static void shareWithGroup(Path root, long group) throws IOException {
    Object now = Files.getAttribute(root, "unix:gid");
    if (now instanceof Number gid && gid.longValue() == group) {
      return;
    }
    List<Path> all;
    try (Stream<Path> walk = Files.walk(root)) {
      all = walk.sorted(Comparator.reverseOrder()).toList();
    }
    // The root comes last, so a walk that was cut short is done again.
    for (Path file : all) {
      Linux.chown(file, uid(file), group);
      if (!Files.isSymbolicLink(file)) {
        int mode = (int) Files.getAttribute(file, "unix:mode") & 07777;
        Linux.chmod(file, Files.isDirectory(file) ? mode | 02770 : mode | 0660);
      }
    }
  }

  private static long uid(Path file) throws IOException {
    return ((Number) Files.getAttribute(file, "unix:uid", LinkOption.NOFOLLOW_LINKS)).longValue();
  }

  private static long fsGroup(Pod pod) {
    var context = pod.getSpec().getSecurityContext();
    return context == null || context.getFsGroup() == null ? -1 : context.getFsGroup();
  }

  /** Brings volumes that come from the API up to date. */
  void refresh(DownwardApi downward) throws IOException {
    for (Volume volume : Pods.list(downward.pod().getSpec().getVolumes())) {
      if (Projections.projects(volume) && Files.isDirectory(directory.volume(volume.getName()))) {
        AtomicDirectory.update(
            directory.volume(volume.getName()),
            Projections.of(cluster, downward, volume),
            fsGroup(downward.pod()));
      }
    }
  }

  /** The mounts of one container, outer ones first. */
  List<Mount> mounts(Pod pod, Container container, Environment environment) {
    List<Mount> mounts = new ArrayList<>();
    for (VolumeMount mount : Pods.list(container.getVolumeMounts())) {
      try {
        mounts.add(mount(pod, mount, environment));
      } catch (IOException e) {
        throw new PodProblem(
            PodProblem.CONFIG, "Tried to mount volume " + mount.getName() + " but failed: " + e, e);
      }
    }
    mounts.sort(Comparator.comparingInt(m -> Path.of(m.destination()).getNameCount()));
    return mounts;
  }

  private Mount mount(Pod pod, VolumeMount mount, Environment environment) throws IOException {
    Volume volume =
        Pods.list(pod.getSpec().getVolumes()).stream()
            .filter(v -> v.getName().equals(mount.getName()))
            .findFirst()
            .orElseThrow(
                () ->
                    new PodProblem(
                        PodProblem.CONFIG, "there is no volume named " + mount.getName()));
    Path root =
        Projections.projects(volume) || volume.getEmptyDir() != null
            ? directory.volume(volume.getName())
            : source(volume, pod);
    String subPath = subPath(mount, environment);
    Path source = subPath.isEmpty() ? root : below(root, subPath, mount.getName());
    boolean readOnly =
        Pods.isTrue(mount.getReadOnly())
            || (volume.getPersistentVolumeClaim() != null
                && Pods.isTrue(volume.getPersistentVolumeClaim().getReadOnly()));
    return new Mount(
        mount.getMountPath(),
        "bind",
        source.toString(),
        List.of("rbind", propagation(mount.getMountPropagation()), readOnly ? "ro" : "rw"));
  }

  private static String propagation(@Nullable String name) {
    return switch (name) {
      case "HostToContainer" -> "rslave";
      case "Bidirectional" ->
          throw new PodProblem(
              PodProblem.CONFIG,
              "mountPropagation Bidirectional needs a privileged container, which is not supported");
      case null, default -> "rprivate";
    };
  }

  private static String subPath(VolumeMount mount, Environment environment) {
    if (mount.getSubPathExpr() != null && !mount.getSubPathExpr().isEmpty()) {
      return environment.expand(mount.getSubPathExpr());
    }
    return mount.getSubPath() == null ? "" : mount.getSubPath();
  }

  /** Links inside of the volume are followed, but never out of it. */
  private static Path below(Path root, String subPath, String volume) throws IOException {
    Path relative = Path.of(subPath);
    boolean leaves =
        relative.isAbsolute()
            || Stream.iterate(relative, p -> p != null, Path::getParent)
                .anyMatch(p -> p.endsWith(".."));
    Path real = root.toRealPath();
    Path wanted = real.resolve(relative);
    if (!leaves && !Files.exists(wanted)) {
      Path existing = wanted;
      while (existing != null && !Files.exists(existing)) {
        existing = existing.getParent();
      }
      leaves = existing == null || !existing.toRealPath().startsWith(real);
      if (!leaves) {
        Files.createDirectories(wanted);
      }
    }
    if (leaves || !wanted.toRealPath().startsWith(real)) {
      throw new PodProblem(
          PodProblem.CONFIG, "subPath '%s' leads out of volume %s".formatted(subPath, volume));
    }
    return wanted.toRealPath();
  }

  private Path source(Volume volume, Pod pod) throws IOException {
    if (volume.getHostPath() != null) {
      return hostPath(volume.getHostPath());
    }
    if (volume.getPersistentVolumeClaim() != null) {
      return claim(volume.getPersistentVolumeClaim().getClaimName(), pod);
    }
    throw new PodProblem(
        PodProblem.VOLUME,
        "volume %s is of a kind that is not supported; there are emptyDir, hostPath, configMap,"
                .formatted(volume.getName())
            + " secret, downwardAPI, projected and persistentVolumeClaim");
  }

  private static Path hostPath(HostPathVolumeSource source) throws IOException {
    Path path = Path.of(source.getPath());
    String type = source.getType() == null ? "" : source.getType();
    boolean good =
        switch (type) {
          case "" -> Files.exists(path);
          case "DirectoryOrCreate" -> Files.isDirectory(Files.createDirectories(path));
          case "Directory" -> Files.isDirectory(path);
          case "FileOrCreate" -> Files.exists(path) || Files.exists(Files.createFile(path));
          case "File" -> Files.isRegularFile(path);
          case "Socket", "CharDevice", "BlockDevice" ->
              Files.exists(path) && !Files.isDirectory(path) && !Files.isRegularFile(path);
          default -> false;
        };
    if (!good) {
      throw new PodProblem(
          PodProblem.VOLUME,
          "hostPath %s is not %s".formatted(path, type.isEmpty() ? "there" : "a " + type));
    }
    return path;
  }

  private Path claim(String name, Pod pod) throws IOException {
    String namespace = pod.getMetadata().getNamespace();
    PersistentVolumeClaim claim =
        cluster
            .claim(namespace, name)
            .orElseThrow(
                () ->
                    new PodProblem(
                        PodProblem.VOLUME, "persistentvolumeclaim \"" + name + "\" not found"));
    String bound = claim.getSpec().getVolumeName();
    if (bound == null || bound.isEmpty()) {
      throw new PodProblem(
          PodProblem.VOLUME, "persistentvolumeclaim \"" + name + "\" is not bound yet");
    }
    Optional<PersistentVolume> volume = cluster.volume(bound);
    if (volume.isEmpty()) {
      throw new PodProblem(PodProblem.VOLUME, "persistentvolume \"" + bound + "\" not found");
    }
    if (volume.get().getSpec().getHostPath() != null) {
      HostPathVolumeSource source = volume.get().getSpec().getHostPath();
      Path path = Path.of(source.getPath());
      if (path.startsWith(config.volumes())) {
        Files.createDirectories(path);
      }
      return hostPath(source);
    }
    if (volume.get().getSpec().getLocal() != null) {
      Path path = Path.of(volume.get().getSpec().getLocal().getPath());
      if (path.startsWith(config.volumes())) {
        Files.createDirectories(path);
      }
      return path;
    }
    throw new PodProblem(
        PodProblem.VOLUME,
        "persistentvolume \""
            + bound
            + "\" is neither hostPath nor local; others are not supported");
  }
}
