package dev.naru.kube;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Set;

/** Which groups, versions and kinds there are, in the old form and the aggregated one (v2). */
final class Discovery {
  private static final List<String> VERBS =
      List.of("create", "delete", "deletecollection", "get", "list", "patch", "update", "watch");

  ObjectNode coreVersions() {
    ObjectNode versions = Json.object().put("kind", "APIVersions");
    versions.putArray("versions").add("v1");
    ArrayNode addresses = versions.putArray("serverAddressByClientCIDRs");
    addresses.addObject().put("clientCIDR", "0.0.0.0/0").put("serverAddress", "");
    return versions;
  }

  ObjectNode groups(Resources resources) {
    ObjectNode list = Json.object().put("kind", "APIGroupList").put("apiVersion", "v1");
    ArrayNode groups = list.putArray("groups");
    resources
        .versionsByGroup()
        .forEach(
            (group, versions) -> {
              if (!group.isEmpty()) {
                ObjectNode one = group(group, versions);
                one.remove(List.of("kind", "apiVersion"));
                groups.add(one);
              }
            });
    return list;
  }

  ObjectNode group(String group, Set<String> versions) {
    ObjectNode node =
        Json.object().put("kind", "APIGroup").put("apiVersion", "v1").put("name", group);
    ArrayNode array = node.putArray("versions");
    for (String version : versions) {
      array.addObject().put("groupVersion", group + "/" + version).put("version", version);
    }
    node.set("preferredVersion", array.get(0).deepCopy());
    return node;
  }

  ObjectNode resources(Resources resources, String group, String version) {
    ObjectNode list = Json.object().put("kind", "APIResourceList").put("apiVersion", "v1");
    list.put("groupVersion", group.isEmpty() ? version : group + "/" + version);
    ArrayNode array = list.putArray("resources");
    for (Resource kind : resources.of(group, version)) {
      ObjectNode one = array.addObject();
      one.put("name", kind.plural());
      one.put("singularName", kind.singular());
      one.put("namespaced", kind.namespaced());
      one.put("kind", kind.kind());
      verbs(kind, one.putArray("verbs"));
      texts(one, "shortNames", kind.shortNames());
      texts(one, "categories", kind.categories());
      for (String subresource : kind.subresources().stream().sorted().toList()) {
        ObjectNode sub = array.addObject();
        sub.put("name", kind.plural() + "/" + subresource);
        sub.put("singularName", "");
        sub.put("namespaced", kind.namespaced());
        type(kind, subresource, sub);
        subVerbs(subresource).forEach(sub.putArray("verbs")::add);
      }
    }
    return list;
  }

  private static void type(Resource kind, String subresource, ObjectNode node) {
    switch (subresource) {
      case "scale" -> node.put("group", "autoscaling").put("version", "v1").put("kind", "Scale");
      case "eviction" -> node.put("group", "policy").put("version", "v1").put("kind", "Eviction");
      case "binding" -> node.put("kind", "Binding");
      case "exec" -> node.put("kind", "PodExecOptions");
      case "attach" -> node.put("kind", "PodAttachOptions");
      case "portforward" -> node.put("kind", "PodPortForwardOptions");
      default -> node.put("kind", kind.kind());
    }
  }

  private static List<String> subVerbs(String subresource) {
    return switch (subresource) {
      case "binding", "eviction" -> List.of("create");
      case "log" -> List.of("get");
      case "exec", "attach", "portforward" -> List.of("create", "get");
      case "finalize" -> List.of("update");
      default -> List.of("get", "patch", "update");
    };
  }

  private static void verbs(Resource kind, ArrayNode verbs) {
    if (kind.kind().equals("Binding") && !kind.custom()) {
      verbs.add("create");
    } else {
      VERBS.forEach(verbs::add);
    }
  }

  private static void texts(ObjectNode node, String field, List<String> texts) {
    if (!texts.isEmpty()) {
      texts.forEach(node.putArray(field)::add);
    }
  }

  /** {@code APIGroupDiscoveryList} of the core group, or of all others. */
  ObjectNode aggregated(Resources resources, boolean core) {
    ObjectNode list =
        Json.object()
            .put("kind", "APIGroupDiscoveryList")
            .put("apiVersion", "apidiscovery.k8s.io/v2");
    list.putObject("metadata");
    ArrayNode items = list.putArray("items");
    resources
        .versionsByGroup()
        .forEach(
            (group, versions) -> {
              if (group.isEmpty() != core) {
                return;
              }
              ObjectNode item = items.addObject();
              ObjectNode meta = item.putObject("metadata");
              if (!group.isEmpty()) {
                meta.put("name", group);
              }
              meta.putNull("creationTimestamp");
              ArrayNode array = item.putArray("versions");
              for (String version : versions) {
                ObjectNode one = array.addObject().put("version", version);
                one.put("freshness", "Current");
                ArrayNode kinds = one.putArray("resources");
                resources.of(group, version).forEach(k -> kinds.add(aggregated(k)));
              }
            });
    return list;
  }

  private static ObjectNode aggregated(Resource kind) {
    ObjectNode one = Json.object().put("resource", kind.plural());
    one.set("responseKind", responseKind(kind.group(), kind.version(), kind.kind()));
    one.put("scope", kind.namespaced() ? "Namespaced" : "Cluster");
    one.put("singularResource", kind.singular());
    verbs(kind, one.putArray("verbs"));
    texts(one, "shortNames", kind.shortNames());
    texts(one, "categories", kind.categories());
    if (!kind.subresources().isEmpty()) {
      ArrayNode subs = one.putArray("subresources");
      for (String subresource : kind.subresources().stream().sorted().toList()) {
        ObjectNode sub = subs.addObject().put("subresource", subresource);
        ObjectNode type = Json.object();
        type(kind, subresource, type);
        sub.set(
            "responseKind",
            responseKind(
                type.path("group").asText(""),
                type.path("version").asText(""),
                type.path("kind").asText()));
        subVerbs(subresource).forEach(sub.putArray("verbs")::add);
      }
    }
    return one;
  }

  private static ObjectNode responseKind(String group, String version, String kind) {
    return Json.object().put("group", group).put("version", version).put("kind", kind);
  }
}
