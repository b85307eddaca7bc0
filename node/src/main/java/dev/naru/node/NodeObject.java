package dev.naru.node;

import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.NodeCondition;
import io.fabric8.kubernetes.api.model.NodeConditionBuilder;
import io.fabric8.kubernetes.api.model.NodeStatus;
import io.fabric8.kubernetes.api.model.NodeStatusBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The Node resource and its Lease: made at start, kept alive while this process lives. Source:
 * Kubernetes, "Nodes", heartbeats.
 */
final class NodeObject implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(NodeObject.class);
  private static final String LEASES = "kube-node-lease";
  private static final Duration RENEW = Duration.ofSeconds(10);
  private static final int LEASE_SECONDS = 40;
  private static final long DISK_PRESSURE_BYTES = 1L << 30;
  private static final long MEMORY_PRESSURE_BYTES = 100L << 20;

  private final KubernetesClient client;
  private final NodeConfig config;
  private final Machine machine;
  private final InstantSource clock;
  private final Thread thread;
  private NodeStatus last = new NodeStatus();

  NodeObject(KubernetesClient client, NodeConfig config, Machine machine, InstantSource clock) {
    this.client = client;
    this.config = config;
    this.machine = machine;
    this.clock = clock;
    this.thread = Thread.ofVirtual().name("node-heartbeat").unstarted(this::run);
  }

  /** Registers the node and goes on renewing its lease. */
  void start() throws IOException {
    register();
    try {
      beat();
    } catch (KubernetesClientException e) {
      // Pods matter more than the sign of life; the next beat tries again.
      LOG.atWarn().addKeyValue("cause", e.getMessage()).log("node status not written");
    }
    thread.start();
  }

  private void register() {
    if (client.nodes().withName(config.name()).get() == null) {
      create(
          () ->
              client
                  .resource(
                      new NodeBuilder()
                          .withNewMetadata()
                          .withName(config.name())
                          .withLabels(
                              Map.of(
                                  "kubernetes.io/hostname", config.name(),
                                  "kubernetes.io/os", "linux",
                                  "kubernetes.io/arch", arch()))
                          .endMetadata()
                          .withNewSpec()
                          .endSpec()
                          .build())
                  .create());
    }
    create(
        () ->
            client
                .resource(
                    new NamespaceBuilder().withNewMetadata().withName(LEASES).endMetadata().build())
                .create());
  }

  /** Another one may have made it at the same time. */
  private static void create(Runnable creation) {
    try {
      creation.run();
    } catch (KubernetesClientException e) {
      if (e.getCode() != HttpURLConnection.HTTP_CONFLICT) {
        throw e;
      }
    }
  }

  static String arch() {
    return System.getProperty("os.arch", "amd64").equals("aarch64") ? "arm64" : "amd64";
  }

  private void run() {
    try {
      while (true) {
        Thread.sleep(RENEW);
        try {
          beat();
        } catch (KubernetesClientException | IOException e) {
          LOG.atWarn().addKeyValue("cause", e.getMessage()).log("node heartbeat not written");
        }
      }
    } catch (InterruptedException e) {
      LOG.debug("heartbeat ends");
    }
  }

  private void beat() throws IOException {
    try {
      renewLease();
    } catch (KubernetesClientException e) {
      // Pods matter more than the sign of life; the next beat tries again.
      LOG.atWarn().addKeyValue("cause", e.getMessage()).log("node lease not renewed");
    }
    NodeStatus status = status();
    boolean changed =
        last.getConditions() == null
            || last.getConditions().isEmpty()
            || !statuses(last).equals(statuses(status));
    if (changed) {
      client
          .nodes()
          .withName(config.name())
          .editStatus(n -> new NodeBuilder(n).withStatus(status).build());
      last = status;
    }
  }

  private static List<String> statuses(NodeStatus status) {
    return status.getConditions().stream().map(c -> c.getType() + c.getStatus()).toList();
  }

  private void renewLease() {
    Lease lease =
        new LeaseBuilder()
            .withNewMetadata()
            .withName(config.name())
            .withNamespace(LEASES)
            .endMetadata()
            .withNewSpec()
            .withHolderIdentity(config.name())
            .withLeaseDurationSeconds(LEASE_SECONDS)
            .withRenewTime(ZonedDateTime.ofInstant(clock.instant(), ZoneOffset.UTC))
            .endSpec()
            .build();
    if (client.leases().inNamespace(LEASES).withName(config.name()).get() == null) {
      create(() -> client.resource(lease).create());
    } else {
      client.resource(lease).update();
    }
  }

  private NodeStatus status() throws IOException {
    long disk = Files.getFileStore(config.dataDir()).getTotalSpace();
    Map<String, Quantity> capacity =
        Map.of(
            "cpu", new Quantity(Integer.toString(machine.cores())),
            "memory", new Quantity(machine.memory() / 1024 + "Ki"),
            "ephemeral-storage", new Quantity(disk / 1024 + "Ki"),
            "pods", new Quantity(Integer.toString(config.podsMax())));
    return new NodeStatusBuilder()
        .withCapacity(capacity)
        .withAllocatable(capacity)
        .addNewAddress()
        .withType("InternalIP")
        .withAddress(machine.address())
        .endAddress()
        .addNewAddress()
        .withType("Hostname")
        .withAddress(config.name())
        .endAddress()
        .withConditions(conditions())
        .withNewNodeInfo()
        .withArchitecture(arch())
        .withBootID(machine.bootId())
        .withMachineID(machine.machineId())
        .withSystemUUID(machine.machineId())
        .withKernelVersion(machine.kernel())
        .withOperatingSystem("linux")
        .withOsImage(machine.osImage())
        .withContainerRuntimeVersion("runc://conmon")
        .withKubeletVersion("v1.32.0-naru")
        .withKubeProxyVersion("")
        .endNodeInfo()
        .build();
  }

  private List<NodeCondition> conditions() throws IOException {
    boolean disk = isDiskFull(config, DISK_PRESSURE_BYTES);
    boolean memory = Machine.memoryAvailable() < MEMORY_PRESSURE_BYTES;
    List<NodeCondition> all = new ArrayList<>();
    all.add(
        condition(
            "MemoryPressure",
            memory,
            memory ? "KubeletHasInsufficientMemory" : "KubeletHasSufficientMemory",
            memory
                ? "less than 100 MiB of memory are available"
                : "kubelet has sufficient memory available"));
    all.add(
        condition(
            "DiskPressure",
            disk,
            disk ? "KubeletHasDiskPressure" : "KubeletHasNoDiskPressure",
            disk
                ? "less than 1 GiB is free on the disk of " + config.dataDir()
                : "kubelet has no disk pressure"));
    all.add(
        condition(
            "PIDPressure",
            false,
            "KubeletHasSufficientPID",
            "kubelet has sufficient PID available"));
    all.add(condition("Ready", true, "KubeletReady", "kubelet is posting ready status"));
    return all;
  }

  /** Whether less than {@code min} bytes are left for the data directory. */
  static boolean isDiskFull(NodeConfig config, long min) throws IOException {
    return Files.getFileStore(config.dataDir()).getUsableSpace() < min;
  }

  private NodeCondition condition(String type, boolean on, String reason, String message) {
    String status = on ? "True" : "False";
    Instant now = clock.instant();
    String since =
        Pods.list(last.getConditions()).stream()
            .filter(c -> c.getType().equals(type) && c.getStatus().equals(status))
            .map(NodeCondition::getLastTransitionTime)
            .findFirst()
            .orElseGet(() -> PodStatuses.time(now));
    return new NodeConditionBuilder()
        .withType(type)
        .withStatus(status)
        .withReason(reason)
        .withMessage(message)
        .withLastHeartbeatTime(PodStatuses.time(now))
        .withLastTransitionTime(since)
        .build();
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}
