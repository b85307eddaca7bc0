package dev.naru.controllers;

import static dev.naru.controllers.TestCluster.NAMESPACE;
import static dev.naru.controllers.TestCluster.deployment;
import static dev.naru.controllers.TestCluster.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.DeletionPropagation;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.apps.StatefulSetBuilder;
import io.fabric8.kubernetes.api.model.discovery.v1.Endpoint;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 120, unit = TimeUnit.SECONDS)
final class WorkloadsTest {
  @TempDir private Path directory;

  @Test
  void aStatefulSetKeepsNamesAndVolumes() throws IOException {
    try (TestCluster cluster = new TestCluster(directory)) {
      StatefulSet set = statefulSet("mongo", 2);
      cluster.client().resource(set).create();
      eventually("two pods", () -> readyPods(cluster, "mongo-0", "mongo-1"));
      Pod first = pod(cluster, "mongo-0").orElseThrow();
      assertThat(first.getSpec().getHostname()).isEqualTo("mongo-0");
      assertThat(first.getSpec().getSubdomain()).isEqualTo("mongo");
      assertThat(Meta.labels(first)).containsEntry("apps.kubernetes.io/pod-index", "0");
      var claim =
          cluster
              .client()
              .persistentVolumeClaims()
              .inNamespace(NAMESPACE)
              .withName("data-mongo-0")
              .require();
      assertThat(claim.getStatus().getPhase()).isEqualTo("Bound");
      PersistentVolume volume =
          cluster.client().persistentVolumes().withName(claim.getSpec().getVolumeName()).require();
      Path data = Path.of(volume.getSpec().getHostPath().getPath());
      assertThat(data).isDirectory();
      Files.writeString(data.resolve("posts"), "kept");

      cluster.client().resource(first).delete();
      eventually(
          "replaced",
          () ->
              pod(cluster, "mongo-0")
                  .filter(p -> !Meta.uid(p).equals(Meta.uid(first)))
                  .filter(Pods::ready)
                  .isPresent());
      assertThat(
              pod(cluster, "mongo-0").orElseThrow().getSpec().getVolumes().stream()
                  .filter(v -> v.getPersistentVolumeClaim() != null)
                  .map(v -> v.getPersistentVolumeClaim().getClaimName()))
          .containsExactly("data-mongo-0");
      assertThat(data.resolve("posts")).hasContent("kept");

      cluster
          .client()
          .apps()
          .statefulSets()
          .inNamespace(NAMESPACE)
          .withName("mongo")
          .patch("{\"spec\": {\"template\": {\"metadata\": {\"annotations\": {\"v\": \"2\"}}}}}");
      eventually(
          "updated",
          () -> {
            StatefulSet now =
                cluster
                    .client()
                    .apps()
                    .statefulSets()
                    .inNamespace(NAMESPACE)
                    .withName("mongo")
                    .require();
            return Meta.orZero(now.getStatus().getUpdatedReplicas()) == 2
                && Meta.orZero(now.getStatus().getReadyReplicas()) == 2
                && now.getStatus().getCurrentRevision().equals(now.getStatus().getUpdateRevision());
          });
      cluster.client().apps().statefulSets().inNamespace(NAMESPACE).withName("mongo").delete();
      eventually("pods collected", () -> cluster.pods().isEmpty());
      assertThat(data.resolve("posts")).as("claims outlive the StatefulSet").hasContent("kept");
      cluster.client().persistentVolumeClaims().inNamespace(NAMESPACE).delete();
      eventually("volume erased", () -> !Files.exists(data));
    }
  }

  @Test
  void endpointsFollowReadinessAndTermination() {
    try (TestCluster cluster = new TestCluster(directory)) {
      cluster.client().resource(deployment("web", 2, 1, 0)).create();
      cluster
          .client()
          .resource(
              new ServiceBuilder()
                  .withNewMetadata()
                  .withNamespace(NAMESPACE)
                  .withName("web")
                  .endMetadata()
                  .withNewSpec()
                  .withSelector(Map.of("app", "web"))
                  .addNewPort()
                  .withPort(80)
                  .withTargetPort(new IntOrString(8080))
                  .endPort()
                  .endSpec()
                  .build())
          .create();
      eventually("two endpoints", () -> ready(cluster) == 2);
      assertThat(slices(cluster).getFirst().getPorts().getFirst().getPort()).isEqualTo(8080);

      Pod pod = cluster.pods().getFirst();
      cluster.node().setReady(pod, false);
      eventually("one endpoint", () -> ready(cluster) == 1);
      long[] took = new long[20];
      for (int i = 0; i < took.length; i++) {
        long start = System.nanoTime();
        cluster.node().setReady(pod, true);
        eventually("two again", () -> ready(cluster) == 2);
        took[i] = (System.nanoTime() - start) / 1_000_000;
        cluster.node().setReady(pod, false);
        eventually("one again", () -> ready(cluster) == 1);
      }
      System.out.println("readiness to endpoint took (ms) " + Arrays.toString(took));
      cluster.client().apps().deployments().inNamespace(NAMESPACE).withName("web").delete();
      eventually("no endpoint", () -> slices(cluster).getFirst().getEndpoints().isEmpty());
      cluster.client().services().inNamespace(NAMESPACE).withName("web").delete();
      eventually("slice collected", () -> slices(cluster).isEmpty());
    }
  }

