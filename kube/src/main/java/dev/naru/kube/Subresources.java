package dev.naru.kube;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.naru.kube.Objects.Target;
import dev.naru.kube.Resource.ScalePaths;
import dev.naru.kube.StatusException.Cause;
import java.util.ArrayList;
import java.util.List;

/** scale, binding and eviction. */
final class Subresources {
  private final Store store;
  private final Kinds kinds;
  private final Objects objects;
  private final Deletion deletion;

  Subresources(Store store, Kinds kinds, Objects objects, Deletion deletion) {
    this.store = store;
    this.kinds = kinds;
    this.objects = objects;
    this.deletion = deletion;
  }

  // ---- scale

  ApiResponse scale(ApiRequest request, Target target) {
    Resource kind = kinds.stored(target.kind());
    ScalePaths paths = kind.scale().orElseThrow(StatusException::notFoundPath);
    if (request.method().equals("GET")) {
      return ApiResponse.Whole.json(
          200, scaleOf(paths, objects.get(kind, target.namespace(), target.name()).json()));
    }
    boolean put = request.method().equals("PUT");
    JsonNode body = put ? Bodies.object(request, kind) : Json.parseYaml(request.body());
    Patches.Patch patch =
        (k, current) -> {
          ObjectNode scale = scaleOf(paths, current);
          JsonNode wanted = put ? body : patched(request.contentType(), scale, body);
          JsonNode replicas = wanted.path("spec").path("replicas");
          if (replicas.isMissingNode() && put) {
            replicas = Json.MAPPER.getNodeFactory().numberNode(0);
          }
          if (!replicas.isIntegralNumber() || replicas.asLong() < 0) {
            throw StatusException.invalid(
                kind,
                target.name(),
                List.of(
                    Cause.invalid(
                        "spec.replicas", replicas, "must be greater than or equal to 0")));
          }
          ObjectNode next = current.deepCopy();
          set(next, paths.spec(), replicas);
          String version = wanted.path("metadata").path("resourceVersion").asText("");
          if (version.isEmpty()) {
            Json.meta(next).remove("resourceVersion");
          } else {
            Json.meta(next).put("resourceVersion", version);
          }
          return next;
        };
    Target whole = new Target(kind, target.namespace(), target.name(), "");
    ObjectNode result = objects.patch(whole, patch, WriteOptions.of(request), new ArrayList<>());
    return ApiResponse.Whole.json(200, scaleOf(paths, result));
  }

  private static JsonNode patched(String type, ObjectNode scale, JsonNode patch) {
    return switch (type) {
      case Patches.JSON -> JsonPatch.apply(scale, patch);
      case Patches.MERGE, Patches.STRATEGIC, Patches.APPLY -> MergePatch.apply(scale, patch);
      default ->
          throw StatusException.of(
              415, "UnsupportedMediaType", "a scale cannot be changed by " + type);
    };
  }

  private static void set(ObjectNode object, String path, JsonNode value) {
    String[] names = path.split("\\.", -1);
    ObjectNode at = object;
    for (int i = 0; i < names.length - 1; i++) {
      at = Json.objectAt(at, names[i]);
    }
    at.set(names[names.length - 1], value);
  }

  private static ObjectNode scaleOf(ScalePaths paths, ObjectNode object) {
    ObjectNode scale = Json.object().put("kind", "Scale").put("apiVersion", "autoscaling/v1");
    ObjectNode meta = scale.putObject("metadata");
    for (String field :
        List.of("name", "namespace", "uid", "resourceVersion", "creationTimestamp")) {
      Objects.replace(meta, field, object.path("metadata").get(field));
    }
    scale.putObject("spec").put("replicas", Json.at(object, paths.spec()).asLong(0));
    ObjectNode status = scale.putObject("status");
    status.put("replicas", Json.at(object, paths.status()).asLong(0));
    String selector =
        paths.selector().isEmpty()
            ? Selectors.text(object.path("spec").path("selector"))
            : Json.at(object, paths.selector()).asText("");
    if (!selector.isEmpty()) {
      status.put("selector", selector);
    }
    return scale;
  }

