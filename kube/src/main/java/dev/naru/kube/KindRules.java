package dev.naru.kube;

import static dev.naru.kube.Json.objectAt;
import static dev.naru.kube.Json.putDefault;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What single kinds do beyond defaults: generated selectors, classes, addresses, first status. */
final class KindRules {
  private static final String DEFAULT_CLASS = "storageclass.kubernetes.io/is-default-class";

  private final Store store;
  private final Kinds kinds;
  private final ServiceAddresses addresses;
  private final java.time.Clock clock;

  KindRules(Store store, Kinds kinds, ServiceAddresses addresses, java.time.Clock clock) {
    this.store = store;
    this.kinds = kinds;
    this.addresses = addresses;
    this.clock = clock;
  }

  /** Completes an object that is about to be created; before defaults. */
  void beforeCreate(Resource kind, ObjectNode object) {
    if (kind.has("status") && !kind.kind().equals("Node")) {
      object.remove("status");
    }
    if (kind.custom()) {
      return;
    }
    switch (kind.kind()) {
      case "Namespace" -> {
        String name = object.path("metadata").path("name").asText("");
        objectAt(Json.meta(object), "labels").put("kubernetes.io/metadata.name", name);
        objectAt(object, "spec").putArray("finalizers").add("kubernetes");
        objectAt(object, "status").put("phase", "Active");
      }
      case "Pod" -> pod(object);
      case "Service" -> objectAt(object, "status").putObject("loadBalancer");
      case "Ingress" -> objectAt(object, "status").putObject("loadBalancer");
      case "PersistentVolumeClaim" -> {
        defaultClass(objectAt(object, "spec"));
        objectAt(object, "status").put("phase", "Pending");
      }
      case "PersistentVolume" -> objectAt(object, "status").put("phase", "Pending");
      case "Secret" -> secret(object);
      case "Job" -> job(object);
      case "Deployment", "ReplicaSet", "StatefulSet", "DaemonSet", "CronJob" ->
          objectAt(object, "status");
      case "CustomResourceDefinition" -> {
        Defaults.apply(kind, object);
        var finalizers = Json.meta(object).withArray("finalizers");
        finalizers.add(CustomDefinitions.CLEANUP);
        CustomDefinitions.accept(
            object, clock.instant().truncatedTo(java.time.temporal.ChronoUnit.SECONDS).toString());
      }
      default -> {}
    }
  }

  /** Completes an object that is about to be replaced; before defaults. */
  void beforeUpdate(Resource kind, String subresource, ObjectNode live, ObjectNode next) {
    switch (kind.kind()) {
      case "Namespace" -> {
        if (!subresource.equals("finalize")) {
          Objects.replace(next, "spec", live.get("spec"));
        }
      }
      case "Secret" -> secret(next);
      case "Pod" -> {
        ObjectNode spec = objectAt(next, "spec");
        keep(spec, live.path("spec"), "nodeName");
        putDefault(spec, "enableServiceLinks", true);
        putDefault(spec, "priority", live.path("spec").path("priority").asLong());
        keep(spec, live.path("spec"), "serviceAccountName");
        keep(spec, live.path("spec"), "preemptionPolicy");
      }
      case "Service" -> service(live.path("spec"), objectAt(next, "spec"));
      case "Job" -> {
        ObjectNode spec = objectAt(next, "spec");
        keep(spec, live.path("spec"), "selector");
      }
      case "PersistentVolumeClaim" -> {
        ObjectNode spec = objectAt(next, "spec");
        keep(spec, live.path("spec"), "volumeName");
        keep(spec, live.path("spec"), "storageClassName");
      }
      case "PersistentVolume" -> keep(objectAt(next, "spec"), live.path("spec"), "claimRef");
      case "CustomResourceDefinition" -> {
        if (subresource.isEmpty()) {
          Defaults.apply(kind, next);
          CustomDefinitions.accept(
              next, clock.instant().truncatedTo(java.time.temporal.ChronoUnit.SECONDS).toString());
        }
      }
      default -> {}
    }
  }

  private static void keep(ObjectNode spec, JsonNode live, String field) {
    if (!spec.hasNonNull(field) && live.hasNonNull(field)) {
      spec.set(field, live.get(field));
    }
  }

