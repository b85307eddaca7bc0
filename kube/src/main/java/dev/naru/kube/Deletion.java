package dev.naru.kube;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.naru.kube.Objects.Target;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;

/**
 * Deletes objects: at once, or after a grace period (pods), or when their finalizers are gone.
 * Dependents are the garbage collector's; this sets the finalizers it works by.
 *
 * <p>Source: Kubernetes documentation, "Garbage Collection", "Finalizers", "Pod Lifecycle".
 */
final class Deletion {
  private static final int RETRIES_MAX = 100;
  private static final String FOREGROUND = "foregroundDeletion";
  private static final String ORPHAN = "orphan";

  private final Store store;
  private final Objects objects;
  private final Kinds kinds;
  private final KindRules rules;

  Deletion(Store store, Objects objects, Kinds kinds, KindRules rules) {
    this.store = store;
    this.objects = objects;
    this.kinds = kinds;
    this.rules = rules;
  }

  /**
   * {@code DeleteOptions}.
   *
   * @param graceSeconds -1 when not given
   * @param propagation Background, Foreground, Orphan, or empty
   */
  record Options(
      long graceSeconds, String propagation, String uid, String version, boolean dryRun) {
    static Options of(ApiRequest request, JsonNode body) {
      long grace =
          body.hasNonNull("gracePeriodSeconds")
              ? body.path("gracePeriodSeconds").asLong()
              : request.number("gracePeriodSeconds", -1);
      String propagation =
          body.path("propagationPolicy").asText(request.query("propagationPolicy"));
      if (propagation.isEmpty() && body.has("orphanDependents")) {
        propagation = body.path("orphanDependents").asBoolean() ? "Orphan" : "Background";
      }
      if (!propagation.isEmpty()
          && !List.of("Background", "Foreground", "Orphan").contains(propagation)) {
        throw StatusException.of(
            422,
            "Invalid",
            "propagationPolicy: Unsupported value: \""
                + propagation
                + "\": supported values: \"Background\", \"Foreground\", \"Orphan\"");
      }
      if (body.hasNonNull("gracePeriodSeconds") && grace < 0) {
        grace = 1;
      }
      return new Options(
          grace,
          propagation,
          body.path("preconditions").path("uid").asText(""),
          body.path("preconditions").path("resourceVersion").asText(""),
          request.query("dryRun").equals("All") || body.path("dryRun").size() > 0);
    }
  }

  /**
   * What became of it.
   *
   * @param object the last state of it
   * @param gone whether it is removed, not only marked
   */
  record Outcome(ObjectNode object, boolean gone) {}

  Outcome delete(Target target, Options options) {
    Resource kind = kinds.stored(target.kind());
    for (int attempt = 0; attempt < RETRIES_MAX; attempt++) {
      Stored current = objects.get(kind, target.namespace(), target.name());
      preconditions(kind, current, options);
      ObjectNode next = marked(kind, current, options);
      boolean gone = nothingLeft(kind, next);
      if (options.dryRun()) {
        return new Outcome(next, gone);
      }
      if (!gone && Json.same(next, current.json())) {
        return new Outcome(current.json(), false);
      }
      Stored stored =
          gone
              ? store.delete(kind.table(), current.key(), current, next)
              : store.put(kind.table(), current.key(), current, next);
      if (stored != null) {
        if (gone) {
          rules.release(kind, current.json(), null);
        }
        kinds.changed(kind);
        return new Outcome(stored.json(), gone);
      }
    }
    throw StatusException.stale(kind, target.name());
  }

  private static void preconditions(Resource kind, Stored current, Options options) {
    if (!options.uid().isEmpty() && !options.uid().equals(current.uid())) {
      throw StatusException.conflict(
          kind,
          current.name(),
          "the UID in the precondition ("
              + options.uid()
              + ") does not match the UID in record ("
              + current.uid()
              + "). The object might have been deleted and then recreated");
    }
    if (!options.version().isEmpty()
        && !options.version().equals(Long.toString(current.version()))) {
      throw StatusException.conflict(
          kind,
          current.name(),
          "the ResourceVersion in the precondition ("
              + options.version()
              + ") does not match the ResourceVersion in record ("
              + current.version()
              + "). The object might have been modified");
    }
  }

