package dev.naru.kube;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;

/** JSON Patch. Source: RFC 6902, RFC 6901. */
final class JsonPatch {
  private static final int OPERATIONS_MAX = 10_000;

  private JsonPatch() {}

  /** A patched copy of {@code target}; what cannot be applied is a 422. */
  static JsonNode apply(JsonNode target, JsonNode patch) {
    if (!patch.isArray()) {
      throw StatusException.badRequest("a JSON patch is an array of operations");
    }
    if (patch.size() > OPERATIONS_MAX) {
      throw StatusException.of(
          413,
          "RequestEntityTooLarge",
          "The allowed maximum operations in a JSON patch is " + OPERATIONS_MAX);
    }
    JsonNode result = target.deepCopy();
    for (JsonNode operation : patch) {
      result = one(result, operation);
    }
    return result;
  }

  private static JsonNode one(JsonNode root, JsonNode operation) {
    String op = operation.path("op").asText();
    List<String> path = pointer(operation.path("path"));
    return switch (op) {
      case "add" -> add(root, path, required(operation).deepCopy());
      case "remove" -> {
        find(root, path);
        yield remove(root, path);
      }
      case "replace" -> {
        find(root, path);
        yield path.isEmpty()
            ? required(operation).deepCopy()
            : add(remove(root, path), path, required(operation).deepCopy());
      }
      case "move" -> {
        List<String> from = pointer(operation.path("from"));
        JsonNode moved = find(root, from).deepCopy();
        if (path.size() > from.size() && path.subList(0, from.size()).equals(from)) {
          throw refused("cannot move " + from + " into itself");
        }
        yield add(remove(root, from), path, moved);
      }
      case "copy" -> add(root, path, find(root, pointer(operation.path("from"))).deepCopy());
      case "test" -> {
        if (!Json.same(find(root, path), required(operation))) {
          throw refused("testing value " + operation.path("path").asText() + " failed");
        }
        yield root;
      }
      default -> throw refused("unexpected operation '" + op + "'");
    };
  }

  private static JsonNode required(JsonNode operation) {
    JsonNode value = operation.get("value");
    if (value == null) {
      throw refused("operation '" + operation.path("op").asText() + "' has no value");
    }
    return value;
  }

  private static List<String> pointer(JsonNode node) {
    String text = node.asText();
    if (!node.isTextual() || !(text.isEmpty() || text.startsWith("/"))) {
      throw refused("'" + text + "' is no JSON pointer");
    }
    List<String> parts = new ArrayList<>();
    if (!text.isEmpty()) {
      for (String part : text.substring(1).split("/", -1)) {
        parts.add(part.replace("~1", "/").replace("~0", "~"));
      }
    }
    return parts;
  }

  private static JsonNode find(JsonNode root, List<String> path) {
    JsonNode at = root;
    for (String part : path) {
      JsonNode next =
          switch (at) {
            case ArrayNode array -> array.get(index(part, array.size() - 1));
            case ObjectNode object -> object.get(part);
            default -> null;
          };
      if (next == null) {
        throw refused("path /" + String.join("/", path) + " does not exist");
      }
      at = next;
    }
    return at;
  }

  private static JsonNode add(JsonNode root, List<String> path, JsonNode value) {
    if (path.isEmpty()) {
      return value;
    }
    String last = path.getLast();
    switch (find(root, path.subList(0, path.size() - 1))) {
      case ArrayNode array -> {
        if (last.equals("-")) {
          array.add(value);
        } else {
          array.insert(index(last, array.size()), value);
        }
      }
      case ObjectNode object -> object.set(last, value);
      default -> throw refused("the parent of /" + String.join("/", path) + " is no container");
    }
    return root;
  }

  private static JsonNode remove(JsonNode root, List<String> path) {
    if (path.isEmpty()) {
      return Json.object();
    }
    String last = path.getLast();
    switch (find(root, path.subList(0, path.size() - 1))) {
      case ArrayNode array -> array.remove(index(last, array.size() - 1));
      case ObjectNode object -> object.remove(last);
      default -> throw refused("the parent of /" + String.join("/", path) + " is no container");
    }
    return root;
  }

  private static int index(String part, int max) {
    if (part.matches("0|[1-9][0-9]{0,8}")) {
      int index = Integer.parseInt(part);
      if (index <= max) {
        return index;
      }
    }
    throw refused("'" + part + "' is no index of the array");
  }

  private static StatusException refused(String why) {
    return StatusException.of(
        422, "Invalid", "the server rejected our request due to an error in our request: " + why);
  }
}
