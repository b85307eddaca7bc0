package dev.naru.kube;

import com.fasterxml.jackson.databind.JsonNode;
import dev.naru.kube.Resource.Column;
import dev.naru.kube.Resource.ScalePaths;
import dev.naru.kube.Resource.Table;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * All kinds that are served: the built-in ones, and one per served version of each
 * CustomResourceDefinition. Replaced as a whole when a definition changes.
 */
final class Resources {
  private static final String MODEL = "io.fabric8.kubernetes.api.model.";

  /** group version plural Kind model-class short categories namespaced subresources generation. */
  private static final String BUILT_IN =
      """
      - v1 bindings Binding Binding - - ns - -
      - v1 configmaps ConfigMap ConfigMap cm - ns - -
      - v1 endpoints Endpoints Endpoints ep - ns - -
      - v1 events Event Event ev - ns - -
      - v1 namespaces Namespace Namespace ns - cluster status,finalize -
      - v1 nodes Node Node no - cluster status -
      - v1 persistentvolumeclaims PersistentVolumeClaim PersistentVolumeClaim pvc - ns status -
      - v1 persistentvolumes PersistentVolume PersistentVolume pv - cluster status -
      - v1 pods Pod Pod po all ns status,log,exec,attach,portforward,binding,eviction -
      - v1 secrets Secret Secret - - ns - -
      - v1 serviceaccounts ServiceAccount ServiceAccount sa - ns - -
      - v1 services Service Service svc all ns status -
      apps v1 controllerrevisions ControllerRevision apps.ControllerRevision - - ns - -
      apps v1 daemonsets DaemonSet apps.DaemonSet ds all ns status gen
      apps v1 deployments Deployment apps.Deployment deploy all ns status,scale gen
      apps v1 replicasets ReplicaSet apps.ReplicaSet rs all ns status,scale gen
      apps v1 statefulsets StatefulSet apps.StatefulSet sts all ns status,scale gen
      autoscaling v2 horizontalpodautoscalers HorizontalPodAutoscaler autoscaling.v2.HorizontalPodAutoscaler hpa all ns status -
      autoscaling v1 horizontalpodautoscalers HorizontalPodAutoscaler autoscaling.v1.HorizontalPodAutoscaler hpa all ns status -
      batch v1 cronjobs CronJob batch.v1.CronJob cj all ns status gen
      batch v1 jobs Job batch.v1.Job - all ns status gen
      coordination.k8s.io v1 leases Lease coordination.v1.Lease - - ns - -
      discovery.k8s.io v1 endpointslices EndpointSlice discovery.v1.EndpointSlice - - ns - gen
      events.k8s.io v1 events Event events.v1.Event ev - ns - -
      networking.k8s.io v1 ingressclasses IngressClass networking.v1.IngressClass - - cluster - gen
      networking.k8s.io v1 ingresses Ingress networking.v1.Ingress ing - ns status gen
      policy v1 poddisruptionbudgets PodDisruptionBudget policy.v1.PodDisruptionBudget pdb - ns status gen
      rbac.authorization.k8s.io v1 clusterrolebindings ClusterRoleBinding rbac.ClusterRoleBinding - - cluster - -
      rbac.authorization.k8s.io v1 clusterroles ClusterRole rbac.ClusterRole - - cluster - -
      rbac.authorization.k8s.io v1 rolebindings RoleBinding rbac.RoleBinding - - ns - -
      rbac.authorization.k8s.io v1 roles Role rbac.Role - - ns - -
      scheduling.k8s.io v1 priorityclasses PriorityClass scheduling.v1.PriorityClass pc - cluster - gen
      storage.k8s.io v1 storageclasses StorageClass storage.StorageClass sc - cluster - -
      apiextensions.k8s.io v1 customresourcedefinitions CustomResourceDefinition apiextensions.v1.CustomResourceDefinition crd,crds api-extensions cluster status gen
      """;

  private static final List<Resource> BUILT_IN_KINDS = builtIn();

  /** The table of each built-in kind that other code names. */
  static final Table NAMESPACES = new Table("", "namespaces");

  static final Table CUSTOM_DEFINITIONS =
      new Table("apiextensions.k8s.io", "customresourcedefinitions");

  private final List<Resource> all;
  private final Map<String, Resource> byPath = new HashMap<>();

  private Resources(List<Resource> all) {
    this.all = List.copyOf(all);
    for (Resource r : all) {
      byPath.putIfAbsent(r.group() + "/" + r.version() + "/" + r.plural(), r);
    }
  }

  static Resources builtInOnly() {
    return new Resources(BUILT_IN_KINDS);
  }

  /** The built-in kinds and those of {@code definitions}; later ones with a taken name lose. */
  static Resources with(Collection<JsonNode> definitions) {
    List<Resource> all = new ArrayList<>(BUILT_IN_KINDS);
    for (JsonNode definition : definitions) {
      all.addAll(custom(definition));
    }
    return new Resources(all);
  }

  List<Resource> all() {
    return all;
  }

