package dev.naru.gitops.render;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Strategic merge of a patch into an object, as Kustomize does it: maps merge, null deletes, lists
 * with a merge key merge by it (items of the patch go first, in its order), other lists are
 * replaced. Lists of kinds that are not Kubernetes' own are replaced.
 *
 * <p>Source: Kubernetes API conventions, "Strategic Merge Patch"; merge keys of the built-in types.
 */
final class StrategicMerge {
  private static final Map<String, List<String>> KEYS =
      Map.ofEntries(
          Map.entry("containers", List.of("name")),
          Map.entry("initContainers", List.of("name")),
          Map.entry("ephemeralContainers", List.of("name")),
          Map.entry("env", List.of("name")),
          Map.entry("volumes", List.of("name")),
          Map.entry("volumeMounts", List.of("mountPath")),
          Map.entry("volumeDevices", List.of("devicePath")),
          Map.entry("imagePullSecrets", List.of("name")),
          Map.entry("resourceClaims", List.of("name")),
          Map.entry("hostAliases", List.of("ip")),
          Map.entry("topologySpreadConstraints", List.of("topologyKey", "whenUnsatisfiable")),
          Map.entry("ownerReferences", List.of("uid")),
          Map.entry("conditions", List.of("type")),
          Map.entry("secrets", List.of("name")),
          Map.entry("webhooks", List.of("name")));

  private final String at;
  private final boolean builtIn;

  private StrategicMerge(String at, boolean builtIn) {
    this.at = at;
    this.builtIn = builtIn;
  }

  /**
   * Changes {@code object} by {@code patch}.
   *
   * @return false when the patch deletes the object
   */
  static boolean apply(Map<String, Object> object, Map<String, Object> patch, String at) {
    String apiVersion = Trees.text(object, "apiVersion");
    int slash = apiVersion.indexOf('/');
    String group = slash < 0 ? "" : apiVersion.substring(0, slash);
    boolean builtIn = group.indexOf('.') < 0 || group.endsWith(".k8s.io");
    StrategicMerge merge = new StrategicMerge(at, builtIn);
    return switch (Trees.text(patch, "$patch")) {
      case "delete" -> false;
      case "replace" -> {
        Map<String, Object> fresh = Trees.copyMap(patch);
        fresh.remove("$patch");
        object.clear();
        object.putAll(fresh);
        yield true;
      }
      default -> {
        merge.merge(object, patch);
        yield true;
      }
    };
  }

  private void merge(Map<String, Object> into, Map<String, Object> patch) {
    for (Map.Entry<String, Object> entry : patch.entrySet()) {
      String key = entry.getKey();
      Object value = entry.getValue();
      if (key.equals("$patch")) {
        continue;
      }
      if (key.startsWith("$")) {
        throw new RenderException(at + ": the patch directive '" + key + "' is not supported");
      }
      if (value == null) {
        into.remove(key);
      } else if (value instanceof Map) {
        child(into, key, Trees.map(value).orElseThrow());
      } else if (value instanceof List<?> list) {
        list(into, key, list);
      } else {
        into.put(key, value);
      }
    }
  }

  private void child(Map<String, Object> into, String key, Map<String, Object> patch) {
    switch (Trees.text(patch, "$patch")) {
      case "delete" -> into.remove(key);
      case "replace" -> into.put(key, clean(patch));
      default -> {
        Optional<Map<String, Object>> old = Trees.map(into.get(key));
        if (old.isPresent()) {
          merge(old.get(), patch);
        } else {
          into.put(key, clean(patch));
        }
      }
    }
  }

  private void list(Map<String, Object> into, String key, List<?> patch) {
    boolean replace = patch.stream().anyMatch(i -> Trees.text(i, "$patch").equals("replace"));
    Optional<List<Object>> old = Trees.list(into.get(key));
    List<String> keys = keysOf(key, patch);
    if (key.equals("finalizers") && old.isPresent() && !replace) {
      List<Object> merged = new ArrayList<>(patch);
      old.get().stream().filter(i -> !merged.contains(i)).forEach(merged::add);
      into.put(key, merged);
      return;
    }
    if (keys.isEmpty() || old.isEmpty() || replace) {
      List<Object> fresh = new ArrayList<>();
      for (Object item : patch) {
        if (!Trees.text(item, "$patch").equals("replace")
            && !Trees.text(item, "$patch").equals("delete")) {
          fresh.add(cleanAny(item));
        }
      }
      into.put(key, fresh);
      return;
    }
    List<Object> first = new ArrayList<>();
    for (Object item : patch) {
      Map<String, Object> change =
          Trees.map(item)
              .orElseThrow(
                  () -> new RenderException(at + ": an item of '" + key + "' is not a mapping"));
      Optional<Map<String, Object>> match = take(old.get(), keys, change);
      match.ifPresent(m -> remove(old.get(), m));
      if (Trees.text(change, "$patch").equals("delete")) {
        continue;
      }
      if (match.isPresent()) {
        merge(match.get(), change);
        first.add(match.get());
      } else {
        first.add(clean(change));
      }
    }
    old.get().addAll(0, first);
  }

  private static void remove(List<Object> list, Map<String, Object> item) {
    for (Iterator<Object> i = list.iterator(); i.hasNext(); ) {
      if (i.next() == item) {
        i.remove();
      }
    }
  }

  private List<String> keysOf(String field, List<?> patch) {
    if (!builtIn) {
      return List.of();
    }
    if (field.equals("ports")) {
      boolean container = patch.stream().anyMatch(i -> Trees.get(i, "containerPort") != null);
      return container ? List.of("containerPort", "protocol") : List.of("port", "protocol");
    }
    List<String> keys = KEYS.getOrDefault(field, List.of());
    boolean maps = patch.stream().allMatch(i -> i instanceof Map);
    return maps ? keys : List.of();
  }

  private static Optional<Map<String, Object>> take(
      List<Object> list, List<String> keys, Map<String, Object> change) {
    for (Object item : list) {
      Optional<Map<String, Object>> map = Trees.map(item);
      if (map.isPresent()
          && keys.stream().allMatch(k -> Objects.equals(key(map.get(), k), key(change, k)))) {
        return map;
      }
    }
    return Optional.empty();
  }

  private static @Nullable Object key(Map<String, Object> item, String key) {
    Object value = item.get(key);
    return value == null && key.equals("protocol") ? "TCP" : value;
  }

  private @Nullable Object cleanAny(@Nullable Object value) {
    if (value instanceof Map) {
      return clean(Trees.map(value).orElseThrow());
    }
    return Trees.copy(value);
  }

  /** What a patch adds where nothing was: without nulls and directives. */
  private Map<String, Object> clean(Map<String, Object> patch) {
    Map<String, Object> fresh = new LinkedHashMap<>();
    merge(fresh, patch);
    return fresh;
  }
}
