package dev.naru.kube;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The {@code /openapi/v3} documents: an index, and one per group and version with the full schema
 * of its kinds, so that {@code kubectl explain} and client-side validation work.
 */
final class OpenApi {
  private static final String REF = "#/components/schemas/";
  private static final String MODEL = "io.fabric8.kubernetes.api.model.";

  ObjectNode index(Resources resources) {
    ObjectNode index = Json.object();
    ObjectNode paths = index.putObject("paths");
    resources
        .versionsByGroup()
        .forEach(
            (group, versions) -> {
              for (String version : versions) {
                String path = base(group, version);
                // The hash lets a client cache a document: custom kinds change it.
                String hash =
                    Integer.toHexString(
                        resources.of(group, version).stream()
                            .map(k -> k.custom() ? k.hashCode() : k.kind().hashCode())
                            .toList()
                            .hashCode());
                paths
                    .putObject(path)
                    .put("serverRelativeURL", "/openapi/v3/" + path + "?hash=" + hash);
              }
            });
    return index;
  }

  private static String base(String group, String version) {
    return group.isEmpty() ? "api/" + version : "apis/" + group + "/" + version;
  }

  ApiResponse document(Resources resources, String group, String version) {
    ObjectNode doc = Json.object().put("openapi", "3.0.0");
    doc.putObject("info").put("title", "Naru").put("version", "v1.32.0");
    ObjectNode paths = doc.putObject("paths");
    ObjectNode schemas = doc.putObject("components").putObject("schemas");
    Schemas writer = new Schemas(schemas);
    for (Resource kind : resources.of(group, version)) {
      String name = writer.root(kind);
      String base =
          "/" + base(group, version) + (kind.namespaced() ? "/namespaces/{namespace}" : "");
      paths(paths, base + "/" + kind.plural(), kind, name);
    }
    writer.finish();
    return new ApiResponse.Whole(200, ApiResponse.JSON, List.of(Json.bytes(doc)), List.of());
  }

  private static void paths(ObjectNode paths, String path, Resource kind, String schema) {
    ObjectNode collection = paths.putObject(path);
    operation(collection, "get", "list", kind, schema, false);
    operation(collection, "post", "post", kind, schema, true);
    ObjectNode object = paths.putObject(path + "/{name}");
    operation(object, "get", "get", kind, schema, false);
    operation(object, "put", "put", kind, schema, true);
    operation(object, "patch", "patch", kind, schema, true);
    operation(object, "delete", "delete", kind, schema, false);
  }

  private static void operation(
      ObjectNode path, String method, String action, Resource kind, String schema, boolean writes) {
    ObjectNode operation = path.putObject(method);
    operation.put("x-kubernetes-action", action);
    gvk(operation.putObject("x-kubernetes-group-version-kind"), kind);
    ArrayNode parameters = operation.putArray("parameters");
    for (String name :
        writes ? List.of("dryRun", "fieldManager", "fieldValidation") : List.of("pretty")) {
      ObjectNode parameter = parameters.addObject().put("name", name).put("in", "query");
      parameter.putObject("schema").put("type", "string").put("uniqueItems", true);
    }
    operation
        .putObject("responses")
        .putObject("200")
        .put("description", "OK")
        .putObject("content")
        .putObject("application/json")
        .putObject("schema")
        .put("$ref", REF + schema);
  }

  private static void gvk(ObjectNode node, Resource kind) {
    node.put("group", kind.group()).put("version", kind.version()).put("kind", kind.kind());
  }

  /** Writes the schemas of one document, each type once. */
  private static final class Schemas {
    private final ObjectNode schemas;
    private final Deque<Schema> open = new ArrayDeque<>();
    private final Set<String> written = new HashSet<>();

    Schemas(ObjectNode schemas) {
      this.schemas = schemas;
    }