  /** A client that does not send back what the server chose keeps it. */
  private static void service(JsonNode live, ObjectNode next) {
    boolean external = next.path("type").asText("ClusterIP").equals("ExternalName");
    if (external) {
      next.remove(
          java.util.List.of(
              "clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy", "internalTrafficPolicy"));
      return;
    }
    if (next.path("clusterIP").asText("").isEmpty()) {
      keep(next, live, "clusterIP");
      if (next.path("clusterIP").asText("").isEmpty() && live.hasNonNull("clusterIP")) {
        next.set("clusterIP", live.get("clusterIP"));
      }
    }
    if (!next.has("clusterIPs")) {
      keep(next, live, "clusterIPs");
    }
    for (JsonNode port : next.path("ports")) {
      if (port instanceof ObjectNode p && !p.has("nodePort")) {
        for (JsonNode old : live.path("ports")) {
          if (old.hasNonNull("nodePort")
              && old.path("port").equals(p.path("port"))
              && old.path("protocol").asText().equals(p.path("protocol").asText("TCP"))) {
            p.set("nodePort", old.get("nodePort"));
          }
        }
      }
    }
    String type = next.path("type").asText("ClusterIP");
    if (type.equals("ClusterIP")) {
      for (JsonNode port : next.path("ports")) {
        ((ObjectNode) port).remove("nodePort");
      }
    }
  }

  private void pod(ObjectNode object) {
    ObjectNode spec = objectAt(object, "spec");
    putDefault(spec, "serviceAccountName", "default");
    putDefault(spec, "enableServiceLinks", true);
    priority(object, spec);
    ObjectNode status = objectAt(object, "status");
    status.put("phase", "Pending");
    Defaults.apply(kinds.builtIn("", "v1", "pods"), object);
    status.put("qosClass", PodQuality.of(spec));
  }

  private void priority(ObjectNode object, ObjectNode spec) {
    String name = spec.path("priorityClassName").asText("");
    if (name.isEmpty()) {
      spec.put("priority", 0);
      spec.put("preemptionPolicy", "PreemptLowerPriority");
      return;
    }
    Resource classes = kinds.builtIn("scheduling.k8s.io", "v1", "priorityclasses");
    Stored found = store.state().get(classes.table(), "", name);
    if (found == null) {
      throw StatusException.forbidden(
          kinds.builtIn("", "v1", "pods"),
          object.path("metadata").path("name").asText(""),
          "no PriorityClass with name " + name + " was found");
    }
    spec.set("priority", found.json().path("value"));
    spec.put(
        "preemptionPolicy", found.json().path("preemptionPolicy").asText("PreemptLowerPriority"));
  }

  private void defaultClass(ObjectNode spec) {
    if (spec.has("storageClassName")) {
      return;
    }
    Resource classes = kinds.builtIn("storage.k8s.io", "v1", "storageclasses");
    for (Stored c : store.state().list(classes.table(), "")) {
      if (c.meta().path("annotations").path(DEFAULT_CLASS).asText().equals("true")) {
        spec.put("storageClassName", c.name());
        return;
      }
    }
  }

  private static void secret(ObjectNode object) {
    JsonNode plain = object.remove("stringData");
    if (plain != null) {
      ObjectNode data = objectAt(object, "data");
      for (Map.Entry<String, JsonNode> e : plain.properties()) {
        byte[] bytes = e.getValue().asText().getBytes(StandardCharsets.UTF_8);
        data.put(e.getKey(), Base64.getEncoder().encodeToString(bytes));
      }
    }
  }

  /** A job finds its pods by its own uid, unless the user selects them. */
  private static void job(ObjectNode object) {
    objectAt(object, "status");
    ObjectNode spec = objectAt(object, "spec");
    if (spec.path("manualSelector").asBoolean(false) || spec.hasNonNull("selector")) {
      return;
    }
    String uid = object.path("metadata").path("uid").asText();
    String name = object.path("metadata").path("name").asText();
    ObjectNode labels = objectAt(objectAt(objectAt(spec, "template"), "metadata"), "labels");
    labels.put("batch.kubernetes.io/controller-uid", uid);
    labels.put("batch.kubernetes.io/job-name", name);
    labels.put("controller-uid", uid);
    labels.put("job-name", name);
    objectAt(objectAt(spec, "selector"), "matchLabels")
        .put("batch.kubernetes.io/controller-uid", uid);
  }

  /** Reserves the addresses and node ports that {@code next} needs and {@code live} has not. */
  void allocate(Resource kind, ObjectNode next, @Nullable ObjectNode live, boolean dryRun) {
    if (kind.kind().equals("Service") && !kind.custom()) {
      addresses.allocate(kind, next, live, dryRun);
    }
  }

  /** Gives back what {@code object} reserved and {@code kept} does not use. */
  void release(Resource kind, ObjectNode object, @Nullable ObjectNode kept) {
    if (kind.kind().equals("Service") && !kind.custom()) {
      addresses.release(object, kept);
    }
  }
}
