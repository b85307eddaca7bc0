package dev.naru.kube;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.naru.kube.StatusException.Cause;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The rules of objects that a schema cannot say: names, references, immutable fields. Longer than
 * usual: one short method for each kind, beside each other on purpose.
 */
final class Validation {
  private static final int ANNOTATIONS_BYTES_MAX = 256 * 1024;
  private static final int DATA_BYTES_MAX = 1024 * 1024;

  private final List<Cause> causes = new ArrayList<>();

  private Validation() {}

  /** The violations in a complete, defaulted object. */
  static List<Cause> check(Resource kind, JsonNode object) {
    Validation v = new Validation();
    v.metadata(kind, object.path("metadata"));
    if (!kind.custom()) {
      v.required(kind.schema(), object, "");
      v.kind(kind, object);
    }
    return v.causes;
  }

  /** The violations of the change from {@code before} to {@code after}. */
  static List<Cause> checkUpdate(Resource kind, JsonNode before, JsonNode after) {
    Validation v = new Validation();
    JsonNode old = before.path("spec");
    JsonNode now = after.path("spec");
    switch (kind.kind()) {
      case "Deployment", "ReplicaSet", "DaemonSet" -> v.immutable(old, now, "spec.selector");
      case "Job" -> {
        v.immutable(old, now, "spec.selector");
        v.immutable(old, now, "spec.completionMode");
        if (!old.path("suspend").asBoolean(false)) {
          v.immutable(old, now, "spec.template");
        }
      }
      case "StatefulSet" -> v.statefulSet(old, now);
      case "Pod" -> v.podUpdate(old, now);
      case "PersistentVolumeClaim" -> v.claimUpdate(old, now);
      case "ConfigMap", "Secret" -> v.data(before, after);
      case "Service" -> v.serviceUpdate(old, now);
      case "StorageClass" -> v.immutable(before, after, "provisioner");
      case "RoleBinding", "ClusterRoleBinding" -> v.immutable(before, after, "roleRef");
      case "CustomResourceDefinition" -> {
        v.immutable(old, now, "spec.group");
        v.immutable(old, now, "spec.scope");
      }
      default -> {}
    }
    return v.causes;
  }

  private void immutable(JsonNode before, JsonNode after, String field) {
    String name = field.substring(field.indexOf('.') + 1);
    if (!Json.same(Json.at(before, name), Json.at(after, name))) {
      causes.add(Cause.invalid(field, Json.at(after, name), "field is immutable"));
    }
  }

  private void metadata(Resource kind, JsonNode meta) {
    String name = meta.path("name").asText("");
    if (name.isEmpty()) {
      causes.add(Cause.required("metadata.name", "name or generateName is required"));
    } else {
      Names.problem(kind, name).ifPresent(p -> causes.add(Cause.invalid("metadata.name", name, p)));
    }
    labels(meta.path("labels"), "metadata.labels");
    long size = 0;
    for (Map.Entry<String, JsonNode> e : meta.path("annotations").properties()) {
      Names.qualified(e.getKey().toLowerCase(java.util.Locale.ROOT))
          .ifPresent(p -> causes.add(Cause.invalid("metadata.annotations", e.getKey(), p)));
      size += e.getKey().length() + e.getValue().asText().length();
    }
    if (size > ANNOTATIONS_BYTES_MAX) {
      causes.add(
          new Cause(
              "FieldValueTooLong",
              "Too long: may not be more than " + ANNOTATIONS_BYTES_MAX + " bytes",
              "metadata.annotations"));
    }
    int i = 0;
    for (JsonNode owner : meta.path("ownerReferences")) {
      for (String field : List.of("apiVersion", "kind", "name", "uid")) {
        if (owner.path(field).asText("").isEmpty()) {
          causes.add(
              Cause.invalid(
                  "metadata.ownerReferences[" + i + "]." + field, "", "must not be empty"));
        }
      }
      i++;
    }
    for (JsonNode finalizer : meta.path("finalizers")) {
      Names.qualified(finalizer.asText())
          .ifPresent(p -> causes.add(Cause.invalid("metadata.finalizers", finalizer.asText(), p)));
    }
  }

