package dev.naru.delivery;

import static dev.naru.delivery.Chain.BACKEND;
import static dev.naru.delivery.Chain.id;
import static dev.naru.delivery.Chain.time;
import static org.assertj.core.api.Assertions.assertThat;

import dev.naru.delivery.DeliveryStatus.Phase;
import dev.naru.pipeline.PipelineRunStatus;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DeliveriesTest {
  private static final String ONE = id("1a2b3c4");
  private static final String DEPLOY = id("9f8e7d6");
  private static final String RUN = "board-backend-1a2b3c4";
  private static final String NAME = "board-1a2b3c4";

  @TempDir Path dir;
  private Chain chain;

  @BeforeEach
  void open() throws IOException {
    chain = new Chain(dir);
  }

  @AfterEach
  void close() {
    chain.close();
  }

  private void push() {
    chain.push(
        "board", "main", ONE, 0, "Show the nickname", List.of(), List.of("backend/src/A.java"));
  }

  private void throughManifest() {
    push();
    chain.awaitRun(RUN);
    chain.push(
        "board-deploy",
        "main",
        DEPLOY,
        40.2,
        "overlays/local: " + BACKEND + "1a2b3c4",
        List.of("board@" + ONE),
        List.of("overlays/local/kustomization.yaml"));
    chain.runSucceeded(RUN, BACKEND + "1a2b3c4", 0.4, 40.6);
  }

  private void throughSync() {
    throughManifest();
    chain.application("Synced", DEPLOY, "Succeeded", "successfully synced (all tasks run)", 41.5);
  }

  private void deployment(int updated, int total, int available, String condition) {
    chain.put(
        """
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: backend, namespace: shop}
        spec:
          replicas: 2
          progressDeadlineSeconds: 60
          selector: {matchLabels: {app: backend}}
          template:
            metadata: {labels: {app: backend}}
            spec: {containers: [{name: app, image: "%s1a2b3c4"}]}
        status: {observedGeneration: 99, replicas: %d, updatedReplicas: %d, readyReplicas: %d, availableReplicas: %d, conditions: [%s]}
        """
            .formatted(BACKEND, total, updated, available, available, condition));
    for (String revision : List.of("1", "2")) {
      chain.put(
          """
          apiVersion: apps/v1
          kind: ReplicaSet
          metadata:
            name: backend-%1$s
            namespace: shop
            annotations: {deployment.kubernetes.io/revision: "%1$s"}
            ownerReferences: [{apiVersion: apps/v1, kind: Deployment, name: backend, uid: %2$s, controller: true}]
          spec:
            replicas: 1
            selector: {matchLabels: {app: backend, hash: h%1$s}}
            template: {metadata: {labels: {app: backend, hash: h%1$s}}, spec: {containers: [{name: app, image: x}]}}
          """
              .formatted(revision, chain.uid("Deployment", "backend")));
    }
  }

  private void pod(String name, String revision, String status) {
    chain.put(
        """
        apiVersion: v1
        kind: Pod
        metadata:
          name: %s
          namespace: shop
          labels: {app: backend}
          ownerReferences: [{apiVersion: apps/v1, kind: ReplicaSet, name: backend-%s, uid: %s, controller: true}]
        spec: {containers: [{name: app, image: x}]}
        status: %s
        """
            .formatted(name, revision, chain.uid("ReplicaSet", "backend-" + revision), status));
  }

  private static final String READY =
      "{phase: Running, conditions: [{type: Ready, status: \"True\"}], containerStatuses: [{name: app,"
          + " image: x, imageID: x, restartCount: 0, ready: true, state: {running: {}}}]}";

  private void endpoints(String... pods) {
    StringBuilder list = new StringBuilder();
    for (String pod : pods) {
      list.append(
          "\n  - {addresses: [10.0.0.1], conditions: {ready: true}, targetRef: {kind: Pod, name: %s}}"
              .formatted(pod));
    }
    chain.put(
        "{apiVersion: v1, kind: Service, metadata: {name: backend, namespace: shop}, spec:"
            + " {selector: {app: backend}, ports: [{port: 80}]}}");
    chain.put(
        """
        apiVersion: discovery.k8s.io/v1
        kind: EndpointSlice
        metadata: {name: backend-x, namespace: shop, labels: {kubernetes.io/service-name: backend}}
        addressType: IPv4
        endpoints:%s
        """
            .formatted(list));
  }

  @Test
  void followsACommitToLive() throws Exception {
    push();
    chain.awaitRun(RUN);
    assertThat(chain.runs()).containsExactly(RUN);
    chain.run(
        RUN,
        new PipelineRunStatus(
            "Running",
            time(0.4),
            null,
            null,
            null,
            null,
            "agent",
            1,
            List.of(
                new PipelineRunStatus.Stage("Checkout", null, "Succeeded", null, null, null),
                new PipelineRunStatus.Stage("Build", null, "Running", null, null, null)),
            null));
    Chain.golden("building", chain.awaitMessage(NAME, "stage Build"));

    throughManifest();
    Chain.golden("synchronizing", chain.awaitMessage(NAME, "has not seen the commit"));
    chain.application("OutOfSync", DEPLOY, "Running", "waiting for wave 0: Deployment 'mongo'", 41);
    chain.awaitMessage(NAME, "waiting for wave 0");

    deployment(1, 3, 2, "");
    pod("new-1", "2", READY);
    pod("old-1", "1", READY);
    chain.application("Synced", DEPLOY, "Succeeded", "successfully synced (all tasks run)", 41.5);
    Chain.golden("rolling", chain.awaitMessage(NAME, "1 of 2 new pods are ready"));

    pod("new-2", "2", READY);
    deployment(2, 2, 2, "");
    endpoints("new-1", "new-2", "old-1");
    chain.awaitMessage(NAME, "1 old pods still get traffic");
    endpoints("new-1", "new-2");
    chain.awaitMessage(NAME, "1 old pods are being drained");
    chain.client.pods().inNamespace("shop").withName("old-1").withGracePeriod(0).delete();
    Chain.golden("live", chain.await(NAME, s -> s.phase() == Phase.LIVE));
    assertThat(chain.client.resources(Delivery.class).inNamespace("naru").list().getItems())
        .hasSize(1);
  }

  @Test
  void aFailingPipelineIsTold() throws Exception {
    push();
    chain.awaitRun(RUN);
    chain.run(
        RUN,
        new PipelineRunStatus(
            "Failed",
            time(0.4),
            time(20),
            "step sh ended with exit code 1",
            "Test",
            List.of("[ERROR] Failures:", "[ERROR]   PostTest.edit:42 expected 403"),
            "agent",
            1,
            null,
            null));
    Chain.golden("failed-pipeline", chain.await(NAME, s -> s.phase() == Phase.FAILED));
  }

  @Test
  void aFailingImageIsTold() throws Exception {
    push();
    chain.awaitRun(RUN);
    chain.run(
        RUN,
        new PipelineRunStatus(
            "Failed",
            time(0.4),
            time(30),
            "step sh ended with exit code 1",
            "Image",
            List.of("Step 3/5 : COPY target/app.jar /app.jar", "no such file: target/app.jar"),
            "agent",
            1,
            null,
            List.of(
                new PipelineRunStatus.Image(
                    BACKEND + "1a2b3c4",
                    null,
                    time(28),
                    time(29),
                    null,
                    "Failed",
                    "Dockerfile:3: COPY target/app.jar: no such file"))));
    Chain.golden("failed-image", chain.await(NAME, s -> s.phase() == Phase.FAILED));
    // Run again by hand and mended: the same delivery goes on.
    var again = chain.awaitRun(RUN);
    again.getMetadata().setName(RUN + "-2");
    again.getMetadata().setResourceVersion(null);
    again.getMetadata().setUid(null);
    chain.client.resource(again).create();
    chain.runSucceeded(RUN + "-2", BACKEND + "1a2b3c4", 31, 60);
    chain.await(NAME, s -> s.phase() == Phase.NOTHING_TO_DO);
  }

  @Test
  void aManifestThatCannotBeAppliedIsTold() throws Exception {
    throughManifest();
    chain.application(
        "OutOfSync",
        DEPLOY,
        "Failed",
        "nothing was changed: base/web.yaml:1: Deployment 'web' in namespace 'shop' cannot be applied: bad",
        41.5);
    Chain.golden("failed-sync", chain.await(NAME, s -> s.phase() == Phase.FAILED));
  }

  @Test
  void readinessThatNeverComesIsTold() throws Exception {
    throughSync();
    deployment(1, 3, 2, "");
    pod("old-1", "1", READY);
    pod(
        "new-1",
        "2",
        "{phase: Running, conditions: [{type: Ready, status: \"False\"}], containerStatuses: [{name: app,"
            + " image: x, imageID: x, restartCount: 0, ready: false, state: {running: {}}}]}");
    chain.awaitMessage(NAME, "readiness probe does not pass");
    for (var moment :
        Map.of(
                "lastState: {}, state: {terminated: {exitCode: 4}}",
                "it ended with exit code 4",
                "lastState: {terminated: {exitCode: 5}}, state: {waiting: {reason: ContainerCreating}}",
                "it ended with exit code 5",
                "lastState: {terminated: {exitCode: 6}}, state: {running: {}}",
                "it ended with exit code 6 and runs again, not ready yet")
            .entrySet()) {
      pod(
          "new-1",
          "2",
          "{phase: Running, conditions: [{type: Ready, status: \"False\"}], containerStatuses: [{name: app,"
              + " image: x, imageID: x, restartCount: 1, ready: false, "
              + moment.getKey()
              + "}]}");
      chain.awaitMessage(NAME, moment.getValue());
    }
    pod(
        "new-1",
        "2",
        "{phase: Running, conditions: [{type: Ready, status: \"False\"}], containerStatuses: [{name: app,"
            + " image: x, imageID: x, restartCount: 4, ready: false, lastState: {terminated: {exitCode: 3}},"
            + " state: {waiting: {reason: CrashLoopBackOff, message: back-off 40s}}}]}");
    chain.awaitMessage(NAME, "CrashLoopBackOff, it ended with exit code 3");
    deployment(
        1,
        3,
        2,
        "{type: Progressing, status: \"False\", reason: ProgressDeadlineExceeded, message: x}");
    Chain.golden("failed-rollout", chain.await(NAME, s -> s.phase() == Phase.FAILED));
  }

  @Test
  void whatStartsNoPipelineHasNothingToDo() {
    chain.push("board", "main", ONE, 0, "Docs", List.of(), List.of("README.md"));
    Delivery delivery = chain.await(NAME, s -> s.phase() == Phase.NOTHING_TO_DO);
    assertThat(delivery.getStatus().message()).isEqualTo("no pipeline is started by what changed");
    assertThat(chain.runs()).isEmpty();
  }

  @Test
  void aNewerCommitSupersedesAndItsRunsAreAborted() {
    push();
    chain.awaitRun(RUN);
    chain.push("board", "main", id("2222222"), 5, "Newer", List.of(), List.of("backend/B.java"));
    Delivery old = chain.await(NAME, s -> s.phase() == Phase.SUPERSEDED);
    assertThat(old.getStatus().message()).isEqualTo("superseded by 2222222");
    assertThat(chain.awaitRun(RUN).getSpec().abort()).isTrue();
    // What touches other pipelines lets it go on.
    chain.push(
        "board", "main", id("3333333"), 6, "Other half", List.of(), List.of("frontend/b.ts"));
    chain.awaitRun("board-frontend-3333333");
    assertThat(chain.await("board-2222222", s -> true).getStatus().phase())
        .isEqualTo(Phase.RUNNING);
    assertThat(chain.awaitRun("board-frontend-3333333").getSpec().previousCommit())
        .isEqualTo(id("2222222"));
  }

  @Test
  void aCommitByAPersonInTheManifestsIsFollowedToo() {
    chain.push(
        "board-deploy", "main", DEPLOY, 0, "More memory", List.of(), List.of("base/web.yaml"));
    chain.awaitMessage("board-deploy-9f8e7d6", "has not seen the commit");
    deployment(2, 2, 2, "");
    pod("new-1", "2", READY);
    pod("new-2", "2", READY);
    endpoints("new-1", "new-2");
    chain.application("Synced", DEPLOY, "Succeeded", "ok", 2);
    Delivery live = chain.await("board-deploy-9f8e7d6", s -> s.phase() == Phase.LIVE);
    assertThat(live.getStatus().steps())
        .extracting(s -> s.state().text())
        .containsExactly("Done", "Skipped", "Skipped", "Done", "Done", "Done", "Done");
    assertThat(chain.runs()).isEmpty();
  }

  @Test
  void goesOnAfterARestart() {
    push();
    chain.awaitRun(RUN);
    chain.stop();
    throughSync();
    chain.start();
    chain.await(NAME, s -> s.steps().get(4).state() == DeliveryStatus.State.DONE);
    assertThat(chain.runs()).containsExactly(RUN);
  }

  @Test
  void pathPatterns() {
    assertThat(Pipelines.matches("backend/", "backend/a/b")).isTrue();
    assertThat(Pipelines.matches("backend", "backend/a")).isTrue();
    assertThat(Pipelines.matches("backend", "backend2/a")).isFalse();
    assertThat(Pipelines.matches("**/*.md", "docs/a.md")).isTrue();
    assertThat(Pipelines.matches("*.md", "docs/a.md")).isFalse();
    assertThat(Pipelines.matches("pom.xml", "pom.xml")).isTrue();
  }
}
