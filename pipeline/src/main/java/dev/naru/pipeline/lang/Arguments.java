package dev.naru.pipeline.lang;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The evaluated arguments of a call. */
record Arguments(Map<String, @Nullable Object> named, List<@Nullable Object> positional) {
  static final Arguments NONE = new Arguments(Map.of(), List.of());

  static Arguments of(List<@Nullable Object> positional) {
    return new Arguments(Map.of(), positional);
  }

  /** With the text of what is lazy. */
  Arguments plain() {
    Map<String, @Nullable Object> names = new LinkedHashMap<>();
    named.forEach((name, value) -> names.put(name, LazyText.plain(value)));
    List<@Nullable Object> values = new ArrayList<>();
    positional.forEach(value -> values.add(LazyText.plain(value)));
    return new Arguments(names, values);
  }

  /** As Groovy passes them to a method: named ones first, as one map. */
  List<@Nullable Object> asList() {
    if (named.isEmpty()) {
      return positional;
    }
    List<@Nullable Object> all = new ArrayList<>();
    all.add(new LinkedHashMap<>(named));
    all.addAll(positional);
    return all;
  }
}
