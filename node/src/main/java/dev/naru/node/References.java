package dev.naru.node;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvFromSource;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.EnvVarSource;
import io.fabric8.kubernetes.api.model.LocalObjectReference;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeProjection;
import java.util.HashSet;
import java.util.Set;

/** What a pod refers to in its namespace, as {@code Kind/name}. */
final class References {
  private final Set<String> found = new HashSet<>();

  private References() {}

  static Set<String> of(Pod pod) {
    References references = new References();
    Pods.containers(pod).forEach(references::add);
    Pods.list(pod.getSpec().getVolumes()).forEach(references::add);
    for (LocalObjectReference secret : Pods.list(pod.getSpec().getImagePullSecrets())) {
      references.found.add("Secret/" + secret.getName());
    }
    return references.found;
  }

  private void add(Container container) {
    for (EnvFromSource from : Pods.list(container.getEnvFrom())) {
      if (from.getConfigMapRef() != null) {
        found.add("ConfigMap/" + from.getConfigMapRef().getName());
      }
      if (from.getSecretRef() != null) {
        found.add("Secret/" + from.getSecretRef().getName());
      }
    }
    for (EnvVar variable : Pods.list(container.getEnv())) {
      EnvVarSource from = variable.getValueFrom();
      if (from != null && from.getConfigMapKeyRef() != null) {
        found.add("ConfigMap/" + from.getConfigMapKeyRef().getName());
      }
      if (from != null && from.getSecretKeyRef() != null) {
        found.add("Secret/" + from.getSecretKeyRef().getName());
      }
    }
  }

  private void add(Volume volume) {
    if (volume.getConfigMap() != null) {
      found.add("ConfigMap/" + volume.getConfigMap().getName());
    }
    if (volume.getSecret() != null) {
      found.add("Secret/" + volume.getSecret().getSecretName());
    }
    if (volume.getPersistentVolumeClaim() != null) {
      found.add("PersistentVolumeClaim/" + volume.getPersistentVolumeClaim().getClaimName());
    }
    if (volume.getProjected() != null) {
      for (VolumeProjection source : Pods.list(volume.getProjected().getSources())) {
        if (source.getConfigMap() != null) {
          found.add("ConfigMap/" + source.getConfigMap().getName());
        }
        if (source.getSecret() != null) {
          found.add("Secret/" + source.getSecret().getName());
        }
      }
    }
  }
}