  @Nullable Resource find(String group, String version, String plural) {
    return byPath.get(group + "/" + version + "/" + plural);
  }

  /** The kind that stores {@code table}. */
  @Nullable Resource ofTable(Table table) {
    for (Resource r : all) {
      if (r.table().equals(table)) {
        return r;
      }
    }
    return null;
  }

  /** Groups in the order of the list, each with its versions. The core group is the empty name. */
  Map<String, Set<String>> versionsByGroup() {
    Map<String, Set<String>> groups = new LinkedHashMap<>();
    for (Resource r : all) {
      groups.computeIfAbsent(r.group(), g -> new LinkedHashSet<>()).add(r.version());
    }
    return groups;
  }

  List<Resource> of(String group, String version) {
    return all.stream()
        .filter(r -> r.group().equals(group) && r.version().equals(version))
        .toList();
  }

  private static List<Resource> builtIn() {
    List<Resource> list = new ArrayList<>();
    for (String line : BUILT_IN.lines().toList()) {
      String[] w = line.split(" ", -1);
      String group = w[0].equals("-") ? "" : w[0];
      Class<?> model;
      try {
        model = Class.forName(MODEL + w[4]);
      } catch (ClassNotFoundException e) {
        throw new IllegalStateException("no model class for " + w[3], e);
      }
      // Both event groups show the same events.
      boolean event = w[3].equals("Event");
      Table table = new Table(event ? "" : group, w[2]);
      String stored =
          switch (w[3]) {
            case "Event" -> "v1";
            case "HorizontalPodAutoscaler" -> group + "/v2";
            default -> group.isEmpty() ? w[1] : group + "/" + w[1];
          };
      boolean scaled = w[8].contains("scale");
      list.add(
          new Resource(
              group,
              w[1],
              w[3],
              w[2],
              w[3].toLowerCase(java.util.Locale.ROOT),
              words(w[5]),
              words(w[6]),
              w[7].equals("ns"),
              Set.copyOf(words(w[8])),
              w[9].equals("gen"),
              ModelSchemas.of(model),
              table,
              stored,
              scaled
                  ? Optional.of(new ScalePaths("spec.replicas", "status.replicas", ""))
                  : Optional.empty(),
              List.of(),
              model));
    }
    return List.copyOf(list);
  }

  private static List<String> words(String text) {
    return text.equals("-") ? List.of() : List.of(text.split(",", -1));
  }

  /** The served versions of one definition. */
  static List<Resource> custom(JsonNode definition) {
    JsonNode spec = definition.path("spec");
    JsonNode names = spec.path("names");
    String group = spec.path("group").asText();
    String plural = names.path("plural").asText();
    String storage = "";
    for (JsonNode version : spec.path("versions")) {
      if (version.path("storage").asBoolean(false)) {
        storage = version.path("name").asText();
      }
    }
    List<Resource> list = new ArrayList<>();
    for (JsonNode version : spec.path("versions")) {
      if (!version.path("served").asBoolean(false)) {
        continue;
      }
      Set<String> subresources = new LinkedHashSet<>();
      JsonNode sub = version.path("subresources");
      Optional<ScalePaths> scale = Optional.empty();
      if (sub.hasNonNull("status")) {
        subresources.add("status");
      }
      if (sub.hasNonNull("scale")) {
        subresources.add("scale");
        JsonNode s = sub.get("scale");
        scale =
            Optional.of(
                new ScalePaths(
                    path(s.path("specReplicasPath")),
                    path(s.path("statusReplicasPath")),
                    path(s.path("labelSelectorPath"))));
      }
      JsonNode openApi = version.path("schema").path("openAPIV3Schema");
      String kind = names.path("kind").asText();
      list.add(
          new Resource(
              group,
              version.path("name").asText(),
              kind,
              plural,
              names.path("singular").asText(kind.toLowerCase(java.util.Locale.ROOT)),
              texts(names.path("shortNames")),
              texts(names.path("categories")),
              spec.path("scope").asText().equals("Namespaced"),
              Set.copyOf(subresources),
              true,
              StructuralSchemas.root(openApi),
              new Table(group, plural),
              group + "/" + storage,
              scale,
              columns(version.path("additionalPrinterColumns")),
              null));
    }
    return list;
  }

  private static List<Column> columns(JsonNode array) {
    List<Column> columns = new ArrayList<>();
    for (JsonNode c : array) {
      columns.add(
          new Column(
              c.path("name").asText(),
              c.path("type").asText("string"),
              c.path("format").asText(""),
              c.path("description").asText(""),
              c.path("priority").asInt(0),
              c.path("jsonPath").asText()));
    }
    return List.copyOf(columns);
  }

  private static String path(JsonNode jsonPath) {
    String text = jsonPath.asText("");
    return text.startsWith(".") ? text.substring(1) : text;
  }

  private static List<String> texts(JsonNode array) {
    List<String> list = new ArrayList<>();
    array.forEach(n -> list.add(n.asText()));
    return List.copyOf(list);
  }
}
