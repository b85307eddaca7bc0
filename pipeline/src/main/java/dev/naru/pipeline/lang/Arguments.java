package dev.naru.pipeline.lang;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The evaluated arguments of a call. */
record Arguments(Map<String, @Nullable Object> named, List<@Nullable Object> positional) {
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
