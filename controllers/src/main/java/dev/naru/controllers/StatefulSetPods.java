package dev.naru.controllers;

import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeBuilder;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/** The identity of a StatefulSet's pods and their volume claims: names, labels, volumes. */
final class StatefulSetPods {
  static final String REVISION_LABEL = "controller-revision-hash";
  private static final String POD_NAME_LABEL = "statefulset.kubernetes.io/pod-name";
  private static final String INDEX_LABEL = "apps.kubernetes.io/pod-index";

  private StatefulSetPods() {}

  static String name(StatefulSet set, int ordinal) {
    return Meta.name(set) + "-" + ordinal;
  }

  /** The number at the end of a pod's name; empty when the pod is not one of {@code set}. */
  static OptionalInt ordinal(StatefulSet set, Pod pod) {
    String prefix = Meta.name(set) + "-";
    String rest =
        Meta.name(pod).startsWith(prefix) ? Meta.name(pod).substring(prefix.length()) : "";
    return rest.matches("0|[1-9]\\d{0,8}")
        ? OptionalInt.of(Integer.parseInt(rest))
        : OptionalInt.empty();
  }

  static Pod pod(StatefulSet set, PodTemplateSpec template, int ordinal, String revision) {
    String name = name(set, ordinal);
    return Pods.fromTemplate(template, set)
        .editMetadata()
        .withName(name)
        .addToLabels(POD_NAME_LABEL, name)
        .addToLabels(INDEX_LABEL, String.valueOf(ordinal))
        .addToLabels(REVISION_LABEL, revision)
        .endMetadata()
        .editSpec()
        .withHostname(name)
        .withSubdomain(set.getSpec().getServiceName())
        .withVolumes(volumes(set, template, name))
        .endSpec()
        .build();
  }

  /** The claims of one pod; they outlive it, and a later pod of that ordinal finds them again. */
  static List<PersistentVolumeClaim> claims(StatefulSet set, int ordinal) {
    List<PersistentVolumeClaim> claims = new ArrayList<>();
    for (PersistentVolumeClaim template : templates(set)) {
      Map<String, String> labels = new HashMap<>(Meta.labels(template));
      if (set.getSpec().getSelector().getMatchLabels() != null) {
        labels.putAll(set.getSpec().getSelector().getMatchLabels());
      }
      claims.add(
          new PersistentVolumeClaimBuilder()
              .withNewMetadata()
              .withNamespace(set.getMetadata().getNamespace())
              .withName(claimName(template, name(set, ordinal)))
              .withLabels(labels)
              .withAnnotations(Meta.annotations(template))
              .endMetadata()
              .withSpec(template.getSpec())
              .build());
    }
    return claims;
  }

  private static List<Volume> volumes(StatefulSet set, PodTemplateSpec template, String pod) {
    List<Volume> volumes = new ArrayList<>();
    for (PersistentVolumeClaim claim : templates(set)) {
      volumes.add(
          new VolumeBuilder()
              .withName(Meta.name(claim))
              .withNewPersistentVolumeClaim()
              .withClaimName(claimName(claim, pod))
              .endPersistentVolumeClaim()
              .build());
    }
    if (template.getSpec().getVolumes() != null) {
      template.getSpec().getVolumes().stream()
          .filter(
              volume ->
                  templates(set).stream()
                      .noneMatch(claim -> Meta.name(claim).equals(volume.getName())))
          .forEach(volumes::add);
    }
    return volumes;
  }

  private static String claimName(PersistentVolumeClaim template, String pod) {
    return Meta.name(template) + "-" + pod;
  }

  private static List<PersistentVolumeClaim> templates(StatefulSet set) {
    List<PersistentVolumeClaim> templates = set.getSpec().getVolumeClaimTemplates();
    return templates == null ? List.of() : templates;
  }
}
