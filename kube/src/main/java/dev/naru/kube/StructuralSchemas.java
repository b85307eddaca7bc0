package dev.naru.kube;

import com.fasterxml.jackson.databind.JsonNode;
import dev.naru.kube.Schema.ListType;
import dev.naru.kube.Schema.Merge;
import dev.naru.kube.Schema.Rules;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/**
 * The schema of a custom kind, read from {@code openAPIV3Schema}.
 *
 * <p>Source: "Specifying a structural schema", Kubernetes documentation of
 * CustomResourceDefinition. {@code x-kubernetes-validations} (CEL), {@code allOf}, {@code anyOf},
 * {@code oneOf} and {@code not} are kept in the definition and not evaluated.
 */
final class StructuralSchemas {
  private StructuralSchemas() {}

  /** The root schema of a version; the fields every object has are added. */
  static Schema root(JsonNode openApi) {
    Schema declared = of(openApi);
    return Schema.builder(Schema.Type.OBJECT)
        .properties(
            () -> {
              Map<String, Schema> all = new LinkedHashMap<>(declared.properties());
              all.put("apiVersion", Schema.builder(Schema.Type.STRING).build());
              all.put("kind", Schema.builder(Schema.Type.STRING).build());
              all.put("metadata", ModelSchemas.of(ObjectMeta.class));
              return all;
            })
        .required(declared.required)
        .preserveUnknown(declared.preserveUnknown)
        .defaultValue(declared.defaultValue)
        .rules(declared.rules)
        .description(declared.description)
        .build();
  }

  static Schema of(JsonNode s) {
    boolean preserve = s.path("x-kubernetes-preserve-unknown-fields").asBoolean(false);
    Schema.Type type = type(s);
    Schema.Builder b =
        Schema.builder(type)
            .nullable(s.path("nullable").asBoolean(false))
            .preserveUnknown(preserve)
            .embeddedResource(s.path("x-kubernetes-embedded-resource").asBoolean(false))
            .defaultValue(s.get("default"))
            .description(s.path("description").asText(""))
            .required(strings(s.path("required")))
            .rules(rules(s))
            .merge(merge(s));
    Map<String, Schema> properties = new LinkedHashMap<>();
    s.path("properties").properties().forEach(e -> properties.put(e.getKey(), of(e.getValue())));
    b.properties(() -> properties);
    if (s.path("items").isObject()) {
      Schema items = of(s.get("items"));
      b.items(() -> items);
    }
    JsonNode additional = s.path("additionalProperties");
    if (additional.isObject()) {
      Schema values = of(additional);
      b.values(() -> values);
    } else if (additional.asBoolean(false)) {
      b.values(() -> Schema.ANY_VALUE);
    }
    return b.build();
  }

  private static Schema.Type type(JsonNode s) {
    if (s.path("x-kubernetes-int-or-string").asBoolean(false)) {
      return Schema.Type.INT_OR_STRING;
    }
    return switch (s.path("type").asText("")) {
      case "object" -> Schema.Type.OBJECT;
      case "array" -> Schema.Type.ARRAY;
      case "string" -> Schema.Type.STRING;
      case "integer" -> Schema.Type.INTEGER;
      case "number" -> Schema.Type.NUMBER;
      case "boolean" -> Schema.Type.BOOLEAN;
      default -> s.has("properties") ? Schema.Type.OBJECT : Schema.Type.ANY;
    };
  }

  private static Merge merge(JsonNode s) {
    ListType list =
        switch (s.path("x-kubernetes-list-type").asText("atomic")) {
          case "set" -> ListType.SET;
          case "map" -> ListType.MAP;
          default -> ListType.ATOMIC;
        };
    boolean atomicMap = s.path("x-kubernetes-map-type").asText("").equals("atomic");
    return new Merge(
        "", false, false, list, strings(s.path("x-kubernetes-list-map-keys")), atomicMap);
  }

  private static Rules rules(JsonNode s) {
    List<JsonNode> enums = new ArrayList<>();
    s.path("enum").forEach(enums::add);
    return new Rules(
        List.copyOf(enums),
        pattern(s.path("pattern")),
        number(s.path("minimum")),
        number(s.path("maximum")),
        s.path("exclusiveMinimum").asBoolean(false),
        s.path("exclusiveMaximum").asBoolean(false),
        integer(s.path("minLength")),
        integer(s.path("maxLength")),
        integer(s.path("minItems")),
        integer(s.path("maxItems")),
        integer(s.path("minProperties")),
        integer(s.path("maxProperties")),
        s.path("format").asText(""));
  }

  private static @Nullable Pattern pattern(JsonNode node) {
    if (!node.isTextual()) {
      return null;
    }
    try {
      return Pattern.compile(node.asText());
    } catch (PatternSyntaxException e) {
      throw StatusException.badRequest(
          "pattern '"
              + node.asText()
              + "' of the schema is no regular expression: "
              + e.getDescription());
    }
  }

  private static @Nullable Double number(JsonNode node) {
    return node.isNumber() ? node.doubleValue() : null;
  }

  private static @Nullable Integer integer(JsonNode node) {
    return node.isNumber() ? node.intValue() : null;
  }

  private static List<String> strings(JsonNode array) {
    List<String> list = new ArrayList<>();
    array.forEach(n -> list.add(n.asText()));
    return List.copyOf(list);
  }
}
