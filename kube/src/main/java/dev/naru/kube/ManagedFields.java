package dev.naru.kube;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.naru.kube.StatusException.Cause;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Who owns which field of an object, and what follows from it for an update or an apply.
 *
 * <p>Source: KEP-555; Kubernetes documentation, "Server-Side Apply".
 */
final class ManagedFields {
  /** More entries of plain updates than this are joined into one, named {@link #ANCIENT}. */
  private static final int UPDATERS_MAX = 10;

  private static final String ANCIENT = "ancient-changes";
  private static final String BEFORE_FIRST_APPLY = "before-first-apply";

  /** Paths that nobody owns. */
  private static final FieldSet UNOWNED = unowned();

  /** The identity of an entry. */
  record Manager(String name, String operation, String subresource, String apiVersion) {}

  private record Entry(FieldSet set, String time) {}

  private final Map<Manager, Entry> entries = new LinkedHashMap<>();

  private ManagedFields() {}

  /** Reads {@code metadata.managedFields}; what cannot be read is left out. */
  static ManagedFields of(JsonNode metadata) {
    ManagedFields managed = new ManagedFields();
    for (JsonNode e : metadata.path("managedFields")) {
      if (!e.hasNonNull("fieldsV1") || !e.path("operation").asText().matches("Apply|Update")) {
        continue;
      }
      Manager manager =
          new Manager(
              e.path("manager").asText(),
              e.path("operation").asText(),
              e.path("subresource").asText(""),
              e.path("apiVersion").asText());
      FieldSet set = FieldSet.parse(e.get("fieldsV1"));
      Entry known = managed.entries.get(manager);
      managed.entries.put(
          manager,
          new Entry(known == null ? set : known.set().union(set), e.path("time").asText("")));
    }
    return managed;
  }

  boolean isEmpty() {
    return entries.isEmpty();
  }

  private static FieldSet unowned() {
    Map<String, FieldSet> metadata = new TreeMap<>();
    for (String name :
        List.of(
            "name",
            "namespace",
            "creationTimestamp",
            "selfLink",
            "uid",
            "generation",
            "managedFields",
            "resourceVersion",
            "deletionTimestamp",
            "deletionGracePeriodSeconds")) {
      metadata.put("f:" + name, FieldSet.SELF);
    }
    Map<String, FieldSet> root = new TreeMap<>();
    root.put("f:apiVersion", FieldSet.SELF);
    root.put("f:kind", FieldSet.SELF);
    root.put("f:metadata", FieldSet.of(false, metadata));
    return FieldSet.of(false, root);
  }

  /** Notes what {@code manager} changed from {@code before} to {@code after}. */
  void update(Resource kind, JsonNode before, JsonNode after, Manager manager, String now) {
    Typed.Changes changes = Typed.compare(kind.schema(), before, after);
    FieldSet taken = changes.added().union(changes.modified()).minusTrees(UNOWNED);
    disown(manager, taken, changes.removed());
    Entry mine = entries.get(manager);
    FieldSet set = mine == null ? FieldSet.EMPTY : mine.set();
    FieldSet next = set.minus(changes.removed()).union(taken);
    if (next.isEmpty()) {
      entries.remove(manager);
    } else if (mine == null || !next.equals(set)) {
      entries.put(manager, new Entry(next, now));
    }
    cap();
  }

  /**
   * Applies {@code config} as {@code manager}: merges it into {@code live}, removes what this
   * manager applied before, does not any more, and nobody else owns.
   *
   * @return the new object (without managed fields)
   * @throws StatusException 409 when another manager owns a field with another value, unless {@code
   *     force}
   */
  JsonNode apply(
      Resource kind, JsonNode live, ObjectNode config, Manager manager, boolean force, String now) {
    Schema schema = kind.schema();
    FieldSet set = Typed.paths(schema, config).minusTrees(UNOWNED);
    Entry mine = entries.get(manager);
    FieldSet last = mine == null ? FieldSet.EMPTY : mine.set();
    JsonNode merged = Typed.merge(schema, live, config);
    FieldSet owned = set;
    for (Map.Entry<Manager, Entry> e : entries.entrySet()) {
      if (!e.getKey().equals(manager)) {
        owned = owned.union(e.getValue().set());
      }
    }
    FieldSet dropped = prunable(last.minus(set), owned);
    JsonNode result = Typed.without(schema, merged, dropped);
    Typed.Changes changes = Typed.compare(schema, live, result);
    FieldSet taken = changes.added().union(changes.modified()).minusTrees(UNOWNED);
    if (!force) {
      conflicts(manager, taken, now);
    }
    disown(manager, taken, changes.removed());
    if (set.isEmpty()) {
      entries.remove(manager);
    } else if (mine == null || !set.equals(last)) {
      entries.put(manager, new Entry(set, now));
    }
    return result;
  }

