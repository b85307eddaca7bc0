package dev.naru.controllers;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Pure decisions: who goes first, who is an endpoint, where a pod fits. */
final class DecisionsTest {
  @Test
  void scaleDownTakesTheLeastUsefulFirst() {
    List<Pod> inOrder =
        List.of(
            pod("a-unassigned", "", "Pending", "", 0, "0", 1),
            pod("b-pending", "n", "Pending", "", 0, "0", 1),
            pod("c-unready", "n", "Running", "", 0, "0", 1),
            pod("d-cheap", "n", "Running", "2026-01-01T00:00:00Z", 0, "-5", 1),
            pod("e-later-ready", "n", "Running", "2026-01-01T00:09:00Z", 0, "0", 1),
            pod("f-restarted", "n", "Running", "2026-01-01T00:00:00Z", 7, "0", 1),
            pod("g-younger", "n", "Running", "2026-01-01T00:00:00Z", 0, "0", 9),
            pod("h-older", "n", "Running", "2026-01-01T00:00:00Z", 0, "0", 1),
            pod("i-dear", "n", "Running", "2026-01-01T00:00:00Z", 0, "5", 1));
    for (long seed = 0; seed < 20; seed++) {
      List<Pod> shuffled = new ArrayList<>(inOrder);
      Collections.shuffle(shuffled, new Random(seed));
      assertThat(ScaleDownOrder.victims(shuffled, shuffled, 9))
          .as("seed %d", seed)
          .extracting(Meta::name)
          .containsExactlyElementsOf(inOrder.stream().map(Meta::name).toList());
    }
  }

  @Test
  void theMoreColocatedGoesFirst() {
    Pod alone = pod("alone", "n1", "Running", "2026-01-01T00:09:00Z", 0, "0", 9);
    Pod crowded = pod("crowded", "n2", "Running", "2026-01-01T00:00:00Z", 0, "0", 1);
    Pod other = pod("other", "n2", "Running", "2026-01-01T00:00:00Z", 0, "0", 1);
    assertThat(ScaleDownOrder.victims(List.of(alone, crowded), List.of(alone, crowded, other), 1))
        .containsExactly(crowded);
  }

  @ParameterizedTest
  @CsvSource({
    // pod ready, terminating, publishNotReady | ready, serving, terminating
    "true,  false, false, true,  true,  false",
    "false, false, false, false, false, false",
    "true,  true,  false, false, true,  true",
    "false, true,  false, false, false, true",
    "false, false, true,  true,  false, false",
    "true,  true,  true,  true,  true,  true",
  })
  void endpointConditions(
      boolean podReady,
      boolean podTerminating,
      boolean publishAll,
      boolean ready,
      boolean serving,
      boolean terminating) {
    Pod pod =
        addressed(
            pod("p", "n", "Running", podReady ? "2026-01-01T00:00:00Z" : "", 0, "0", 1), 8080);
    if (podTerminating) {
      pod.getMetadata().setDeletionTimestamp("2026-01-01T00:00:00Z");
    }
    Service service = service(new IntOrString("http"));
    service.getSpec().setPublishNotReadyAddresses(publishAll);
    var conditions =
        EndpointSlices.plan(service, List.of(pod))
            .getFirst()
            .getEndpoints()
            .getFirst()
            .getConditions();
    assertThat(conditions.getReady()).isEqualTo(ready);
    assertThat(conditions.getServing()).isEqualTo(serving);
    assertThat(conditions.getTerminating()).isEqualTo(terminating);
  }

