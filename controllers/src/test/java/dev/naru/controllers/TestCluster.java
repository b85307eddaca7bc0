package dev.naru.controllers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.naru.kube.KubeApi;
import dev.naru.kube.KubeConfig;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;

/** The built-in API with the controllers and a node without containers. */
final class TestCluster implements AutoCloseable {
  static final String NAMESPACE = "board";
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final KubeApi api;
  private final Path directory;
  private final FakeNode node;
  private final KubernetesClient client;
  private Controllers controllers;

  TestCluster(Path directory, Predicate<Pod> turnsReady) {
    this.directory = directory;
    this.api = KubeApi.open(KubeConfig.of(directory.resolve("state.db")));
    this.client = api.client("test");
    this.controllers = startControllers();
    this.node = new FakeNode(api.client("node"), turnsReady);
    client
        .resource(
            new NamespaceBuilder().withNewMetadata().withName(NAMESPACE).endMetadata().build())
        .create();
  }

  TestCluster(Path directory) {
    this(directory, pod -> true);
  }

  private Controllers startControllers() {
    return Controllers.start(
        api.client("controllers"),
        Clock.systemUTC(),
        new ControllersConfig(directory.resolve("volumes")));
  }

  KubernetesClient client() {
    return client;
  }

  FakeNode node() {
    return node;
  }

  void restartControllers() {
    controllers.close();
    controllers = startControllers();
  }

  void stopControllers() {
    controllers.close();
  }

  void startControllersAgain() {
    controllers = startControllers();
  }

  List<Pod> pods() {
    return client.pods().inNamespace(NAMESPACE).list().getItems();
  }

  List<ReplicaSet> replicaSets() {
    return client.apps().replicaSets().inNamespace(NAMESPACE).list().getItems();
  }

  Deployment deployment(String name) {
    return client.apps().deployments().inNamespace(NAMESPACE).withName(name).require();
  }

  boolean rolledOut(String name) {
    Deployment d = deployment(name);
    return d.getStatus() != null
        && Meta.orZero(d.getStatus().getObservedGeneration()) == Meta.generation(d)
        && DeploymentStatusPlan.complete(d, d.getStatus());
  }

  void setImage(String deployment, String image) {
    patch(
        deployment,
        """
        {"spec": {"template": {"spec": {"containers": [{"name": "main", "image": "%s"}]}}}}
        """
            .formatted(image));
  }

  /** A strategic merge patch, as kubectl sends it. */
  void patch(String deployment, String json) {
    client
        .apps()
        .deployments()
        .inNamespace(NAMESPACE)
        .withName(deployment)
        .patch(PatchContext.of(PatchType.STRATEGIC_MERGE), json);
  }

  static Deployment deployment(String name, int replicas, int maxSurge, int maxUnavailable) {
    return new DeploymentBuilder()
        .withNewMetadata()
        .withNamespace(NAMESPACE)
        .withName(name)
        .endMetadata()
        .withNewSpec()
        .withReplicas(replicas)
        .withNewSelector()
        .withMatchLabels(Map.of("app", name))
        .endSelector()
        .withNewStrategy()
        .withType("RollingUpdate")
        .withNewRollingUpdate()
        .withNewMaxSurge(maxSurge)
        .withNewMaxUnavailable(maxUnavailable)
        .endRollingUpdate()
        .endStrategy()
        .withNewTemplate()
        .withNewMetadata()
        .withLabels(Map.of("app", name))
        .endMetadata()
        .withNewSpec()
        .addNewContainer()
        .withName("main")
        .withImage("board:1")
        .endContainer()
        .endSpec()
        .endTemplate()
        .endSpec()
        .build();
  }

  static String image(Pod pod) {
    return pod.getSpec().getContainers().getFirst().getImage();
  }

  /** Asks until {@code condition} holds; the state of {@code what} is shown when it never does. */
  static void eventually(String what, BooleanSupplier condition) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("still waiting for: " + what).isLessThan(deadline);
      LockSupport.parkNanos(Duration.ofMillis(5).toNanos());
    }
  }

  @Override
  public void close() {
    node.close();
    controllers.close();
    api.close();
  }
}
