package dev.naru.kube;

import static dev.naru.kube.Printers.age;
import static dev.naru.kube.Printers.orNone;
import static dev.naru.kube.Printers.pairs;
import static dev.naru.kube.Printers.text;

import com.fasterxml.jackson.databind.JsonNode;
import dev.naru.kube.Printers.Entry;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** The columns of the built-in kinds but pods. */
final class PrinterTable {
  private PrinterTable() {}

  static List<Entry> cells(String kind, Instant now) {
    Entry age = Entry.of("Age", o -> age(o, now));
    return switch (kind) {
      case "Deployment" ->
          List.of(
              Entry.of("Ready", o -> ratio(o, "status.readyReplicas", "spec.replicas")),
              Entry.number("Up-to-date", "status.updatedReplicas"),
              Entry.number("Available", "status.availableReplicas"),
              age,
              Entry.wide("Containers", o -> containers(o, "name")),
              Entry.wide("Images", o -> containers(o, "image")),
              Entry.wide("Selector", PrinterTable::selector));
      case "ReplicaSet" ->
          List.of(
              Entry.number("Desired", "spec.replicas"),
              Entry.number("Current", "status.replicas"),
              Entry.number("Ready", "status.readyReplicas"),
              age,
              Entry.wide("Containers", o -> containers(o, "name")),
              Entry.wide("Images", o -> containers(o, "image")),
              Entry.wide("Selector", PrinterTable::selector));
      case "StatefulSet" ->
          List.of(
              Entry.of("Ready", o -> ratio(o, "status.readyReplicas", "spec.replicas")),
              age,
              Entry.wide("Containers", o -> containers(o, "name")),
              Entry.wide("Images", o -> containers(o, "image")));
      case "DaemonSet" ->
          List.of(
              Entry.number("Desired", "status.desiredNumberScheduled"),
              Entry.number("Current", "status.currentNumberScheduled"),
              Entry.number("Ready", "status.numberReady"),
              Entry.number("Up-to-date", "status.updatedNumberScheduled"),
              Entry.number("Available", "status.numberAvailable"),
              Entry.of("Node Selector", o -> pairs(Json.at(o, "spec.template.spec.nodeSelector"))),
              age);
      case "Job" ->
          List.of(
              Entry.of("Status", PrinterTable::jobStatus),
              Entry.of("Completions", o -> ratio(o, "status.succeeded", "spec.completions")),
              Entry.of("Duration", o -> jobDuration(o, now)),
              age);
      case "CronJob" ->
          List.of(
              Entry.of("Schedule", o -> text(o, "spec.schedule")),
              Entry.of("Timezone", o -> orNone(text(o, "spec.timeZone"))),
              Entry.of("Suspend", o -> title(Json.at(o, "spec.suspend").asBoolean(false))),
              new Entry("Active", "integer", 0, o -> Json.at(o, "status.active").size()),
              Entry.of("Last Schedule", o -> ago(text(o, "status.lastScheduleTime"), now)),
              age);
      case "Service" ->
          List.of(
              Entry.of("Type", o -> text(o, "spec.type")),
              Entry.of("Cluster-IP", o -> orNone(text(o, "spec.clusterIP"))),
              Entry.of("External-IP", PrinterTable::externalIp),
              Entry.of("Port(s)", PrinterTable::ports),
              age,
              Entry.wide("Selector", o -> pairs(Json.at(o, "spec.selector"))));
      case "Ingress" ->
          List.of(
              Entry.of("Class", o -> orNone(text(o, "spec.ingressClassName"))),
              Entry.of("Hosts", o -> hosts(o)),
              Entry.of("Address", o -> addresses(Json.at(o, "status.loadBalancer.ingress"))),
              Entry.of("Ports", o -> Json.at(o, "spec.tls").isEmpty() ? "80" : "80, 443"),
              age);
      case "IngressClass" ->
          List.of(
              Entry.of("Controller", o -> text(o, "spec.controller")),
              Entry.of("Parameters", o -> orNone(text(o, "spec.parameters.name"))),
              age);
      case "Namespace" -> List.of(Entry.of("Status", o -> text(o, "status.phase")), age);
      case "Node" -> node(now);
      case "ConfigMap" ->
          List.of(data(o -> o.path("data").size() + o.path("binaryData").size()), age);
      case "Secret" ->
          List.of(Entry.of("Type", o -> text(o, "type")), data(o -> o.path("data").size()), age);
      case "ServiceAccount" -> List.of(count("Secrets", o -> o.path("secrets").size()), age);
      case "PersistentVolumeClaim" ->
          List.of(
              Entry.of("Status", o -> status(o, "status.phase")),
              Entry.of("Volume", o -> text(o, "spec.volumeName")),
              Entry.of("Capacity", o -> text(o, "status.capacity.storage")),
              Entry.of("Access Modes", o -> modes(Json.at(o, "status.accessModes"))),
              Entry.of("StorageClass", o -> text(o, "spec.storageClassName")),
              Entry.of(
                  "VolumeAttributesClass", o -> orUnset(text(o, "spec.volumeAttributesClassName"))),
              age,
              Entry.wide("VolumeMode", o -> text(o, "spec.volumeMode")));
      case "PersistentVolume" ->
          List.of(
              Entry.of("Capacity", o -> text(o, "spec.capacity.storage")),
              Entry.of("Access Modes", o -> modes(Json.at(o, "spec.accessModes"))),
              Entry.of("Reclaim Policy", o -> text(o, "spec.persistentVolumeReclaimPolicy")),
              Entry.of("Status", o -> status(o, "status.phase")),
              Entry.of("Claim", PrinterTable::claim),
              Entry.of("StorageClass", o -> text(o, "spec.storageClassName")),
              age);
      case "StorageClass" ->
          List.of(
              Entry.of("Provisioner", o -> text(o, "provisioner")),
              Entry.of("ReclaimPolicy", o -> text(o, "reclaimPolicy")),
              Entry.of("VolumeBindingMode", o -> text(o, "volumeBindingMode")),
              Entry.of(
                  "AllowVolumeExpansion", o -> o.path("allowVolumeExpansion").asBoolean(false)),
              age);
      case "Event" -> events(now);
      case "Endpoints" -> List.of(Entry.of("Endpoints", PrinterTable::endpoints), age);
      case "EndpointSlice" ->
          List.of(
              Entry.of("AddressType", o -> text(o, "addressType")),
              Entry.of("Ports", o -> orUnset(join(o.path("ports"), "port"))),
              Entry.of("Endpoints", PrinterTable::sliceAddresses),
              age);
      case "Lease" -> List.of(Entry.of("Holder", o -> text(o, "spec.holderIdentity")), age);
      case "HorizontalPodAutoscaler" ->
          List.of(
              Entry.of(
                  "Reference",
                  o ->
                      text(o, "spec.scaleTargetRef.kind")
                          + "/"
                          + text(o, "spec.scaleTargetRef.name")),
              Entry.of("Targets", PrinterTable::targets),
              Entry.of("MinPods", o -> text(o, "spec.minReplicas")),
              Entry.number("MaxPods", "spec.maxReplicas"),
              Entry.number("Replicas", "status.currentReplicas"),
              age);
      case "PodDisruptionBudget" ->
          List.of(
              Entry.of("Min Available", o -> orNa(text(o, "spec.minAvailable"))),
              Entry.of("Max Unavailable", o -> orNa(text(o, "spec.maxUnavailable"))),
              Entry.number("Allowed Disruptions", "status.disruptionsAllowed"),
              age);
      case "PriorityClass" ->
          List.of(
              Entry.number("Value", "value"),
              Entry.of("Global-Default", o -> o.path("globalDefault").asBoolean(false)),
              age);
      case "ControllerRevision" ->
          List.of(
              Entry.of("Controller", PrinterTable::controller),
              Entry.number("Revision", "revision"),
              age);
      case "Role", "ClusterRole", "CustomResourceDefinition" ->
          List.of(Entry.of("Created At", o -> text(o, "metadata.creationTimestamp")));
      case "RoleBinding", "ClusterRoleBinding" ->
          List.of(
              Entry.of("Role", o -> text(o, "roleRef.kind") + "/" + text(o, "roleRef.name")), age);
      default -> List.of(age);
    };
  }

