package dev.naru.kube;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;

/**
 * Shows a stored object at another version of its kind. Custom kinds differ in {@code apiVersion}
 * only (strategy None); events have two shapes, core/v1 (stored) and events.k8s.io/v1.
 */
final class Versions {
  private static final String EVENTS = "events.k8s.io/v1";

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
    return copy.put("apiVersion", as.apiVersion());
  }

  /** Changes {@code object}, of kind {@code from}, into its stored shape. */
  static void toStored(Resource from, ObjectNode object) {
    if (from.apiVersion().equals(EVENTS)) {
      EVENT_FIELDS.forEach((shown, kept) -> rename(object, shown, kept));
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
