package dev.naru.kube;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.naru.kube.StatusException.Cause;
import dev.naru.kube.WriteOptions.FieldValidation;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * Creates and changes objects by the rules of their kinds. {@link Deletion} removes them, {@link
 * Patches} makes the new object out of a patch.
 *
 * <p>Longer than usual: create, update, patch and apply end in the same few steps, whose order is
 * the contract.
 */
final class Objects {
  /** A patch or a change without a version is tried again this often when others write too. */
  private static final int RETRIES_MAX = 100;

  private static final int NAME_RETRIES_MAX = 8;
  private static final String NAME_LETTERS = "bcdfghjklmnpqrstvwxz2456789";
  private static final int NAME_SUFFIX = 5;
  private static final int GENERATED_BASE_MAX = 58;
  private static final List<String> GIVEN_BY_SERVER =
      List.of("uid", "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds");

  private final Store store;
  private final Kinds kinds;
  private final KindRules rules;
  private final Clock clock;

  Objects(Store store, Kinds kinds, KindRules rules, Clock clock) {
    this.store = store;
    this.kinds = kinds;
    this.rules = rules;
    this.clock = clock;
  }

  /**
   * What a request is about.
   *
   * @param kind at the version of the request
   */
  record Target(Resource kind, String namespace, String name, String subresource) {}

  /** Says who owns what in a finished object. */
  private interface Ownership {
    ManagedFields of(ObjectNode after);
  }

  /** Makes the next state of an object. */
  interface Change {
    ObjectNode next(Stored current);
  }

  Instant instant() {
    return clock.instant();
  }

  /** The current time as objects carry it. */
  String now() {
    return clock.instant().truncatedTo(ChronoUnit.SECONDS).toString();
  }

  Stored get(Resource kind, String namespace, String name) {
    Stored stored = store.state().get(kind.table(), namespace, name);
    if (stored == null) {
      throw StatusException.notFound(kind, name);
    }
    return stored;
  }

  @Nullable Stored find(Resource kind, String namespace, String name) {
    return store.state().get(kind.table(), namespace, name);
  }

  // ---- create

  /** Creates {@code body}; returns the object in its stored shape. */
  ObjectNode create(Target target, ObjectNode body, WriteOptions options, List<String> warnings) {
    Resource kind = kinds.stored(target.kind());
    fit(target.kind(), body, options, warnings);
    Versions.toStored(target.kind(), body);
    return create(
        kind,
        target,
        body,
        options,
        after -> {
          ManagedFields managed = ManagedFields.of(Json.missing());
          managed.update(kind, Json.object(), after, manager(kind, "Update", "", options), now());
          return managed;
        });
  }

  private ObjectNode create(
      Resource kind, Target target, ObjectNode object, WriteOptions options, Ownership ownership) {
    ObjectNode meta = Json.meta(object);
    namespace(kind, target, meta);
    String generateName = meta.path("generateName").asText("");
    boolean generated = meta.path("name").asText("").isEmpty() && !generateName.isEmpty();
    for (int attempt = 0; ; attempt++) {
      ObjectNode next = object.deepCopy();
      if (generated) {
        Json.meta(next).put("name", generate(generateName));
      }
      String name = next.path("metadata").path("name").asText("");
      Stored stored = tryCreate(kind, next, options, ownership);
      if (stored != null) {
        return stored.json();
      }
      if (!generated || attempt >= NAME_RETRIES_MAX) {
        throw StatusException.alreadyExists(kind, name);
      }
    }
  }

  private @Nullable Stored tryCreate(
      Resource kind, ObjectNode object, WriteOptions options, Ownership ownership) {
    ObjectNode meta = Json.meta(object);
    meta.remove(
        List.of(
            "resourceVersion",
            "selfLink",
            "deletionTimestamp",
            "deletionGracePeriodSeconds",
            "generation",
            "managedFields"));
    meta.put("uid", UUID.randomUUID().toString());
    meta.put("creationTimestamp", now());
    if (kind.generation()) {
      meta.put("generation", 1);
    }
    String key = Stored.key(meta.path("namespace").asText(""), meta.path("name").asText(""));
    if (store.state().rows(kind.table()).get(key) != null) {
      return null;
    }
    rules.beforeCreate(kind, object);
    Defaults.apply(kind, object);
    check(kind, object, Validation.check(kind, object));
    rules.allocate(kind, object, null, options.dryRun());
    boolean done = false;
    try {
      ownership.of(object).writeTo(meta);
      if (options.dryRun()) {
        return new Stored(0, object, Json.bytes(object));
      }
      Stored stored = store.put(kind.table(), key, null, object);
      done = stored != null;
      if (done) {
        kinds.changed(kind);
      }
      return stored;
    } finally {
      if (!done && !options.dryRun()) {
        rules.release(kind, object, null);
      }
    }
  }