  private static List<Entry> node(Instant now) {
    return List.of(
        Entry.of("Status", PrinterTable::nodeStatus),
        Entry.of("Roles", PrinterTable::roles),
        Entry.of("Age", o -> age(o, now)),
        Entry.of("Version", o -> text(o, "status.nodeInfo.kubeletVersion")),
        Entry.wide("Internal-IP", o -> nodeAddress(o, "InternalIP")),
        Entry.wide("External-IP", o -> nodeAddress(o, "ExternalIP")),
        Entry.wide("OS-Image", o -> unknown(text(o, "status.nodeInfo.osImage"))),
        Entry.wide("Kernel-Version", o -> unknown(text(o, "status.nodeInfo.kernelVersion"))),
        Entry.wide(
            "Container-Runtime", o -> unknown(text(o, "status.nodeInfo.containerRuntimeVersion"))));
  }

  private static List<Entry> events(Instant now) {
    return List.of(
        Entry.of("Last Seen", o -> lastSeen(o, now)),
        Entry.of("Type", o -> text(o, "type")),
        Entry.of("Reason", o -> text(o, "reason")),
        Entry.of(
            "Object",
            o ->
                text(o, "involvedObject.kind").toLowerCase(java.util.Locale.ROOT)
                    + "/"
                    + text(o, "involvedObject.name")),
        Entry.wide("Subobject", o -> text(o, "involvedObject.fieldPath")),
        Entry.wide("Source", o -> text(o, "source.component")),
        Entry.of("Message", o -> text(o, "message").strip()),
        Entry.wide("Count", o -> Math.max(1, o.path("count").asLong(1))));
  }