  private void labels(JsonNode labels, String path) {
    for (Map.Entry<String, JsonNode> e : labels.properties()) {
      Names.qualified(e.getKey()).ifPresent(p -> causes.add(Cause.invalid(path, e.getKey(), p)));
      Names.labelValue(e.getValue().asText())
          .ifPresent(p -> causes.add(Cause.invalid(path, e.getValue().asText(), p)));
    }
  }

  /** Required fields of built-in types, wherever the type is used. */
  private void required(Schema schema, JsonNode value, String path) {
    if (value.isObject() && schema.type == Schema.Type.OBJECT) {
      for (String name : schema.required) {
        JsonNode field = value.path(name);
        boolean empty = field.isTextual() && field.asText().isEmpty();
        // A required list may be empty only where the model leaves it out when empty.
        if ((!Json.present(field) && !name.equals("endpoints"))
            || (empty && !name.equals("path"))) {
          causes.add(Cause.required(path.isEmpty() ? name : path + "." + name, ""));
        }
      }
      for (Map.Entry<String, JsonNode> e : value.properties()) {
        if (e.getValue().isContainerNode()) {
          String at =
              schema.isMap()
                  ? path + "[" + e.getKey() + "]"
                  : path.isEmpty() ? e.getKey() : path + "." + e.getKey();
          required(schema.fieldOrAny(e.getKey()), e.getValue(), at);
        }
      }
    } else if (value.isArray() && schema.type == Schema.Type.ARRAY) {
      for (int i = 0; i < value.size(); i++) {
        required(schema.items(), value.get(i), path + "[" + i + "]");
      }
    }
  }

  private void kind(Resource kind, JsonNode object) {
    JsonNode spec = object.path("spec");
    switch (kind.kind()) {
      case "Pod" -> pod(object.path("spec"), "spec", Set.of());
      case "Deployment", "ReplicaSet", "DaemonSet", "StatefulSet" -> workload(spec);
      case "Job" -> {
        template(spec.path("template"), "spec.template", Set.of("OnFailure", "Never"), Set.of());
        notNegative(spec, "spec", "completions", "parallelism", "backoffLimit");
      }
      case "CronJob" -> cronJob(spec);
      case "Service" -> service(spec);
      case "ConfigMap", "Secret" -> configKeys(object);
      case "PersistentVolumeClaim" -> claim(spec);
      case "Ingress" -> ingress(spec);
      case "EndpointSlice" -> oneOf(object, "", "addressType", List.of("IPv4", "IPv6", "FQDN"));
      case "CustomResourceDefinition" -> causes.addAll(CustomDefinitions.check(object));
      default -> {}
    }
  }

  private void cronJob(JsonNode spec) {
    oneOf(spec, "spec", "concurrencyPolicy", List.of("Allow", "Forbid", "Replace"));
    template(
        spec.path("jobTemplate").path("spec").path("template"),
        "spec.jobTemplate.spec.template",
        Set.of("OnFailure", "Never"),
        Set.of());
    String schedule = spec.path("schedule").asText("");
    if (!schedule.startsWith("@") && schedule.trim().split("\\s+", -1).length != 5) {
      causes.add(Cause.invalid("spec.schedule", schedule, "expected exactly 5 fields"));
    }
  }

  private void workload(JsonNode spec) {
    notNegative(spec, "spec", "replicas", "minReadySeconds", "revisionHistoryLimit");
    // A StatefulSet's claims are volumes of its pods too.
    Set<String> claims = new HashSet<>();
    spec.path("volumeClaimTemplates")
        .forEach(c -> claims.add(c.path("metadata").path("name").asText("")));
    template(spec.path("template"), "spec.template", Set.of("Always"), claims);
    JsonNode selector = spec.path("selector");
    if (!selector.isObject()) {
      return;
    }
    if (selector.path("matchLabels").isEmpty() && selector.path("matchExpressions").isEmpty()) {
      causes.add(
          Cause.invalid("spec.selector", "{}", "empty selector is invalid for this resource"));
      return;
    }
    labels(selector.path("matchLabels"), "spec.selector.matchLabels");
    JsonNode labels = spec.path("template").path("metadata").path("labels");
    if (spec.has("template") && !Selectors.selector(selector).test(labels)) {
      causes.add(
          Cause.invalid(
              "spec.template.metadata.labels",
              labels.isMissingNode() ? "null" : labels,
              "`selector` does not match template `labels`"));
    }
  }

