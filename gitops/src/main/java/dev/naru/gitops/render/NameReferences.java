package dev.naru.gitops.render;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Makes references follow renamed objects: prefix, suffix, hash and namespace of what is named.
 *
 * <p>Source: Kustomize 5, built-in field specs "nameReference".
 */
final class NameReferences {
  private static final List<String> POD_SPECS =
      List.of("spec", "spec/template/spec", "spec/jobTemplate/spec/template/spec");
  private static final List<String> CONTAINERS =
      List.of("containers[]", "initContainers[]", "ephemeralContainers[]");

  private final List<Item> all;

  private NameReferences(List<Item> all) {
    this.all = all;
  }

  static void follow(List<Item> all) {
    NameReferences references = new NameReferences(all);
    all.forEach(references::follow);
  }

  private void follow(Item item) {
    Map<String, Object> body = item.body();
    switch (item.kind()) {
      case "Pod" -> pod(item, POD_SPECS.get(0));
      case "CronJob" -> pod(item, POD_SPECS.get(2));
      default -> pod(item, POD_SPECS.get(1));
    }
    switch (item.kind()) {
      case "StatefulSet" -> rename(item, "spec/serviceName", "Service");
      case "Ingress" -> {
        rename(item, "spec/rules[]/http/paths[]/backend/service/name", "Service");
        rename(item, "spec/rules[]/http/paths[]/backend/serviceName", "Service");
        rename(item, "spec/defaultBackend/service/name", "Service");
        rename(item, "spec/tls[]/secretName", "Secret");
        rename(item, "spec/ingressClassName", "IngressClass");
      }
      case "ServiceAccount" -> {
        rename(item, "secrets[]/name", "Secret");
        rename(item, "imagePullSecrets[]/name", "Secret");
      }
      case "RoleBinding", "ClusterRoleBinding" -> {
        String role = Trees.text(body, "roleRef", "kind");
        rename(item, "roleRef/name", role);
        Trees.visit(body, "subjects[]/name", false, this::subject);
      }
      case "HorizontalPodAutoscaler" ->
          rename(
              item, "spec/scaleTargetRef/name", Trees.text(body, "spec", "scaleTargetRef", "kind"));
      case "PersistentVolumeClaim" -> {
        rename(item, "spec/volumeName", "PersistentVolume");
        rename(item, "spec/storageClassName", "StorageClass");
      }
      case "APIService" -> rename(item, "spec/service/name", "Service");
      case "ValidatingWebhookConfiguration", "MutatingWebhookConfiguration" ->
          rename(item, "webhooks[]/clientConfig/service/name", "Service");
      default -> {
        // Other kinds name nothing that can be renamed here.
      }
    }
  }

  private void pod(Item item, String spec) {
    String p = spec + "/";
    for (String container : CONTAINERS) {
      String c = p + container + "/";
      rename(item, c + "env[]/valueFrom/configMapKeyRef/name", "ConfigMap");
      rename(item, c + "env[]/valueFrom/secretKeyRef/name", "Secret");
      rename(item, c + "envFrom[]/configMapRef/name", "ConfigMap");
      rename(item, c + "envFrom[]/secretRef/name", "Secret");
    }
    rename(item, p + "volumes[]/configMap/name", "ConfigMap");
    rename(item, p + "volumes[]/secret/secretName", "Secret");
    rename(item, p + "volumes[]/projected/sources[]/configMap/name", "ConfigMap");
    rename(item, p + "volumes[]/projected/sources[]/secret/name", "Secret");
    rename(item, p + "volumes[]/persistentVolumeClaim/claimName", "PersistentVolumeClaim");
    rename(item, p + "imagePullSecrets[]/name", "Secret");
    rename(item, p + "serviceAccountName", "ServiceAccount");
    rename(item, p + "serviceAccount", "ServiceAccount");
    rename(item, p + "priorityClassName", "PriorityClass");
  }

  private void rename(Item item, String path, String kind) {
    String last = path.substring(path.lastIndexOf('/') + 1);
    Trees.visit(
        item.body(),
        path,
        false,
        holder ->
            target(kind, Trees.text(holder, last), item.namespace())
                .ifPresent(t -> holder.put(last, t.name())));
  }

  private void subject(Map<String, Object> subject) {
    if (!Trees.text(subject, "kind").equals("ServiceAccount")) {
      return;
    }
    String name = Trees.text(subject, "name");
    String namespace = Trees.text(subject, "namespace");
    all.stream()
        .filter(i -> i.kind().equals("ServiceAccount"))
        .filter(i -> i.wasNamed(name) && i.wasIn(namespace))
        .findFirst()
        .ifPresent(
            i -> {
              subject.put("name", i.name());
              if (!i.namespace().isEmpty()) {
                subject.put("namespace", i.namespace());
              }
            });
  }

  private Optional<Item> target(String kind, String name, String namespace) {
    if (name.isEmpty()) {
      return Optional.empty();
    }
    List<Item> named = all.stream().filter(i -> i.kind().equals(kind) && i.wasNamed(name)).toList();
    // Among several of that name the one of the same namespace is meant.
    Optional<Item> near = named.stream().filter(i -> i.namespace().equals(namespace)).findFirst();
    return near.isPresent() || named.size() != 1
        ? near
        : Optional.of(named.getFirst()).filter(i -> !i.isNamespaced() || namespace.isEmpty());
  }
}
