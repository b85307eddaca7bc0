package dev.naru.gitops;

import dev.naru.gitops.render.Trees;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The first field in which an object differs from what it would be after applying its manifest.
 * Both sides come from the API, so defaults and fields of other owners are the same on both.
 */
final class Differences {
  private static final Set<String> BOOKKEEPING =
      Set.of("managedFields", "resourceVersion", "generation", "creationTimestamp", "uid");

  private final List<String> ignored;
  private final boolean secret;

  private Differences(List<String> ignored, boolean secret) {
    this.ignored = ignored;
    this.secret = secret;
  }

  /**
   * Compares.
   *
   * @param ignored JSON pointers of fields that may differ
   * @return one sentence naming the field; empty when nothing differs
   */
  static Optional<String> first(
      Map<String, Object> live, Map<String, Object> applied, List<String> ignored) {
    Differences differences = new Differences(ignored, Trees.text(live, "kind").equals("Secret"));
    Map<String, Object> left = stripped(live);
    Map<String, Object> right = stripped(applied);
    return differences.compare("", left, right);
  }

  /** The object without what changes by itself: bookkeeping and status. */
  static Map<String, Object> stripped(Map<String, Object> object) {
    Map<String, Object> copy = Trees.copyMap(object);
    copy.remove("status");
    Trees.map(copy.get("metadata")).ifPresent(m -> m.keySet().removeAll(BOOKKEEPING));
    return copy;
  }

  private Optional<String> compare(String path, @Nullable Object live, @Nullable Object applied) {
    if (Objects.equals(live, applied) || isIgnored(path)) {
      return Optional.empty();
    }
    if (live instanceof Map<?, ?> l && applied instanceof Map<?, ?> a) {
      Set<String> keys = new TreeSet<>();
      l.keySet().forEach(k -> keys.add(String.valueOf(k)));
      a.keySet().forEach(k -> keys.add(String.valueOf(k)));
      for (String key : keys) {
        Optional<String> found =
            compare(path + "/" + key.replace("~", "~0").replace("/", "~1"), l.get(key), a.get(key));
        if (found.isPresent()) {
          return found;
        }
      }
      return Optional.empty();
    }
    if (live instanceof List<?> l && applied instanceof List<?> a && l.size() == a.size()) {
      for (int i = 0; i < l.size(); i++) {
        Optional<String> found = compare(path + "/" + i, l.get(i), a.get(i));
        if (found.isPresent()) {
          return found;
        }
      }
      return Optional.empty();
    }
    return Optional.of(
        "field %s is %s, the manifest says %s".formatted(path, shown(live), shown(applied)));
  }

  private boolean isIgnored(String path) {
    return ignored.stream().anyMatch(p -> path.equals(p) || path.startsWith(p + "/"));
  }

  private String shown(@Nullable Object value) {
    if (value == null) {
      return "absent";
    }
    if (secret) {
      return "another value (hidden)";
    }
    String text = String.valueOf(value);
    return text.length() <= 60 ? "'" + text + "'" : "'" + text.substring(0, 57) + "…'";
  }
}