  private static String lastSeen(JsonNode e, Instant now) {
    for (String path :
        List.of(
            "series.lastObservedTime",
            "lastTimestamp",
            "eventTime",
            "firstTimestamp",
            "metadata.creationTimestamp")) {
      String time = text(e, path);
      if (!time.isEmpty()) {
        return Printers.since(time, now);
      }
    }
    return "<unknown>";
  }

  private static Entry data(Function<JsonNode, Object> value) {
    return count("Data", value);
  }

  private static Entry count(String name, Function<JsonNode, Object> value) {
    return new Entry(name, "integer", 0, value);
  }

  private static String ratio(JsonNode o, String some, String all) {
    return Json.at(o, some).asLong(0) + "/" + Json.at(o, all).asLong(1);
  }

  private static String containers(JsonNode o, String field) {
    return join(Json.at(o, "spec.template.spec.containers"), field);
  }

  private static String join(JsonNode array, String field) {
    List<String> parts = new ArrayList<>();
    array.forEach(n -> parts.add(n.path(field).asText()));
    return String.join(",", parts);
  }

  private static String selector(JsonNode o) {
    return orNone(Selectors.text(Json.at(o, "spec.selector")));
  }

  private static String title(boolean yes) {
    return yes ? "True" : "False";
  }

  private static String ago(String time, Instant now) {
    return time.isEmpty() ? "<none>" : Printers.since(time, now);
  }

  private static String orUnset(String text) {
    return text.isEmpty() ? "<unset>" : text;
  }

  private static String orNa(String text) {
    return text.isEmpty() ? "N/A" : text;
  }

  private static String unknown(String text) {
    return text.isEmpty() ? "<unknown>" : text;
  }

  private static String status(JsonNode o, String path) {
    return o.path("metadata").hasNonNull("deletionTimestamp") ? "Terminating" : text(o, path);
  }

  private static String jobStatus(JsonNode job) {
    for (JsonNode c : Json.at(job, "status.conditions")) {
      if (c.path("status").asText().equals("True")) {
        String type = c.path("type").asText();
        if (type.equals("Complete") || type.equals("Failed") || type.equals("Suspended")) {
          return type;
        }
      }
    }
    return job.path("metadata").hasNonNull("deletionTimestamp") ? "Terminating" : "Running";
  }

  private static String jobDuration(JsonNode job, Instant now) {
    String start = text(job, "status.startTime");
    if (start.isEmpty()) {
      return "";
    }
    String end = text(job, "status.completionTime");
    return Printers.since(start, end.isEmpty() ? now : Instant.parse(end));
  }

  private static String externalIp(JsonNode service) {
    String external = join2(Json.at(service, "spec.externalIPs"));
    return switch (text(service, "spec.type")) {
      case "ExternalName" -> text(service, "spec.externalName");
      case "LoadBalancer" -> {
        String ips = addresses(Json.at(service, "status.loadBalancer.ingress"));
        yield ips.isEmpty() ? (external.isEmpty() ? "<pending>" : external) : ips;
      }
      default -> orNone(external);
    };
  }

  private static String join2(JsonNode array) {
    List<String> parts = new ArrayList<>();
    array.forEach(n -> parts.add(n.asText()));
    return String.join(",", parts);
  }

  private static String addresses(JsonNode ingress) {
    List<String> parts = new ArrayList<>();
    ingress.forEach(i -> parts.add(i.path("ip").asText(i.path("hostname").asText(""))));
    return String.join(",", parts);
  }

