package dev.naru.kube;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Label and field selectors, from the text of a query or from a {@code LabelSelector}.
 *
 * <p>Source: Kubernetes documentation, "Labels and Selectors" and "Field Selectors".
 */
final class Selectors {
  private static final Pattern SET =
      Pattern.compile("\\s*(\\S+)\\s+(in|notin)\\s*\\(([^)]*)\\)\\s*");
  private static final Pattern EQUALITY =
      Pattern.compile("\\s*([^\\s=!]+)\\s*(==|=|!=)\\s*([^\\s=!]*)\\s*");
  private static final Pattern EXISTS = Pattern.compile("\\s*(!?)\\s*([^\\s=!,()]+)\\s*");

  private static final Map<String, Set<String>> FIELDS =
      Map.ofEntries(
          Map.entry(
              "pods",
              Set.of(
                  "spec.nodeName",
                  "spec.restartPolicy",
                  "spec.schedulerName",
                  "spec.serviceAccountName",
                  "spec.hostNetwork",
                  "status.phase",
                  "status.podIP",
                  "status.nominatedNodeName")),
          Map.entry(
              "events",
              Set.of(
                  "involvedObject.kind",
                  "involvedObject.namespace",
                  "involvedObject.name",
                  "involvedObject.uid",
                  "involvedObject.apiVersion",
                  "involvedObject.resourceVersion",
                  "involvedObject.fieldPath",
                  "regarding.kind",
                  "regarding.namespace",
                  "regarding.name",
                  "regarding.uid",
                  "reason",
                  "reportingComponent",
                  "source",
                  "type")),
          Map.entry("secrets", Set.of("type")),
          Map.entry("nodes", Set.of("spec.unschedulable")),
          Map.entry("namespaces", Set.of("status.phase")),
          Map.entry("services", Set.of("spec.clusterIP", "spec.type")),
          Map.entry("jobs", Set.of("status.successful")),
          Map.entry("replicasets", Set.of("status.replicas")));

  private Selectors() {}

  /** Matches {@code metadata.labels} of an object. */
  static Predicate<JsonNode> labels(String text) {
    Predicate<JsonNode> match = labelsOnly(text);
    return object -> match.test(object.path("metadata").path("labels"));
  }

  /** Matches a map of labels. */
  static Predicate<JsonNode> labelsOnly(String text) {
    List<Predicate<JsonNode>> all = new ArrayList<>();
    for (String term : terms(text)) {
      all.add(label(term));
    }
    return labels -> all.stream().allMatch(p -> p.test(labels));
  }

  private static Predicate<JsonNode> label(String term) {
    Matcher set = SET.matcher(term);
    if (set.matches()) {
      String key = set.group(1);
      Set<String> values = new java.util.HashSet<>();
      for (String value : set.group(3).split(",", -1)) {
        values.add(value.trim());
      }
      return set.group(2).equals("in")
          ? labels -> labels.has(key) && values.contains(labels.path(key).asText())
          : labels -> !labels.has(key) || !values.contains(labels.path(key).asText());
    }
    Matcher equality = EQUALITY.matcher(term);
    if (equality.matches()) {
      String key = equality.group(1);
      String value = equality.group(3);
      return equality.group(2).equals("!=")
          ? labels -> !labels.path(key).asText("\0").equals(value)
          : labels -> labels.has(key) && labels.path(key).asText().equals(value);
    }
    Matcher exists = EXISTS.matcher(term);
    if (exists.matches()) {
      String key = exists.group(2);
      boolean wanted = exists.group(1).isEmpty();
      return labels -> labels.has(key) == wanted;
    }
    throw StatusException.badRequest("unable to parse requirement: '" + term + "'");
  }

  /** Splits at commas outside of parentheses. */
  private static List<String> terms(String text) {
    List<String> terms = new ArrayList<>();
    int depth = 0;
    int start = 0;
    for (int i = 0; i <= text.length(); i++) {
      char c = i == text.length() ? ',' : text.charAt(i);
      if (c == '(') {
        depth++;
      } else if (c == ')') {
        depth--;
      } else if (c == ',' && (depth == 0 || i == text.length())) {
        String term = text.substring(start, i);
        if (!term.isBlank()) {
          terms.add(term);
        }
        start = i + 1;
      }
    }
    return terms;
  }