  private void template(
      JsonNode template, String path, Set<String> restartPolicies, Set<String> claims) {
    if (!template.isObject()) {
      return;
    }
    labels(template.path("metadata").path("labels"), path + ".metadata.labels");
    pod(template.path("spec"), path + ".spec", claims);
    String policy = template.path("spec").path("restartPolicy").asText();
    if (!restartPolicies.contains(policy)) {
      causes.add(
          Cause.unsupported(
              path + ".spec.restartPolicy", policy, restartPolicies.stream().sorted().toList()));
    }
  }

  /**
   * @param claims names of volumes that come from elsewhere than {@code volumes}
   */
  private void pod(JsonNode spec, String path, Set<String> claims) {
    if (spec.path("containers").isEmpty() && spec.has("containers")) {
      causes.add(Cause.required(path + ".containers", ""));
    }
    oneOf(spec, path, "restartPolicy", List.of("Always", "OnFailure", "Never"));
    oneOf(
        spec,
        path,
        "dnsPolicy",
        List.of("ClusterFirst", "ClusterFirstWithHostNet", "Default", "None"));
    notNegative(spec, path, "terminationGracePeriodSeconds");
    Set<String> volumes = new HashSet<>();
    int i = 0;
    for (JsonNode volume : spec.path("volumes")) {
      String name = volume.path("name").asText("");
      String at = path + ".volumes[" + i++ + "]";
      Names.label(name).ifPresent(p -> causes.add(Cause.invalid(at + ".name", name, p)));
      if (!volumes.add(name)) {
        causes.add(Cause.duplicate(at + ".name", name));
      }
      if (volume.size() > 2) {
        causes.add(Cause.forbidden(at, "may not specify more than 1 volume type"));
      }
    }
    Set<String> known = new HashSet<>(volumes);
    known.addAll(claims);
    Set<String> names = new HashSet<>();
    for (String list : List.of("initContainers", "containers")) {
      int n = 0;
      for (JsonNode container : spec.path(list)) {
        container(container, path + "." + list + "[" + n++ + "]", names, known);
      }
    }
  }

  private void container(JsonNode c, String path, Set<String> names, Set<String> volumes) {
    String name = c.path("name").asText("");
    if (!name.isEmpty()) {
      Names.label(name).ifPresent(p -> causes.add(Cause.invalid(path + ".name", name, p)));
      if (!names.add(name)) {
        causes.add(Cause.duplicate(path + ".name", name));
      }
    }
    if (c.path("image").asText("").isBlank()) {
      causes.add(Cause.required(path + ".image", ""));
    }
    oneOf(c, path, "imagePullPolicy", List.of("Always", "IfNotPresent", "Never"));
    int i = 0;
    for (JsonNode port : c.path("ports")) {
      port(port.path("containerPort"), path + ".ports[" + i + "].containerPort");
      oneOf(port, path + ".ports[" + i++ + "]", "protocol", List.of("SCTP", "TCP", "UDP"));
    }
    i = 0;
    Set<String> mounts = new HashSet<>();
    for (JsonNode mount : c.path("volumeMounts")) {
      String at = path + ".volumeMounts[" + i++ + "]";
      String volume = mount.path("name").asText("");
      if (!volume.isEmpty() && !volumes.contains(volume)) {
        causes.add(new Cause("FieldValueNotFound", "Not found: \"" + volume + "\"", at + ".name"));
      }
      if (!mounts.add(mount.path("mountPath").asText(""))) {
        causes.add(
            Cause.invalid(at + ".mountPath", mount.path("mountPath").asText(), "must be unique"));
      }
    }
    i = 0;
    for (JsonNode env : c.path("env")) {
      if (env.path("name").asText("").contains("=")) {
        causes.add(
            Cause.invalid(
                path + ".env[" + i + "].name", env.path("name").asText(), "must not contain '='"));
      }
      i++;
    }
    for (String probe : List.of("livenessProbe", "readinessProbe", "startupProbe")) {
      if (c.has(probe)) {
        probe(c.path(probe), path + "." + probe);
      }
    }
    JsonNode limits = c.path("resources").path("limits");
    for (Map.Entry<String, JsonNode> e : c.path("resources").path("requests").properties()) {
      JsonNode limit = limits.path(e.getKey());
      if (limit.isTextual() && Quantities.compare(e.getValue().asText(), limit.asText()) > 0) {
        causes.add(
            Cause.invalid(
                path + ".resources.requests",
                e.getValue().asText(),
                "must be less than or equal to " + e.getKey() + " limit of " + limit.asText()));
      }
    }
  }