  private void namespace(Resource kind, Target target, ObjectNode meta) {
    String given = meta.path("namespace").asText("");
    if (!kind.namespaced()) {
      if (!given.isEmpty()) {
        meta.remove("namespace");
      }
      return;
    }
    if (!given.isEmpty() && !given.equals(target.namespace())) {
      throw StatusException.badRequest(
          "the namespace of the provided object does not match the namespace sent on the request");
    }
    meta.put("namespace", target.namespace());
    Stored namespace = store.state().get(Resources.NAMESPACES, "", target.namespace());
    if (namespace == null) {
      throw StatusException.notFound(kinds.namespaces(), target.namespace());
    }
    if (namespace.terminating()) {
      String name = meta.path("name").asText("");
      String why =
          "unable to create new content in namespace "
              + target.namespace()
              + " because it is being terminated";
      throw StatusException.forbidden(
          kind,
          name,
          why,
          List.of(
              new Cause(
                  "NamespaceTerminating",
                  "namespace " + target.namespace() + " is being terminated",
                  "metadata.namespace")));
    }
  }

  private static String generate(String base) {
    StringBuilder name =
        new StringBuilder(base.substring(0, Math.min(base.length(), GENERATED_BASE_MAX)));
    for (int i = 0; i < NAME_SUFFIX; i++) {
      name.append(NAME_LETTERS.charAt(ThreadLocalRandom.current().nextInt(NAME_LETTERS.length())));
    }
    return name.toString();
  }

  // ---- update

  /** Replaces the object, or only its part {@code target.subresource()}. */
  ObjectNode update(Target target, ObjectNode body, WriteOptions options, List<String> warnings) {
    fit(target.kind(), body, options, warnings);
    Versions.toStored(target.kind(), body);
    Resource kind = kinds.stored(target.kind());
    return change(
        kind, target, options, current -> updated(kind, target, body.deepCopy(), current, options));
  }

  /**
   * Lets {@code patch} make the new object from the current one (at the version of the request),
   * again whenever somebody else was faster.
   */
  ObjectNode patch(
      Target target, Patches.Patch patch, WriteOptions options, List<String> warnings) {
    Resource kind = kinds.stored(target.kind());
    List<String> found = new ArrayList<>();
    ObjectNode result =
        change(
            kind,
            target,
            options,
            current -> {
              ObjectNode shown =
                  target.kind().equals(kind)
                      ? current.json()
                      : Versions.to(target.kind(), current.json());
              ObjectNode body = patch.apply(target.kind(), shown);
              found.clear();
              fit(target.kind(), body, options, found);
              Versions.toStored(target.kind(), body);
              return updated(kind, target, body, current, options);
            });
    warnings.addAll(found);
    return result;
  }

  private ObjectNode updated(
      Resource kind, Target target, ObjectNode body, Stored current, WriteOptions options) {
    return finish(
        kind,
        target,
        body,
        current,
        after -> {
          ManagedFields managed = ManagedFields.of(body.path("metadata"));
          boolean reset =
              body.path("metadata").path("managedFields").size() == 1
                  && body.path("metadata").path("managedFields").get(0).isEmpty();
          if ((managed.isEmpty() && !reset) || !target.subresource().isEmpty()) {
            managed = ManagedFields.of(current.meta());
          }
          managed.update(
              kind,
              withoutManaged(current.json()),
              after,
              manager(kind, "Update", target.subresource(), options),
              now());
          return managed;
        });
  }

  /** Server-side apply; creates the object when it is absent. */
  ObjectNode apply(Target target, ObjectNode config, WriteOptions options, List<String> warnings) {
    if (config.path("metadata").has("managedFields")) {
      throw StatusException.badRequest("metadata.managedFields must be nil");
    }
    Resource kind = kinds.stored(target.kind());
    checkType(target.kind(), config);
    report(Fit.applyPartial(target.kind(), config).unknown(), options, warnings);
    Versions.toStored(target.kind(), config);
    if (target.subresource().equals("status")) {
      config.retain(List.of("apiVersion", "kind", "metadata", "status"));
    } else if (kind.has("status")) {
      config.remove("status");
    }
    ObjectNode meta = Json.meta(config);
    Json.putDefault(meta, "name", target.name());
    ManagedFields.Manager manager = manager(kind, "Apply", target.subresource(), options);
    if (find(kind, target.namespace(), target.name()) == null && target.subresource().isEmpty()) {
      ObjectNode created = createApplied(kind, target, config, manager, options);
      if (created != null) {
        return created;
      }
    }
    return change(
        kind,
        target,
        options,
        current -> {
          ManagedFields managed = ManagedFields.of(current.meta());
          ObjectNode live = withoutManaged(current.json());
          if (managed.isEmpty()) {
            managed.ownAll(kind, live, now());
          }
          JsonNode merged = managed.apply(kind, live, config, manager, options.force(), now());
          if (!(merged instanceof ObjectNode body)) {
            throw StatusException.badRequest("an applied configuration is an object");
          }
          String version = config.path("metadata").path("resourceVersion").asText("");
          if (version.isEmpty()) {
            Json.meta(body).remove("resourceVersion");
          }
          check(kind, body, Fit.apply(kind, body).causes());
          return finish(kind, target, body, current, after -> managed);
        });
  }