  private static String ports(JsonNode service) {
    List<String> parts = new ArrayList<>();
    for (JsonNode p : Json.at(service, "spec.ports")) {
      String node = p.path("nodePort").asInt(0) > 0 ? ":" + p.path("nodePort").asInt() : "";
      parts.add(p.path("port").asInt() + node + "/" + p.path("protocol").asText("TCP"));
    }
    return orNone(String.join(",", parts));
  }

  private static String hosts(JsonNode ingress) {
    List<String> parts = new ArrayList<>();
    for (JsonNode rule : Json.at(ingress, "spec.rules")) {
      String host = rule.path("host").asText("");
      if (!host.isEmpty()) {
        parts.add(host);
      }
    }
    return parts.isEmpty() ? "*" : String.join(",", parts);
  }

  private static String nodeStatus(JsonNode node) {
    String status = "Unknown";
    for (JsonNode c : Json.at(node, "status.conditions")) {
      if (c.path("type").asText().equals("Ready")) {
        status = c.path("status").asText().equals("True") ? "Ready" : "NotReady";
      }
    }
    return Json.at(node, "spec.unschedulable").asBoolean(false)
        ? status + ",SchedulingDisabled"
        : status;
  }

  private static String roles(JsonNode node) {
    List<String> roles = new ArrayList<>();
    for (var e : Json.at(node, "metadata.labels").properties()) {
      if (e.getKey().startsWith("node-role.kubernetes.io/")) {
        roles.add(e.getKey().substring("node-role.kubernetes.io/".length()));
      }
    }
    return orNone(String.join(",", roles));
  }

  private static String nodeAddress(JsonNode node, String type) {
    for (JsonNode a : Json.at(node, "status.addresses")) {
      if (a.path("type").asText().equals(type)) {
        return a.path("address").asText();
      }
    }
    return "<none>";
  }

  private static String modes(JsonNode modes) {
    List<String> parts = new ArrayList<>();
    for (JsonNode m : modes) {
      parts.add(
          switch (m.asText()) {
            case "ReadWriteOnce" -> "RWO";
            case "ReadOnlyMany" -> "ROX";
            case "ReadWriteMany" -> "RWX";
            case "ReadWriteOncePod" -> "RWOP";
            default -> m.asText();
          });
    }
    return String.join(",", parts);
  }

  private static String claim(JsonNode volume) {
    String name = text(volume, "spec.claimRef.name");
    return name.isEmpty() ? "" : text(volume, "spec.claimRef.namespace") + "/" + name;
  }

  private static String endpoints(JsonNode o) {
    List<String> parts = new ArrayList<>();
    for (JsonNode subset : o.path("subsets")) {
      for (JsonNode a : subset.path("addresses")) {
        for (JsonNode p : subset.path("ports")) {
          parts.add(a.path("ip").asText() + ":" + p.path("port").asInt());
        }
      }
    }
    return orNone(String.join(",", parts));
  }

  private static String sliceAddresses(JsonNode slice) {
    List<String> parts = new ArrayList<>();
    for (JsonNode e : slice.path("endpoints")) {
      e.path("addresses").forEach(a -> parts.add(a.asText()));
    }
    return orUnset(String.join(",", parts));
  }

  private static String targets(JsonNode hpa) {
    List<String> parts = new ArrayList<>();
    JsonNode current = Json.at(hpa, "status.currentMetrics");
    int i = 0;
    for (JsonNode m : Json.at(hpa, "spec.metrics")) {
      String name = m.path("resource").path("name").asText(m.path("type").asText());
      JsonNode target = m.path("resource").path("target");
      JsonNode seen = current.path(i++).path("resource").path("current");
      String wanted =
          target.has("averageUtilization")
              ? target.path("averageUtilization").asText() + "%"
              : target.path("averageValue").asText("<unknown>");
      String now =
          seen.has("averageUtilization")
              ? seen.path("averageUtilization").asText() + "%"
              : seen.path("averageValue").asText("<unknown>");
      parts.add(name + ": " + now + "/" + wanted);
    }
    return orNone(String.join(", ", parts));
  }

  private static String controller(JsonNode o) {
    for (JsonNode owner : Json.at(o, "metadata.ownerReferences")) {
      if (owner.path("controller").asBoolean(false)) {
        String group = owner.path("apiVersion").asText();
        int slash = group.indexOf('/');
        return owner.path("kind").asText().toLowerCase(java.util.Locale.ROOT)
            + (slash < 0 ? "" : "." + group.substring(0, slash))
            + "/"
            + owner.path("name").asText();
      }
    }
    return "<none>";
  }
}
