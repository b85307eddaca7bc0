package dev.naru.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.naru.node.ContainerLife.Ended;
import dev.naru.node.ContainerLife.Run;
import dev.naru.node.PodPlan.Phase;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

final class PodPlanTest {
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

  private static ContainerLife fresh(String name, ContainerKind kind) {
    return ContainerLife.fresh(name, kind);
  }

  private static ContainerLife running(String name, ContainerKind kind) {
    return fresh(name, kind).starting().running(run(0), NOW, true, true);
  }

  private static ContainerLife ended(String name, ContainerKind kind, int code) {
    return running(name, kind).ended(new Ended(run(0), NOW, NOW, code, "", ""));
  }

  private static Run run(int attempt) {
    return new Run("id" + attempt, attempt, "image", "imageId");
  }

  private static PodPlan decide(RestartPolicy policy, ContainerLife... lives) {
    return PodPlan.decide(policy, List.of(lives), NOW);
  }

  @Test
  void startsInitContainersOneByOne() {
    PodPlan plan =
        decide(
            RestartPolicy.ALWAYS,
            fresh("i1", ContainerKind.INIT),
            fresh("i2", ContainerKind.INIT),
            fresh("a", ContainerKind.APP));
    assertThat(plan.start()).containsExactly("i1");
    assertThat(plan.phase()).isEqualTo(Phase.PENDING);
    assertThat(plan.initialized()).isFalse();
  }

  @Test
  void startsAppsTogetherOnceInitialized() {
    PodPlan plan =
        decide(
            RestartPolicy.ALWAYS,
            ended("i", ContainerKind.INIT, 0),
            running("s", ContainerKind.SIDECAR),
            fresh("a", ContainerKind.APP),
            fresh("b", ContainerKind.APP));
    assertThat(plan.start()).containsExactly("a", "b");
    assertThat(plan.initialized()).isTrue();
  }

  @Test
  void aSidecarThatHasNotStartedHoldsBackTheRest() {
    ContainerLife starting =
        fresh("s", ContainerKind.SIDECAR).starting().running(run(0), NOW, false, false);
    assertThat(decide(RestartPolicy.ALWAYS, starting, fresh("a", ContainerKind.APP)).start())
        .isEmpty();
  }

  @Test
  void aFailedInitContainerFailsThePodOnlyWhenItMayNotRestart() {
    assertThat(
            decide(
                    RestartPolicy.NEVER,
                    ended("i", ContainerKind.INIT, 1),
                    fresh("a", ContainerKind.APP))
                .phase())
        .isEqualTo(Phase.FAILED);
    assertThat(
            decide(
                    RestartPolicy.ON_FAILURE,
                    ended("i", ContainerKind.INIT, 1),
                    fresh("a", ContainerKind.APP))
                .start())
        .containsExactly("i");
  }

  @Test
  void theFirstRestartIsImmediateTheSecondWaits() {
    ContainerLife once = ended("a", ContainerKind.APP, 1);
    assertThat(decide(RestartPolicy.ALWAYS, once).start()).containsExactly("a");
    ContainerLife twice =
        once.starting()
            .running(run(1), NOW, true, true)
            .ended(new Ended(run(1), NOW, NOW, 1, "", ""));
    PodPlan plan = decide(RestartPolicy.ALWAYS, twice);
    assertThat(plan.start()).isEmpty();
    assertThat(plan.wakeAt()).isEqualTo(NOW.plusSeconds(10));
    assertThat(plan.phase()).isEqualTo(Phase.RUNNING);
  }

  @Test
  void sidecarsEndAfterTheAppsTheLastStartedFirst() {
    ContainerLife done = ended("a", ContainerKind.APP, 0);
    ContainerLife s1 = running("s1", ContainerKind.SIDECAR);
    ContainerLife s2 = running("s2", ContainerKind.SIDECAR);
    assertThat(decide(RestartPolicy.NEVER, s1, s2, done).stop()).containsExactly("s2");
    PodPlan stopping = decide(RestartPolicy.NEVER, s1, s2.stopping(), done);
    assertThat(stopping.stop()).isEmpty();
    assertThat(stopping.phase()).isEqualTo(Phase.RUNNING);
    ContainerLife s2Ended = ended("s2", ContainerKind.SIDECAR, 0);
    assertThat(decide(RestartPolicy.NEVER, s1, s2Ended, done).stop()).containsExactly("s1");
    PodPlan over =
        decide(RestartPolicy.NEVER, ended("s1", ContainerKind.SIDECAR, 1), s2Ended, done);
    assertThat(over.phase()).isEqualTo(Phase.SUCCEEDED);
  }

  @Test
  void endsByThePolicy() {
    assertThat(decide(RestartPolicy.ON_FAILURE, ended("a", ContainerKind.APP, 0)).phase())
        .isEqualTo(Phase.SUCCEEDED);
    assertThat(decide(RestartPolicy.NEVER, ended("a", ContainerKind.APP, 2)).phase())
        .isEqualTo(Phase.FAILED);
    assertThat(decide(RestartPolicy.ALWAYS, ended("a", ContainerKind.APP, 0)).start())
        .containsExactly("a");
  }

  @Test
  void backOffDoublesToFiveMinutesAndIsForgottenAfterTen() {
    assertThat(Backoff.beforeRestart(1)).isZero();
    assertThat(Backoff.beforeRestart(2)).isEqualTo(Duration.ofSeconds(10));
    assertThat(Backoff.beforeRestart(4)).isEqualTo(Duration.ofSeconds(40));
    assertThat(Backoff.beforeRestart(100)).isEqualTo(Duration.ofMinutes(5));
    assertThat(Backoff.ends(7, Duration.ofMinutes(9))).isEqualTo(8);
    assertThat(Backoff.ends(7, Duration.ofMinutes(10))).isEqualTo(1);
  }
}
