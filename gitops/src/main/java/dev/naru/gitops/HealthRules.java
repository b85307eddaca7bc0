package dev.naru.gitops;

import dev.naru.gitops.ApplicationStatus.Health;
import dev.naru.gitops.render.Trees;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * How an object is, by the rules of its kind; kinds without a rule have no health.
 *
 * <p>Source: Argo CD, "Resource Health"; for custom resources the kstatus convention.
 */
final class HealthRules {
  static final String HEALTHY = "Healthy";
  static final String SUSPENDED = "Suspended";
  static final String PROGRESSING = "Progressing";
  static final String MISSING = "Missing";
  static final String DEGRADED = "Degraded";
  static final String UNKNOWN = "Unknown";
  private static final List<String> WORST_LAST =
      List.of(HEALTHY, SUSPENDED, PROGRESSING, MISSING, DEGRADED, UNKNOWN);

  private final Map<String, Object> object;

  private HealthRules(Map<String, Object> object) {
    this.object = object;
  }

  /** The worst of {@code all}; Healthy when there is none. */
  static Health worst(List<Health> all) {
    Health worst = new Health(HEALTHY, null);
    for (Health each : all) {
      if (WORST_LAST.indexOf(each.status()) > WORST_LAST.indexOf(worst.status())) {
        worst = each;
      }
    }
    return worst;
  }

  static Optional<Health> of(Map<String, Object> object) {
    return new HealthRules(object).judge();
  }

  private Optional<Health> judge() {
    if (!Trees.text(object, "metadata", "deletionTimestamp").isEmpty()) {
      return Optional.of(progressing("is being deleted"));
    }
    String apiVersion = Trees.text(object, "apiVersion");
    return switch (apiVersion.replaceAll("/.*", "") + "/" + Trees.text(object, "kind")) {
      case "apps/Deployment" -> Optional.of(deployment());
      case "apps/StatefulSet" -> Optional.of(statefulSet());
      case "apps/DaemonSet" -> Optional.of(daemonSet());
      case "apps/ReplicaSet" -> Optional.of(replicaSet());
      case "v1/Pod" -> Optional.of(pod());
      case "batch/Job" -> Optional.of(job());
      case "batch/CronJob" ->
          Optional.of(isTrue("spec", "suspend") ? new Health(SUSPENDED, null) : healthy());
      case "v1/Service" -> service();
      case "networking.k8s.io/Ingress" -> Optional.of(healthy());
      case "v1/PersistentVolumeClaim" -> Optional.of(claim());
      case "autoscaling/HorizontalPodAutoscaler" -> Optional.of(autoscaler());
      case "apiregistration.k8s.io/APIService" -> Optional.of(whenTrue("Available", PROGRESSING));
      case "apiextensions.k8s.io/CustomResourceDefinition" ->
          Optional.of(whenTrue("Established", PROGRESSING));
      case "argoproj.io/Application" ->
          Optional.of(
              new Health(
                  Trees.text(object, "status", "health", "status").isEmpty()
                      ? UNKNOWN
                      : Trees.text(object, "status", "health", "status"),
                  null));
      default ->
          apiVersion.contains(".") && !apiVersion.contains(".k8s.io/")
              ? custom()
              : Optional.empty();
    };
  }

  private Health deployment() {
    if (isTrue("spec", "paused")) {
      return new Health(SUSPENDED, "is paused");
    }
    if (isStale()) {
      return progressing("waits for its controller to see the new spec");
    }
    Optional<Map<String, Object>> progress = condition("Progressing");
    if (progress
        .filter(c -> "ProgressDeadlineExceeded".equals(Trees.text(c, "reason")))
        .isPresent()) {
      return new Health(DEGRADED, "exceeded its progress deadline");
    }
    long wanted = wanted();
    long updated = count("updatedReplicas");
    if (updated < wanted) {
      return progressing("%d of %d pods are of the new version".formatted(updated, wanted));
    }
    if (count("replicas") > updated) {
      return progressing(
          "%d pods of the old version are left".formatted(count("replicas") - updated));
    }
    if (count("availableReplicas") < updated) {
      return progressing(
          "%d of %d new pods are available".formatted(count("availableReplicas"), updated));
    }
    return healthy();
  }

  private Health statefulSet() {
    if (isStale()) {
      return progressing("waits for its controller to see the new spec");
    }
    long wanted = wanted();
    if (count("readyReplicas") < wanted) {
      return progressing("%d of %d pods are ready".formatted(count("readyReplicas"), wanted));
    }
    String update = Trees.text(object, "status", "updateRevision");
    boolean onDelete = Trees.text(object, "spec", "updateStrategy", "type").equals("OnDelete");
    if (!onDelete
        && !update.isEmpty()
        && count("updatedReplicas") < wanted
        && !update.equals(Trees.text(object, "status", "currentRevision"))) {
      return progressing(
          "%d of %d pods are of the new version".formatted(count("updatedReplicas"), wanted));
    }
    return healthy();
  }

  private Health daemonSet() {
    if (isStale()) {
      return progressing("waits for its controller to see the new spec");
    }
    long wanted = count("desiredNumberScheduled");
    if (count("updatedNumberScheduled") < wanted) {
      return progressing(
          "%d of %d pods are of the new version"
              .formatted(count("updatedNumberScheduled"), wanted));
    }
    return count("numberAvailable") < wanted
        ? progressing("%d of %d pods are available".formatted(count("numberAvailable"), wanted))
        : healthy();
  }

