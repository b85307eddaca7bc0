package dev.naru.node;

import dev.naru.base.FileTrees;
import dev.naru.node.linux.Cgroups;
import dev.naru.node.linux.Mounts;
import dev.naru.node.linux.Namespaces;
import dev.naru.node.net.ClusterDns;
import dev.naru.node.net.PodAddress;
import dev.naru.node.net.PodNetwork;
import dev.naru.oci.fs.Linux;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.HostAlias;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodDNSConfig;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * What the containers of a pod share: network, host name, IPC, {@code /etc/hosts}, {@code
 * /etc/resolv.conf}, {@code /dev/shm}, a control group. No process holds it together: the
 * namespaces are pinned as files.
 *
 * <p>A sandbox is whole before the first container starts. So one in which something runs is whole,
 * and one in which nothing runs can be taken down and made again at any time; only the network
 * address is kept until the pod ends. A process that dies in {@link #make} leaves the second kind.
 */
final class Sandbox {
  private static final long SHM_MAX_BYTES = 64L << 20;
  private static final long PIDS_MAX_PER_CONTAINER = 16_384;

  private final NodeConfig config;
  private final PodNetwork network;
  private final Cgroups cgroups;
  private final PodDirectory directory;
  private final String uid;

  Sandbox(
      NodeConfig config, PodNetwork network, Cgroups cgroups, PodDirectory directory, String uid) {
    this.config = config;
    this.network = network;
    this.cgroups = cgroups;
    this.directory = directory;
    this.uid = uid;
  }

  /**
   * @param netns null for the machine's network
   * @param ipc null for the machine's IPC
   * @param uts null for the machine's host name
   */
  record Place(@Nullable Path netns, String ip, @Nullable Path ipc, @Nullable Path uts) {}

  String cgroup() {
    return config.cgroup() + "/pod" + uid;
  }

  /** Makes what is not there. */
  Place make(Pod pod, String hostIp) throws IOException {
    Place place = network(pod, hostIp);
    Files.createDirectories(directory.etc());
    writeEtc(pod, place.ip());
    if (!Files.isDirectory(directory.shm())) {
      Files.createDirectories(directory.shm());
      Mounts.tmpfs(directory.shm(), SHM_MAX_BYTES, "1777");
    }
    if (!Files.exists(directory.uts()) && !Pods.hostNetwork(pod)) {
      Files.createDirectories(directory.uts().getParent());
      Namespaces.pin(hostname(pod), directory.uts(), hostIpc(pod) ? null : directory.ipc());
    } else if (!Files.exists(directory.ipc()) && Pods.hostNetwork(pod) && !hostIpc(pod)) {
      Files.createDirectories(directory.ipc().getParent());
      Namespaces.pin(hostname(pod), directory.uts(), directory.ipc());
    }
    cgroups.create(cgroup(), limits(pod));
    return place;
  }

  /** The place of a sandbox that has been made; attaching again gives the same address. */
  Place network(Pod pod, String hostIp) {
    Path ipc = hostIpc(pod) ? null : directory.ipc();
    if (Pods.hostNetwork(pod)) {
      return new Place(null, hostIp, ipc, null);
    }
    PodAddress address = network.attach(uid);
    return new Place(address.netns(), address.ip(), ipc, directory.uts());
  }

  private static boolean hostIpc(Pod pod) {
    return Pods.isTrue(pod.getSpec().getHostIPC());
  }

  static String hostname(Pod pod) {
    String wanted = pod.getSpec().getHostname();
    String name = wanted == null || wanted.isEmpty() ? pod.getMetadata().getName() : wanted;
    String cut = name.length() > 63 ? name.substring(0, 63) : name;
    return cut.replaceFirst("[-.]+$", "");
  }

  private void writeEtc(Pod pod, String ip) throws IOException {
    write("hostname", hostname(pod) + "\n");
    write("resolv.conf", resolvConf(pod));
    write("hosts", hosts(pod, ip));
  }

  private void write(String name, String text) throws IOException {
    Path file = directory.etc().resolve(name);
    Files.writeString(file, text, StandardCharsets.UTF_8);
    Linux.chmod(file, 0644);
  }

  private String hosts(Pod pod, String ip) throws IOException {
    StringBuilder text = new StringBuilder();
    if (Pods.hostNetwork(pod)) {
      text.append(Files.readString(Path.of("/etc/hosts"), StandardCharsets.UTF_8)).append('\n');
    } else {
      String name = hostname(pod);
      String subdomain = pod.getSpec().getSubdomain();
      String names =
          subdomain == null || subdomain.isEmpty()
              ? name
              : "%s.%s.%s.svc.%s %s"
                  .formatted(
                      name,
                      subdomain,
                      pod.getMetadata().getNamespace(),
                      config.network().domain(),
                      name);
      text.append("127.0.0.1 localhost\n::1 localhost ip6-localhost ip6-loopback\n");
      text.append(ip).append(' ').append(names).append('\n');
    }
    for (HostAlias alias : Pods.list(pod.getSpec().getHostAliases())) {
      text.append(alias.getIp())
          .append(' ')
          .append(String.join(" ", Pods.list(alias.getHostnames())))
          .append('\n');
    }
    return text.toString();
  }

  private String resolvConf(Pod pod) throws IOException {
    String policy = Optional.ofNullable(pod.getSpec().getDnsPolicy()).orElse("ClusterFirst");
    boolean machine =
        policy.equals("Default") || (policy.equals("ClusterFirst") && Pods.hostNetwork(pod));
    String base =
        switch (policy) {
          case "None" -> "";
          default ->
              machine
                  ? Files.readString(Path.of("/etc/resolv.conf"), StandardCharsets.UTF_8)
                  : ClusterDns.resolvConf(config.network(), pod.getMetadata().getNamespace());
        };
    PodDNSConfig own = pod.getSpec().getDnsConfig();
    return own == null ? base : merge(base, own);
  }

  static String merge(String base, PodDNSConfig own) {
    List<String> servers = values(base, "nameserver");
    List<String> searches = values(base, "search");
    List<String> options = values(base, "options");
    servers.addAll(Pods.list(own.getNameservers()));
    searches.addAll(Pods.list(own.getSearches()));
    Pods.list(own.getOptions())
        .forEach(
            o -> {
              options.removeIf(old -> old.equals(o.getName()) || old.startsWith(o.getName() + ":"));
              options.add(o.getValue() == null ? o.getName() : o.getName() + ":" + o.getValue());
            });
    StringBuilder text = new StringBuilder();
    servers.stream().distinct().forEach(s -> text.append("nameserver ").append(s).append('\n'));
    if (!searches.isEmpty()) {
      text.append("search ")
          .append(String.join(" ", searches.stream().distinct().toList()))
          .append('\n');
    }
    if (!options.isEmpty()) {
      text.append("options ").append(String.join(" ", options)).append('\n');
    }
    return text.toString();
  }

  private static List<String> values(String text, String keyword) {
    List<String> found = new ArrayList<>();
    for (String line : text.lines().toList()) {
      String[] words = line.strip().split("\\s+");
      if (words[0].equals(keyword)) {
        found.addAll(List.of(words).subList(1, words.length));
      }
    }
    return found;
  }

  /** A pod is limited as a whole when each of its containers is. */
  private static Cgroups.Limits limits(Pod pod) {
    List<Container> all = Pods.list(pod.getSpec().getContainers());
    boolean alone = all.size() == 1 && Pods.list(pod.getSpec().getInitContainers()).isEmpty();
    if (alone) {
      // The container's own group says the same, but pods compete as whole pods.
      return new Cgroups.Limits(0, Math.max(2, total(all, Quality::cpuShares)), 0, 0);
    }
    return new Cgroups.Limits(
        sum(pod, Quality::memoryMax),
        Math.max(2, total(all, Quality::cpuShares)),
        sum(pod, Quality::cpuQuota),
        PIDS_MAX_PER_CONTAINER * Pods.containers(pod).size());
  }

  /** 0 if one has no limit; init containers count with the greatest of them, sidecars in full. */
  private static long sum(Pod pod, ToLongFunction<Container> limit) {
    List<Container> all = Pods.containers(pod);
    if (all.stream().anyMatch(c -> limit.applyAsLong(c) == 0)) {
      return 0;
    }
    List<Container> lasting =
        all.stream().filter(c -> Pods.kind(pod, c) != ContainerKind.INIT).toList();
    long greatest =
        all.stream()
            .filter(c -> Pods.kind(pod, c) == ContainerKind.INIT)
            .mapToLong(limit)
            .max()
            .orElse(0);
    return Math.max(total(lasting, limit), greatest);
  }

  private static long total(List<Container> containers, ToLongFunction<Container> of) {
    return containers.stream().mapToLong(of).sum();
  }

  /** Takes down all but the network and the pod's record and logs; what is absent is no failure. */
  void clear() throws IOException {
    Mounts.unmountBelow(directory.root());
    FileTrees.delete(directory.etc());
    FileTrees.delete(directory.shm());
    FileTrees.delete(directory.root().resolve("ns"));
    cgroups.kill(cgroup());
    cgroups.remove(cgroup());
  }

  /** Gives the address back. */
  void detach() {
    network.detach(uid);
  }
}
