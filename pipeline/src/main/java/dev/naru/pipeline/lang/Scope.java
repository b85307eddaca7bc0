package dev.naru.pipeline.lang;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Local variables of a block, inside those of the blocks around it. */
final class Scope {
  private static final String[] NO_NAMES = {};
  private static final @Nullable Object[] NO_VALUES = {};

  private final @Nullable Scope parent;
  private final @Nullable Frame frame;
  // Parallel arrays, because most blocks have no or few variables.
  private String[] names = NO_NAMES;
  private @Nullable Object[] values = NO_VALUES;
  private @Nullable String @Nullable [] types;
  private int size;

  Scope(@Nullable Scope parent) {
    this.parent = parent;
    this.frame = parent == null ? null : parent.frame;
  }

  /** The outermost scope of a method, or of a closure inside of {@code parent}. */
  Scope(@Nullable Scope parent, Frame frame) {
    this.parent = parent;
    this.frame = frame;
  }

  /** Where the code stands; null for the statements of the main file. */
  @Nullable Frame frame() {
    return frame;
  }

  private int index(String name) {
    for (int i = 0; i < size; i++) {
      if (names[i].equals(name)) {
        return i;
      }
    }
    return -1;
  }

  /** The scope that holds {@code name}, seen from here. */
  @Nullable Scope holder(String name) {
    for (Scope scope = this; scope != null; scope = scope.parent) {
      if (scope.size > 0 && scope.index(name) >= 0) {
        return scope;
      }
    }
    return null;
  }

  boolean has(String name) {
    return index(name) >= 0;
  }

  @Nullable Object get(String name) {
    int i = index(name);
    return i < 0 ? null : values[i];
  }

  void define(String name, @Nullable Object value) {
    int i = index(name);
    if (i >= 0) {
      values[i] = value;
      return;
    }
    if (size == names.length) {
      names = Arrays.copyOf(names, Math.max(2, size * 2));
      values = Arrays.copyOf(values, names.length);
    }
    names[size] = name;
    values[size++] = value;
  }

  /** Defines a variable of a declared type, which later values are coerced to. */
  void define(String name, String type, @Nullable Object value) {
    define(name, value);
    if (type.equals("def") || type.equals("Object") || type.equals("var")) {
      return;
    }
    @Nullable String[] known = types;
    if (known == null || known.length < names.length) {
      known = known == null ? new String[names.length] : Arrays.copyOf(known, names.length);
      types = known;
    }
    known[index(name)] = type;
  }

  /** The declared type of a variable, or null. */
  @Nullable String type(String name) {
    @Nullable String[] known = types;
    int i = index(name);
    return known == null || i < 0 || i >= known.length ? null : known[i];
  }
}
