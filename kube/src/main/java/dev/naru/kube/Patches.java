package dev.naru.kube;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** The patch types that change a given object. Server-side apply is {@link Objects#apply}. */
final class Patches {
  static final String JSON = "application/json-patch+json";
  static final String MERGE = "application/merge-patch+json";
  static final String STRATEGIC = "application/strategic-merge-patch+json";
  static final String APPLY = "application/apply-patch+yaml";

  private Patches() {}

  /** Makes the new object; must not change {@code current}. */
  interface Patch {
    ObjectNode apply(Resource kind, ObjectNode current);
  }

  /** A patch of media type {@code type}; another type is a 415. */
  static Patch of(String type, Resource kind, byte[] body) {
    JsonNode patch = Json.parse(body);
    return switch (type) {
      case JSON -> (k, current) -> object(JsonPatch.apply(current, patch));
      case MERGE -> (k, current) -> object(MergePatch.apply(current, patch));
      case STRATEGIC -> {
        if (kind.custom()) {
          throw unsupported(type, "custom resources do not support it");
        }
        yield (k, current) -> object(StrategicMerge.apply(k.schema(), current, patch));
      }
      default -> throw unsupported(type, "it is no patch type");
    };
  }

  private static StatusException unsupported(String type, String why) {
    return StatusException.of(
        415,
        "UnsupportedMediaType",
        "the body of the request was in an unknown format - "
            + type
            + ": "
            + why
            + "; accepted media types include: "
            + String.join(", ", JSON, MERGE, STRATEGIC, APPLY));
  }

  private static ObjectNode object(JsonNode node) {
    if (node instanceof ObjectNode o) {
      return o;
    }
    throw StatusException.of(422, "Invalid", "the patched object is no object");
  }
}