  /** Matches the fields that {@code kind} can be selected by; others are a 400. */
  static Predicate<JsonNode> fields(Resource kind, String text) {
    List<Predicate<JsonNode>> all = new ArrayList<>();
    for (String term : terms(text)) {
      Matcher m = EQUALITY.matcher(term);
      if (!m.matches()) {
        throw StatusException.badRequest(
            "invalid field selector: '" + term + "'; can't understand it");
      }
      String field = m.group(1);
      if (!field.equals("metadata.name")
          && !field.equals("metadata.namespace")
          && !FIELDS.getOrDefault(kind.plural(), Set.of()).contains(field)) {
        throw StatusException.badRequest(
            "Unable to find \""
                + kind.groupResource()
                + "\" that match label selector \"\", field selector \""
                + text
                + "\": field label not supported: "
                + field);
      }
      String path = stored(kind, field);
      String value = m.group(3);
      boolean wanted = !m.group(2).equals("!=");
      all.add(object -> fieldText(object, path).equals(value) == wanted);
    }
    return object -> all.stream().allMatch(p -> p.test(object));
  }

  /** Objects are matched in their stored shape. */
  private static String stored(Resource kind, String field) {
    if (!kind.kind().equals("Event")) {
      return field;
    }
    return field.equals("source")
        ? "source.component"
        : field.replaceFirst("^regarding\\.", "involvedObject.");
  }

  private static String fieldText(JsonNode object, String path) {
    JsonNode value = Json.at(object, path);
    if (value.isMissingNode() || value.isNull()) {
      return path.equals("spec.unschedulable") || path.equals("spec.hostNetwork") ? "false" : "";
    }
    return value.asText();
  }

  /** The predicate of a {@code LabelSelector} over a map of labels. An empty one matches all. */
  static Predicate<JsonNode> selector(JsonNode selector) {
    List<Predicate<JsonNode>> all = new ArrayList<>();
    selector
        .path("matchLabels")
        .properties()
        .forEach(
            e ->
                all.add(
                    labels ->
                        labels.has(e.getKey())
                            && labels.path(e.getKey()).asText().equals(e.getValue().asText())));
    for (JsonNode e : selector.path("matchExpressions")) {
      String key = e.path("key").asText();
      Set<String> values = new java.util.HashSet<>();
      e.path("values").forEach(v -> values.add(v.asText()));
      Predicate<JsonNode> among =
          labels -> labels.has(key) && values.contains(labels.path(key).asText());
      all.add(
          switch (e.path("operator").asText()) {
            case "In" -> among;
            case "NotIn" -> among.negate();
            case "Exists" -> labels -> labels.has(key);
            case "DoesNotExist" -> labels -> !labels.has(key);
            default -> labels -> false;
          });
    }
    return labels -> all.stream().allMatch(p -> p.test(labels));
  }

  /** A {@code LabelSelector} as the text of a query, for the status of a scale. */
  static String text(JsonNode selector) {
    List<String> terms = new ArrayList<>();
    selector
        .path("matchLabels")
        .properties()
        .forEach(e -> terms.add(e.getKey() + "=" + e.getValue().asText()));
    for (JsonNode e : selector.path("matchExpressions")) {
      List<String> values = new ArrayList<>();
      e.path("values").forEach(v -> values.add(v.asText()));
      String in = " (" + String.join(",", values) + ")";
      terms.add(
          switch (e.path("operator").asText()) {
            case "In" -> e.path("key").asText() + " in" + in;
            case "NotIn" -> e.path("key").asText() + " notin" + in;
            case "DoesNotExist" -> "!" + e.path("key").asText();
            default -> e.path("key").asText();
          });
    }
    return String.join(",", terms);
  }
}
