package dev.naru.gitops.render;

import java.util.List;
import java.util.Map;

/**
 * What an Application lays over the kustomization that it names ({@code spec.source.kustomize}).
 * Empty values change nothing.
 *
 * @param images {@code name[=newName][:newTag][@digest]}
 * @param replicas count by workload name
 * @param patches entries as in a kustomization's {@code patches}, inline only
 */
public record KustomizeOptions(
    String namePrefix,
    String nameSuffix,
    String namespace,
    List<String> images,
    Map<String, Integer> replicas,
    List<Map<String, Object>> patches,
    List<String> components,
    Map<String, String> commonLabels,
    Map<String, String> commonAnnotations) {
  public static final KustomizeOptions NONE =
      new KustomizeOptions(
          "", "", "", List.of(), Map.of(), List.of(), List.of(), Map.of(), Map.of());

  /** The same as fields of a kustomization file. */
  Map<String, Object> asFields() {
    Map<String, Object> fields = new java.util.LinkedHashMap<>();
    put(fields, "namePrefix", namePrefix);
    put(fields, "nameSuffix", nameSuffix);
    put(fields, "namespace", namespace);
    fields.put("patches", List.copyOf(patches));
    fields.put("components", List.copyOf(components));
    fields.put("commonLabels", Map.copyOf(commonLabels));
    fields.put("commonAnnotations", Map.copyOf(commonAnnotations));
    fields.put(
        "replicas",
        replicas.entrySet().stream()
            .map(e -> Map.of("name", e.getKey(), "count", (Object) e.getValue()))
            .toList());
    fields.put("images", images.stream().map(KustomizeOptions::image).toList());
    return fields;
  }

  private static void put(Map<String, Object> fields, String key, String value) {
    if (!value.isEmpty()) {
      fields.put(key, value);
    }
  }

  private static Map<String, Object> image(String text) {
    Map<String, Object> image = new java.util.LinkedHashMap<>();
    int equals = text.indexOf('=');
    String changed = text.substring(equals + 1);
    int at = changed.indexOf('@');
    if (at >= 0) {
      image.put("digest", changed.substring(at + 1));
      changed = changed.substring(0, at);
    }
    int colon = changed.lastIndexOf(':');
    if (colon > changed.lastIndexOf('/')) {
      image.put("newTag", changed.substring(colon + 1));
      changed = changed.substring(0, colon);
    }
    image.put("name", equals < 0 ? changed : text.substring(0, equals));
    if (equals >= 0) {
      image.put("newName", changed);
    }
    return image;
  }
}
