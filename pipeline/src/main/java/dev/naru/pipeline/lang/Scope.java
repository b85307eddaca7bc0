package dev.naru.pipeline.lang;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Local variables of a block, inside those of the blocks around it. */
final class Scope {
  private final @Nullable Scope parent;
  private final Map<String, @Nullable Object> variables = new HashMap<>(4);

  Scope(@Nullable Scope parent) {
    this.parent = parent;
  }

  /** The scope that holds {@code name}, seen from here. */
  @Nullable Scope holder(String name) {
    for (Scope scope = this; scope != null; scope = scope.parent) {
      if (scope.variables.containsKey(name)) {
        return scope;
      }
    }
    return null;
  }

  @Nullable Object get(String name) {
    return variables.get(name);
  }

  void define(String name, @Nullable Object value) {
    variables.put(name, value);
  }
}
