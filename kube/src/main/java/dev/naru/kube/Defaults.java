package dev.naru.kube;

import static dev.naru.kube.Json.objectAt;
import static dev.naru.kube.Json.putDefault;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * The defaults of the built-in kinds.
 *
 * <p>Source: Kubernetes API reference v1.32, the "Defaults to" of each field. Applied to an object
 * twice they change nothing, so that re-applying the same manifest is no change.
 */
final class Defaults {
  private static final long GRACE_SECONDS = 30;

  private Defaults() {}

  /** Changes {@code object} in place. */
  static void apply(Resource kind, ObjectNode object) {
    if (kind.custom()) {
      return;
    }
    ObjectNode spec = object.get("spec") instanceof ObjectNode o ? o : Json.object();
    switch (kind.kind()) {
      case "Pod" -> pod(objectAt(object, "spec"));
      case "Deployment" -> deployment(spec);
      case "ReplicaSet" -> {
        putDefault(spec, "replicas", 1);
        template(spec);
      }
      case "StatefulSet" -> statefulSet(spec);
      case "DaemonSet" -> daemonSet(spec);
      case "Job" -> job(spec);
      case "CronJob" -> cronJob(spec);
      case "Service" -> service(objectAt(object, "spec"));
      case "Secret" -> putDefault(object, "type", "Opaque");
      case "PersistentVolumeClaim" -> claim(object);
      case "PersistentVolume" -> {
        putDefault(spec, "persistentVolumeReclaimPolicy", "Retain");
        putDefault(spec, "volumeMode", "Filesystem");
      }
      case "StorageClass" -> {
        putDefault(object, "reclaimPolicy", "Delete");
        putDefault(object, "volumeBindingMode", "Immediate");
      }
      case "HorizontalPodAutoscaler" -> putDefault(spec, "minReplicas", 1);
      case "PriorityClass" -> putDefault(object, "preemptionPolicy", "PreemptLowerPriority");
      case "EndpointSlice" -> endpointSlice(object);
      case "Endpoints" -> endpoints(object);
      case "RoleBinding", "ClusterRoleBinding" -> binding(object);
      case "CustomResourceDefinition" -> CustomDefinitions.defaults(spec);
      default -> {}
    }
  }

  private static void deployment(ObjectNode spec) {
    putDefault(spec, "replicas", 1);
    ObjectNode strategy = objectAt(spec, "strategy");
    putDefault(strategy, "type", "RollingUpdate");
    if (strategy.path("type").asText().equals("RollingUpdate")) {
      ObjectNode rolling = objectAt(strategy, "rollingUpdate");
      putDefault(rolling, "maxSurge", "25%");
      putDefault(rolling, "maxUnavailable", "25%");
    }
    putDefault(spec, "revisionHistoryLimit", 10);
    putDefault(spec, "progressDeadlineSeconds", 600);
    template(spec);
  }

  private static void statefulSet(ObjectNode spec) {
    putDefault(spec, "replicas", 1);
    putDefault(spec, "podManagementPolicy", "OrderedReady");
    putDefault(spec, "revisionHistoryLimit", 10);
    ObjectNode strategy = objectAt(spec, "updateStrategy");
    putDefault(strategy, "type", "RollingUpdate");
    if (strategy.path("type").asText().equals("RollingUpdate")) {
      putDefault(objectAt(strategy, "rollingUpdate"), "partition", 0);
    }
    ObjectNode retention = objectAt(spec, "persistentVolumeClaimRetentionPolicy");
    putDefault(retention, "whenDeleted", "Retain");
    putDefault(retention, "whenScaled", "Retain");
    for (JsonNode claim : spec.path("volumeClaimTemplates")) {
      if (claim instanceof ObjectNode c) {
        putDefault(c, "apiVersion", "v1");
        putDefault(c, "kind", "PersistentVolumeClaim");
        putDefault(objectAt(c, "spec"), "volumeMode", "Filesystem");
        putDefault(objectAt(c, "status"), "phase", "Pending");
      }
    }
    template(spec);
  }

  private static void daemonSet(ObjectNode spec) {
    ObjectNode strategy = objectAt(spec, "updateStrategy");
    putDefault(strategy, "type", "RollingUpdate");
    if (strategy.path("type").asText().equals("RollingUpdate")) {
      ObjectNode rolling = objectAt(strategy, "rollingUpdate");
      putDefault(rolling, "maxSurge", 0);
      putDefault(rolling, "maxUnavailable", 1);
    }
    putDefault(spec, "revisionHistoryLimit", 10);
    template(spec);
  }

