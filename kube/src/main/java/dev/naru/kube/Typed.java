package dev.naru.kube;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.naru.kube.Schema.ListType;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Values seen with their schema: the paths in them, what differs between two, one merged into
 * another, and paths taken out. The four operations that server-side apply is made of.
 *
 * <p>Source: KEP-555 (Server-Side Apply), "Merge strategy".
 */
final class Typed {
  private Typed() {}

  /**
   * What changed.
   *
   * @param added paths only in the new value
   * @param modified paths whose value changed
   * @param removed paths only in the old value
   */
  record Changes(FieldSet added, FieldSet modified, FieldSet removed) {
    static final Changes NONE = new Changes(FieldSet.EMPTY, FieldSet.EMPTY, FieldSet.EMPTY);

    boolean isEmpty() {
      return added.isEmpty() && modified.isEmpty() && removed.isEmpty();
    }
  }

  /** The paths that {@code value} has. */
  static FieldSet paths(Schema schema, JsonNode value) {
    if (isMap(schema, value)) {
      ObjectNode object = (ObjectNode) value;
      if (object.isEmpty()) {
        return FieldSet.SELF;
      }
      Map<String, FieldSet> children = new TreeMap<>();
      for (Map.Entry<String, JsonNode> e : object.properties()) {
        FieldSet below = paths(schema.fieldOrAny(e.getKey()), e.getValue());
        boolean declared = schema.properties().containsKey(e.getKey());
        children.put("f:" + e.getKey(), declared ? below : below.withSelf());
      }
      return FieldSet.of(false, children);
    }
    if (isKeyed(schema, value)) {
      if (value.isEmpty()) {
        return FieldSet.SELF;
      }
      Map<String, FieldSet> children = new TreeMap<>();
      items(schema, (ArrayNode) value)
          .forEach((k, item) -> children.put(k, paths(schema.items(), item).withSelf()));
      return FieldSet.of(false, children);
    }
    return FieldSet.SELF;
  }

  /** The changes from {@code before} to {@code after}. */
  static Changes compare(Schema schema, JsonNode before, JsonNode after) {
    boolean maps = isMap(schema, before) && isMap(schema, after);
    boolean lists = isKeyed(schema, before) && isKeyed(schema, after);
    if (!maps && !lists) {
      return Json.same(before, after)
          ? Changes.NONE
          : new Changes(FieldSet.EMPTY, FieldSet.SELF, FieldSet.EMPTY);
    }
    Map<String, JsonNode> old = maps ? fields(before) : items(schema, (ArrayNode) before);
    Map<String, JsonNode> now = maps ? fields(after) : items(schema, (ArrayNode) after);
    Map<String, FieldSet> added = new TreeMap<>();
    Map<String, FieldSet> modified = new TreeMap<>();
    Map<String, FieldSet> removed = new TreeMap<>();
    for (Map.Entry<String, JsonNode> e : now.entrySet()) {
      Schema below = below(schema, e.getKey(), maps);
      JsonNode was = old.get(e.getKey());
      if (was == null) {
        added.put(e.getKey(), whole(schema, e.getKey(), maps, paths(below, e.getValue())));
      } else {
        Changes c = compare(below, was, e.getValue());
        added.put(e.getKey(), c.added());
        modified.put(e.getKey(), c.modified());
        removed.put(e.getKey(), c.removed());
      }
    }
    for (Map.Entry<String, JsonNode> e : old.entrySet()) {
      if (!now.containsKey(e.getKey())) {
        Schema below = below(schema, e.getKey(), maps);
        removed.put(e.getKey(), whole(schema, e.getKey(), maps, paths(below, e.getValue())));
      }
    }
    return new Changes(
        FieldSet.of(false, added), FieldSet.of(false, modified), FieldSet.of(false, removed));
  }

  private static FieldSet whole(Schema schema, String element, boolean map, FieldSet below) {
    boolean declared = map && schema.properties().containsKey(element.substring(2));
    return declared ? below : below.withSelf();
  }

  private static Schema below(Schema schema, String element, boolean map) {
    return map ? schema.fieldOrAny(element.substring(2)) : schema.items();
  }