  private @Nullable ObjectNode createApplied(
      Resource kind,
      Target target,
      ObjectNode config,
      ManagedFields.Manager manager,
      WriteOptions options) {
    ObjectNode object = config.deepCopy();
    check(kind, object, Fit.apply(kind, object).causes());
    try {
      return create(
          kind,
          target,
          object,
          options,
          after -> {
            ManagedFields managed = ManagedFields.of(Json.missing());
            managed.apply(kind, Json.object(), config, manager, true, now());
            return managed;
          });
    } catch (StatusException e) {
      if (e.status() == 409) {
        return null;
      }
      throw e;
    }
  }

  /**
   * Stores what {@code change} makes of the current object, trying again while others write. An
   * object that is being deleted and has nothing left to wait for goes.
   */
  ObjectNode change(Resource kind, Target target, WriteOptions options, Change change) {
    for (int attempt = 0; attempt < RETRIES_MAX; attempt++) {
      Stored current = get(kind, target.namespace(), target.name());
      ObjectNode next = change.next(current);
      if (sameButTimes(current.json(), next)) {
        return current.json();
      }
      rules.allocate(kind, next, current.json(), options.dryRun());
      if (options.dryRun()) {
        return next;
      }
      boolean gone = Deletion.nothingLeft(kind, next);
      Stored stored =
          gone
              ? store.delete(kind.table(), current.key(), current, next)
              : store.put(kind.table(), current.key(), current, next);
      if (stored != null) {
        rules.release(kind, current.json(), gone ? null : stored.json());
        kinds.changed(kind);
        return stored.json();
      }
      rules.release(kind, next, current.json());
    }
    throw StatusException.stale(kind, target.name());
  }

  /** The rules of an update: what a client may not change is put back. */
  private ObjectNode finish(
      Resource kind, Target target, ObjectNode body, Stored current, Ownership ownership) {
    preconditions(kind, target, body, current);
    ObjectNode live = current.json();
    ObjectNode next;
    if (target.subresource().equals("status")) {
      next = live.deepCopy();
      replace(next, "status", body.get("status"));
    } else if (target.subresource().equals("finalize")) {
      next = live.deepCopy();
      replace(next, "spec", body.get("spec"));
    } else {
      next = body.deepCopy();
      if (kind.has("status")) {
        replace(next, "status", live.get("status"));
      }
      ObjectNode meta = Json.meta(next);
      GIVEN_BY_SERVER.forEach(field -> replace(meta, field, live.path("metadata").get(field)));
      replace(meta, "generation", live.path("metadata").get("generation"));
      replace(meta, "namespace", live.path("metadata").get("namespace"));
      meta.put("name", current.name());
      rules.beforeUpdate(kind, target.subresource(), live, next);
      Defaults.apply(kind, next);
    }
    Json.meta(next).remove("managedFields");
    Json.meta(next).put("resourceVersion", Long.toString(current.version()));
    List<Cause> causes = new ArrayList<>(Validation.check(kind, next));
    if (target.subresource().isEmpty()) {
      causes.addAll(Validation.checkUpdate(kind, live, next));
      causes.addAll(newFinalizers(live, next));
    }
    check(kind, next, causes);
    if (kind.generation()
        && target.subresource().isEmpty()
        && !Json.same(desired(live), desired(next))) {
      Json.meta(next).put("generation", live.path("metadata").path("generation").asLong() + 1);
    }
    ownership.of(next).writeTo(Json.meta(next));
    return next;
  }

  private static void preconditions(Resource kind, Target target, ObjectNode body, Stored current) {
    JsonNode meta = body.path("metadata");
    String name = meta.path("name").asText(target.name());
    if (!name.equals(target.name())) {
      throw StatusException.badRequest(
          "the name of the object ("
              + name
              + ") does not match the name on the URL ("
              + target.name()
              + ")");
    }
    String namespace = meta.path("namespace").asText("");
    if (!namespace.isEmpty() && !namespace.equals(current.namespace())) {
      throw StatusException.badRequest(
          "the namespace of the object ("
              + namespace
              + ") does not match the namespace on the URL");
    }
    String uid = meta.path("uid").asText("");
    if (!uid.isEmpty() && !uid.equals(current.uid())) {
      throw StatusException.conflict(
          kind,
          name,
          "StorageError: invalid object, Precondition failed: UID in precondition: "
              + uid
              + ", UID in object meta: "
              + current.uid());
    }
    String version = meta.path("resourceVersion").asText("");
    if (!version.isEmpty()
        && !version.equals("0")
        && !version.equals(Long.toString(current.version()))) {
      throw StatusException.stale(kind, name);
    }
  }

