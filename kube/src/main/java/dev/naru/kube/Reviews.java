package dev.naru.kube;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/**
 * Answers who one is and what one may do. Whoever is let in by the authenticator may do everything:
 * there is one kind of user, so every access review says yes.
 */
final class Reviews {
  private static final String AUTHORIZATION = "authorization.k8s.io";
  private static final String AUTHENTICATION = "authentication.k8s.io";

  ApiResponse answer(ApiRequest request, String group, String version, List<String> parts) {
    if (!version.equals("v1") || parts.size() != 1) {
      throw StatusException.notFoundPath();
    }
    String kind =
        switch (group + "/" + parts.getFirst()) {
          case AUTHORIZATION + "/selfsubjectaccessreviews" -> "SelfSubjectAccessReview";
          case AUTHORIZATION + "/subjectaccessreviews" -> "SubjectAccessReview";
          case AUTHORIZATION + "/localsubjectaccessreviews" -> "LocalSubjectAccessReview";
          case AUTHORIZATION + "/selfsubjectrulesreviews" -> "SelfSubjectRulesReview";
          case AUTHENTICATION + "/selfsubjectreviews" -> "SelfSubjectReview";
          default -> throw StatusException.notFoundPath();
        };
    if (!request.method().equals("POST")) {
      throw StatusException.methodNotAllowed();
    }
    if (!(Bodies.read(request) instanceof ObjectNode review)) {
      throw StatusException.badRequest("the body of the request is no object");
    }
    review.put("kind", kind).put("apiVersion", group + "/v1");
    ObjectNode status = review.putObject("status");
    switch (kind) {
      case "SelfSubjectReview" ->
          status
              .putObject("userInfo")
              .put("username", request.user())
              .putArray("groups")
              .add("system:authenticated");
      case "SelfSubjectRulesReview" -> {
        ObjectNode rule = status.putArray("resourceRules").addObject();
        for (String field : List.of("verbs", "apiGroups", "resources")) {
          rule.putArray(field).add("*");
        }
        ObjectNode paths = status.putArray("nonResourceRules").addObject();
        for (String field : List.of("verbs", "nonResourceURLs")) {
          paths.putArray(field).add("*");
        }
        status.put("incomplete", false);
      }
      default -> status.put("allowed", true);
    }
    return ApiResponse.Whole.json(201, review);
  }
}
