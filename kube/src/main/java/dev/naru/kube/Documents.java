package dev.naru.kube;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What is not an object: discovery, OpenAPI, version, health, and reviews of rights. */
final class Documents {
  private static final String AGGREGATED =
      "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";

  /** The release of Kubernetes whose API this is. */
  private static final String MINOR = "32";

  private final Kinds kinds;
  private final Discovery discovery;
  private final OpenApi openApi;
  private final Reviews reviews;

  Documents(Kinds kinds, Reviews reviews) {
    this.kinds = kinds;
    this.discovery = new Discovery();
    this.openApi = new OpenApi();
    this.reviews = reviews;
  }

  ApiResponse answer(ApiRequest request, List<String> parts) {
    if (!request.method().equals("GET")) {
      throw parts.isEmpty() ? StatusException.methodNotAllowed() : StatusException.notFoundPath();
    }
    Resources resources = kinds.resources();
    boolean aggregated = request.header("accept").contains("g=apidiscovery.k8s.io;v=v2;");
    return switch (String.join("/", parts)) {
      case "" -> paths(resources);
      case "version" -> ApiResponse.Whole.json(200, version());
      case "healthz", "readyz", "livez" ->
          new ApiResponse.Whole(
              200, "text/plain", List.of("ok".getBytes(StandardCharsets.UTF_8)), List.of());
      case "api" ->
          aggregated
              ? aggregated(discovery.aggregated(resources, true))
              : ApiResponse.Whole.json(200, discovery.coreVersions());
      case "apis" ->
          aggregated
              ? aggregated(discovery.aggregated(resources, false))
              : ApiResponse.Whole.json(200, discovery.groups(resources));
      case "openapi/v3" -> ApiResponse.Whole.json(200, openApi.index(resources));
      default -> deeper(resources, parts);
    };
  }

  private ApiResponse deeper(Resources resources, List<String> parts) {
    if (parts.size() == 2 && parts.getFirst().equals("api") && parts.get(1).equals("v1")) {
      return ApiResponse.Whole.json(200, discovery.resources(resources, "", "v1"));
    }
    Map<String, Set<String>> groups = resources.versionsByGroup();
    if (parts.getFirst().equals("apis") && parts.size() <= 3) {
      Set<String> versions = groups.get(parts.get(1));
      if (versions != null && parts.size() == 2) {
        return ApiResponse.Whole.json(200, discovery.group(parts.get(1), versions));
      }
      if (versions != null && versions.contains(parts.get(2))) {
        return ApiResponse.Whole.json(
            200, discovery.resources(resources, parts.get(1), parts.get(2)));
      }
    }
    if (parts.size() >= 4 && parts.getFirst().equals("openapi") && parts.get(1).equals("v3")) {
      boolean core = parts.get(2).equals("api") && parts.size() == 4;
      boolean grouped = parts.get(2).equals("apis") && parts.size() == 5;
      String group = core ? "" : parts.get(3);
      String version = parts.getLast();
      if ((core || grouped) && groups.getOrDefault(group, Set.of()).contains(version)) {
        return openApi.document(resources, group, version);
      }
    }
    throw StatusException.notFoundPath();
  }

  /** Kinds that are only asked, never stored. */
  ApiResponse review(ApiRequest request, String group, String version, List<String> parts) {
    return reviews.answer(request, group, version, parts);
  }

  private static ApiResponse aggregated(ObjectNode list) {
    return new ApiResponse.Whole(200, AGGREGATED, List.of(Json.bytes(list)), List.of());
  }

  private static ApiResponse paths(Resources resources) {
    ArrayNode paths = Json.array();
    paths.add("/api").add("/api/v1").add("/apis");
    resources
        .versionsByGroup()
        .forEach(
            (group, versions) -> {
              if (!group.isEmpty()) {
                paths.add("/apis/" + group);
                versions.forEach(v -> paths.add("/apis/" + group + "/" + v));
              }
            });
    for (String path : List.of("/healthz", "/livez", "/openapi/v3", "/readyz", "/version")) {
      paths.add(path);
    }
    ObjectNode root = Json.object();
    root.set("paths", paths);
    return ApiResponse.Whole.json(200, root);
  }

  private static ObjectNode version() {
    return Json.object()
        .put("major", "1")
        .put("minor", MINOR)
        .put("gitVersion", "v1." + MINOR + ".0+naru")
        .put("gitCommit", "")
        .put("gitTreeState", "clean")
        .put("buildDate", "2026-01-01T00:00:00Z")
        .put("goVersion", "none")
        .put("compiler", "javac")
        .put("platform", "linux/amd64");
  }
}
