package dev.naru.node;

import io.fabric8.kubernetes.api.model.Pod;
import java.time.Duration;

/** What may happen to a pod; handled one at a time by its {@link PodRunner}. */
sealed interface Signal {
  /** The object in the API is new or has changed. */
  record Changed(Pod pod) implements Signal {}

  /** The object is no longer in the API. */
  record Gone() implements Signal {}

  /** A ConfigMap, a Secret or a claim in the pod's namespace has changed. */
  record Refresh() implements Signal {}

  /** Some container of this machine has ended. */
  record ExitSeen() implements Signal {}

  record StartDone(String container, ContainerStarter.Started started) implements Signal {}

  /**
   * @param pauseMax bound of the back-off before the next try
   */
  record StartFailed(String container, String reason, String message, Duration pauseMax)
      implements Signal {}

  /** A probe's verdict about one run. */
  record Probed(String container, String runId, ProbeKind kind, boolean good, String message)
      implements Signal {}

  /** No container is being started any more, so the pod can be stopped. */
  record Quiet() implements Signal {}

  /** All containers have been stopped. */
  record Stopped() implements Signal {}

  /** What a probe decides about. */
  enum ProbeKind {
    STARTUP("Startup"),
    READINESS("Readiness"),
    LIVENESS("Liveness");

    private final String title;

    ProbeKind(String title) {
      this.title = title;
    }

    String title() {
      return title;
    }
  }
}