  @Test
  void garbageGoesByPolicy() {
    try (TestCluster cluster = new TestCluster(directory)) {
      cluster.client().resource(deployment("web", 1, 1, 0)).create();
      eventually("rolled out", () -> cluster.rolledOut("web"));
      var deployments = cluster.client().apps().deployments().inNamespace(NAMESPACE);
      deployments.withName("web").withPropagationPolicy(DeletionPropagation.ORPHAN).delete();
      eventually("deployment gone", () -> deployments.withName("web").get() == null);
      assertThat(cluster.replicaSets()).hasSize(1);
      assertThat(Meta.owners(cluster.replicaSets().getFirst())).isEmpty();
      String orphan = Meta.uid(cluster.replicaSets().getFirst());

      cluster.client().resource(deployment("web", 1, 1, 0)).create();
      eventually("adopted", () -> cluster.rolledOut("web"));
      assertThat(cluster.replicaSets()).extracting(Meta::uid).containsExactly(orphan);

      deployments.withName("web").withPropagationPolicy(DeletionPropagation.FOREGROUND).delete();
      eventually("all gone", () -> deployments.withName("web").get() == null);
      assertThat(cluster.replicaSets()).as("dependents went first").isEmpty();
      eventually("pods gone", () -> cluster.pods().isEmpty());

      ConfigMap orphaned =
          new ConfigMapBuilder()
              .withNewMetadata()
              .withNamespace(NAMESPACE)
              .withName("left")
              .addNewOwnerReference()
              .withApiVersion("apps/v1")
              .withKind("Deployment")
              .withName("web")
              .withUid("00000000-0000-0000-0000-000000000000")
              .endOwnerReference()
              .endMetadata()
              .build();
      cluster.client().resource(orphaned).create();
      eventually(
          "an absent owner",
          () ->
              cluster.client().configMaps().inNamespace(NAMESPACE).withName("left").get() == null);
    }
  }

  @Test
  void aNamespaceIsEmptiedBeforeItGoes() {
    try (TestCluster cluster = new TestCluster(directory)) {
      eventually(
          "service account",
          () ->
              cluster.client().serviceAccounts().inNamespace(NAMESPACE).withName("default").get()
                  != null);
      cluster.client().resource(deployment("web", 2, 1, 0)).create();
      eventually("rolled out", () -> cluster.rolledOut("web"));
      cluster.client().namespaces().withName(NAMESPACE).delete();
      eventually(
          "namespace gone", () -> cluster.client().namespaces().withName(NAMESPACE).get() == null);
      assertThat(cluster.pods()).isEmpty();
      assertThat(cluster.replicaSets()).isEmpty();
    }
  }

  @Test
  void aPodThatFitsNowhereSaysWhyAndIsPlacedWhenThereIsRoom() {
    try (TestCluster cluster = new TestCluster(directory)) {
      cluster.client().resource(pod("big", "6")).create();
      eventually("placed", () -> pod(cluster, "big").filter(Pods::ready).isPresent());
      cluster.client().resource(pod("second", "6")).create();
      eventually(
          "reason",
          () ->
              pod(cluster, "second")
                  .flatMap(p -> Pods.condition(p, "PodScheduled"))
                  .filter(c -> "Unschedulable".equals(c.getReason()))
                  .filter(
                      c -> "0/1 nodes are available: 1 Insufficient cpu.".equals(c.getMessage()))
                  .isPresent());
      cluster.client().pods().inNamespace(NAMESPACE).withName("big").delete();
      eventually("room", () -> pod(cluster, "second").filter(Pods::ready).isPresent());
    }
  }

  private static Pod pod(String name, String cpu) {
    return new PodBuilder()
        .withNewMetadata()
        .withNamespace(NAMESPACE)
        .withName(name)
        .endMetadata()
        .withNewSpec()
        .addNewContainer()
        .withName("main")
        .withImage("x")
        .withNewResources()
        .addToRequests("cpu", new Quantity(cpu))
        .endResources()
        .endContainer()
        .endSpec()
        .build();
  }

  private static Optional<Pod> pod(TestCluster cluster, String name) {
    return Optional.ofNullable(cluster.client().pods().inNamespace(NAMESPACE).withName(name).get());
  }

  private static boolean readyPods(TestCluster cluster, String... names) {
    return List.of(names).stream()
        .allMatch(name -> pod(cluster, name).filter(Pods::ready).isPresent());
  }

  private static List<EndpointSlice> slices(TestCluster cluster) {
    return cluster
        .client()
        .discovery()
        .v1()
        .endpointSlices()
        .inNamespace(NAMESPACE)
        .list()
        .getItems();
  }

  private static long ready(TestCluster cluster) {
    return slices(cluster).stream()
        .flatMap(slice -> slice.getEndpoints().stream())
        .filter((Endpoint endpoint) -> endpoint.getConditions().getReady())
        .count();
  }

  private static StatefulSet statefulSet(String name, int replicas) {
    return new StatefulSetBuilder()
        .withNewMetadata()
        .withNamespace(NAMESPACE)
        .withName(name)
        .endMetadata()
        .withNewSpec()
        .withServiceName(name)
        .withReplicas(replicas)
        .withNewSelector()
        .withMatchLabels(Map.of("app", name))
        .endSelector()
        .withNewTemplate()
        .withNewMetadata()
        .withLabels(Map.of("app", name))
        .endMetadata()
        .withNewSpec()
        .addNewContainer()
        .withName("main")
        .withImage("mongo:1")
        .endContainer()
        .endSpec()
        .endTemplate()
        .addToVolumeClaimTemplates(
            new PersistentVolumeClaimBuilder()
                .withNewMetadata()
                .withName("data")
                .endMetadata()
                .withNewSpec()
                .withAccessModes("ReadWriteOnce")
                .withNewResources()
                .addToRequests("storage", new Quantity("1Gi"))
                .endResources()
                .endSpec()
                .build())
        .endSpec()
        .build();
  }
}
