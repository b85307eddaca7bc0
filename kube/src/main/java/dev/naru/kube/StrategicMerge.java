package dev.naru.kube;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Strategic merge patch of built-in kinds: lists with a merge key merge by it; {@code $patch},
 * {@code $deleteFromPrimitiveList/}, {@code $setElementOrder/} and {@code $retainKeys} steer it.
 *
 * <p>Source: Kubernetes community, "Strategic Merge Patch" (contributors/devel/sig-api-machinery).
 */
final class StrategicMerge {
  private static final String PATCH = "$patch";
  private static final String RETAIN = "$retainKeys";
  private static final String DELETE_FROM = "$deleteFromPrimitiveList/";
  private static final String ORDER = "$setElementOrder/";

  private StrategicMerge() {}

  /** A patched copy of {@code target}. */
  static JsonNode apply(Schema schema, JsonNode target, JsonNode patch) {
    if (!(patch instanceof ObjectNode changes)) {
      throw StatusException.badRequest("a strategic merge patch is an object");
    }
    return object(schema, target instanceof ObjectNode o ? o : Json.object(), changes);
  }

  private static ObjectNode object(Schema schema, ObjectNode target, ObjectNode patch) {
    switch (patch.path(PATCH).asText("merge")) {
      case "replace" -> {
        ObjectNode copy = patch.deepCopy();
        copy.remove(PATCH);
        return copy;
      }
      case "delete" -> {
        return Json.object();
      }
      case "merge" -> {}
      default ->
          throw StatusException.badRequest("unknown $patch '" + patch.path(PATCH).asText() + "'");
    }
    ObjectNode result = target.deepCopy();
    if (patch.has(RETAIN)) {
      Set<String> keep = new HashSet<>();
      patch.get(RETAIN).forEach(n -> keep.add(n.asText()));
      result.retain(keep);
    }
    for (Map.Entry<String, JsonNode> e : patch.properties()) {
      String name = e.getKey();
      if (name.equals(PATCH) || name.equals(RETAIN) || name.startsWith(ORDER)) {
        continue;
      }
      if (name.startsWith(DELETE_FROM)) {
        deleteFrom(result, name.substring(DELETE_FROM.length()), e.getValue());
        continue;
      }
      if (e.getValue().isNull()) {
        result.remove(name);
        continue;
      }
      result.set(
          name,
          value(
              schema.fieldOrAny(name), result.path(name), e.getValue(), patch.path(ORDER + name)));
    }
    // An order may come without changes to the list.
    for (Map.Entry<String, JsonNode> e : patch.properties()) {
      if (e.getKey().startsWith(ORDER)) {
        String name = e.getKey().substring(ORDER.length());
        if (result.get(name) instanceof ArrayNode list) {
          result.set(name, ordered(schema.fieldOrAny(name), list, e.getValue()));
        }
      }
    }
    return result;
  }

  private static JsonNode value(Schema schema, JsonNode target, JsonNode patch, JsonNode order) {
    if (patch instanceof ObjectNode changes && schema.type != Schema.Type.ANY) {
      return object(schema, target instanceof ObjectNode o ? o : Json.object(), changes);
    }
    if (patch instanceof ObjectNode && schema.type == Schema.Type.ANY) {
      return MergePatch.apply(target, patch);
    }
    if (patch instanceof ArrayNode changes) {
      return list(schema, target instanceof ArrayNode a ? a : Json.array(), changes, order);
    }
    return patch.deepCopy();
  }

  private static ArrayNode list(Schema schema, ArrayNode target, ArrayNode patch, JsonNode order) {
    String key = schema.merge.mergeKey();
    if (key.isEmpty()) {
      return schema.merge.mergeSet() ? union(target, patch) : patch.deepCopy();
    }
    List<JsonNode> items = new ArrayList<>();
    boolean replace = false;
    for (JsonNode item : patch) {
      replace |= item.path(PATCH).asText().equals("replace");
    }
    if (!replace) {
      target.forEach(items::add);
    }
    for (JsonNode item : patch) {
      if (!(item instanceof ObjectNode change)) {
        throw StatusException.badRequest("an item of a merged list is no object");
      }
      if (item.path(PATCH).asText().equals("replace")) {
        continue;
      }
      JsonNode id = change.get(key);
      if (id == null) {
        throw StatusException.badRequest("map: does not contain declared merge key: " + key);
      }
      merge(schema, items, change, key, id);
    }
    ArrayNode result = Json.array();
    items.forEach(result::add);
    return Json.present(order) ? ordered(schema, result, order) : result;
  }

  private static void merge(
      Schema schema, List<JsonNode> items, ObjectNode change, String key, JsonNode id) {
    if (change.path(PATCH).asText().equals("delete")) {
      items.removeIf(i -> Json.same(i.path(key), id));
      return;
    }
    for (int i = 0; i < items.size(); i++) {
      if (Json.same(items.get(i).path(key), id)) {
        ObjectNode old = items.get(i) instanceof ObjectNode o ? o : Json.object();
        items.set(i, object(schema.items(), old, change));
        return;
      }
    }
    items.add(object(schema.items(), Json.object(), change));
  }

  private static ArrayNode union(ArrayNode target, ArrayNode patch) {
    ArrayNode result = target.deepCopy();
    for (JsonNode value : patch) {
      boolean there = false;
      for (JsonNode old : result) {
        there |= Json.same(old, value);
      }
      if (!there) {
        result.add(value.deepCopy());
      }
    }
    return result;
  }

  private static void deleteFrom(ObjectNode object, String name, JsonNode values) {
    if (!(object.get(name) instanceof ArrayNode list)) {
      return;
    }
    ArrayNode kept = Json.array();
    for (JsonNode old : list) {
      boolean gone = false;
      for (JsonNode value : values) {
        gone |= Json.same(old, value);
      }
      if (!gone) {
        kept.add(old);
      }
    }
    object.set(name, kept);
  }

  /**
   * Sorts: the items that {@code order} names in its order; each other item (only on the server)
   * stays behind the item it followed.
   */
  private static ArrayNode ordered(Schema schema, ArrayNode list, JsonNode order) {
    String key = schema.merge.mergeKey();
    List<JsonNode> named = new ArrayList<>();
    for (JsonNode wanted : order) {
      for (JsonNode item : list) {
        if (matches(key, item, wanted)) {
          named.add(item);
        }
      }
    }
    // Walk the list: an item that is not named goes right after its predecessor.
    List<JsonNode> result = new ArrayList<>(named);
    int at = 0;
    for (JsonNode item : list) {
      int index = identity(result, item);
      if (index >= 0) {
        at = index + 1;
      } else {
        result.add(Math.min(at, result.size()), item);
        at++;
      }
    }
    ArrayNode array = Json.array();
    result.forEach(array::add);
    return array;
  }

  @SuppressWarnings("ReferenceEquality") // the very node of the list, not one that equals it
  private static int identity(List<JsonNode> list, JsonNode item) {
    for (int i = 0; i < list.size(); i++) {
      if (list.get(i) == item) {
        return i;
      }
    }
    return -1;
  }

  private static boolean matches(String key, JsonNode item, JsonNode wanted) {
    return key.isEmpty()
        ? Json.same(item, wanted)
        : Json.same(item.path(key), wanted.isObject() ? wanted.path(key) : wanted);
  }
}