  private static void job(ObjectNode spec) {
    if (!spec.hasNonNull("completions") && !spec.hasNonNull("parallelism")) {
      spec.put("completions", 1);
    }
    putDefault(spec, "parallelism", 1);
    putDefault(spec, "backoffLimit", 6);
    putDefault(spec, "completionMode", "NonIndexed");
    putDefault(spec, "suspend", false);
    putDefault(spec, "manualSelector", false);
    putDefault(
        spec,
        "podReplacementPolicy",
        spec.hasNonNull("podFailurePolicy") ? "Failed" : "TerminatingOrFailed");
    template(spec);
  }

  private static void cronJob(ObjectNode spec) {
    putDefault(spec, "concurrencyPolicy", "Allow");
    putDefault(spec, "suspend", false);
    putDefault(spec, "successfulJobsHistoryLimit", 3);
    putDefault(spec, "failedJobsHistoryLimit", 1);
    if (spec.path("jobTemplate").path("spec") instanceof ObjectNode job) {
      template(job);
    }
  }

  private static void template(ObjectNode spec) {
    if (spec.get("template") instanceof ObjectNode template) {
      pod(objectAt(template, "spec"));
    }
  }

  private static void pod(ObjectNode spec) {
    putDefault(spec, "restartPolicy", "Always");
    putDefault(spec, "terminationGracePeriodSeconds", GRACE_SECONDS);
    putDefault(spec, "dnsPolicy", "ClusterFirst");
    putDefault(spec, "schedulerName", "default-scheduler");
    objectAt(spec, "securityContext");
    if (spec.hasNonNull("serviceAccountName")) {
      spec.set("serviceAccount", spec.get("serviceAccountName"));
    }
    for (String list : new String[] {"initContainers", "containers", "ephemeralContainers"}) {
      for (JsonNode c : spec.path(list)) {
        if (c instanceof ObjectNode container) {
          container(container, spec.path("hostNetwork").asBoolean(false));
        }
      }
    }
    for (JsonNode v : spec.path("volumes")) {
      if (v instanceof ObjectNode volume) {
        volume(volume);
      }
    }
    for (JsonNode c : spec.path("topologySpreadConstraints")) {
      if (c instanceof ObjectNode constraint) {
        putDefault(constraint, "nodeAffinityPolicy", "Honor");
        putDefault(constraint, "nodeTaintsPolicy", "Ignore");
      }
    }
  }

  private static void container(ObjectNode c, boolean hostNetwork) {
    putDefault(c, "terminationMessagePath", "/dev/termination-log");
    putDefault(c, "terminationMessagePolicy", "File");
    putDefault(c, "imagePullPolicy", pullPolicy(c.path("image").asText("")));
    ObjectNode resources = objectAt(c, "resources");
    limitsAreRequests(resources);
    for (JsonNode p : c.path("ports")) {
      if (p instanceof ObjectNode port) {
        putDefault(port, "protocol", "TCP");
        if (hostNetwork && port.has("containerPort")) {
          putDefault(port, "hostPort", port.path("containerPort").asLong());
        }
      }
    }
    for (String probe : new String[] {"livenessProbe", "readinessProbe", "startupProbe"}) {
      if (c.get(probe) instanceof ObjectNode p) {
        probe(p);
      }
    }
    for (String hook : new String[] {"postStart", "preStop"}) {
      if (c.path("lifecycle").path(hook).path("httpGet") instanceof ObjectNode get) {
        httpGet(get);
      }
    }
    for (JsonNode e : c.path("env")) {
      if (e.path("valueFrom").path("fieldRef") instanceof ObjectNode ref) {
        putDefault(ref, "apiVersion", "v1");
      }
      if (e.path("valueFrom").path("resourceFieldRef") instanceof ObjectNode ref) {
        putDefault(ref, "divisor", "0");
      }
    }
  }

  /** A limit without a request is its own request. */
  private static void limitsAreRequests(ObjectNode resources) {
    if (resources.get("limits") instanceof ObjectNode limits) {
      ObjectNode requests = objectAt(resources, "requests");
      limits
          .properties()
          .forEach(
              e -> {
                if (!requests.has(e.getKey())) {
                  requests.set(e.getKey(), e.getValue());
                }
              });
    }
  }

  private static String pullPolicy(String image) {
    if (image.contains("@")) {
      return "IfNotPresent";
    }
    String last = image.substring(image.lastIndexOf('/') + 1);
    int colon = last.indexOf(':');
    return colon < 0 || last.substring(colon + 1).equals("latest") ? "Always" : "IfNotPresent";
  }

