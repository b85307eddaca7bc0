package dev.naru.kube;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A set of paths into an object, as {@code fieldsV1} of managed fields writes it: {@code f:name},
 * {@code k:{"key":value}} and {@code v:value} elements, {@code .} for the element itself.
 *
 * <p>Source: Kubernetes documentation, "Server-Side Apply"; meta/v1 FieldsV1. Immutable.
 *
 * @param self whether the path that ends here is in the set
 * @param children by path element
 */
record FieldSet(boolean self, Map<String, FieldSet> children) {
  static final FieldSet EMPTY = new FieldSet(false, Map.of());
  static final FieldSet SELF = new FieldSet(true, Map.of());

  boolean isEmpty() {
    return !self && children.isEmpty();
  }

  FieldSet child(String element) {
    return children.getOrDefault(element, EMPTY);
  }

  static FieldSet of(boolean self, Map<String, FieldSet> children) {
    Map<String, FieldSet> kept = new TreeMap<>();
    children.forEach(
        (k, v) -> {
          if (!v.isEmpty()) {
            kept.put(k, v);
          }
        });
    return kept.isEmpty() ? (self ? SELF : EMPTY) : new FieldSet(self, kept);
  }

  FieldSet withSelf() {
    return self ? this : new FieldSet(true, children);
  }

  FieldSet union(FieldSet other) {
    if (other.isEmpty()) {
      return this;
    }
    if (isEmpty()) {
      return other;
    }
    Map<String, FieldSet> all = new TreeMap<>(children);
    other.children.forEach((k, v) -> all.merge(k, v, FieldSet::union));
    return of(self || other.self, all);
  }

  FieldSet intersection(FieldSet other) {
    Map<String, FieldSet> both = new TreeMap<>();
    children.forEach((k, v) -> both.put(k, v.intersection(other.child(k))));
    return of(self && other.self, both);
  }

  FieldSet minus(FieldSet other) {
    if (other.isEmpty()) {
      return this;
    }
    Map<String, FieldSet> left = new TreeMap<>();
    children.forEach((k, v) -> left.put(k, v.minus(other.child(k))));
    return of(self && !other.self, left);
  }

  /** Without the paths at or below a path of {@code other}. */
  FieldSet minusTrees(FieldSet other) {
    if (other.self) {
      return EMPTY;
    }
    Map<String, FieldSet> left = new TreeMap<>();
    children.forEach((k, v) -> left.put(k, v.minusTrees(other.child(k))));
    return of(self, left);
  }

  ObjectNode toJson() {
    ObjectNode json = Json.object();
    if (self && !children.isEmpty()) {
      json.putObject(".");
    }
    children.forEach((k, v) -> json.set(k, v.toJson()));
    return json;
  }

  /** Reads {@code fieldsV1}. */
  static FieldSet parse(JsonNode json) {
    Map<String, FieldSet> children = new TreeMap<>();
    boolean self = json.has(".");
    for (Map.Entry<String, JsonNode> e : json.properties()) {
      if (e.getKey().equals(".")) {
        continue;
      }
      FieldSet below = parse(e.getValue());
      children.put(e.getKey(), below.isEmpty() ? SELF : below);
    }
    return of(self, children);
  }

  /** The paths as people read them: {@code .spec.containers[name="a"].image}. */
  List<String> paths() {
    List<String> all = new ArrayList<>();
    collect("", all);
    return all;
  }

  private void collect(String at, List<String> all) {
    if (self) {
      all.add(at);
    }
    children.forEach((k, v) -> v.collect(at + readable(k), all));
  }

  private static String readable(String element) {
    String value = element.substring(2);
    if (element.startsWith("f:")) {
      return "." + value;
    }
    if (element.startsWith("k:")) {
      List<String> keys = new ArrayList<>();
      Json.parse(value).properties().forEach(e -> keys.add(e.getKey() + "=" + e.getValue()));
      return "[" + String.join(",", keys) + "]";
    }
    return "[=" + value + "]";
  }
}
