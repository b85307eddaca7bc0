package dev.naru.controllers;

import static dev.naru.controllers.TestCluster.NAMESPACE;
import static dev.naru.controllers.TestCluster.deployment;
import static dev.naru.controllers.TestCluster.eventually;
import static dev.naru.controllers.TestCluster.image;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import java.nio.file.Path;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(value = 120, unit = TimeUnit.SECONDS)
final class DeploymentTest {
  @TempDir private Path directory;

  @Test
  void rollsOutNumbersRevisionsAndTellsInEvents() {
    try (TestCluster cluster = new TestCluster(directory)) {
      cluster.client().resource(deployment("web", 3, 1, 0)).create();
      eventually("first rollout", () -> cluster.rolledOut("web"));
      assertThat(cluster.pods()).hasSize(3);
      ReplicaSet first = cluster.replicaSets().getFirst();
      assertThat(Meta.name(first)).matches("web-[bcdfghjklmnpqrstvwxz2456789]{8,10}");
      assertThat(Meta.labels(cluster.pods().getFirst())).containsKey("pod-template-hash");
      assertThat(Meta.annotations(cluster.deployment("web")))
          .containsEntry(Revisions.REVISION, "1");

      cluster.setImage("web", "board:2");
      eventually("second rollout", () -> cluster.rolledOut("web"));
      eventually("old pods gone", () -> cluster.pods().size() == 3);
      assertThat(cluster.pods()).allMatch(pod -> image(pod).equals("board:2"));
      assertThat(Meta.annotations(cluster.deployment("web")))
          .containsEntry(Revisions.REVISION, "2");

      cluster.setImage("web", "board:1");
      eventually("undo", () -> cluster.rolledOut("web"));
      assertThat(cluster.replicaSets()).as("the old ReplicaSet serves again").hasSize(2);
      assertThat(Meta.annotations(cluster.deployment("web")))
          .containsEntry(Revisions.REVISION, "3");
      ReplicaSet again =
          cluster
              .client()
              .apps()
              .replicaSets()
              .inNamespace(NAMESPACE)
              .withName(Meta.name(first))
              .require();
      assertThat(again.getSpec().getReplicas()).isEqualTo(3);
      assertThat(Meta.annotations(again))
          .containsEntry(Revisions.REVISION, "3")
          .containsEntry(Revisions.HISTORY, "1");
      eventually(
          "event",
          () ->
              cluster.client().v1().events().inNamespace(NAMESPACE).list().getItems().stream()
                  .map(Event::getMessage)
                  .toList()
                  .contains("Scaled up replica set " + Meta.name(first) + " from 0 to 3"));
    }
  }

  /** maxSurge bounds what the ReplicaSets together ask for; their pods follow a moment later. */
  private static Cache<ReplicaSet> watchWanted(TestCluster cluster, int max, Queue<String> broken) {
    Map<String, Integer> desired = new ConcurrentHashMap<>();
    Cache<ReplicaSet> sets =
        new Cache<>(
            cluster.client().apps().replicaSets().inNamespace(NAMESPACE).runnableInformer(0));
    sets.listen(
        (before, after) -> {
          if (after == null) {
            desired.remove(Meta.uid(ClusterState.either(before, after)));
            return;
          }
          desired.put(Meta.uid(after), after.getSpec().getReplicas());
          int total = desired.values().stream().mapToInt(n -> n).sum();
          if (total > max) {
            broken.add(total + " replicas wanted");
          }
        });
    sets.start();
    return sets;
  }

  private static Cache<Pod> watchReady(
      TestCluster cluster, int replicas, int min, Queue<String> broken) {
    // Filled before judged: the first list comes pod by pod.
    Map<String, Pod> seen = new ConcurrentHashMap<>();
    cluster.pods().forEach(pod -> seen.put(Meta.uid(pod), pod));
    Cache<Pod> pods =
        new Cache<>(cluster.client().pods().inNamespace(NAMESPACE).runnableInformer(0));
    pods.listen(
        (before, after) -> {
          if (after == null) {
            seen.remove(Meta.uid(ClusterState.either(before, after)));
            return;
          }
          seen.put(Meta.uid(after), after);
          long ready = seen.values().stream().filter(Pods::active).filter(Pods::ready).count();
          if (seen.size() >= replicas && ready < min) {
            broken.add(ready + " ready of " + seen.size());
          }
        });
    pods.start();
    return pods;
  }