  /** The object as it is while it waits to go. */
  private ObjectNode marked(Resource kind, Stored current, Options options) {
    ObjectNode next = current.json().deepCopy();
    ObjectNode meta = Json.meta(next);
    propagate(meta, options.propagation(), current.terminating());
    long grace = grace(kind, next, options.graceSeconds());
    if (!current.terminating()) {
      meta.put(
          "deletionTimestamp",
          objects.instant().plusSeconds(grace).truncatedTo(ChronoUnit.SECONDS).toString());
      meta.put("deletionGracePeriodSeconds", grace);
      if (kind.generation()) {
        meta.put("generation", meta.path("generation").asLong() + 1);
      }
      if (kind.kind().equals("Namespace")) {
        Json.objectAt(next, "status").put("phase", "Terminating");
      }
    } else if (kind.kind().equals("Pod")
        && (grace < meta.path("deletionGracePeriodSeconds").asLong())) {
      meta.put(
          "deletionTimestamp",
          objects.instant().plusSeconds(grace).truncatedTo(ChronoUnit.SECONDS).toString());
      meta.put("deletionGracePeriodSeconds", grace);
    }
    return next;
  }

  private static long grace(Resource kind, ObjectNode pod, long asked) {
    if (!kind.kind().equals("Pod") || kind.custom()) {
      return 0;
    }
    String phase = pod.path("status").path("phase").asText();
    if (pod.path("spec").path("nodeName").asText("").isEmpty()
        || phase.equals("Succeeded")
        || phase.equals("Failed")) {
      return 0;
    }
    return asked >= 0 ? asked : pod.path("spec").path("terminationGracePeriodSeconds").asLong(30);
  }

  private static void propagate(ObjectNode meta, String policy, boolean terminating) {
    if (policy.isEmpty()) {
      return;
    }
    List<String> finalizers = new ArrayList<>();
    for (JsonNode f : meta.path("finalizers")) {
      if (!f.asText().equals(FOREGROUND) && !f.asText().equals(ORPHAN)) {
        finalizers.add(f.asText());
      }
    }
    if (policy.equals("Foreground")) {
      finalizers.add(FOREGROUND);
    } else if (policy.equals("Orphan") && !terminating) {
      finalizers.add(ORPHAN);
    }
    if (finalizers.isEmpty()) {
      meta.remove("finalizers");
    } else {
      ArrayNode array = meta.putArray("finalizers");
      finalizers.forEach(array::add);
    }
  }

  /** Whether an object that is being deleted has nothing left to wait for. */
  static boolean nothingLeft(Resource kind, JsonNode object) {
    JsonNode meta = object.path("metadata");
    if (!meta.hasNonNull("deletionTimestamp") || !meta.path("finalizers").isEmpty()) {
      return false;
    }
    return switch (kind.kind()) {
      case "Pod" -> meta.path("deletionGracePeriodSeconds").asLong(0) == 0;
      case "Namespace" -> object.path("spec").path("finalizers").isEmpty();
      default -> true;
    };
  }

  /** Removes the objects of a definition that is being deleted, and then lets it go. */
  void cleanUp(Resource definitions, String definitionName) {
    Stored definition = objects.find(definitions, "", definitionName);
    if (definition == null || !definition.terminating()) {
      return;
    }
    JsonNode spec = definition.json().path("spec");
    Resource.Table table =
        new Resource.Table(spec.path("group").asText(), spec.path("names").path("plural").asText());
    Resource kind = kinds.resources().ofTable(table);
    if (kind != null) {
      for (Stored stored : store.state().list(table, "")) {
        try {
          delete(
              new Target(kind, stored.namespace(), stored.name(), ""),
              new Options(0, "", "", "", false));
        } catch (StatusException e) {
          if (e.status() != 404) {
            throw e;
          }
        }
      }
    }
    if (store.state().list(table, "").isEmpty()) {
      Target target = new Target(definitions, "", definitionName, "");
      objects.change(
          definitions,
          target,
          new WriteOptions("naru", false, WriteOptions.FieldValidation.IGNORE, false),
          current -> {
            ObjectNode next = current.json().deepCopy();
            ArrayNode kept = Json.array();
            for (JsonNode f : current.meta().path("finalizers")) {
              if (!f.asText().equals(CustomDefinitions.CLEANUP)) {
                kept.add(f);
              }
            }
            Json.meta(next).set("finalizers", kept);
            return next;
          });
    }
  }
}