  private void probe(JsonNode probe, String path) {
    int handlers = 0;
    for (String handler : List.of("exec", "httpGet", "tcpSocket", "grpc")) {
      handlers += probe.has(handler) ? 1 : 0;
    }
    if (handlers == 0) {
      causes.add(Cause.required(path, "must specify a handler type"));
    } else if (handlers > 1) {
      causes.add(Cause.forbidden(path, "may not specify more than 1 handler type"));
    }
    notNegative(
        probe, path, "initialDelaySeconds", "timeoutSeconds", "periodSeconds", "failureThreshold");
  }

  private void service(JsonNode spec) {
    String type = spec.path("type").asText();
    oneOf(spec, "spec", "type", List.of("ClusterIP", "ExternalName", "LoadBalancer", "NodePort"));
    boolean headless = spec.path("clusterIP").asText().equals("None");
    if (spec.path("ports").isEmpty() && !headless && !type.equals("ExternalName")) {
      causes.add(Cause.required("spec.ports", ""));
    }
    if (type.equals("ExternalName") && spec.path("externalName").asText("").isEmpty()) {
      causes.add(Cause.required("spec.externalName", ""));
    }
    Set<String> names = new HashSet<>();
    Set<String> numbers = new HashSet<>();
    int i = 0;
    for (JsonNode port : spec.path("ports")) {
      String at = "spec.ports[" + i++ + "]";
      port(port.path("port"), at + ".port");
      String name = port.path("name").asText("");
      if (name.isEmpty() && spec.path("ports").size() > 1) {
        causes.add(Cause.required(at + ".name", ""));
      } else if (!names.add(name)) {
        causes.add(Cause.duplicate(at + ".name", name));
      }
      String number = port.path("port").asText() + "/" + port.path("protocol").asText();
      if (!numbers.add(number)) {
        causes.add(Cause.duplicate(at, number));
      }
    }
    labels(spec.path("selector"), "spec.selector");
  }

  private void serviceUpdate(JsonNode old, JsonNode now) {
    boolean external =
        old.path("type").asText().equals("ExternalName")
            || now.path("type").asText().equals("ExternalName");
    if (!external
        && !old.path("clusterIP").asText("").isEmpty()
        && !Json.same(old.path("clusterIP"), now.path("clusterIP"))) {
      causes.add(
          Cause.invalid("spec.clusterIPs[0]", now.path("clusterIP"), "may not change once set"));
    }
  }

  private void configKeys(JsonNode object) {
    long size = 0;
    for (String field : List.of("data", "binaryData")) {
      for (Map.Entry<String, JsonNode> e : object.path(field).properties()) {
        Names.configKey(e.getKey())
            .ifPresent(
                p -> causes.add(Cause.invalid(field + "[" + e.getKey() + "]", e.getKey(), p)));
        size += e.getValue().asText().length();
      }
    }
    if (size > DATA_BYTES_MAX) {
      causes.add(
          new Cause(
              "FieldValueTooLong",
              "Too long: may not be more than " + DATA_BYTES_MAX + " bytes",
              ""));
    }
  }

  private void data(JsonNode before, JsonNode after) {
    if (!before.path("immutable").asBoolean(false)) {
      return;
    }
    for (String field : List.of("data", "binaryData", "immutable")) {
      if (!Json.same(before.path(field), after.path(field))) {
        causes.add(Cause.forbidden(field, "field is immutable when `immutable` is set"));
      }
    }
  }

