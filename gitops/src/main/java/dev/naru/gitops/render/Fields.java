package dev.naru.gitops.render;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Reads one mapping of a kustomization strictly: a key that is not known is refused by name. */
final class Fields {
  private final Map<String, Object> map;
  private final String at;
  private final String what;

  Fields(Map<String, Object> map, String at, String what, Set<String> known) {
    this.map = map;
    this.at = at;
    this.what = what;
    for (String key : map.keySet()) {
      if (!known.contains(key)) {
        throw new RenderException(at + ": " + what + " has the unsupported field '" + key + "'");
      }
    }
  }

  String text(String key) {
    Object value = map.get(key);
    if (value instanceof Map || value instanceof List) {
      throw wrong(key, "text");
    }
    return value == null ? "" : value.toString();
  }

  String needed(String key) {
    String value = text(key);
    if (value.isEmpty()) {
      throw new RenderException(at + ": " + what + " needs the field '" + key + "'");
    }
    return value;
  }

  boolean flag(String key) {
    Object value = map.get(key);
    if (value != null && !(value instanceof Boolean)) {
      throw wrong(key, "true or false");
    }
    return Boolean.TRUE.equals(value);
  }

  int number(String key) {
    if (map.get(key) instanceof Integer i) {
      return i;
    }
    throw wrong(key, "a number");
  }

  Map<String, String> texts(String key) {
    Map<String, String> texts = new LinkedHashMap<>();
    map(key).forEach((k, v) -> texts.put(k, v == null ? "" : v.toString()));
    return texts;
  }

  Map<String, Object> map(String key) {
    Object value = map.get(key);
    if (value == null) {
      return Map.of();
    }
    return Trees.map(value).orElseThrow(() -> wrong(key, "a mapping"));
  }

  List<Object> list(String key) {
    Object value = map.get(key);
    if (value == null) {
      return List.of();
    }
    return Trees.list(value).orElseThrow(() -> wrong(key, "a list"));
  }

  List<String> textList(String key) {
    List<String> texts = new ArrayList<>();
    for (Object value : list(key)) {
      if (value == null || value instanceof Map || value instanceof List) {
        throw wrong(key, "a list of texts");
      }
      texts.add(value.toString());
    }
    return texts;
  }

  List<Map<String, Object>> maps(String key) {
    List<Map<String, Object>> maps = new ArrayList<>();
    for (Object value : list(key)) {
      maps.add(Trees.map(value).orElseThrow(() -> wrong(key, "a list of mappings")));
    }
    return maps;
  }

  private RenderException wrong(String key, String wanted) {
    return new RenderException(at + ": '" + key + "' of " + what + " must be " + wanted);
  }
}
