package dev.naru.controllers;

import io.fabric8.kubernetes.api.model.DeleteOptions;
import io.fabric8.kubernetes.api.model.DeleteOptionsBuilder;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Requests that the client's typed calls do not offer. */
final class Api {
  private final KubernetesClient client;

  Api(KubernetesClient client) {
    this.client = client;
  }

  KubernetesClient client() {
    return client;
  }

  /** {@code /api/v1/namespaces/…} or {@code /apis/<group>/<version>/…}. */
  static String path(String apiVersion, String plural, Optional<String> namespace, String name) {
    return (apiVersion.contains("/") ? "/apis/" : "/api/")
        + apiVersion
        + namespace.map(ns -> "/namespaces/" + ns).orElse("")
        + "/"
        + plural
        + "/"
        + name;
  }

  /** Of an object of a typed class: a generic one does not know its plural. */
  static String path(HasMetadata object) {
    if (object instanceof GenericKubernetesResource) {
      throw new IllegalArgumentException("the path of " + object.getKind() + " is not known");
    }
    return path(
        object.getApiVersion(),
        object.getPlural(),
        Optional.ofNullable(object.getMetadata().getNamespace()).filter(ns -> !ns.isEmpty()),
        Meta.name(object));
  }

  /**
   * Deletes this very object, never another that has taken its name since.
   *
   * @param propagation Background, Foreground or Orphan
   */
  void delete(HasMetadata object, String propagation) {
    delete(path(object), Meta.uid(object), propagation);
  }

  void delete(String path, String uid, String propagation) {
    DeleteOptions options =
        new DeleteOptionsBuilder()
            .withPropagationPolicy(propagation)
            .withNewPreconditions()
            .withUid(uid)
            .endPreconditions()
            .build();
    try {
      client.raw(path, "DELETE", options);
    } catch (KubernetesClientException e) {
      // Gone already, or replaced by another object of that name: both mean that it is deleted.
      if (e.getCode() != 404 && e.getCode() != 409) {
        throw e;
      }
    }
  }

  /**
   * Writes the owners of {@code object} as it was seen: another writer in between is a conflict.
   *
   * @return false when it has gone
   */
  boolean replaceOwners(HasMetadata object, List<OwnerReference> owners) {
    return mergePatch(
        object,
        Map.of(
            "metadata",
            Map.of(
                "uid",
                Meta.uid(object),
                "resourceVersion",
                object.getMetadata().getResourceVersion(),
                "ownerReferences",
                owners)));
  }

  /** Writes the finalizers, as {@link #replaceOwners}. */
  boolean replaceFinalizers(HasMetadata object, List<String> finalizers) {
    return mergePatch(
        object,
        Map.of(
            "metadata",
            Map.of(
                "uid",
                Meta.uid(object),
                "resourceVersion",
                object.getMetadata().getResourceVersion(),
                "finalizers",
                finalizers)));
  }

  /** Adds annotations, whatever else is written meanwhile. */
  void annotate(HasMetadata object, Map<String, String> annotations) {
    mergePatch(
        object, Map.of("metadata", Map.of("uid", Meta.uid(object), "annotations", annotations)));
  }

  /** Replaces an object's status as it was seen; one that has gone needs none. */
  <T extends HasMetadata> void updateStatus(T object) {
    try {
      client.resource(object).updateStatus();
    } catch (KubernetesClientException e) {
      if (e.getCode() != 404) {
        throw e;
      }
    }
  }

  /** Creates {@code object}; one of that name that is there already is left as it is. */
  <T extends HasMetadata> Optional<T> createIfAbsent(T object) {
    try {
      return Optional.of(client.resource(object).create());
    } catch (KubernetesClientException e) {
      if (alreadyExists(e)) {
        return Optional.empty();
      }
      throw e;
    }
  }

  static boolean alreadyExists(KubernetesClientException e) {
    return e.getCode() == 409
        && (e.getStatus() == null || "AlreadyExists".equals(e.getStatus().getReason()));
  }

  private boolean mergePatch(HasMetadata object, Map<String, Object> patch) {
    try {
      client
          .resource(object)
          .patch(
              PatchContext.of(PatchType.JSON_MERGE),
              client.getKubernetesSerialization().asJson(patch));
      return true;
    } catch (KubernetesClientException e) {
      if (e.getCode() == 404) {
        return false;
      }
      throw e;
    }
  }
}