  /** Of the dropped paths those that nobody owns, nor anything below them. */
  private static FieldSet prunable(FieldSet dropped, FieldSet owned) {
    Map<String, FieldSet> children = new TreeMap<>();
    dropped.children().forEach((k, v) -> children.put(k, prunable(v, owned.child(k))));
    return FieldSet.of(dropped.self() && owned.isEmpty(), children);
  }

  private void conflicts(Manager manager, FieldSet taken, String now) {
    List<Cause> causes = new ArrayList<>();
    Map<String, List<String>> byManager = new LinkedHashMap<>();
    for (Map.Entry<Manager, Entry> e : entries.entrySet()) {
      if (e.getKey().equals(manager)) {
        continue;
      }
      FieldSet both = e.getValue().set().intersection(taken);
      String who = describe(e.getKey(), e.getValue(), now);
      for (String path : both.paths()) {
        causes.add(new Cause("FieldManagerConflict", "conflict with " + who, path));
        byManager.computeIfAbsent(who, w -> new ArrayList<>()).add("- " + path);
      }
    }
    if (causes.isEmpty()) {
      return;
    }
    StringBuilder message = new StringBuilder("Apply failed with " + causes.size());
    message.append(causes.size() == 1 ? " conflict: " : " conflicts: ");
    if (causes.size() == 1) {
      message.append(causes.getFirst().message()).append(": ").append(causes.getFirst().field());
    } else {
      List<String> parts = new ArrayList<>();
      byManager.forEach(
          (who, paths) -> parts.add("conflicts with " + who + ":\n" + String.join("\n", paths)));
      message.append(String.join("\n", parts));
    }
    throw StatusException.applyConflict(message.toString(), causes);
  }

  private static String describe(Manager manager, Entry entry, String now) {
    String text = "\"" + manager.name() + "\"";
    if (!manager.subresource().isEmpty()) {
      text += " with subresource \"" + manager.subresource() + "\"";
    }
    if (manager.operation().equals("Update")) {
      text += " using " + manager.apiVersion();
      text += entry.time().isEmpty() || entry.time().equals(now) ? "" : " at " + entry.time();
    }
    return text;
  }

  private void disown(Manager manager, FieldSet taken, FieldSet removed) {
    FieldSet lost = taken.union(removed);
    if (lost.isEmpty()) {
      return;
    }
    for (Manager other : List.copyOf(entries.keySet())) {
      if (other.equals(manager)) {
        continue;
      }
      Entry entry = entries.get(other);
      if (entry == null) {
        continue;
      }
      FieldSet left = entry.set().minus(lost);
      if (left.isEmpty()) {
        entries.remove(other);
      } else if (!left.equals(entry.set())) {
        entries.put(other, new Entry(left, entry.time()));
      }
    }
  }

  /** Before the first apply to an object whose owners are unknown, all of it has an owner. */
  void ownAll(Resource kind, JsonNode live, String now) {
    FieldSet all = Typed.paths(kind.schema(), live).minusTrees(UNOWNED);
    if (!all.isEmpty()) {
      entries.put(
          new Manager(BEFORE_FIRST_APPLY, "Update", "", kind.apiVersion()), new Entry(all, now));
    }
  }

  private void cap() {
    List<Manager> updaters = new ArrayList<>();
    for (Manager m : entries.keySet()) {
      if (m.operation().equals("Update")) {
        updaters.add(m);
      }
    }
    for (int i = 0; i < updaters.size() - UPDATERS_MAX; i++) {
      Manager old = updaters.get(i);
      Entry entry = entries.remove(old);
      if (entry != null) {
        Manager joined = new Manager(ANCIENT, "Update", old.subresource(), old.apiVersion());
        entries.merge(joined, entry, (a, b) -> new Entry(a.set().union(b.set()), b.time()));
      }
    }
  }

  /** Writes {@code metadata.managedFields}. */
  void writeTo(ObjectNode metadata) {
    if (entries.isEmpty()) {
      metadata.remove("managedFields");
      return;
    }
    ArrayNode array = Json.array();
    for (Map.Entry<Manager, Entry> e : entries.entrySet()) {
      Manager m = e.getKey();
      ObjectNode entry = array.addObject();
      entry.put("manager", m.name()).put("operation", m.operation());
      entry.put("apiVersion", m.apiVersion());
      putText(entry, "time", e.getValue().time());
      entry.put("fieldsType", "FieldsV1").set("fieldsV1", e.getValue().set().toJson());
      putText(entry, "subresource", m.subresource());
    }
    metadata.set("managedFields", array);
  }

  private static void putText(ObjectNode node, String field, @Nullable String text) {
    if (text != null && !text.isEmpty()) {
      node.put(field, text);
    }
  }
}
