package dev.naru.gitops;

import dev.naru.gitops.render.Trees;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/**
 * Which object goes first: wave, then kind, then name.
 *
 * <p>Source: Argo CD, "Sync Phases and Waves"; the order of kinds is Helm's install order.
 */
final class SyncOrder {
  static final String WAVE = "argocd.argoproj.io/sync-wave";
  private static final List<String> KINDS =
      List.of(
          "Namespace",
          "CustomResourceDefinition",
          "NetworkPolicy",
          "ResourceQuota",
          "LimitRange",
          "PodDisruptionBudget",
          "ServiceAccount",
          "Secret",
          "ConfigMap",
          "StorageClass",
          "PersistentVolume",
          "PersistentVolumeClaim",
          "ClusterRole",
          "ClusterRoleBinding",
          "Role",
          "RoleBinding",
          "Service",
          "DaemonSet",
          "Pod",
          "ReplicationController",
          "ReplicaSet",
          "Deployment",
          "HorizontalPodAutoscaler",
          "StatefulSet",
          "Job",
          "CronJob",
          "IngressClass",
          "Ingress",
          "APIService");

  static final Comparator<Map<String, Object>> COMPARATOR =
      Comparator.<Map<String, Object>>comparingInt(SyncOrder::wave)
          .thenComparingInt(SyncOrder::kind)
          .thenComparing(o -> Trees.text(o, "kind"))
          .thenComparing(o -> Trees.text(o, "metadata", "name"));

  private SyncOrder() {}

  /** The wave of an object, 0 unless said; text that is no number counts as 0. */
  static int wave(Map<String, Object> object) {
    String text = Trees.text(object, "metadata", "annotations", WAVE);
    return text.matches("-?[0-9]{1,9}") ? Integer.parseInt(text) : 0;
  }

  private static int kind(Map<String, Object> object) {
    int at = KINDS.indexOf(Trees.text(object, "kind"));
    return at < 0 ? KINDS.size() : at;
  }
}