  // ---- binding

  /** Gives a pod its node. */
  ApiResponse bind(Target target, ObjectNode binding, WriteOptions options) {
    String node = binding.path("target").path("name").asText("");
    Resource pods = target.kind();
    if (node.isEmpty()) {
      throw StatusException.invalid(
          pods, target.name(), List.of(Cause.required("target.name", "")));
    }
    objects.change(
        pods,
        target,
        options,
        current -> {
          if (current.terminating()) {
            throw StatusException.conflict(
                pods,
                target.name(),
                "pod " + target.name() + " is being deleted, cannot be assigned to a host");
          }
          if (!current.json().path("spec").path("nodeName").asText("").isEmpty()) {
            throw StatusException.conflict(
                pods,
                target.name(),
                "pod "
                    + target.name()
                    + " is already assigned to node \""
                    + current.json().path("spec").path("nodeName").asText()
                    + "\"");
          }
          ObjectNode next = current.json().deepCopy();
          Json.objectAt(next, "spec").put("nodeName", node);
          ObjectNode status = Json.objectAt(next, "status");
          ArrayNode conditions =
              status.get("conditions") instanceof ArrayNode a ? a : status.putArray("conditions");
          conditions.removeIf(c -> c.path("type").asText().equals("PodScheduled"));
          conditions
              .addObject()
              .put("type", "PodScheduled")
              .put("status", "True")
              .put("lastTransitionTime", objects.now());
          return next;
        });
    return success(201);
  }

  private static ApiResponse success(int code) {
    ObjectNode status = Json.object().put("kind", "Status").put("apiVersion", "v1");
    status.putObject("metadata");
    return ApiResponse.Whole.json(code, status.put("status", "Success").put("code", code));
  }

  // ---- eviction

  /** Deletes a pod, if the disruption budgets that cover it allow it. */
  ApiResponse evict(ApiRequest request, Target target) {
    Resource pods = target.kind();
    ObjectNode body = Bodies.object(request, pods);
    Stored pod = objects.get(pods, target.namespace(), target.name());
    JsonNode deleteOptions = body.path("deleteOptions");
    Deletion.Options options =
        Deletion.Options.of(request, deleteOptions.isObject() ? deleteOptions : Json.object());
    String phase = pod.json().path("status").path("phase").asText();
    boolean counts = phase.equals("Running") && !pod.terminating();
    if (counts) {
      budgets(target, pod, options.dryRun());
    }
    deletion.delete(new Target(pods, target.namespace(), target.name(), ""), options);
    return success(201);
  }

  private void budgets(Target target, Stored pod, boolean dryRun) {
    Resource kind = kinds.builtIn("policy", "v1", "poddisruptionbudgets");
    for (Stored budget : store.state().list(kind.table(), target.namespace())) {
      JsonNode selector = budget.json().path("spec").path("selector");
      if (!selector.isObject() || !Selectors.selector(selector).test(pod.meta().path("labels"))) {
        continue;
      }
      Target of = new Target(kind, target.namespace(), budget.name(), "status");
      WriteOptions options =
          new WriteOptions("naru", dryRun, WriteOptions.FieldValidation.IGNORE, false);
      objects.change(
          kind,
          of,
          options,
          current -> {
            long allowed = current.json().path("status").path("disruptionsAllowed").asLong(0);
            if (allowed <= 0) {
              throw StatusException.tooManyRequests(
                  "Cannot evict pod as it would violate the pod's disruption budget.",
                  List.of(
                      new Cause(
                          "DisruptionBudget",
                          "The disruption budget "
                              + budget.name()
                              + " needs "
                              + current.json().path("status").path("desiredHealthy").asLong(0)
                              + " healthy pods and has "
                              + current.json().path("status").path("currentHealthy").asLong(0)
                              + " currently",
                          "")));
            }
            ObjectNode next = current.json().deepCopy();
            ObjectNode status = Json.objectAt(next, "status");
            status.put("disruptionsAllowed", allowed - 1);
            Json.objectAt(status, "disruptedPods").put(target.name(), objects.now());
            return next;
          });
    }
  }
}
