package dev.naru.kube;

import dev.naru.kube.Resource.Table;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Every object at one resource version. Immutable, so a list is a consistent picture and needs no
 * lock.
 *
 * @param version the newest resource version in it
 */
record State(long version, Map<Table, State.Rows> tables) {
  static final State EMPTY = new State(0, Map.of());

  /** The objects of one table, sorted by {@code namespace/name}. */
  @SuppressWarnings("ArrayRecordComponent") // two sorted columns, never compared
  record Rows(String[] keys, Stored[] values) {
    static final Rows EMPTY = new Rows(new String[0], new Stored[0]);

    @Nullable Stored get(String key) {
      int at = Arrays.binarySearch(keys, key);
      return at < 0 ? null : values[at];
    }

    /** The index of the first key that is not before {@code key}. */
    int from(String key) {
      int at = Arrays.binarySearch(keys, key);
      return at < 0 ? -at - 1 : at;
    }

    Rows with(String key, Stored value) {
      int at = Arrays.binarySearch(keys, key);
      if (at >= 0) {
        Stored[] copy = values.clone();
        copy[at] = value;
        return new Rows(keys, copy);
      }
      int slot = -at - 1;
      String[] k = new String[keys.length + 1];
      Stored[] v = new Stored[keys.length + 1];
      System.arraycopy(keys, 0, k, 0, slot);
      System.arraycopy(values, 0, v, 0, slot);
      k[slot] = key;
      v[slot] = value;
      System.arraycopy(keys, slot, k, slot + 1, keys.length - slot);
      System.arraycopy(values, slot, v, slot + 1, keys.length - slot);
      return new Rows(k, v);
    }

    Rows without(String key) {
      int at = Arrays.binarySearch(keys, key);
      if (at < 0) {
        return this;
      }
      String[] k = new String[keys.length - 1];
      Stored[] v = new Stored[keys.length - 1];
      System.arraycopy(keys, 0, k, 0, at);
      System.arraycopy(values, 0, v, 0, at);
      System.arraycopy(keys, at + 1, k, at, keys.length - at - 1);
      System.arraycopy(values, at + 1, v, at, keys.length - at - 1);
      return new Rows(k, v);
    }
  }

  Rows rows(Table table) {
    return tables.getOrDefault(table, Rows.EMPTY);
  }

  @Nullable Stored get(Table table, String namespace, String name) {
    return rows(table).get(Stored.key(namespace, name));
  }

  /** All of a namespace, or of all namespaces when {@code namespace} is empty. */
  List<Stored> list(Table table, String namespace) {
    return list(table, namespace, "");
  }

  /** As {@link #list(Table, String)}, only keys after {@code afterKey}. */
  List<Stored> list(Table table, String namespace, String afterKey) {
    Rows rows = rows(table);
    int from = namespace.isEmpty() ? 0 : rows.from(namespace + "/");
    int to = namespace.isEmpty() ? rows.keys.length : rows.from(namespace + "0");
    if (!afterKey.isEmpty()) {
      from = Math.max(from, rows.from(afterKey + "\0"));
    }
    return from >= to ? List.of() : Arrays.asList(rows.values).subList(from, to);
  }

  /** Collects changes for the next state. Used by the writer thread alone. */
  static final class Draft {
    private final Map<Table, Rows> tables;
    private long version;

    Draft(State base) {
      this.tables = new HashMap<>(base.tables());
      this.version = base.version();
    }

    @Nullable Stored get(Table table, String key) {
      return tables.getOrDefault(table, Rows.EMPTY).get(key);
    }

    long next() {
      return ++version;
    }

    void put(Table table, String key, Stored value) {
      tables.put(table, tables.getOrDefault(table, Rows.EMPTY).with(key, value));
    }

    void remove(Table table, String key) {
      tables.put(table, tables.getOrDefault(table, Rows.EMPTY).without(key));
    }

    State build() {
      return new State(version, Map.copyOf(tables));
    }
  }
}