  /** {@code config} laid over {@code live}; a copy. */
  static JsonNode merge(Schema schema, @Nullable JsonNode live, JsonNode config) {
    if (live != null && isMap(schema, live) && isMap(schema, config)) {
      ObjectNode result = ((ObjectNode) live).deepCopy();
      for (Map.Entry<String, JsonNode> e : config.properties()) {
        result.set(
            e.getKey(), merge(schema.fieldOrAny(e.getKey()), live.get(e.getKey()), e.getValue()));
      }
      return result;
    }
    if (live != null && isKeyed(schema, live) && isKeyed(schema, config)) {
      return mergeList(schema, (ArrayNode) live, (ArrayNode) config);
    }
    return config.deepCopy();
  }

  /** The order of {@code config} wins; items only in {@code live} keep their predecessor. */
  private static ArrayNode mergeList(Schema schema, ArrayNode live, ArrayNode config) {
    Map<String, JsonNode> old = items(schema, live);
    Map<String, JsonNode> wanted = items(schema, config);
    java.util.List<String> order = new java.util.ArrayList<>(wanted.keySet());
    int at = 0;
    for (String key : old.keySet()) {
      int index = order.indexOf(key);
      if (index >= 0) {
        at = index + 1;
      } else {
        order.add(Math.min(at, order.size()), key);
        at++;
      }
    }
    ArrayNode result = Json.array();
    for (String key : order) {
      JsonNode config1 = wanted.get(key);
      JsonNode live1 = old.get(key);
      if (config1 != null) {
        result.add(merge(schema.items(), live1, config1));
      } else if (live1 != null) {
        result.add(live1.deepCopy());
      }
    }
    return result;
  }

  /**
   * A copy of {@code value} without the paths of {@code gone}. A map or list item goes whole when
   * its own path is in {@code gone}; a struct that is emptied by this goes too.
   */
  static JsonNode without(Schema schema, JsonNode value, FieldSet gone) {
    if (gone.isEmpty()) {
      return value.deepCopy();
    }
    if (isMap(schema, value)) {
      ObjectNode result = Json.object();
      for (Map.Entry<String, JsonNode> e : value.properties()) {
        FieldSet below = gone.child("f:" + e.getKey());
        if (below.self()) {
          continue;
        }
        JsonNode kept = without(schema.fieldOrAny(e.getKey()), e.getValue(), below);
        boolean emptied = !below.isEmpty() && kept.isContainerNode() && kept.isEmpty();
        if (!emptied) {
          result.set(e.getKey(), kept);
        }
      }
      return result;
    }
    if (isKeyed(schema, value)) {
      ArrayNode result = Json.array();
      items(schema, (ArrayNode) value)
          .forEach(
              (key, item) -> {
                FieldSet below = gone.child(key);
                if (!below.self()) {
                  result.add(without(schema.items(), item, below));
                }
              });
      return result;
    }
    return value.deepCopy();
  }

  private static boolean isMap(Schema schema, JsonNode value) {
    return value.isObject() && !schema.merge.atomicMap();
  }

  private static boolean isKeyed(Schema schema, JsonNode value) {
    return value.isArray() && schema.merge.listType() != ListType.ATOMIC;
  }

  private static Map<String, JsonNode> fields(JsonNode object) {
    Map<String, JsonNode> map = new LinkedHashMap<>();
    object.properties().forEach(e -> map.put("f:" + e.getKey(), e.getValue()));
    return map;
  }

  /** Items of a set or keyed list by path element; of two with one key the later wins. */
  private static Map<String, JsonNode> items(Schema schema, ArrayNode list) {
    Map<String, JsonNode> map = new LinkedHashMap<>();
    for (JsonNode item : list) {
      map.put(element(schema, item), item);
    }
    return map;
  }

  private static String element(Schema schema, JsonNode item) {
    if (schema.merge.listType() == ListType.SET) {
      return "v:" + Json.text(item);
    }
    ObjectNode keys = Json.object();
    for (String key : schema.merge.listMapKeys().stream().sorted().toList()) {
      JsonNode value = item.get(key);
      Schema keySchema = schema.items().fieldOrAny(key);
      if (value == null) {
        value = keySchema.defaultValue;
      }
      if (value != null) {
        keys.set(key, value);
      }
    }
    return "k:" + Json.text(keys);
  }
}
