package dev.naru.kube;

import dev.naru.kube.Schema.ListType;
import dev.naru.kube.Schema.Merge;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * How the lists and maps of the built-in types merge: facts of the Kubernetes API, published as
 * {@code x-kubernetes-patch-merge-key}, {@code x-kubernetes-patch-strategy}, {@code
 * x-kubernetes-list-type}, {@code x-kubernetes-list-map-keys} and {@code x-kubernetes-map-type} in
 * its OpenAPI documents (v1.32). What is not here is a list replaced as a whole, or a map merged
 * key by key.
 */
final class MergeFacts {
  /** {@code Type.field} → strategic merge key, optional {@code *} for retainKeys, apply keys. */
  private static final Map<String, Merge> LISTS = lists();

  private static final Set<String> ATOMIC_TYPES =
      Set.of(
          "LabelSelector",
          "ObjectReference",
          "LocalObjectReference",
          "TypedLocalObjectReference",
          "ConfigMapKeySelector",
          "SecretKeySelector",
          "SecretReference",
          "ObjectFieldSelector",
          "ResourceFieldSelector",
          "NodeSelector",
          "NodeSelectorTerm",
          "OwnerReference",
          "EndpointAddress",
          "EndpointPort",
          "ScopeSelector",
          "TopologySelectorTerm",
          "CrossVersionObjectReference",
          "RoleRef",
          "Subject",
          "AggregationRule",
          "FieldsV1");

  private static final Set<String> ATOMIC_FIELDS =
      Set.of("PodSpec.nodeSelector", "ServiceSpec.selector");

  private MergeFacts() {}

  static Merge ofList(String type, String field) {
    return LISTS.getOrDefault(type + "." + field, Merge.NONE);
  }

  static Merge ofMap(String type, String field, String valueType) {
    return ATOMIC_FIELDS.contains(type + "." + field) || ATOMIC_TYPES.contains(valueType)
        ? Merge.ATOMIC_MAP
        : Merge.NONE;
  }

  private static Map<String, Merge> lists() {
    Map<String, Merge> m = new HashMap<>();
    String table =
        """
        PodSpec.containers name name
        PodSpec.initContainers name name
        PodSpec.ephemeralContainers name name
        PodSpec.volumes name* name
        PodSpec.imagePullSecrets name name
        PodSpec.hostAliases ip ip
        PodSpec.topologySpreadConstraints topologyKey topologyKey,whenUnsatisfiable
        PodSpec.resourceClaims name* name
        PodSpec.schedulingGates name name
        Container.env name name
        Container.ports containerPort containerPort,protocol
        Container.volumeMounts mountPath mountPath
        Container.volumeDevices devicePath devicePath
        EphemeralContainer.env name name
        EphemeralContainer.ports containerPort containerPort,protocol
        EphemeralContainer.volumeMounts mountPath mountPath
        EphemeralContainer.volumeDevices devicePath devicePath
        ResourceRequirements.claims - name
        PodStatus.conditions type type
        PodStatus.podIPs ip ip
        PodStatus.hostIPs ip -
        PodStatus.resourceClaimStatuses name* name
        ServiceSpec.ports port port,protocol
        ServiceStatus.conditions type type
        ServiceAccount.secrets name name
        NodeStatus.addresses type type
        NodeStatus.conditions type type
        NodeSpec.podCIDRs + set
        ObjectMeta.ownerReferences uid uid
        ObjectMeta.finalizers + set
        Endpoint.addresses - set
        NamespaceStatus.conditions type type
        PersistentVolumeClaimStatus.conditions type type
        DeploymentStatus.conditions type type
        ReplicaSetStatus.conditions type type
        StatefulSetStatus.conditions type type
        DaemonSetStatus.conditions type type
        JobStatus.conditions type -
        UncountedTerminatedPods.succeeded - set
        UncountedTerminatedPods.failed - set
        HorizontalPodAutoscalerStatus.conditions type type
        PodDisruptionBudgetStatus.conditions type type
        CustomResourceDefinitionStatus.conditions - type
        """;
    for (String line : table.lines().toList()) {
      String[] w = line.split(" ", -1);
      boolean retain = w[1].endsWith("*");
      boolean set = w[1].equals("+");
      String key = w[1].equals("-") || set ? "" : w[1].replace("*", "");
      ListType type =
          switch (w[2]) {
            case "-" -> ListType.ATOMIC;
            case "set" -> ListType.SET;
            default -> ListType.MAP;
          };
      List<String> keys = type == ListType.MAP ? List.of(w[2].split(",", -1)) : List.of();
      m.put(w[0], new Merge(key, set, retain, type, keys, false));
    }
    return Map.copyOf(m);
  }
}
