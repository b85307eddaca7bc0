package dev.naru.node;

import dev.naru.base.FileTrees;
import dev.naru.node.container.ContainerRuntime;
import dev.naru.node.linux.Cgroups;
import dev.naru.node.linux.Commands;
import dev.naru.node.linux.DirectoryWatch;
import dev.naru.node.linux.LinuxException;
import dev.naru.node.linux.Mounts;
import dev.naru.node.net.PodNetwork;
import dev.naru.node.net.ServiceProxy;
import dev.naru.oci.Images;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The kubelet of this machine: registers a Node and runs every pod whose {@code spec.nodeName} is
 * its name.
 *
 * <p>Pods outlive it. {@link #close()}, or the death of the process, leaves containers, mounts and
 * network as they are; the next {@link #start} with the same configuration takes them over, notes
 * what has ended meanwhile, removes what was half made, and starts nothing twice. One process at a
 * time uses a configuration.
 */
public final class Node implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Node.class);
  private static final Duration TOOL_MAX = Duration.ofSeconds(20);

  private final NodeParts parts;
  private final DirectoryWatch watch;
  private final NodeObject object;
  private final PodStreams streams;
  private final Map<String, PodRunner> runners = new ConcurrentHashMap<>();
  private final List<AutoCloseable> open = new ArrayList<>();
  private volatile boolean closed;

  private Node(NodeParts parts, DirectoryWatch watch) {
    this.parts = parts;
    this.watch = watch;
    this.object = new NodeObject(parts.client(), parts.config(), parts.machine(), parts.clock());
    this.streams = new PodStreams(this, parts.runtime(), watch);
  }

  /**
   * Takes over the pods of an earlier process and goes on from there. Returns when the node is
   * registered and every pod that was known has somebody who looks after it.
   *
   * @param images opened on the same data directory
   * @param network opened with {@code config.network()}; attachments of no known pod, as a build
   *     that died leaves them, are removed, so nobody else attaches before this returns
   * @throws NodeException {@code NODE_HOST} when this machine or user cannot run containers, with
   *     what to do about it
   */
  public static Node start(
      KubernetesClient client,
      NodeConfig config,
      Images images,
      PodNetwork network,
      ServiceProxy proxy,
      TrafficGate gate) {
    HostCheck.require();
    try {
      Machine machine = Machine.detect(config.network().gateway());
      prepareDirectories(config, machine);
      InstantSource clock = InstantSource.system();
      ContainerRuntime runtime =
          new ContainerRuntime(
              config.runDir(), Cgroups.detect(), config.cgroup() + "/conmon", config.logMaxBytes());
      Events events = new Events(client, config.name(), clock);
      Cluster cluster = new Cluster(client);
      ContainerStarter starter =
          new ContainerStarter(
              config,
              runtime,
              new PodImages(images, cluster, events),
              cluster,
              events,
              machine,
              clock);
      NodeParts parts =
          new NodeParts(
              config, machine, client, cluster, runtime, network, proxy, gate, starter, events,
              clock);
      Node node = new Node(parts, new DirectoryWatch());
      try {
        node.open();
      } catch (IOException | RuntimeException e) {
        node.close();
        throw e;
      }
      return node;
    } catch (IOException e) {
      throw new NodeException("NODE_START", "Tried to start the node but failed: " + e, e);
    }
  }

  /** After a reboot the runtime's state names containers that cannot be there. */
  private static void prepareDirectories(NodeConfig config, Machine machine) throws IOException {
    Files.createDirectories(config.pods());
    Files.createDirectories(config.volumes());
    Path boot = config.runDir().resolve("boot");
    boolean same =
        Files.exists(boot)
            && Files.readString(boot, StandardCharsets.UTF_8).equals(machine.bootId());
    if (!same) {
      FileTrees.delete(config.runDir());
      Files.createDirectories(config.runDir());
      Files.writeString(boot, machine.bootId(), StandardCharsets.UTF_8);
    }
  }

  private void open() throws IOException {
    object.start();
    List<String> known = uidsOnDisk(parts.config());
    // A pod's record comes before its network: others belong to nobody who lives.
    for (String uid : parts.network().attached().keySet()) {
      if (!known.contains(uid)) {
        LOG.atInfo().addKeyValue("uid", uid).log("removing a network that no pod has");
        parts.network().detach(uid);
      }
    }
    known.forEach(this::runner);
    open.add(parts.runtime().onExit(watch, this::exitSeen));
    SharedIndexInformer<Pod> pods =
        parts
            .client()
            .pods()
            .inAnyNamespace()
            .withField("spec.nodeName", parts.config().name())
            .inform(new PodHandler());
    open.add(pods);
    // Known before, but no longer in the API.
    for (PodRunner runner : List.copyOf(runners.values())) {
      if (pods.getIndexer().list().stream().noneMatch(p -> Pods.uid(p).equals(runner.uid()))) {
        runner.tell(new Signal.Gone());
      }
    }
    open.add(parts.client().configMaps().inAnyNamespace().inform(new ConfigHandler<ConfigMap>()));
    open.add(parts.client().secrets().inAnyNamespace().inform(new ConfigHandler<Secret>()));
    open.add(
        parts
            .client()
            .persistentVolumeClaims()
            .inAnyNamespace()
            .inform(new ConfigHandler<PersistentVolumeClaim>()));
    // Ends from before the watch was there.
    exitSeen();
  }

  private static List<String> uidsOnDisk(NodeConfig config) throws IOException {
    List<String> uids = new ArrayList<>();
    try (DirectoryStream<Path> entries =
        Files.newDirectoryStream(config.pods(), Files::isDirectory)) {
      entries.forEach(entry -> uids.add(entry.getFileName().toString()));
    }
    return uids;
  }

  private PodRunner runner(String uid) {
    return runners.computeIfAbsent(
        uid,
        u -> {
          PodRunner runner = new PodRunner(parts, u, over -> runners.remove(over.uid()));
          runner.start();
          return runner;
        });
  }

  private void exitSeen() {
    runners.values().forEach(runner -> runner.tell(new Signal.ExitSeen()));
  }

  /** Logs, commands and connections into pods. */
  public PodStreams streams() {
    return streams;
  }

  Optional<PodRunner> find(String namespace, String name) {
    return runners.values().stream()
        .filter(
            r ->
                r.pod()
                    .filter(
                        p ->
                            p.getMetadata().getNamespace().equals(namespace)
                                && p.getMetadata().getName().equals(name))
                    .isPresent())
        .findFirst();
  }

  /** Stops looking after the pods; they go on. */
  @Override
  public void close() {
    closed = true;
    for (AutoCloseable part : open.reversed()) {
      try {
        part.close();
      } catch (Exception e) {
        LOG.atWarn().setCause(e).log("a part of the node did not close");
      }
    }
    object.close();
    for (PodRunner runner : List.copyOf(runners.values())) {
      try {
        runner.abandon();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    parts.events().close();
    watch.close();
  }

  /**
   * Kills every container of this configuration and removes its mounts, control groups, pod
   * directories, run directory and network. Needs no API and no running node; images and persistent
   * volumes stay. Nothing there is no failure; it may be called again after a failure.
   */
  public static void purge(NodeConfig config) {
    try {
      Cgroups cgroups = Cgroups.detect();
      ContainerRuntime runtime =
          new ContainerRuntime(
              config.runDir(), cgroups, config.cgroup() + "/conmon", config.logMaxBytes());
      for (String id : runtime.known()) {
        runtime.delete(id, config.cgroup() + "/none");
      }
      cgroups.kill(config.cgroup());
      Mounts.unmountBelow(config.pods());
      PodNetwork.purge(config.network());
      long deadline = System.nanoTime() + TOOL_MAX.toNanos();
      while (!cgroups.remove(config.cgroup()) && System.nanoTime() < deadline) {
        Thread.sleep(Duration.ofMillis(20));
      }
      FileTrees.delete(config.pods());
      FileTrees.delete(config.runDir());
    } catch (IOException | LinuxException e) {
      throw new NodeException(
          "NODE_PURGE", "Tried to remove all pods of this machine but failed: " + e, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new NodeException("NODE_PURGE", "Tried to remove all pods but was interrupted", e);
    }
  }

  /** Whether the host has what containers need. */
  private static final class HostCheck {
    private HostCheck() {}

    static void require() {
      if (!"root".equals(System.getProperty("user.name"))) {
        throw new NodeException(
            "NODE_HOST", "Containers need root; start Naru as root, for instance with sudo", null);
      }
      for (String tool : List.of("runc", "conmon", "ip", "nft")) {
        if (!isInstalled(tool)) {
          throw new NodeException(
              "NODE_HOST",
              "The program %s is missing; install it: apt-get install runc conmon iproute2 nftables"
                  .formatted(tool),
              null);
        }
      }
      requireOverlay();
    }

    private static boolean isInstalled(String tool) {
      return List.of("/usr/sbin", "/usr/bin", "/sbin", "/bin", "/usr/local/sbin", "/usr/local/bin")
          .stream()
          .anyMatch(directory -> Files.isExecutable(Path.of(directory, tool)));
    }

    private static void requireOverlay() {
      try {
        if (Files.readString(Path.of("/proc/filesystems"), StandardCharsets.UTF_8)
            .contains("\toverlay\n")) {
          return;
        }
        Commands.run(TOOL_MAX, List.of("/sbin/modprobe", "overlay"));
        if (!Files.readString(Path.of("/proc/filesystems"), StandardCharsets.UTF_8)
            .contains("\toverlay\n")) {
          throw new NodeException(
              "NODE_HOST",
              "The kernel has no overlay file system; load the module 'overlay'",
              null);
        }
      } catch (IOException e) {
        throw new NodeException("NODE_HOST", "Tried to read /proc/filesystems: " + e, e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new NodeException("NODE_HOST", "Tried to load a module but was interrupted", e);
      }
    }
  }

  private final class PodHandler implements ResourceEventHandler<Pod> {
    @Override
    public void onAdd(Pod pod) {
      changed(pod);
    }

    @Override
    public void onUpdate(Pod before, Pod pod) {
      if (!Pods.uid(before).equals(Pods.uid(pod))) {
        onDelete(before, false);
      }
      changed(pod);
    }

    @Override
    public void onDelete(Pod pod, boolean finalStateUnknown) {
      PodRunner runner = runners.get(Pods.uid(pod));
      if (runner != null) {
        runner.tell(new Signal.Gone());
      }
    }

    private void changed(Pod pod) {
      if (!closed) {
        runner(Pods.uid(pod)).tell(new Signal.Changed(pod));
      }
    }
  }

  private final class ConfigHandler<T extends HasMetadata> implements ResourceEventHandler<T> {
    @Override
    public void onAdd(T object) {
      tell(object);
    }

    @Override
    public void onUpdate(T before, T object) {
      tell(object);
    }

    @Override
    public void onDelete(T object, boolean finalStateUnknown) {}

    private void tell(T object) {
      String name = object.getKind() + "/" + object.getMetadata().getName();
      for (PodRunner runner : runners.values()) {
        runner
            .pod()
            .filter(
                p ->
                    p.getMetadata().getNamespace().equals(object.getMetadata().getNamespace())
                        && References.of(p).contains(name))
            .ifPresent(p -> runner.tell(new Signal.Refresh()));
      }
    }
  }
}