  private static void probe(ObjectNode p) {
    putDefault(p, "timeoutSeconds", 1);
    putDefault(p, "periodSeconds", 10);
    putDefault(p, "successThreshold", 1);
    putDefault(p, "failureThreshold", 3);
    if (p.get("httpGet") instanceof ObjectNode get) {
      httpGet(get);
    }
    if (p.get("grpc") instanceof ObjectNode grpc) {
      putDefault(grpc, "service", "");
    }
  }

  private static void httpGet(ObjectNode get) {
    putDefault(get, "path", "/");
    putDefault(get, "scheme", "HTTP");
  }

  private static void volume(ObjectNode volume) {
    if (volume.size() == 1 && volume.has("name")) {
      volume.putObject("emptyDir");
    }
    for (String source : new String[] {"secret", "configMap", "downwardAPI", "projected"}) {
      if (volume.get(source) instanceof ObjectNode s) {
        putDefault(s, "defaultMode", 420);
        fieldRefs(s.path("items"));
        for (JsonNode part : s.path("sources")) {
          fieldRefs(part.path("downwardAPI").path("items"));
          if (part.get("serviceAccountToken") instanceof ObjectNode token) {
            putDefault(token, "expirationSeconds", 3600);
          }
        }
      }
    }
    if (volume.get("hostPath") instanceof ObjectNode host) {
      putDefault(host, "type", "");
    }
  }

  private static void fieldRefs(JsonNode items) {
    for (JsonNode item : items) {
      if (item.path("fieldRef") instanceof ObjectNode ref) {
        putDefault(ref, "apiVersion", "v1");
      }
      if (item.path("resourceFieldRef") instanceof ObjectNode ref) {
        putDefault(ref, "divisor", "0");
      }
    }
  }

  private static void service(ObjectNode spec) {
    putDefault(spec, "type", "ClusterIP");
    putDefault(spec, "sessionAffinity", "None");
    if (spec.path("sessionAffinity").asText().equals("ClientIP")) {
      ObjectNode client = objectAt(objectAt(spec, "sessionAffinityConfig"), "clientIP");
      putDefault(client, "timeoutSeconds", 10800);
    }
    String type = spec.path("type").asText();
    for (JsonNode p : spec.path("ports")) {
      if (p instanceof ObjectNode port) {
        putDefault(port, "protocol", "TCP");
        if (!Json.present(port.path("targetPort"))
            || port.path("targetPort").asText().isEmpty()
            || (port.path("targetPort").isInt() && port.path("targetPort").asInt() == 0)) {
          port.set("targetPort", port.path("port"));
        }
      }
    }
    if (!type.equals("ExternalName")) {
      putDefault(spec, "internalTrafficPolicy", "Cluster");
      putDefault(spec, "ipFamilyPolicy", "SingleStack");
      if (!spec.has("ipFamilies")) {
        spec.putArray("ipFamilies").add("IPv4");
      }
    }
    if (type.equals("NodePort") || type.equals("LoadBalancer")) {
      putDefault(spec, "externalTrafficPolicy", "Cluster");
    }
    if (type.equals("LoadBalancer")) {
      putDefault(spec, "allocateLoadBalancerNodePorts", true);
    }
  }

  private static void claim(ObjectNode object) {
    putDefault(objectAt(object, "spec"), "volumeMode", "Filesystem");
  }

  private static void endpointSlice(ObjectNode object) {
    for (JsonNode p : object.path("ports")) {
      if (p instanceof ObjectNode port) {
        putDefault(port, "name", "");
        putDefault(port, "protocol", "TCP");
      }
    }
  }

  private static void endpoints(ObjectNode object) {
    for (JsonNode subset : object.path("subsets")) {
      if (subset.path("ports") instanceof ArrayNode ports) {
        for (JsonNode p : ports) {
          if (p instanceof ObjectNode port) {
            putDefault(port, "protocol", "TCP");
          }
        }
      }
    }
  }

  private static void binding(ObjectNode object) {
    if (object.get("roleRef") instanceof ObjectNode ref) {
      putDefault(ref, "apiGroup", "rbac.authorization.k8s.io");
    }
    for (JsonNode s : object.path("subjects")) {
      if (s instanceof ObjectNode subject) {
        boolean account = subject.path("kind").asText().equals("ServiceAccount");
        if (!account) {
          putDefault(subject, "apiGroup", "rbac.authorization.k8s.io");
        }
      }
    }
  }
}
