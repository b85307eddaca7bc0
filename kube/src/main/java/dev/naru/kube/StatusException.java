package dev.naru.kube;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A refused request, as the {@code Status} the client gets.
 *
 * <p>Source: Kubernetes API conventions, "Response Status Kind".
 */
final class StatusException extends KubeException {
  private static final long serialVersionUID = 1L;

  /** One entry of {@code details.causes}. */
  record Cause(String reason, String message, String field) {
    static Cause required(String field, String detail) {
      return new Cause(
          "FieldValueRequired",
          detail.isEmpty() ? "Required value" : "Required value: " + detail,
          field);
    }

    static Cause invalid(String field, Object value, String detail) {
      return new Cause(
          "FieldValueInvalid",
          "Invalid value: " + (value instanceof String s ? "\"" + s + "\"" : value) + ": " + detail,
          field);
    }

    static Cause unsupported(String field, String value, List<String> supported) {
      return new Cause(
          "FieldValueNotSupported",
          "Unsupported value: \""
              + value
              + "\": supported values: "
              + supported.stream().map(s -> "\"" + s + "\"").collect(Collectors.joining(", ")),
          field);
    }

    static Cause duplicate(String field, Object value) {
      return new Cause("FieldValueDuplicate", "Duplicate value: \"" + value + "\"", field);
    }

    static Cause forbidden(String field, String detail) {
      return new Cause("FieldValueForbidden", "Forbidden: " + detail, field);
    }

    static Cause type(String field, String value, String detail) {
      return new Cause(
          "FieldValueTypeInvalid", "Invalid value: \"" + value + "\": " + detail, field);
    }
  }

  private final int status;
  private final String reason;
  private final transient ObjectNode details;

  private StatusException(int status, String reason, String message, ObjectNode details) {
    super("KUBE_STATUS", message, null);
    this.status = status;
    this.reason = reason;
    this.details = details;
  }

  int status() {
    return status;
  }

  ObjectNode toJson() {
    ObjectNode json = Json.object();
    json.put("kind", "Status").put("apiVersion", "v1").putObject("metadata");
    json.put("status", "Failure").put("message", getMessage()).put("reason", reason);
    if (!details.isEmpty()) {
      json.set("details", details);
    }
    return json.put("code", status);
  }

  StatusException retryAfterSeconds(int seconds) {
    details.put("retryAfterSeconds", seconds);
    return this;
  }

  static StatusException of(int status, String reason, String message) {
    return new StatusException(status, reason, message, Json.object());
  }

  static StatusException badRequest(String message) {
    return of(400, "BadRequest", message);
  }

  static StatusException notFoundPath() {
    return of(404, "NotFound", "the server could not find the requested resource");
  }

  static StatusException notFound(Resource kind, String name) {
    return new StatusException(
        404,
        "NotFound",
        kind.groupResource() + " \"" + name + "\" not found",
        details(kind.group(), kind.plural(), name));
  }

  static StatusException alreadyExists(Resource kind, String name) {
    return new StatusException(
        409,
        "AlreadyExists",
        kind.groupResource() + " \"" + name + "\" already exists",
        details(kind.group(), kind.plural(), name));
  }

  static StatusException conflict(Resource kind, String name, String why) {
    return new StatusException(
        409,
        "Conflict",
        "Operation cannot be fulfilled on " + kind.groupResource() + " \"" + name + "\": " + why,
        details(kind.group(), kind.plural(), name));
  }

  static StatusException applyConflict(String message, List<Cause> causes) {
    ObjectNode details = Json.object();
    addCauses(details, causes);
    return new StatusException(409, "Conflict", message, details);
  }

  static StatusException stale(Resource kind, String name) {
    return conflict(
        kind,
        name,
        "the object has been modified; please apply your changes to the latest version and try"
            + " again");
  }

  static StatusException forbidden(Resource kind, String name, String why) {
    return new StatusException(
        403,
        "Forbidden",
        kind.groupResource() + " \"" + name + "\" is forbidden: " + why,
        details(kind.group(), kind.plural(), name));
  }

  static StatusException forbidden(Resource kind, String name, String why, List<Cause> causes) {
    StatusException e = forbidden(kind, name, why);
    addCauses(e.details, causes);
    return e;
  }

  static StatusException invalid(Resource kind, String name, List<Cause> causes) {
    List<String> lines = new ArrayList<>();
    for (Cause cause : causes) {
      lines.add(cause.field() + ": " + cause.message());
    }
    String what = lines.size() == 1 ? lines.getFirst() : "[" + String.join(", ", lines) + "]";
    ObjectNode details = details(kind.group(), kind.kind(), name);
    addCauses(details, causes);
    String label = kind.group().isEmpty() ? kind.kind() : kind.kind() + "." + kind.group();
    return new StatusException(
        422, "Invalid", label + " \"" + name + "\" is invalid: " + what, details);
  }

  static StatusException expired(String message) {
    return of(410, "Expired", message);
  }

  static StatusException tooLarge(long wanted, long current) {
    ObjectNode details = Json.object();
    addCauses(
        details, List.of(new Cause("ResourceVersionTooLarge", "Too large resource version", "")));
    return new StatusException(
            504,
            "Timeout",
            "Too large resource version: " + wanted + ", current: " + current,
            details)
        .retryAfterSeconds(1);
  }

  static StatusException tooManyRequests(String message, List<Cause> causes) {
    ObjectNode details = Json.object();
    addCauses(details, causes);
    return new StatusException(429, "TooManyRequests", message, details);
  }

  static StatusException methodNotAllowed() {
    return of(
        405, "MethodNotAllowed", "the server does not allow this method on the requested resource");
  }

  static StatusException notSupported(String sentence) {
    return of(501, "NotImplemented", sentence);
  }

  private static ObjectNode details(String group, String kind, String name) {
    ObjectNode details = Json.object();
    if (!name.isEmpty()) {
      details.put("name", name);
    }
    if (!group.isEmpty()) {
      details.put("group", group);
    }
    return details.put("kind", kind);
  }

  private static void addCauses(ObjectNode details, List<Cause> causes) {
    ArrayNode array = details.putArray("causes");
    for (Cause cause : causes) {
      ObjectNode c = array.addObject();
      c.put("reason", cause.reason()).put("message", cause.message());
      if (!cause.field().isEmpty()) {
        c.put("field", cause.field());
      }
    }
  }
}
