package dev.naru.kube;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.naru.kube.Objects.Target;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one way from a request to its answer, for every transport: the in-process client and the HTTP
 * server only carry {@link ApiRequest} and {@link ApiResponse}.
 */
final class Core {
  private static final Logger LOG = LoggerFactory.getLogger(Core.class);

  private final Kinds kinds;
  private final Reads reads;
  private final Objects objects;
  private final Deletion deletion;
  private final Subresources subresources;
  private final PodRequests pods;
  private final Documents documents;

  Core(
      Kinds kinds,
      Reads reads,
      Objects objects,
      Deletion deletion,
      Subresources subresources,
      PodRequests pods,
      Documents documents) {
    this.kinds = kinds;
    this.reads = reads;
    this.objects = objects;
    this.deletion = deletion;
    this.subresources = subresources;
    this.pods = pods;
    this.documents = documents;
  }

  /** Answers; never throws. */
  ApiResponse handle(ApiRequest request) {
    try {
      return route(request);
    } catch (StatusException e) {
      return ApiResponse.Whole.json(e.status(), e.toJson());
    } catch (RuntimeException | StackOverflowError e) {
      // The store has told of a full disk, once.
      if (!(e instanceof KubeException k && k.code().equals(KubeException.DISK_FULL))) {
        LOG.error("a request failed, method={} path={}", request.method(), request.path(), e);
      }
      StatusException failure =
          StatusException.of(500, "InternalError", "Internal error occurred: " + e.getMessage());
      return ApiResponse.Whole.json(500, failure.toJson());
    }
  }

  private ApiResponse route(ApiRequest request) {
    String path = request.path();
    List<String> parts = new ArrayList<>();
    for (String part : path.split("/", -1)) {
      if (!part.isEmpty()) {
        parts.add(part);
      }
    }
    boolean core = parts.size() > 2 && parts.get(0).equals("api");
    boolean group = parts.size() > 3 && parts.get(0).equals("apis");
    if (!core && !group) {
      return documents.answer(request, parts);
    }
    String groupName = core ? "" : parts.get(1);
    String version = parts.get(core ? 1 : 2);
    List<String> rest = parts.subList(core ? 2 : 3, parts.size());
    return resource(request, groupName, version, rest);
  }

  private ApiResponse resource(
      ApiRequest request, String group, String version, List<String> rest) {
    String namespace = "";
    List<String> at = rest;
    boolean ofNamespace =
        at.getFirst().equals("namespaces")
            && at.size() >= 3
            && !(group.isEmpty() && at.size() == 3 && isNamespacePart(at.get(2)));
    if (ofNamespace) {
      namespace = at.get(1);
      at = at.subList(2, at.size());
    }
    Resource kind = kinds.resources().find(group, version, at.getFirst());
    if (kind == null) {
      return documents.review(request, group, version, at);
    }
    if (at.size() > 3 || (kind.namespaced() != ofNamespace && (at.size() > 1 || ofNamespace))) {
      throw StatusException.notFoundPath();
    }
    String name = at.size() > 1 ? at.get(1) : "";
    String subresource = at.size() > 2 ? at.get(2) : "";
    Target target = new Target(kind, namespace, name, subresource);
    if (name.isEmpty()) {
      return collection(request, target);
    }
    if (subresource.isEmpty()) {
      return object(request, target);
    }
    if (kind.kind().equals("ServiceAccount") && subresource.equals("token")) {
      throw StatusException.notSupported(
          "tokens of service accounts are not issued by this API; its users sign in with the"
              + " credentials of the kubeconfig");
    }
    if (!kind.has(subresource)) {
      throw StatusException.notFoundPath();
    }
    return subresource(request, target);
  }

  private static boolean isNamespacePart(String name) {
    return name.equals("status") || name.equals("finalize");
  }

  private ApiResponse collection(ApiRequest request, Target target) {
    Resource kind = target.kind();
    return switch (request.method()) {
      case "GET" ->
          request.flag("watch")
              ? reads.watch(request, kind, target.namespace(), "")
              : reads.list(request, kind, target.namespace());
      case "POST" -> {
        if (kind.namespaced() && target.namespace().isEmpty()) {
          throw StatusException.methodNotAllowed();
        }
        if (kind.kind().equals("Binding") && !kind.custom()) {
          ObjectNode body = Bodies.object(request, kind);
          yield subresources.bind(
              new Target(
                  kinds.builtIn("", "v1", "pods"),
                  target.namespace(),
                  body.path("metadata").path("name").asText(),
                  "binding"),
              body,
              WriteOptions.of(request));
        }
        List<String> warnings = new ArrayList<>();
        ObjectNode created =
            objects.create(
                target, Bodies.object(request, kind), WriteOptions.of(request), warnings);
        yield ApiResponse.Whole.json(201, shown(kind, created), warnings);
      }
      case "DELETE" -> {
        Deletion.Options options = Deletion.Options.of(request, Bodies.deleteOptions(request));
        for (Stored stored : reads.matching(request, kind, target.namespace())) {
          delete(new Target(kind, stored.namespace(), stored.name(), ""), options, true);
        }
        yield reads.list(request, kind, target.namespace());
      }
      default -> throw StatusException.methodNotAllowed();
    };
  }

