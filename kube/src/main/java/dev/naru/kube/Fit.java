package dev.naru.kube;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.naru.kube.StatusException.Cause;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Makes an object fit its schema: drops unknown fields (reporting them), nulls and, for built-in
 * kinds, empty lists; turns quantities into their canonical text; fills the defaults of custom
 * kinds; and checks types and rules.
 */
final class Fit {
  private final boolean custom;
  private final List<String> unknown = new ArrayList<>();
  private final List<Cause> causes = new ArrayList<>();

  private final boolean partial;

  private Fit(boolean custom, boolean partial) {
    this.custom = custom;
    this.partial = partial;
  }

  /**
   * What was wrong.
   *
   * @param unknown paths of fields that were dropped
   * @param causes violations of the schema
   */
  record Findings(List<String> unknown, List<Cause> causes) {}

  /** Changes {@code object} in place. */
  static Findings apply(Resource kind, ObjectNode object) {
    return apply(kind, object, false);
  }

  /**
   * As {@link #apply(Resource, ObjectNode)} for an applied configuration, which is only a part of
   * an object: nothing is required, no default is filled in.
   */
  static Findings applyPartial(Resource kind, ObjectNode object) {
    return apply(kind, object, true);
  }

  private static Findings apply(Resource kind, ObjectNode object, boolean partial) {
    Fit fit = new Fit(kind.custom(), partial);
    fit.object(kind.schema(), object, "");
    return new Findings(fit.unknown, fit.causes);
  }

  private void object(Schema schema, ObjectNode node, String path) {
    if (custom && !partial) {
      for (Map.Entry<String, Schema> e : schema.properties().entrySet()) {
        JsonNode standard = e.getValue().defaultValue;
        JsonNode value = node.get(e.getKey());
        if (standard != null && (value == null || (value.isNull() && !e.getValue().nullable))) {
          node.set(e.getKey(), standard.deepCopy());
        }
      }
    }
    Iterator<Map.Entry<String, JsonNode>> fields = node.properties().iterator();
    while (fields.hasNext()) {
      Map.Entry<String, JsonNode> e = fields.next();
      String at = child(schema, path, e.getKey());
      Schema field = schema.field(e.getKey());
      if (field == null && schema.embeddedResource) {
        field =
            switch (e.getKey()) {
              case "apiVersion", "kind" -> Schema.ANY_VALUE;
              case "metadata" -> ModelSchemas.of(ObjectMeta.class);
              default -> null;
            };
      }
      if (field == null) {
        unknown.add(at.startsWith(".") ? at.substring(1) : at);
        fields.remove();
      } else if (e.getValue().isNull()) {
        if (field.type != Schema.Type.ANY && !(custom && field.nullable)) {
          fields.remove();
        }
      } else if (!custom && droppedWhenEmpty(field, e.getValue())) {
        fields.remove();
      } else {
        e.setValue(value(field, e.getValue(), at));
      }
    }
    if (custom && !partial) {
      for (String name : schema.required) {
        if (!node.has(name)) {
          causes.add(Cause.required(child(schema, path, name), ""));
        }
      }
      size(schema.rules.minProperties(), schema.rules.maxProperties(), node.size(), path);
    }
  }

  private static boolean droppedWhenEmpty(Schema field, JsonNode value) {
    boolean list = field.type == Schema.Type.ARRAY && value.isArray();
    boolean map = field.type == Schema.Type.OBJECT && field.isMap() && value.isObject();
    return value.isEmpty() && (list || map);
  }

  private static String child(Schema schema, String path, String name) {
    if (schema.isMap() && !schema.properties().containsKey(name)) {
      return path + "[" + name + "]";
    }
    return path.isEmpty() ? name : path + "." + name;
  }

  private JsonNode value(Schema schema, JsonNode value, String path) {
    boolean fits =
        switch (schema.type) {
          case ANY -> true;
          case OBJECT -> value.isObject();
          case ARRAY -> value.isArray();
          case STRING -> value.isTextual();
          case INTEGER -> value.isIntegralNumber() || isWhole(value);
          case NUMBER -> value.isNumber();
          case BOOLEAN -> value.isBoolean();
          case INT_OR_STRING -> value.isTextual() || value.isIntegralNumber();
          case QUANTITY -> value.isTextual() || value.isNumber();
        };
    if (!fits) {
      wrongType(schema, value, path);
      return value;
    }
    if (value instanceof ObjectNode object && schema.type == Schema.Type.OBJECT) {
      object(schema, object, path);
    } else if (value instanceof ArrayNode array && schema.type == Schema.Type.ARRAY) {
      array(schema, array, path);
    } else if (schema.type == Schema.Type.QUANTITY) {
      try {
        return TextNode.valueOf(Quantities.canonical(value.asText()));
      } catch (IllegalArgumentException e) {
        throw StatusException.badRequest(
            path
                + ": quantities must match the regular expression"
                + " '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$': '"
                + value.asText()
                + "'");
      }
    } else if (schema.type == Schema.Type.INTEGER && !value.isIntegralNumber()) {
      return Json.MAPPER.getNodeFactory().numberNode(value.longValue());
    }
    if (custom) {
      rules(schema, value, path);
    }
    return value;
  }

