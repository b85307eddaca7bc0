package dev.naru.kube;

import static dev.naru.kube.Json.putDefault;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.naru.kube.StatusException.Cause;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Defaults, rules and status of CustomResourceDefinitions. */
final class CustomDefinitions {
  /** Keeps a definition until its objects are gone. */
  static final String CLEANUP = "customresourcecleanup.apiextensions.k8s.io";

  private CustomDefinitions() {}

  static void defaults(ObjectNode spec) {
    if (spec.get("names") instanceof ObjectNode names) {
      String kind = names.path("kind").asText("");
      putDefault(names, "listKind", kind + "List");
      putDefault(names, "singular", kind.toLowerCase(Locale.ROOT));
    }
    if (!spec.has("conversion")) {
      spec.putObject("conversion").put("strategy", "None");
    }
  }

  static List<Cause> check(JsonNode definition) {
    List<Cause> causes = new ArrayList<>();
    JsonNode spec = definition.path("spec");
    String group = spec.path("group").asText("");
    String plural = spec.path("names").path("plural").asText("");
    String kind = spec.path("names").path("kind").asText("");
    if (group.isEmpty()) {
      causes.add(Cause.required("spec.group", ""));
    }
    if (plural.isEmpty()) {
      causes.add(Cause.required("spec.names.plural", ""));
    }
    if (kind.isEmpty()) {
      causes.add(Cause.required("spec.names.kind", ""));
    }
    String name = definition.path("metadata").path("name").asText();
    if (!name.equals(plural + "." + group)) {
      causes.add(
          Cause.invalid("metadata.name", name, "must be spec.names.plural+\".\"+spec.group"));
    }
    String scope = spec.path("scope").asText("");
    if (!scope.equals("Namespaced") && !scope.equals("Cluster")) {
      causes.add(Cause.unsupported("spec.scope", scope, List.of("Cluster", "Namespaced")));
    }
    if (spec.path("conversion").path("strategy").asText("None").equals("Webhook")) {
      causes.add(Cause.unsupported("spec.conversion.strategy", "Webhook", List.of("None")));
    }
    int stored = 0;
    int i = 0;
    for (JsonNode version : spec.path("versions")) {
      String at = "spec.versions[" + i++ + "]";
      stored += version.path("storage").asBoolean(false) ? 1 : 0;
      if (version.path("name").asText("").isEmpty()) {
        causes.add(Cause.required(at + ".name", ""));
      }
      JsonNode schema = version.path("schema").path("openAPIV3Schema");
      if (!schema.path("type").asText("").equals("object")) {
        causes.add(
            Cause.required(at + ".schema.openAPIV3Schema.type", "must be \"object\" at the root"));
      } else {
        schema(schema, at + ".schema.openAPIV3Schema", causes);
      }
    }
    if (stored != 1) {
      causes.add(
          Cause.invalid(
              "spec.versions", "[...]", "must have exactly one version marked as storage version"));
    }
    return causes;
  }

  private static void schema(JsonNode schema, String path, List<Cause> causes) {
    for (var e : schema.path("properties").properties()) {
      String at = path + ".properties[" + e.getKey() + "]";
      JsonNode s = e.getValue();
      boolean typed =
          s.hasNonNull("type")
              || s.path("x-kubernetes-int-or-string").asBoolean(false)
              || s.path("x-kubernetes-preserve-unknown-fields").asBoolean(false);
      if (!typed) {
        causes.add(Cause.required(at + ".type", "must not be empty for specified object fields"));
      }
      schema(s, at, causes);
    }
    if (schema.path("type").asText().equals("array")) {
      if (!schema.path("items").isObject()) {
        causes.add(Cause.required(path + ".items", "must be specified"));
      } else {
        schema(schema.path("items"), path + ".items", causes);
      }
    }
  }

  /** The status of an accepted definition. */
  static void accept(ObjectNode definition, String now) {
    JsonNode spec = definition.path("spec");
    ObjectNode status = Json.objectAt(definition, "status");
    status.set("acceptedNames", spec.path("names").deepCopy());
    ArrayNode stored =
        status.get("storedVersions") instanceof ArrayNode a ? a : status.putArray("storedVersions");
    for (JsonNode version : spec.path("versions")) {
      String name = version.path("name").asText();
      boolean known = false;
      for (JsonNode v : stored) {
        known |= v.asText().equals(name);
      }
      if (version.path("storage").asBoolean(false) && !known) {
        stored.add(name);
      }
    }
    if (!status.has("conditions")) {
      ArrayNode conditions = status.putArray("conditions");
      condition(conditions, "NamesAccepted", "NoConflicts", "no conflicts found", now);
      condition(
          conditions,
          "Established",
          "InitialNamesAccepted",
          "the initial names have been accepted",
          now);
    }
  }

  private static void condition(
      ArrayNode conditions, String type, String reason, String message, String now) {
    conditions
        .addObject()
        .put("lastTransitionTime", now)
        .put("message", message)
        .put("reason", reason)
        .put("status", "True")
        .put("type", type);
  }
}