  @Test
  void aNamedPortIsThatOfEachPodAndNamesAreStable() {
    Pod one = addressed(pod("one", "n", "Running", "2026-01-01T00:00:00Z", 0, "0", 1), 8080);
    Pod two = addressed(pod("two", "n", "Running", "2026-01-01T00:00:00Z", 0, "0", 1), 9090);
    List<EndpointSlice> slices =
        EndpointSlices.plan(service(new IntOrString("http")), List.of(one, two));
    assertThat(slices)
        .extracting(slice -> slice.getPorts().getFirst().getPort())
        .containsExactlyInAnyOrder(8080, 9090);
    assertThat(EndpointSlices.plan(service(new IntOrString("http")), List.of(two, one)))
        .extracting(Meta::name)
        .containsExactlyInAnyOrderElementsOf(slices.stream().map(Meta::name).toList());
    assertThat(EndpointSlices.plan(service(new IntOrString(80)), List.of()))
        .as("a Service without pods has one empty slice")
        .singleElement()
        .satisfies(slice -> assertThat(slice.getEndpoints()).isEmpty());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      value = {
        "ok        | -",
        "cordoned  | 0/1 nodes are available: 1 node(s) were unschedulable.",
        "down      | 0/1 nodes are available: 1 node(s) were not ready.",
        "tainted   | 0/1 nodes are available: 1 node(s) had untolerated taint {dedicated: db}.",
        "other     | 0/1 nodes are available: 1 node(s) didn't match Pod's node affinity/selector.",
        "small     | 0/1 nodes are available: 1 Insufficient cpu, 1 Insufficient memory.",
        "none      | no nodes available to schedule pods",
      })
  void placement(String node, String message) {
    Pod pod = pod("p", "", "Pending", "", 0, "0", 1);
    pod.getSpec().setNodeSelector(Map.of("disk", "fast"));
    pod.getSpec()
        .getContainers()
        .getFirst()
        .getResources()
        .setRequests(Map.of("cpu", new Quantity("500m"), "memory", new Quantity("1Gi")));
    Placement.Choice choice =
        Placement.choose(pod, node.equals("none") ? List.of() : List.of(node(node)), Map.of());
    assertThat(choice)
        .isEqualTo(
            message == null
                ? new Placement.Choice.OnNode(node)
                : new Placement.Choice.Nowhere(message));
  }

  @Test
  void retriesBackOffToAnEnd() {
    assertThat(KeyedQueue.backOff(1)).isEqualTo(Duration.ofMillis(5));
    assertThat(KeyedQueue.backOff(4)).isEqualTo(Duration.ofMillis(40));
    assertThat(KeyedQueue.backOff(1000)).isEqualTo(KeyedQueue.RETRY_MAX);
  }

  private static Node node(String kind) {
    String cpu = kind.equals("small") ? "100m" : "2";
    String memory = kind.equals("small") ? "512Mi" : "4Gi";
    Node node =
        new NodeBuilder()
            .withNewMetadata()
            .withName(kind)
            .addToLabels("disk", kind.equals("other") ? "slow" : "fast")
            .endMetadata()
            .withNewSpec()
            .withUnschedulable(kind.equals("cordoned"))
            .endSpec()
            .withNewStatus()
            .withAllocatable(Map.of("cpu", new Quantity(cpu), "memory", new Quantity(memory)))
            .addNewCondition()
            .withType("Ready")
            .withStatus(kind.equals("down") ? "Unknown" : "True")
            .endCondition()
            .endStatus()
            .build();
    return kind.equals("tainted")
        ? new NodeBuilder(node)
            .editSpec()
            .addNewTaint("NoSchedule", "dedicated", null, "db")
            .endSpec()
            .build()
        : node;
  }

  private static Service service(IntOrString target) {
    return new ServiceBuilder()
        .withNewMetadata()
        .withNamespace("board")
        .withName("web")
        .withUid("u")
        .endMetadata()
        .withNewSpec()
        .addNewPort()
        .withPort(80)
        .withTargetPort(target)
        .endPort()
        .endSpec()
        .build();
  }

  private static Pod addressed(Pod pod, int port) {
    return new PodBuilder(pod)
        .editSpec()
        .editFirstContainer()
        .addNewPort()
        .withName("http")
        .withContainerPort(port)
        .endPort()
        .endContainer()
        .endSpec()
        .editStatus()
        .withPodIP("10.88.0.9")
        .endStatus()
        .build();
  }

  private static Pod pod(
      String name,
      String node,
      String phase,
      String readySince,
      int restarts,
      String cost,
      int minute) {
    PodBuilder pod =
        new PodBuilder()
            .withNewMetadata()
            .withNamespace("board")
            .withName(name)
            .withUid(name)
            .addToAnnotations(ScaleDownOrder.DELETION_COST, cost)
            .withCreationTimestamp("2026-01-01T00:0" + minute + ":00Z")
            .endMetadata()
            .withNewSpec()
            .withNodeName(node)
            .addNewContainer()
            .withName("main")
            .withNewResources()
            .endResources()
            .endContainer()
            .endSpec()
            .withNewStatus()
            .withPhase(phase)
            .addNewContainerStatus()
            .withName("main")
            .withRestartCount(restarts)
            .endContainerStatus()
            .endStatus();
    return readySince.isEmpty()
        ? pod.build()
        : pod.editStatus()
            .addNewCondition()
            .withType("Ready")
            .withStatus("True")
            .withLastTransitionTime(readySince)
            .endCondition()
            .endStatus()
            .build();
  }
}