  private void claim(JsonNode spec) {
    if (spec.path("accessModes").isEmpty()) {
      causes.add(Cause.required("spec.accessModes", "at least 1 access mode is required"));
    }
    if (!spec.path("resources").path("requests").has("storage")) {
      causes.add(Cause.required("spec.resources[storage]", ""));
    }
  }

  private void claimUpdate(JsonNode old, JsonNode now) {
    for (String field : List.of("accessModes", "selector", "storageClassName", "volumeMode")) {
      if (old.has(field) && !Json.same(old.path(field), now.path(field))) {
        causes.add(
            Cause.forbidden("spec", "spec is immutable after creation except resources.requests"));
        return;
      }
    }
    if (old.has("volumeName") && !Json.same(old.path("volumeName"), now.path("volumeName"))) {
      causes.add(Cause.forbidden("spec.volumeName", "spec is immutable after creation"));
    }
  }

  private void ingress(JsonNode spec) {
    if (spec.path("rules").isEmpty() && !spec.has("defaultBackend")) {
      causes.add(
          Cause.invalid("spec", "{}", "either `defaultBackend` or `rules` must be specified"));
    }
    int r = 0;
    for (JsonNode rule : spec.path("rules")) {
      int p = 0;
      for (JsonNode path : rule.path("http").path("paths")) {
        String at = "spec.rules[" + r + "].http.paths[" + p++ + "]";
        oneOf(path, at, "pathType", List.of("Exact", "ImplementationSpecific", "Prefix"));
        if (!path.path("pathType").asText().equals("ImplementationSpecific")
            && !path.path("path").asText("").startsWith("/")) {
          causes.add(
              Cause.invalid(
                  at + ".path", path.path("path").asText(""), "must be an absolute path"));
        }
      }
      r++;
    }
  }

  private void statefulSet(JsonNode old, JsonNode now) {
    for (String field :
        List.of("selector", "serviceName", "podManagementPolicy", "volumeClaimTemplates")) {
      if (!Json.same(old.path(field), now.path(field))) {
        causes.add(
            Cause.forbidden(
                "spec",
                "updates to statefulset spec for fields other than 'replicas', 'ordinals',"
                    + " 'template', 'updateStrategy', 'revisionHistoryLimit',"
                    + " 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are"
                    + " forbidden"));
        return;
      }
    }
  }

  private void podUpdate(JsonNode old, JsonNode now) {
    if (!Json.same(frozen(old), frozen(now))) {
      causes.add(
          Cause.forbidden(
              "spec",
              "pod updates may not change fields other than"
                  + " `spec.containers[*].image`,`spec.initContainers[*].image`,"
                  + "`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing"
                  + " tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if"
                  + " it was previously negative)"));
    }
  }

  private static JsonNode frozen(JsonNode spec) {
    JsonNode copy = spec.deepCopy();
    if (copy instanceof ObjectNode o) {
      o.remove(List.of("activeDeadlineSeconds", "tolerations", "schedulingGates"));
      for (String list : List.of("containers", "initContainers")) {
        for (JsonNode c : o.path(list)) {
          ((ObjectNode) c).remove("image");
        }
      }
    }
    return copy;
  }

  private void port(JsonNode port, String path) {
    if (Json.present(port) && (port.asInt() < 1 || port.asInt() > 65535)) {
      causes.add(Cause.invalid(path, port.asInt(), "must be between 1 and 65535, inclusive"));
    }
  }

  private void oneOf(JsonNode node, String path, String field, List<String> allowed) {
    if (node.hasNonNull(field) && !allowed.contains(node.path(field).asText())) {
      causes.add(
          Cause.unsupported(
              path.isEmpty() ? field : path + "." + field, node.path(field).asText(), allowed));
    }
  }

  private void notNegative(JsonNode node, String path, String... fields) {
    for (String field : fields) {
      if (node.path(field).asLong(0) < 0) {
        causes.add(
            Cause.invalid(
                path + "." + field,
                node.path(field).asLong(),
                "must be greater than or equal to 0"));
      }
    }
  }
}
