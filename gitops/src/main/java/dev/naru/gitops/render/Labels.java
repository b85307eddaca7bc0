package dev.naru.gitops.render;

import dev.naru.gitops.render.Kustomization.LabelSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The {@code labels}, {@code commonLabels} and {@code commonAnnotations} transformers.
 *
 * <p>Source: Kustomize 5, built-in field specs "commonLabels", "templateLabels" and
 * "commonAnnotations".
 */
final class Labels {
  private static final Set<String> WORKLOADS =
      Set.of(
          "ReplicationController", "Deployment", "ReplicaSet", "DaemonSet", "StatefulSet", "Job");
  private static final List<String> AFFINITY =
      List.of(
          "affinity/podAffinity/preferredDuringSchedulingIgnoredDuringExecution[]/podAffinityTerm/labelSelector/matchLabels",
          "affinity/podAffinity/requiredDuringSchedulingIgnoredDuringExecution[]/labelSelector/matchLabels",
          "affinity/podAntiAffinity/preferredDuringSchedulingIgnoredDuringExecution[]/podAffinityTerm/labelSelector/matchLabels",
          "affinity/podAntiAffinity/requiredDuringSchedulingIgnoredDuringExecution[]/labelSelector/matchLabels",
          "topologySpreadConstraints[]/labelSelector/matchLabels");

  private Labels() {}

  static void apply(Item item, LabelSet set) {
    put(item, "metadata/labels", true, set.pairs());
    if (set.templates() || set.selectors()) {
      templates(item, set.pairs(), "labels");
    }
    if (set.selectors()) {
      selectors(item, set.pairs());
    }
  }

  static void annotate(Item item, Map<String, String> pairs) {
    put(item, "metadata/annotations", true, pairs);
    templates(item, pairs, "annotations");
  }

  private static void templates(Item item, Map<String, String> pairs, String field) {
    if (WORKLOADS.contains(item.kind())) {
      put(item, "spec/template/metadata/" + field, true, pairs);
    }
    if (item.kind().equals("CronJob")) {
      put(item, "spec/jobTemplate/metadata/" + field, true, pairs);
      put(item, "spec/jobTemplate/spec/template/metadata/" + field, true, pairs);
    }
    if (item.kind().equals("StatefulSet") && field.equals("labels")) {
      put(item, "spec/volumeClaimTemplates[]/metadata/labels", true, pairs);
    }
  }

  private static void selectors(Item item, Map<String, String> pairs) {
    switch (item.kind()) {
      case "Service" -> {
        if (item.group().isEmpty()) {
          put(item, "spec/selector", true, pairs);
        }
      }
      case "ReplicationController" -> put(item, "spec/selector", true, pairs);
      case "Deployment" -> {
        put(item, "spec/selector/matchLabels", true, pairs);
        affinity(item, "spec/template/spec/", pairs);
      }
      case "StatefulSet" -> {
        put(item, "spec/selector/matchLabels", true, pairs);
        affinity(item, "spec/template/spec/", pairs);
      }
      case "ReplicaSet", "DaemonSet" -> put(item, "spec/selector/matchLabels", true, pairs);
      case "Job" -> put(item, "spec/selector/matchLabels", false, pairs);
      case "CronJob" -> put(item, "spec/jobTemplate/spec/selector/matchLabels", false, pairs);
      case "PodDisruptionBudget" -> put(item, "spec/selector/matchLabels", false, pairs);
      case "NetworkPolicy" -> {
        put(item, "spec/podSelector/matchLabels", false, pairs);
        put(item, "spec/ingress[]/from[]/podSelector/matchLabels", false, pairs);
        put(item, "spec/egress[]/to[]/podSelector/matchLabels", false, pairs);
      }
      default -> {
        // Other kinds select nothing.
      }
    }
  }

  private static void affinity(Item item, String prefix, Map<String, String> pairs) {
    for (String path : AFFINITY) {
      put(item, prefix + path, false, pairs);
    }
  }

  private static void put(Item item, String path, boolean create, Map<String, String> pairs) {
    if (pairs.isEmpty()) {
      return;
    }
    String last = path.substring(path.lastIndexOf('/') + 1);
    Trees.visit(item.body(), path, create, holder -> Trees.make(holder, last).putAll(pairs));
  }
}
