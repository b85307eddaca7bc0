package dev.naru.gitops;

import dev.naru.gitops.render.Trees;
import io.fabric8.kubernetes.api.model.APIResource;
import io.fabric8.kubernetes.api.model.APIResourceList;
import io.fabric8.kubernetes.api.model.DeletionPropagation;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.GenericKubernetesResourceList;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.MixedOperation;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Objects of any kind in the cluster, as trees. */
final class Cluster {
  static final String FIELD_MANAGER = "argocd-controller";

  private final KubernetesClient client;
  private final Map<String, ResourceDefinitionContext> kinds = new ConcurrentHashMap<>();

  Cluster(KubernetesClient client) {
    this.client = client;
  }

  KubernetesClient client() {
    return client;
  }

  /** How the API serves a kind; empty when it does not. */
  Optional<ResourceDefinitionContext> kind(String apiVersion, String kind) {
    ResourceDefinitionContext known = kinds.get(apiVersion + "/" + kind);
    if (known != null) {
      return Optional.of(known);
    }
    APIResourceList served = client.getApiResources(apiVersion);
    if (served == null) {
      return Optional.empty();
    }
    int slash = apiVersion.indexOf('/');
    for (APIResource resource : served.getResources()) {
      if (resource.getName().indexOf('/') < 0) {
        kinds.put(
            apiVersion + "/" + resource.getKind(),
            new ResourceDefinitionContext.Builder()
                .withGroup(slash < 0 ? "" : apiVersion.substring(0, slash))
                .withVersion(apiVersion.substring(slash + 1))
                .withKind(resource.getKind())
                .withPlural(resource.getName())
                .withNamespaced(Boolean.TRUE.equals(resource.getNamespaced()))
                .build());
      }
    }
    return Optional.ofNullable(kinds.get(apiVersion + "/" + kind));
  }

  /** The object; empty when there is none or its kind is not served. */
  Optional<Map<String, Object>> get(ObjectKey key) {
    return kind(key.apiVersion(), key.kind())
        .map(context -> one(context, key).get())
        .map(this::tree);
  }

  /**
   * What the object would be after applying {@code body}; nothing is changed.
   *
   * @throws KubernetesClientException with the API's reason when it cannot be applied
   */
  Map<String, Object> dryRun(Map<String, Object> body, boolean strict) {
    return patch(body, strict, true);
  }

  /** Applies {@code body}, taking fields over from others. */
  Map<String, Object> apply(Map<String, Object> body, boolean strict) {
    return patch(body, strict, false);
  }

  private Map<String, Object> patch(Map<String, Object> body, boolean strict, boolean dryRun) {
    ObjectKey key = ObjectKey.of(body);
    ResourceDefinitionContext context =
        kind(key.apiVersion(), key.kind())
            .orElseThrow(
                () ->
                    new KubernetesClientException(
                        "the cluster has no kind " + key.kind() + " in " + key.apiVersion()));
    PatchContext.Builder patch =
        new PatchContext.Builder()
            .withPatchType(PatchType.SERVER_SIDE_APPLY)
            .withFieldManager(FIELD_MANAGER)
            .withForce(true)
            .withFieldValidation(strict ? "Strict" : "Ignore");
    if (dryRun) {
      patch.withDryRun(List.of("All"));
    }
    GenericKubernetesResource desired =
        client.getKubernetesSerialization().convertValue(body, GenericKubernetesResource.class);
    return tree(one(context, key).patch(patch.build(), desired));
  }

  void delete(ObjectKey key, DeletionPropagation propagation) {
    kind(key.apiVersion(), key.kind())
        .ifPresent(c -> one(c, key).withPropagationPolicy(propagation).delete());
  }

  boolean hasNamespace(String name) {
    return client.namespaces().withName(name).get() != null;
  }

  void createNamespace(String name, Map<String, String> labels, Map<String, String> annotations) {
    client
        .resource(
            new NamespaceBuilder()
                .withNewMetadata()
                .withName(name)
                .withLabels(labels)
                .withAnnotations(annotations)
                .endMetadata()
                .build())
        .create();
  }

  /** Objects of a kind in every namespace. */
  MixedOperation<
          GenericKubernetesResource,
          GenericKubernetesResourceList,
          Resource<GenericKubernetesResource>>
      all(ResourceDefinitionContext context) {
    return client.genericKubernetesResources(context);
  }

  private Resource<GenericKubernetesResource> one(
      ResourceDefinitionContext context, ObjectKey key) {
    var all = client.genericKubernetesResources(context);
    return context.isNamespaceScoped() && !key.namespace().isEmpty()
        ? all.inNamespace(key.namespace()).withName(key.name())
        : all.withName(key.name());
  }

  private Map<String, Object> tree(GenericKubernetesResource object) {
    Object plain = client.getKubernetesSerialization().convertValue(object, Map.class);
    return Trees.map(plain).orElseThrow();
  }

  /** The API's own words for a failure. */
  static String reason(KubernetesClientException e) {
    String status = e.getStatus() == null ? null : e.getStatus().getMessage();
    String message = status == null || status.isBlank() ? e.getMessage() : status;
    return message == null ? e.toString() : message;
  }
}