  private static boolean isWhole(JsonNode value) {
    return value.isNumber() && value.doubleValue() == Math.rint(value.doubleValue());
  }

  private void wrongType(Schema schema, JsonNode value, String path) {
    String seen = value.getNodeType().name().toLowerCase(java.util.Locale.ROOT);
    String wanted = schema.type.name().toLowerCase(java.util.Locale.ROOT);
    if (!custom) {
      throw StatusException.badRequest(
          "cannot read field " + path + ": it is a " + seen + ", wanted is a " + wanted);
    }
    causes.add(
        Cause.type(path, seen, path + " in body must be of type " + wanted + ": \"" + seen + "\""));
  }

  private void array(Schema schema, ArrayNode array, String path) {
    Set<JsonNode> seen = new HashSet<>();
    for (int i = 0; i < array.size(); i++) {
      String at = path + "[" + i + "]";
      JsonNode item = array.get(i);
      if (item.isNull() && schema.items().type != Schema.Type.ANY) {
        causes.add(Cause.invalid(at, "null", "must not be null"));
        continue;
      }
      JsonNode fitted = value(schema.items(), item, at);
      array.set(i, fitted);
      if (custom && schema.merge.listType() != Schema.ListType.ATOMIC) {
        JsonNode identity = fitted;
        if (schema.merge.listType() == Schema.ListType.MAP) {
          ObjectNode keys = Json.object();
          schema.merge.listMapKeys().forEach(k -> keys.set(k, fitted.path(k)));
          identity = keys;
        }
        if (!seen.add(identity)) {
          causes.add(Cause.duplicate(at, Json.text(identity)));
        }
      }
    }
    if (custom) {
      size(schema.rules.minItems(), schema.rules.maxItems(), array.size(), path);
    }
  }

  private void size(
      @org.jspecify.annotations.Nullable Integer least,
      @org.jspecify.annotations.Nullable Integer most,
      int size,
      String path) {
    if (least != null && size < least) {
      causes.add(Cause.invalid(path, size, "should have at least " + least + " items"));
    }
    if (most != null && size > most) {
      causes.add(Cause.invalid(path, size, "must have at most " + most + " items"));
    }
  }

  private void rules(Schema schema, JsonNode value, String path) {
    Schema.Rules r = schema.rules;
    if (!r.enums().isEmpty() && r.enums().stream().noneMatch(e -> Json.same(e, value))) {
      causes.add(
          Cause.unsupported(
              path, value.asText(), r.enums().stream().map(JsonNode::asText).toList()));
    }
    if (value.isTextual()) {
      String text = value.asText();
      if (r.pattern() != null && !r.pattern().matcher(text).find()) {
        causes.add(Cause.invalid(path, text, path + " in body should match '" + r.pattern() + "'"));
      }
      int length = text.codePointCount(0, text.length());
      if (r.minLength() != null && length < r.minLength()) {
        causes.add(
            Cause.invalid(path, text, "should be at least " + r.minLength() + " chars long"));
      }
      if (r.maxLength() != null && length > r.maxLength()) {
        causes.add(Cause.invalid(path, text, "may not be more than " + r.maxLength() + " bytes"));
      }
      if (r.format().equals("date-time") && !isDateTime(text)) {
        causes.add(Cause.invalid(path, text, path + " in body must be of type date-time"));
      }
    }
    if (value.isNumber()) {
      range(r, value.doubleValue(), path);
    }
  }

  private void range(Schema.Rules r, double number, String path) {
    Double min = r.minimum();
    Double max = r.maximum();
    if (min != null && (number < min || (r.exclusiveMinimum() && number == min))) {
      causes.add(
          Cause.invalid(path, plain(number), "should be greater than or equal to " + plain(min)));
    }
    if (max != null && (number > max || (r.exclusiveMaximum() && number == max))) {
      causes.add(
          Cause.invalid(path, plain(number), "should be less than or equal to " + plain(max)));
    }
  }

  private static String plain(double number) {
    return number == Math.rint(number) ? Long.toString((long) number) : Double.toString(number);
  }

  private static boolean isDateTime(String text) {
    try {
      java.time.OffsetDateTime.parse(text);
      return true;
    } catch (java.time.format.DateTimeParseException e) {
      return false;
    }
  }
}
