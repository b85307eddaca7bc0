package dev.naru.controllers;

import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodCondition;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What controllers read from a pod. */
final class Pods {
  private Pods() {}

  static String phase(Pod pod) {
    String phase = pod.getStatus() == null ? null : pod.getStatus().getPhase();
    return phase == null ? "Pending" : phase;
  }

  static boolean finished(Pod pod) {
    return phase(pod).equals("Succeeded") || phase(pod).equals("Failed");
  }

  /** Counts towards a controller's replicas: neither finished nor on its way out. */
  static boolean active(Pod pod) {
    return !finished(pod) && !Meta.deleting(pod);
  }

  static Optional<PodCondition> condition(Pod pod, String type) {
    if (pod.getStatus() == null || pod.getStatus().getConditions() == null) {
      return Optional.empty();
    }
    return pod.getStatus().getConditions().stream()
        .filter(condition -> type.equals(condition.getType()))
        .findFirst();
  }

  static boolean ready(Pod pod) {
    return condition(pod, "Ready").filter(c -> "True".equals(c.getStatus())).isPresent();
  }

  static Optional<Instant> readySince(Pod pod) {
    return condition(pod, "Ready")
        .filter(condition -> "True".equals(condition.getStatus()))
        .flatMap(condition -> Meta.time(condition.getLastTransitionTime()));
  }

  /** Ready for at least {@code minReadySeconds}. */
  static boolean available(Pod pod, int minReadySeconds, Instant now) {
    return ready(pod) && untilAvailable(pod, minReadySeconds, now).isZero();
  }

  /** How long a ready pod has yet to stay so; zero when it is available. */
  static Duration untilAvailable(Pod pod, int minReadySeconds, Instant now) {
    if (minReadySeconds <= 0) {
      return Duration.ZERO;
    }
    Duration left = Duration.between(now, readySince(pod).orElse(now).plusSeconds(minReadySeconds));
    return left.isNegative() ? Duration.ZERO : left;
  }

  static int restarts(Pod pod) {
    if (pod.getStatus() == null || pod.getStatus().getContainerStatuses() == null) {
      return 0;
    }
    return pod.getStatus().getContainerStatuses().stream()
        .map(ContainerStatus::getRestartCount)
        .mapToInt(Meta::orZero)
        .max()
        .orElse(0);
  }

  static Optional<String> node(Pod pod) {
    return pod.getSpec() == null ? Optional.empty() : text(pod.getSpec().getNodeName());
  }

  static Optional<String> text(@Nullable String value) {
    return Optional.ofNullable(value).filter(text -> !text.isEmpty());
  }

  /** A pod of {@code template}, controlled by {@code owner}, without a name. */
  static PodBuilder fromTemplate(PodTemplateSpec template, HasMetadata owner) {
    Map<String, String> labels = new LinkedHashMap<>();
    Map<String, String> annotations = new HashMap<>();
    if (template.getMetadata() != null) {
      if (template.getMetadata().getLabels() != null) {
        labels.putAll(template.getMetadata().getLabels());
      }
      if (template.getMetadata().getAnnotations() != null) {
        annotations.putAll(template.getMetadata().getAnnotations());
      }
    }
    return new PodBuilder()
        .withNewMetadata()
        .withNamespace(owner.getMetadata().getNamespace())
        .withLabels(labels)
        .withAnnotations(annotations)
        .withOwnerReferences(Meta.controllerReference(owner))
        .endMetadata()
        .withSpec(template.getSpec());
  }
}