    String root(Resource kind) {
      Class<?> model = kind.model();
      String name;
      ObjectNode schema;
      if (model == null) {
        String[] parts = kind.group().split("\\.", -1);
        StringBuilder reversed = new StringBuilder();
        for (int i = parts.length - 1; i >= 0; i--) {
          reversed.append(parts[i]).append('.');
        }
        name = reversed + kind.version() + "." + kind.kind();
        schema = struct(kind.schema());
      } else {
        name = name(model);
        schema = struct(kind.schema());
      }
      gvk(schema.putArray("x-kubernetes-group-version-kind").addObject(), kind);
      written.add(name);
      schemas.set(name, schema);
      return name;
    }

    void finish() {
      while (!open.isEmpty()) {
        Schema next = open.removeFirst();
        Class<?> model = next.model;
        if (model != null && written.add(name(model))) {
          schemas.set(name(model), struct(next));
        }
      }
    }

    private static String name(Class<?> model) {
      String name = model.getName();
      String shorter = name.startsWith(MODEL) ? name.substring(MODEL.length()) : name;
      return model == ObjectMeta.class
          ? "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"
          : "io.k8s.api." + (shorter.contains(".") ? shorter : "core.v1." + shorter);
    }

    private ObjectNode struct(Schema schema) {
      ObjectNode node = Json.object();
      if (!schema.description.isEmpty()) {
        node.put("description", schema.description);
      }
      node.put("type", "object");
      ObjectNode properties = Json.object();
      for (Map.Entry<String, Schema> e : schema.properties().entrySet()) {
        properties.set(e.getKey(), value(e.getValue()));
      }
      if (!properties.isEmpty()) {
        node.set("properties", properties);
      }
      if (!schema.required.isEmpty()) {
        schema.required.forEach(node.putArray("required")::add);
      }
      if (schema.isMap()) {
        node.set("additionalProperties", value(schema.values()));
      }
      if (schema.preserveUnknown) {
        node.put("x-kubernetes-preserve-unknown-fields", true);
      }
      if (schema.merge.atomicMap()) {
        node.put("x-kubernetes-map-type", "atomic");
      }
      return node;
    }

    private ObjectNode value(Schema schema) {
      Class<?> model = schema.model;
      if (model != null) {
        open.add(schema);
        ObjectNode node = Json.object();
        node.putArray("allOf").addObject().put("$ref", REF + name(model));
        return node;
      }
      ObjectNode node =
          switch (schema.type) {
            case OBJECT -> struct(schema);
            case ARRAY -> array(schema);
            case STRING -> Json.object().put("type", "string");
            case INTEGER -> Json.object().put("type", "integer");
            case NUMBER -> Json.object().put("type", "number");
            case BOOLEAN -> Json.object().put("type", "boolean");
            case INT_OR_STRING ->
                Json.object()
                    .put("x-kubernetes-int-or-string", true)
                    .put("format", "int-or-string");
            case QUANTITY -> Json.object().put("type", "string");
            case ANY -> Json.object().put("x-kubernetes-preserve-unknown-fields", true);
          };
      if (!schema.description.isEmpty()) {
        node.put("description", schema.description);
      }
      JsonNode standard = schema.defaultValue;
      if (standard != null) {
        node.set("default", standard);
      }
      if (!schema.rules.enums().isEmpty()) {
        schema.rules.enums().forEach(node.putArray("enum")::add);
      }
      return node;
    }

    private ObjectNode array(Schema schema) {
      ObjectNode node = Json.object().put("type", "array");
      node.set("items", value(schema.items()));
      Schema.Merge merge = schema.merge;
      node.put(
          "x-kubernetes-list-type", merge.listType().name().toLowerCase(java.util.Locale.ROOT));
      if (!merge.listMapKeys().isEmpty()) {
        merge.listMapKeys().forEach(node.putArray("x-kubernetes-list-map-keys")::add);
      }
      if (!merge.mergeKey().isEmpty()) {
        node.put("x-kubernetes-patch-merge-key", merge.mergeKey());
        node.put("x-kubernetes-patch-strategy", merge.retainKeys() ? "merge,retainKeys" : "merge");
      } else if (merge.mergeSet()) {
        node.put("x-kubernetes-patch-strategy", "merge");
      }
      return node;
    }
  }
}
