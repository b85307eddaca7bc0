package dev.naru.kube;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** Reads the body of a request: JSON, YAML, or Kubernetes protobuf. */
final class Bodies {
  static final String PROTOBUF = "application/vnd.kubernetes.protobuf";

  private Bodies() {}

  /** The object in the body; of kind {@code expected} when the body does not say. */
  static ObjectNode object(ApiRequest request, Resource expected) {
    if (request.body().length == 0) {
      throw StatusException.badRequest(
          "the body of the request is empty, a " + expected.kind() + " is wanted");
    }
    if (read(request) instanceof ObjectNode object) {
      return object;
    }
    throw StatusException.badRequest("the body of the request is no object");
  }

  /** The {@code DeleteOptions} in the body; an empty object when there is none. */
  static JsonNode deleteOptions(ApiRequest request) {
    return request.body().length == 0 ? Json.object() : read(request);
  }

  static JsonNode read(ApiRequest request) {
    return switch (request.contentType()) {
      case "", "application/json", "text/plain", "application/x-www-form-urlencoded" ->
          Json.parse(request.body());
      case "application/yaml", "text/yaml", "application/x-yaml" -> Json.parseYaml(request.body());
      case PROTOBUF -> ProtobufBodies.read(request.body());
      default ->
          throw StatusException.of(
              415,
              "UnsupportedMediaType",
              "the body of the request was in an unknown format - accepted media types include:"
                  + " application/json, application/yaml, "
                  + PROTOBUF);
    };
  }
}