  private ApiResponse object(ApiRequest request, Target target) {
    Resource kind = target.kind();
    return switch (request.method()) {
      case "GET" ->
          request.flag("watch")
              ? reads.watch(request, kind, target.namespace(), target.name())
              : reads.get(request, kind, target.namespace(), target.name());
      case "PUT", "PATCH" -> write(request, target);
      case "DELETE" -> {
        Deletion.Options options = Deletion.Options.of(request, Bodies.deleteOptions(request));
        Deletion.Outcome outcome = delete(target, options, false);
        yield ApiResponse.Whole.json(
            200,
            outcome.gone() && !kind.kind().equals("Pod")
                ? deleted(kind, outcome.object())
                : shown(kind, outcome.object()));
      }
      default -> throw StatusException.methodNotAllowed();
    };
  }

  private static ObjectNode deleted(Resource kind, ObjectNode object) {
    ObjectNode status = Json.object().put("kind", "Status").put("apiVersion", "v1");
    status.putObject("metadata");
    status.put("status", "Success");
    ObjectNode details = status.putObject("details");
    details.put("name", object.path("metadata").path("name").asText());
    if (!kind.group().isEmpty()) {
      details.put("group", kind.group());
    }
    details.put("kind", kind.plural()).put("uid", object.path("metadata").path("uid").asText());
    return status;
  }

  private Deletion.Outcome delete(Target target, Deletion.Options options, boolean mayBeGone) {
    Deletion.Outcome outcome;
    try {
      outcome = deletion.delete(target, options);
    } catch (StatusException e) {
      if (mayBeGone && e.status() == 404) {
        return new Deletion.Outcome(Json.object(), true);
      }
      throw e;
    }
    definitionCleanUp(target.kind(), target.name());
    return outcome;
  }

  /** A definition that is being deleted goes with its last object. */
  private void definitionCleanUp(Resource kind, String name) {
    Resource definitions = kinds.builtIn("apiextensions.k8s.io", "v1", "customresourcedefinitions");
    if (kind.table().equals(definitions.table())) {
      deletion.cleanUp(definitions, name);
    } else if (kind.custom()) {
      deletion.cleanUp(definitions, kind.groupResource());
    }
  }

  private ApiResponse write(ApiRequest request, Target target) {
    WriteOptions options = WriteOptions.of(request);
    List<String> warnings = new ArrayList<>();
    Resource kind = target.kind();
    ObjectNode result;
    int code = 200;
    if (request.method().equals("PUT")) {
      result = objects.update(target, Bodies.object(request, kind), options, warnings);
    } else if (request.contentType().equals(Patches.APPLY)) {
      if (request.query("fieldManager").isEmpty()) {
        throw StatusException.of(
            422,
            "Invalid",
            "PatchOptions.meta.k8s.io \"\" is invalid: fieldManager: Required value: is required for"
                + " apply patch");
      }
      boolean absent =
          objects.find(kind, target.namespace(), target.name()) == null
              && target.subresource().isEmpty();
      JsonNode config = Json.parseYaml(request.body());
      if (!(config instanceof ObjectNode object)) {
        throw StatusException.badRequest("an applied configuration is an object");
      }
      result = objects.apply(target, object, options, warnings);
      code = absent ? 201 : 200;
    } else {
      Patches.Patch patch = Patches.of(request.contentType(), kind, request.body());
      result = objects.patch(target, patch, options, warnings);
    }
    if (kind.custom() && result.path("metadata").hasNonNull("deletionTimestamp")) {
      definitionCleanUp(kind, target.name());
    }
    return ApiResponse.Whole.json(code, shown(kind, result), warnings);
  }

  private ApiResponse subresource(ApiRequest request, Target target) {
    Resource kind = target.kind();
    String namespace = target.namespace();
    String name = target.name();
    if (!allowed(target.subresource()).contains(request.method())) {
      throw StatusException.methodNotAllowed();
    }
    return switch (target.subresource()) {
      case "status", "finalize" ->
          request.method().equals("GET")
              ? reads.get(request, kind, namespace, name)
              : write(request, target);
      case "scale" -> subresources.scale(request, target);
      case "binding" ->
          subresources.bind(target, Bodies.object(request, kind), WriteOptions.of(request));
      case "eviction" -> subresources.evict(request, target);
      case "log" -> pods.log(request, kind, namespace, name);
      case "exec" -> pods.exec(request, kind, namespace, name, false);
      case "attach" -> pods.exec(request, kind, namespace, name, true);
      case "portforward" -> pods.portForward(request, kind, namespace, name);
      default -> throw StatusException.notFoundPath();
    };
  }

  /** The methods of a subresource. */
  private static List<String> allowed(String subresource) {
    return switch (subresource) {
      case "binding", "eviction" -> List.of("POST");
      case "log" -> List.of("GET");
      case "exec", "attach", "portforward" -> List.of("GET", "POST");
      default -> List.of("GET", "PUT", "PATCH");
    };
  }

  private static ObjectNode shown(Resource kind, ObjectNode stored) {
    return kind.apiVersion().equals(stored.path("apiVersion").asText())
        ? stored
        : Versions.to(kind, stored);
  }
}
