package dev.naru.kube;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.schema.CoreSchema;

/** JSON trees. A tree that is in the store is never changed again: copy first. */
final class Json {
  /** Deeper documents are refused, so a hostile body cannot exhaust a stack. */
  private static final int DEPTH_MAX = 200;

  static final JsonMapper MAPPER =
      JsonMapper.builder(
              com.fasterxml.jackson.core.JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(DEPTH_MAX)
                          .maxStringLength(16 << 20)
                          .build())
                  .build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private static final ObjectReader TREE = MAPPER.readerFor(JsonNode.class);

  private Json() {}

  static ObjectNode object() {
    return JsonNodeFactory.instance.objectNode();
  }

  static ArrayNode array() {
    return JsonNodeFactory.instance.arrayNode();
  }

  /** Parses one JSON value; a refusal is a 400. */
  static JsonNode parse(byte[] bytes) {
    try {
      JsonNode node = TREE.readTree(bytes);
      if (node == null || node.isMissingNode()) {
        throw StatusException.badRequest("the body of the request is empty");
      }
      return node;
    } catch (JsonProcessingException e) {
      throw StatusException.badRequest(
          "the body of the request is not valid JSON: " + e.getOriginalMessage());
    } catch (IOException e) {
      throw StatusException.badRequest(
          "the body of the request could not be read: " + e.getMessage());
    }
  }

  static JsonNode parse(String text) {
    return parse(text.getBytes(java.nio.charset.StandardCharsets.UTF_8));
  }

  /** Parses one YAML or JSON document (JSON is tried first). */
  static JsonNode parseYaml(byte[] bytes) {
    for (byte b : bytes) {
      if (b == ' ' || b == '\n' || b == '\r' || b == '\t') {
        continue;
      }
      if (b == '{' || b == '[') {
        return parse(bytes);
      }
      break;
    }
    LoadSettings settings =
        LoadSettings.builder()
            .setSchema(new CoreSchema())
            .setMaxAliasesForCollections(50)
            .setCodePointLimit(16 << 20)
            .build();
    try {
      Object value =
          new Load(settings)
              .loadFromString(new String(bytes, java.nio.charset.StandardCharsets.UTF_8));
      return fromPlain(value, 0);
    } catch (YamlEngineException | IllegalArgumentException e) {
      throw StatusException.badRequest(
          "the body of the request is not valid YAML: " + e.getMessage());
    }
  }

  private static JsonNode fromPlain(@org.jspecify.annotations.Nullable Object value, int depth) {
    if (depth > DEPTH_MAX) {
      throw new IllegalArgumentException("nested deeper than " + DEPTH_MAX);
    }
    return switch (value) {
      case null -> JsonNodeFactory.instance.nullNode();
      case Map<?, ?> map -> {
        ObjectNode node = object();
        map.forEach((k, v) -> node.set(String.valueOf(k), fromPlain(v, depth + 1)));
        yield node;
      }
      case List<?> list -> {
        ArrayNode node = array();
        list.forEach(v -> node.add(fromPlain(v, depth + 1)));
        yield node;
      }
      default -> MAPPER.valueToTree(value);
    };
  }

  static byte[] bytes(JsonNode node) {
    try {
      return MAPPER.writeValueAsBytes(node);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a JSON tree can always be written", e);
    }
  }

  static String text(JsonNode node) {
    return new String(bytes(node), java.nio.charset.StandardCharsets.UTF_8);
  }

  /** The node at {@code dotted.path}, or a missing node. */
  static JsonNode at(JsonNode node, String dottedPath) {
    JsonNode at = node;
    for (String name : dottedPath.split("\\.", -1)) {
      at = at.path(name);
    }
    return at;
  }

  static JsonNode at(JsonNode node, List<String> path) {
    JsonNode at = node;
    for (String name : path) {
      at = at.path(name);
    }
    return at;
  }

  static ObjectNode objectAt(ObjectNode node, String field) {
    return node.get(field) instanceof ObjectNode o ? o : node.putObject(field);
  }

  static ObjectNode meta(ObjectNode object) {
    return objectAt(object, "metadata");
  }

  static boolean present(JsonNode node) {
    return !node.isMissingNode() && !node.isNull();
  }

  static JsonNode missing() {
    return MissingNode.getInstance();
  }

  /** Sets {@code field} unless it has a value that is not null. */
  static void putDefault(ObjectNode node, String field, String value) {
    if (!node.hasNonNull(field)) {
      node.put(field, value);
    }
  }

  static void putDefault(ObjectNode node, String field, long value) {
    if (!node.hasNonNull(field)) {
      node.put(field, value);
    }
  }

  static void putDefault(ObjectNode node, String field, boolean value) {
    if (!node.hasNonNull(field)) {
      node.put(field, value);
    }
  }

  /** Equality in which numbers of different Java types compare by value. */
  static boolean same(JsonNode a, JsonNode b) {
    return a.equals(
        (x, y) -> {
          if (x.isNumber() && y.isNumber()) {
            return x.isIntegralNumber() && y.isIntegralNumber()
                ? x.bigIntegerValue().compareTo(y.bigIntegerValue())
                : Double.compare(x.doubleValue(), y.doubleValue());
          }
          return x.equals(y) ? 0 : 1;
        },
        b);
  }
}