  private Health replicaSet() {
    if (condition("ReplicaFailure").filter(c -> isTrueCondition(c)).isPresent()) {
      return new Health(DEGRADED, Trees.text(condition("ReplicaFailure").orElseThrow(), "message"));
    }
    return isStale() || count("availableReplicas") < wanted()
        ? progressing("%d of %d pods are available".formatted(count("availableReplicas"), wanted()))
        : healthy();
  }

  private Health pod() {
    for (Object each : items("status", "containerStatuses")) {
      String waiting = Trees.text(each, "state", "waiting", "reason");
      if (waiting.startsWith("Err") || waiting.endsWith("Error") || waiting.endsWith("BackOff")) {
        return new Health(DEGRADED, waiting);
      }
    }
    return switch (Trees.text(object, "status", "phase")) {
      case "Succeeded" -> healthy();
      case "Failed" -> new Health(DEGRADED, Trees.text(object, "status", "message"));
      case "Running" ->
          condition("Ready").filter(HealthRules::isTrueCondition).isPresent()
              ? healthy()
              : progressing("is not ready");
      case "Pending", "" -> progressing("is pending");
      default -> new Health(UNKNOWN, null);
    };
  }

  private Health job() {
    Optional<Map<String, Object>> failed = condition("Failed").filter(HealthRules::isTrueCondition);
    if (failed.isPresent()) {
      return new Health(DEGRADED, Trees.text(failed.get(), "message"));
    }
    if (condition("Complete").filter(HealthRules::isTrueCondition).isPresent()) {
      return healthy();
    }
    return isTrue("spec", "suspend") ? new Health(SUSPENDED, null) : progressing("is running");
  }

  private Optional<Health> service() {
    if (!Trees.text(object, "spec", "type").equals("LoadBalancer")) {
      return Optional.of(healthy());
    }
    return Optional.of(
        items("status", "loadBalancer", "ingress").isEmpty()
            ? progressing("waits for an address")
            : healthy());
  }

  private Health claim() {
    return switch (Trees.text(object, "status", "phase")) {
      case "Bound" -> healthy();
      case "Lost" -> new Health(DEGRADED, "lost its volume");
      default -> progressing("is not bound");
    };
  }

  private Health autoscaler() {
    for (String type : List.of("AbleToScale", "ScalingActive")) {
      Optional<Map<String, Object>> no =
          condition(type).filter(c -> Trees.text(c, "status").equals("False"));
      String reason = Trees.text(no.orElse(Map.of()), "reason");
      if (no.isPresent() && (reason.startsWith("Failed") || reason.equals("InvalidSelector"))) {
        return new Health(DEGRADED, Trees.text(no.get(), "message"));
      }
    }
    return items("status", "conditions").isEmpty() ? progressing("has not run yet") : healthy();
  }

  /** kstatus: Stalled, Reconciling, Ready; nothing said means nothing judged. */
  private Optional<Health> custom() {
    Optional<Map<String, Object>> ready = condition("Ready");
    Optional<Map<String, Object>> stalled =
        condition("Stalled").filter(HealthRules::isTrueCondition);
    if (stalled.isPresent()) {
      return Optional.of(new Health(DEGRADED, Trees.text(stalled.get(), "message")));
    }
    if (isStale() && Trees.get(object, "status", "observedGeneration") != null) {
      return Optional.of(progressing("waits for its controller to see the new spec"));
    }
    if (condition("Reconciling").filter(HealthRules::isTrueCondition).isPresent()) {
      return Optional.of(progressing("is reconciling"));
    }
    return ready.map(
        r ->
            switch (Trees.text(r, "status")) {
              case "True" -> healthy();
              case "False" -> new Health(DEGRADED, Trees.text(r, "message"));
              default -> progressing(Trees.text(r, "message"));
            });
  }

  private Health whenTrue(String type, String otherwise) {
    return condition(type).filter(HealthRules::isTrueCondition).isPresent()
        ? healthy()
        : new Health(otherwise, "is not " + type.toLowerCase(java.util.Locale.ROOT));
  }

  private static Health healthy() {
    return new Health(HEALTHY, null);
  }

  private static Health progressing(String message) {
    return new Health(PROGRESSING, message);
  }

  private boolean isStale() {
    long generation = number(Trees.get(object, "metadata", "generation"));
    return number(Trees.get(object, "status", "observedGeneration")) < generation;
  }

  private long wanted() {
    Object replicas = Trees.get(object, "spec", "replicas");
    return replicas == null ? 1 : number(replicas);
  }

  private long count(String field) {
    return number(Trees.get(object, "status", field));
  }

  private static long number(@org.jspecify.annotations.Nullable Object value) {
    return value instanceof Number n ? n.longValue() : 0;
  }

  private boolean isTrue(String... path) {
    return Objects.equals(Trees.get(object, path), true);
  }

  private Optional<Map<String, Object>> condition(String type) {
    for (Object each : items("status", "conditions")) {
      if (Trees.text(each, "type").equals(type)) {
        return Trees.map(each);
      }
    }
    return Optional.empty();
  }

  private static boolean isTrueCondition(Map<String, Object> condition) {
    return Trees.text(condition, "status").equals("True");
  }

  private List<?> items(String... path) {
    return Trees.get(object, path) instanceof List<?> list ? list : List.of();
  }
}