  private static List<Cause> newFinalizers(JsonNode live, JsonNode next) {
    if (!live.path("metadata").hasNonNull("deletionTimestamp")) {
      return List.of();
    }
    List<Cause> causes = new ArrayList<>();
    for (JsonNode finalizer : next.path("metadata").path("finalizers")) {
      boolean known = false;
      for (JsonNode old : live.path("metadata").path("finalizers")) {
        known |= old.equals(finalizer);
      }
      if (!known) {
        causes.add(
            Cause.forbidden(
                "metadata.finalizers",
                "no new finalizers can be added if the object is being deleted, found new"
                    + " finalizers []string{\""
                    + finalizer.asText()
                    + "\"}"));
      }
    }
    return causes;
  }

  /** What {@code metadata.generation} counts the changes of. */
  private static ObjectNode desired(ObjectNode object) {
    ObjectNode copy = Json.object();
    object
        .properties()
        .forEach(
            e -> {
              if (!e.getKey().equals("metadata") && !e.getKey().equals("status")) {
                copy.set(e.getKey(), e.getValue());
              }
            });
    return copy;
  }

  private static boolean sameButTimes(ObjectNode live, ObjectNode next) {
    return Json.same(timeless(live), timeless(next));
  }

  private static ObjectNode timeless(ObjectNode object) {
    ObjectNode shallow = Json.object();
    shallow.setAll(object);
    if (!object.path("metadata").has("managedFields")) {
      return shallow;
    }
    ObjectNode meta = object.path("metadata").deepCopy();
    for (JsonNode entry : meta.path("managedFields")) {
      ((ObjectNode) entry).remove("time");
    }
    shallow.set("metadata", meta);
    return shallow;
  }

  private static ObjectNode withoutManaged(ObjectNode object) {
    ObjectNode copy = Json.object();
    copy.setAll(object);
    ObjectNode meta = Json.object();
    if (object.get("metadata") instanceof ObjectNode m) {
      meta.setAll(m);
    }
    meta.remove("managedFields");
    copy.set("metadata", meta);
    return copy;
  }

  static void replace(ObjectNode node, String field, @Nullable JsonNode value) {
    if (value == null) {
      node.remove(field);
    } else {
      node.set(field, value.deepCopy());
    }
  }

  private static ManagedFields.Manager manager(
      Resource kind, String operation, String subresource, WriteOptions options) {
    return new ManagedFields.Manager(options.manager(), operation, subresource, kind.apiVersion());
  }

  // ---- the body

  private static void checkType(Resource kind, ObjectNode body) {
    String apiVersion = body.path("apiVersion").asText("");
    String kindName = body.path("kind").asText("");
    if (apiVersion.isEmpty() && kindName.isEmpty()) {
      body.put("apiVersion", kind.apiVersion()).put("kind", kind.kind());
      return;
    }
    if (!apiVersion.equals(kind.apiVersion()) || !kindName.equals(kind.kind())) {
      throw StatusException.badRequest(
          kindName
              + " in version \""
              + apiVersion
              + "\" cannot be handled as a "
              + kind.kind()
              + " of "
              + kind.apiVersion());
    }
  }

  private static void fit(
      Resource kind, ObjectNode body, WriteOptions options, List<String> warnings) {
    checkType(kind, body);
    if (body.has("metadata") && !body.path("metadata").isObject()) {
      throw StatusException.badRequest("metadata is no object");
    }
    Fit.Findings findings = Fit.apply(kind, body);
    report(findings.unknown(), options, warnings);
    check(kind, body, findings.causes());
  }

  private static void report(List<String> unknown, WriteOptions options, List<String> warnings) {
    if (unknown.isEmpty() || options.validation() == FieldValidation.IGNORE) {
      return;
    }
    List<String> messages = unknown.stream().map(f -> "unknown field \"" + f + "\"").toList();
    if (options.validation() == FieldValidation.STRICT) {
      throw StatusException.badRequest("strict decoding error: " + String.join(", ", messages));
    }
    warnings.addAll(messages);
  }

  static void check(Resource kind, JsonNode object, List<Cause> causes) {
    if (!causes.isEmpty()) {
      throw StatusException.invalid(kind, object.path("metadata").path("name").asText(""), causes);
    }
  }
}
