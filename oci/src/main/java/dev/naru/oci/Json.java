package dev.naru.oci;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.naru.base.Digest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Reading and writing of the JSON in manifests and configs; unknown fields are passed over. */
final class Json {
  private static final int DEPTH_MAX = 64;
  private static final ObjectMapper MAPPER =
      new ObjectMapper(
          JsonFactory.builder()
              .streamReadConstraints(
                  StreamReadConstraints.builder().maxNestingDepth(DEPTH_MAX).build())
              .build());

  private Json() {}

  static ObjectNode object() {
    return JsonNodeFactory.instance.objectNode();
  }

  static byte[] bytes(JsonNode node) {
    try {
      return MAPPER.writeValueAsBytes(node);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a tree is always writable", e);
    }
  }

  /**
   * @param what names the document in the error
   */
  static JsonNode parse(byte[] bytes, String what) {
    try {
      JsonNode node = MAPPER.readTree(bytes);
      if (!node.isObject()) {
        throw invalid(what, "it is no JSON object");
      }
      return node;
    } catch (IOException e) {
      throw new OciException(
          OciException.MANIFEST_INVALID, "The " + what + " is not valid JSON.", e);
    }
  }

  static OciException invalid(String what, String why) {
    return new OciException(
        OciException.MANIFEST_INVALID, "The " + what + " is refused: " + why + ".");
  }

  static Digest digest(JsonNode node, String what) {
    try {
      return Digest.parse(node.asText());
    } catch (IllegalArgumentException e) {
      throw new OciException(
          OciException.MANIFEST_INVALID,
          "The " + what + " is refused: '" + node.asText() + "' is not a sha256 digest.",
          e);
    }
  }

  static Descriptor descriptor(JsonNode node, String what) {
    return new Descriptor(
        node.path("mediaType").asText(),
        digest(node.path("digest"), what),
        node.path("size").asLong(-1));
  }

  static ObjectNode descriptor(Descriptor d) {
    return object()
        .put("mediaType", d.mediaType())
        .put("digest", d.digest().toString())
        .put("size", d.size());
  }

  static List<String> strings(JsonNode array) {
    List<String> strings = new ArrayList<>();
    array.forEach(e -> strings.add(e.asText()));
    return strings;
  }

  static Map<String, String> stringMap(JsonNode object) {
    Map<String, String> map = new TreeMap<>();
    object.properties().forEach(e -> map.put(e.getKey(), e.getValue().asText()));
    return map;
  }

  static List<String> keys(JsonNode object) {
    List<String> keys = new ArrayList<>();
    object.fieldNames().forEachRemaining(keys::add);
    return keys;
  }

  static void putStrings(ObjectNode object, String key, List<String> values) {
    if (!values.isEmpty()) {
      values.forEach(object.putArray(key)::add);
    }
  }
}
