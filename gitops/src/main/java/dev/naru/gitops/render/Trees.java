package dev.naru.gitops.render;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Trees of maps and lists, as YAML gives them. */
public final class Trees {
  private Trees() {}

  /** The value as a map, which is the same map and may be changed. */
  @SuppressWarnings("unchecked") // Every map in a tree has String keys: Yaml makes no other.
  public static Optional<Map<String, Object>> map(@Nullable Object value) {
    return value instanceof Map<?, ?> m ? Optional.of((Map<String, Object>) m) : Optional.empty();
  }

  @SuppressWarnings("unchecked") // Any list is a list of objects.
  static Optional<List<Object>> list(@Nullable Object value) {
    return value instanceof List<?> l ? Optional.of((List<Object>) l) : Optional.empty();
  }

  static Object orEmpty(@Nullable Object value) {
    return value == null ? Map.of() : value;
  }

  /** The value at {@code path} below {@code root}, null when there is none. */
  public static @Nullable Object get(@Nullable Object root, String... path) {
    Object at = root;
    for (String key : path) {
      at = at instanceof Map<?, ?> m ? m.get(key) : null;
    }
    return at;
  }

  /** The text at {@code path}, empty when there is none. */
  public static String text(@Nullable Object root, String... path) {
    Object value = get(root, path);
    return value == null || value instanceof Map || value instanceof List ? "" : value.toString();
  }

  /** The map at {@code path}, made where it is missing or null. */
  public static Map<String, Object> make(Map<String, Object> root, String... path) {
    Map<String, Object> at = root;
    for (String key : path) {
      Optional<Map<String, Object>> next = map(at.get(key));
      if (next.isEmpty()) {
        Map<String, Object> fresh = new LinkedHashMap<>();
        at.put(key, fresh);
        at = fresh;
      } else {
        at = next.get();
      }
    }
    return at;
  }

  /** A copy that shares nothing. */
  public static @Nullable Object copy(@Nullable Object value) {
    if (value instanceof Map<?, ?>) {
      return copyMap(map(value).orElseThrow());
    }
    if (value instanceof List<?> list) {
      List<Object> copy = new ArrayList<>();
      for (Object item : list) {
        copy.add(copy(item));
      }
      return copy;
    }
    return value;
  }

  public static Map<String, Object> copyMap(Map<String, Object> map) {
    Map<String, Object> copy = new LinkedHashMap<>();
    map.forEach((k, v) -> copy.put(k, copy(v)));
    return copy;
  }

  /**
   * Visits each map that holds the last key of {@code path}. A key ending in {@code []} goes
   * through the items of that list. With {@code create}, missing maps on the way are made (lists
   * are not).
   */
  static void visit(
      Map<String, Object> root, String path, boolean create, Consumer<Map<String, Object>> holder) {
    int slash = path.indexOf('/');
    if (slash < 0) {
      if (create || root.containsKey(path)) {
        holder.accept(root);
      }
      return;
    }
    String key = path.substring(0, slash);
    String rest = path.substring(slash + 1);
    if (key.endsWith("[]")) {
      for (Object item : list(root.get(key.substring(0, key.length() - 2))).orElse(List.of())) {
        map(item).ifPresent(m -> visit(m, rest, create, holder));
      }
      return;
    }
    Optional<Map<String, Object>> next = map(root.get(key));
    if (next.isPresent()) {
      visit(next.get(), rest, create, holder);
    } else if (create && !(root.get(key) instanceof List)) {
      Map<String, Object> fresh = new LinkedHashMap<>();
      root.put(key, fresh);
      visit(fresh, rest, true, holder);
    }
  }
}