  @Test
  void limitsHoldWhenRolloutsOvertakeEachOther() {
    Random random = new Random(1);
    try (TestCluster cluster = new TestCluster(directory)) {
      cluster.client().resource(deployment("web", 4, 0, 2)).create();
      eventually("first rollout", () -> cluster.rolledOut("web"));
      Queue<String> broken = new ConcurrentLinkedQueue<>();
      try (Cache<ReplicaSet> sets = watchWanted(cluster, 4, broken);
          Cache<Pod> pods = watchReady(cluster, 4, 2, broken)) {
        assertThat(sets.all()).isNotEmpty();
        assertThat(pods.all()).isNotEmpty();
        for (int change = 0; change < 200; change++) {
          cluster.setImage("web", "board:" + random.nextInt(5));
        }
        eventually("last rollout", () -> cluster.rolledOut("web"));
      }
      assertThat(broken).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void limitsHoldInEveryMomentOfRandomRollouts(long seed) {
    Random random = new Random(seed);
    int replicas = 2 + random.nextInt(4);
    int surge = random.nextInt(3);
    int unavailable = surge == 0 ? 1 + random.nextInt(2) : random.nextInt(2);
    try (TestCluster cluster = new TestCluster(directory)) {
      cluster.client().resource(deployment("web", replicas, surge, unavailable)).create();
      eventually("first rollout", () -> cluster.rolledOut("web"));
      Queue<String> broken = new ConcurrentLinkedQueue<>();
      try (Cache<ReplicaSet> sets = watchWanted(cluster, replicas + surge, broken);
          Cache<Pod> pods = watchReady(cluster, replicas, replicas - unavailable, broken)) {
        assertThat(sets.all()).isNotEmpty();
        assertThat(pods.all()).isNotEmpty();
        for (int version = 2; version < 5; version++) {
          cluster.setImage("web", "board:" + version);
          if (random.nextBoolean()) {
            cluster.restartControllers();
          }
          if (random.nextBoolean()) {
            continue;
          }
          eventually("rollout " + version, () -> cluster.rolledOut("web"));
        }
        eventually("last rollout", () -> cluster.rolledOut("web"));
      }
      assertThat(broken).as("seed %d: %d +%d -%d", seed, replicas, surge, unavailable).isEmpty();
      eventually("only new pods", () -> cluster.pods().size() == replicas);
      assertThat(cluster.pods()).allMatch(pod -> image(pod).equals("board:4"));
    }
  }

  @Test
  void aVersionThatNeverTurnsReadyLeavesTheOldServingAndIsReported() {
    try (TestCluster cluster =
        new TestCluster(directory, pod -> !image(pod).equals("board:broken"))) {
      Deployment wanted = deployment("web", 3, 1, 0);
      wanted.getSpec().setProgressDeadlineSeconds(1);
      cluster.client().resource(wanted).create();
      eventually("first rollout", () -> cluster.rolledOut("web"));
      cluster.setImage("web", "board:broken");
      eventually(
          "deadline",
          () ->
              DeploymentStatusPlan.condition(
                      cluster.deployment("web").getStatus().getConditions(), "Progressing")
                  .filter(c -> c.getReason().equals(DeploymentStatusPlan.TIMED_OUT))
                  .filter(c -> c.getStatus().equals("False"))
                  .isPresent());
      assertThat(cluster.pods().stream().filter(pod -> image(pod).equals("board:1")))
          .hasSize(3)
          .allMatch(Pods::ready);
      cluster.setImage("web", "board:1");
      eventually("back", () -> cluster.rolledOut("web"));
      eventually("broken pod gone", () -> cluster.pods().size() == 3);
    }
  }

  @Test
  void pauseHoldsTheTemplateBackAndScalingGoesOn() {
    try (TestCluster cluster = new TestCluster(directory)) {
      cluster.client().resource(deployment("web", 2, 1, 0)).create();
      eventually("first rollout", () -> cluster.rolledOut("web"));
      cluster.patch("web", "{\"spec\": {\"paused\": true}}");
      cluster.setImage("web", "board:2");
      cluster.patch("web", "{\"spec\": {\"replicas\": 4}}");
      eventually("scaled", () -> cluster.pods().size() == 4);
      assertThat(cluster.pods()).allMatch(pod -> image(pod).equals("board:1"));
      cluster.patch("web", "{\"spec\": {\"paused\": false}}");
      eventually(
          "rolled",
          () ->
              cluster.rolledOut("web")
                  && cluster.pods().stream().allMatch(p -> image(p).equals("board:2")));
    }
  }

  @Test
  void recreateStopsBeforeItStarts() {
    try (TestCluster cluster = new TestCluster(directory)) {
      Deployment wanted = deployment("web", 2, 1, 0);
      wanted.getSpec().getStrategy().setType("Recreate");
      wanted.getSpec().getStrategy().setRollingUpdate(null);
      cluster.client().resource(wanted).create();
      eventually("first rollout", () -> cluster.rolledOut("web"));
      cluster.setImage("web", "board:2");
      eventually(
          "recreated",
          () ->
              cluster.rolledOut("web")
                  && cluster.pods().stream().allMatch(p -> image(p).equals("board:2")));
    }
  }

  @Test
  void oldReplicaSetsAboveTheLimitAreRemoved() {
    try (TestCluster cluster = new TestCluster(directory)) {
      Deployment wanted = deployment("web", 1, 1, 0);
      wanted.getSpec().setRevisionHistoryLimit(1);
      cluster.client().resource(wanted).create();
      for (int version = 2; version < 5; version++) {
        eventually("rollout", () -> cluster.rolledOut("web"));
        cluster.setImage("web", "board:" + version);
      }
      eventually("history", () -> cluster.rolledOut("web") && cluster.replicaSets().size() == 2);
    }
  }

  @Test
  void aKilledControllerIsReplacedMidway() {
    try (TestCluster cluster = new TestCluster(directory)) {
      cluster.client().resource(deployment("web", 4, 1, 0)).create();
      eventually("pods", () -> !cluster.pods().isEmpty());
      cluster.stopControllers();
      cluster.setImage("web", "board:2");
      cluster.startControllersAgain();
      eventually("rollout", () -> cluster.rolledOut("web") && cluster.pods().size() == 4);
      assertThat(cluster.pods()).allMatch(pod -> image(pod).equals("board:2"));
    }
  }
}
