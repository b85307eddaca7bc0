package dev.naru.node;

import dev.naru.kube.KubeApi;
import dev.naru.kube.KubeConfig;
import dev.naru.node.net.NetworkConfig;
import dev.naru.node.net.PodNetwork;
import dev.naru.node.net.ServiceCatalog;
import dev.naru.node.net.ServiceProxy;
import dev.naru.oci.ImageConfig;
import dev.naru.oci.ImageStore.Repository;
import dev.naru.oci.Images;
import dev.naru.oci.ResolvedImage;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;

/** A whole node with names of its own, beside any other on the machine. */
final class TestNode implements AutoCloseable {
  static final String IMAGE = "naru.local/host:latest";

  final NodeConfig config;
  final KubeApi api;
  final KubernetesClient client;
  final Images images;
  final PodNetwork network;
  final ServiceCatalog catalog;
  final ServiceProxy proxy;

  /** What the node asked of the gateway: address and uid. */
  final List<String> drained = new CopyOnWriteArrayList<>();

  Node node;
  private boolean left;

  private TestNode(NodeConfig config) {
    this.config = config;
    this.api = KubeApi.open(KubeConfig.of(config.dataDir().resolve("state.db")));
    this.client = api.client();
    this.images = Images.open(config.dataDir());
    putHostImage(images);
    this.network = PodNetwork.open(config.network());
    this.catalog = ServiceCatalog.start(client);
    this.proxy = ServiceProxy.start(config.network(), catalog);
    this.node = startNode();
  }

  static NodeConfig config(Path data, int number) {
    NetworkConfig network =
        new NetworkConfig(
            "narunit" + number,
            "narunit" + number,
            "10.213." + number + ".1",
            "10.213." + number + ".0/24",
            "10.214." + number + ".0/24",
            "narunit" + number,
            "10.214." + number + ".10",
            "cluster.local");
    NodeConfig usual = NodeConfig.of("it" + number, data);
    return new NodeConfig(
        usual.name(),
        data,
        Path.of("/run/naru-node-it" + number),
        "/narunit" + number,
        network,
        Duration.ofSeconds(5),
        4,
        usual.logMaxBytes(),
        usual.hostScratchMaxBytes(),
        20);
  }

  static TestNode open(Path data, int number) {
    NodeConfig config = config(data, number);
    Node.purge(config);
    return new TestNode(config);
  }

  /** On what an earlier process has left. */
  static TestNode reopen(Path data, int number) {
    return new TestNode(config(data, number));
  }

  static void putHostImage(Images images) {
    ImageConfig host =
        ImageConfig.scratch().toBuilder()
            .label(ResolvedImage.HOST_LABEL, "true")
            .env(List.of("PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"))
            .cmd(List.of("/bin/sh"))
            .build();
    images.put(Repository.builtIn("naru.local/host"), "latest", host, List.of());
  }

  Node startNode() {
    return Node.start(
        client, config, images, network, proxy, (ip, uid, max) -> drained.add(ip + " " + uid));
  }

  /** As a restart of the program: the containers go on. */
  void restart() {
    node.close();
    node = startNode();
  }

  PodBuilder pod(String name, String... command) {
    return new PodBuilder()
        .withNewMetadata()
        .withName(name)
        .withNamespace("default")
        .endMetadata()
        .withNewSpec()
        .withNodeName(config.name())
        .withTerminationGracePeriodSeconds(5L)
        .withContainers(
            new ContainerBuilder()
                .withName("main")
                .withImage(IMAGE)
                .withImagePullPolicy("IfNotPresent")
                .withCommand(command)
                .build())
        .endSpec();
  }

  Pod create(PodBuilder pod) {
    return client.resource(pod.build()).create();
  }

  Pod await(String name, Predicate<Pod> condition) {
    return client
        .pods()
        .inNamespace("default")
        .withName(name)
        .waitUntilCondition(p -> p != null && condition.test(p), 30, TimeUnit.SECONDS);
  }

  void awaitGone(String name) {
    client
        .pods()
        .inNamespace("default")
        .withName(name)
        .waitUntilCondition(p -> p == null, 30, TimeUnit.SECONDS);
  }

  /** Waits until {@code condition}, which is about entries of {@code directory}, holds. */
  static void await(Path directory, BooleanSupplier condition)
      throws IOException, InterruptedException {
    try (WatchService watch = directory.getFileSystem().newWatchService()) {
      directory.register(
          watch, StandardWatchEventKinds.ENTRY_CREATE, StandardWatchEventKinds.ENTRY_DELETE);
      long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
      while (!condition.getAsBoolean()) {
        WatchKey key = watch.poll(end - System.nanoTime(), TimeUnit.NANOSECONDS);
        if (key == null) {
          throw new AssertionError("not within 30 s in " + directory);
        }
        key.pollEvents();
        key.reset();
      }
    }
  }

  void delete(String name) {
    client.pods().inNamespace("default").withName(name).delete();
  }

  static boolean isReady(Pod pod) {
    return pod.getStatus() != null
        && Pods.list(pod.getStatus().getConditions()).stream()
            .anyMatch(c -> c.getType().equals("Ready") && c.getStatus().equals("True"));
  }

  static boolean isPhase(Pod pod, String phase) {
    return pod.getStatus() != null && phase.equals(pod.getStatus().getPhase());
  }

  @Override
  public void close() {
    node.close();
    proxy.close();
    catalog.close();
    api.close();
    images.close();
    if (!left) {
      Node.purge(config);
    }
  }

  /** Lets the pods live when this is closed. */
  void leave() {
    left = true;
  }
}
