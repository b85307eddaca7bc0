package dev.naru.gitops.render;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * JSON Patch.
 *
 * <p>Source: RFC 6902; pointers RFC 6901.
 */
final class JsonPatch {
  private final Map<String, Object> root;
  private final String at;

  private JsonPatch(Map<String, Object> root, String at) {
    this.root = root;
    this.at = at;
  }

  /**
   * Changes {@code object}. After a failure it may be changed in part; the render is given up then.
   */
  static void apply(Map<String, Object> object, List<?> operations, String at) {
    JsonPatch patch = new JsonPatch(object, at);
    for (Object operation : operations) {
      patch.apply(
          Trees.map(operation)
              .orElseThrow(() -> new RenderException(at + ": a patch operation is not a mapping")));
    }
  }

  private void apply(Map<String, Object> operation) {
    String op = Trees.text(operation, "op");
    String path = Trees.text(operation, "path");
    Object value = operation.get("value");
    switch (op) {
      case "add" -> add(path, Trees.copy(value), false);
      case "replace" -> add(path, Trees.copy(value), true);
      case "remove" -> remove(path);
      case "copy" -> add(path, Trees.copy(get(Trees.text(operation, "from"))), false);
      case "move" -> {
        Object moved = get(Trees.text(operation, "from"));
        remove(Trees.text(operation, "from"));
        add(path, moved, false);
      }
      case "test" -> {
        if (!Objects.equals(get(path), value)) {
          throw fail(path, "is not what the patch's test expects");
        }
      }
      default -> throw new RenderException(at + ": '" + op + "' is not a patch operation");
    }
  }

  private void add(String path, @Nullable Object value, boolean replace) {
    Object holder = holder(path);
    String key = last(path);
    if (holder instanceof List) {
      List<Object> list = Trees.list(holder).orElseThrow();
      if (key.equals("-") && !replace) {
        list.add(value);
        return;
      }
      int index = index(path, key, replace ? list.size() - 1 : list.size());
      if (replace) {
        list.set(index, value);
      } else {
        list.add(index, value);
      }
      return;
    }
    Map<String, Object> map =
        Trees.map(holder).orElseThrow(() -> fail(path, "is not in a mapping or list"));
    if (replace && !map.containsKey(key)) {
      throw fail(path, "does not exist, so it cannot be replaced");
    }
    map.put(key, value);
  }

  private void remove(String path) {
    Object holder = holder(path);
    String key = last(path);
    if (holder instanceof List) {
      List<Object> list = Trees.list(holder).orElseThrow();
      list.remove(index(path, key, list.size() - 1));
    } else if (!(holder instanceof Map<?, ?> map) || !map.containsKey(key)) {
      throw fail(path, "does not exist, so it cannot be removed");
    } else {
      map.remove(key);
    }
  }

  private @Nullable Object get(String path) {
    Object holder = holder(path);
    String key = last(path);
    if (holder instanceof List<?> list) {
      return list.get(index(path, key, list.size() - 1));
    }
    if (!(holder instanceof Map<?, ?> map) || !map.containsKey(key)) {
      throw fail(path, "does not exist");
    }
    return map.get(key);
  }

  private Object holder(String path) {
    List<String> keys = keys(path);
    Object holder = root;
    for (String key : keys.subList(0, keys.size() - 1)) {
      Object next =
          holder instanceof List<?> list
              ? list.get(index(path, key, list.size() - 1))
              : Trees.get(holder, key);
      if (next == null) {
        throw fail(path, "does not exist: there is no '" + key + "'");
      }
      holder = next;
    }
    return holder;
  }

  private String last(String path) {
    return keys(path).getLast();
  }

  private List<String> keys(String path) {
    if (!path.startsWith("/")) {
      throw new RenderException(at + ": '" + path + "' is not a JSON pointer below the root");
    }
    List<String> keys = new ArrayList<>();
    for (String key : path.substring(1).split("/", -1)) {
      keys.add(key.replace("~1", "/").replace("~0", "~"));
    }
    return keys;
  }

  private int index(String path, String key, int max) {
    if (!key.matches("0|[1-9][0-9]{0,8}") || Integer.parseInt(key) > max) {
      throw fail(path, "does not exist: '" + key + "' is not an index of the list");
    }
    return Integer.parseInt(key);
  }

  private RenderException fail(String path, String what) {
    return new RenderException(
        "%s: path '%s' of %s '%s' %s"
            .formatted(
                at, path, Trees.text(root, "kind"), Trees.text(root, "metadata", "name"), what));
  }
}
