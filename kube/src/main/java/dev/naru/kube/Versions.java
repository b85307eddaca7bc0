package dev.naru.kube;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;

/**
 * Shows a stored object at another version of its kind. Custom kinds differ in {@code apiVersion}
 * only (strategy None); events have two shapes, core/v1 (stored) and events.k8s.io/v1, and so have
 * horizontal autoscalers, of which v1 knows the use of CPU alone.
 */
final class Versions {
  private static final String EVENTS = "events.k8s.io/v1";
  private static final String AUTOSCALING = "autoscaling/v1";
  private static final String TARGET_CPU = "targetCPUUtilizationPercentage";

  /** events.k8s.io/v1 field → core/v1 field. */
  private static final Map<String, String> EVENT_FIELDS =
      Map.of(
          "note", "message",
          "regarding", "involvedObject",
          "reportingController", "reportingComponent",
          "deprecatedSource", "source",
          "deprecatedFirstTimestamp", "firstTimestamp",
          "deprecatedLastTimestamp", "lastTimestamp",
          "deprecatedCount", "count");

  private Versions() {}

  /** A copy of {@code stored} as kind {@code as} shows it. */
  static ObjectNode to(Resource as, ObjectNode stored) {
    ObjectNode copy = stored.deepCopy();
    if (as.apiVersion().equals(EVENTS)) {
      EVENT_FIELDS.forEach((shown, kept) -> rename(copy, kept, shown));
    }
    if (as.apiVersion().equals(AUTOSCALING)) {
      JsonNode cpu = Json.missing();
      for (JsonNode metric : copy.path("spec").path("metrics")) {
        if (metric.path("resource").path("name").asText().equals("cpu")) {
          cpu = metric.path("resource").path("target").path("averageUtilization");
        }
      }
      ObjectNode spec = Json.objectAt(copy, "spec");
      spec.remove(List.of("metrics", "behavior"));
      Json.objectAt(copy, "status").remove(List.of("conditions", "currentMetrics"));
      if (cpu.isNumber()) {
        spec.set(TARGET_CPU, cpu);
      }
    }
    return copy.put("apiVersion", as.apiVersion());
  }

  /** Changes {@code object}, of kind {@code from}, into its stored shape. */
  static void toStored(Resource from, ObjectNode object) {
    if (from.apiVersion().equals(EVENTS)) {
      EVENT_FIELDS.forEach((shown, kept) -> rename(object, shown, kept));
    }
    if (from.apiVersion().equals(AUTOSCALING)
        && object.path("spec") instanceof ObjectNode spec
        && spec.hasNonNull(TARGET_CPU)) {
      ObjectNode metric = spec.putArray("metrics").addObject().put("type", "Resource");
      ObjectNode target = metric.putObject("resource").put("name", "cpu").putObject("target");
      target.put("type", "Utilization").set("averageUtilization", spec.remove(TARGET_CPU));
    }
    object.put("apiVersion", from.storedVersion());
  }

  private static void rename(ObjectNode object, String from, String to) {
    JsonNode value = object.remove(from);
    if (value != null) {
      object.set(to, value);
    }
  }
}
