package dev.naru.controllers;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.apps.ControllerRevision;
import io.fabric8.kubernetes.api.model.apps.ControllerRevisionBuilder;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The pod templates that a StatefulSet or DaemonSet has had, as ControllerRevisions. A template
 * that comes back gets its old revision with the newest number.
 */
final class RevisionHistory {
  private static final ObjectMapper JSON = new ObjectMapper();
  private final ClusterState state;

  RevisionHistory(ClusterState state) {
    this.state = state;
  }

  /** Revisions of {@code owner}, oldest number first. */
  List<ControllerRevision> of(HasMetadata owner) {
    return state.revisions.controlledBy(owner).stream()
        .sorted(Comparator.comparing(ControllerRevision::getRevision).thenComparing(Meta::name))
        .toList();
  }

  /** The revision of {@code template}, found or made, with the highest number. */
  ControllerRevision current(
      HasMetadata owner,
      PodTemplateSpec template,
      @Nullable LabelSelector selector,
      @Nullable Integer collisionCount) {
    List<ControllerRevision> known = of(owner);
    Map<String, Object> data = data(template);
    String canonical = TemplateHash.canonical(data);
    long next = known.isEmpty() ? 1 : known.getLast().getRevision() + 1;
    Optional<ControllerRevision> same =
        known.reversed().stream()
            .filter(revision -> TemplateHash.canonical(revision.getData()).equals(canonical))
            .findFirst();
    if (same.isPresent()) {
      return same.get().getRevision() == next - 1
          ? same.get()
          : state
              .client
              .resource(new ControllerRevisionBuilder(same.get()).withRevision(next).build())
              .update();
    }
    String hash = TemplateHash.ofText(canonical + "#" + Meta.orZero(collisionCount));
    Map<String, String> labels = new HashMap<>();
    if (selector != null && selector.getMatchLabels() != null) {
      labels.putAll(selector.getMatchLabels());
    }
    labels.put(StatefulSetPods.REVISION_LABEL, hash);
    ControllerRevision revision =
        new ControllerRevisionBuilder()
            .withNewMetadata()
            .withNamespace(owner.getMetadata().getNamespace())
            .withName(Meta.name(owner) + "-" + hash)
            .withLabels(labels)
            .withOwnerReferences(Meta.controllerReference(owner))
            .endMetadata()
            .withRevision(next)
            .withData(data)
            .build();
    return state
        .api
        .createIfAbsent(revision)
        .orElseGet(
            () ->
                state
                    .client
                    .apps()
                    .controllerRevisions()
                    .inNamespace(owner.getMetadata().getNamespace())
                    .withName(Meta.name(revision))
                    .require());
  }

  /** The template that {@code revision} stands for. */
  static PodTemplateSpec template(ControllerRevision revision) {
    Map<?, ?> data = JSON.convertValue(revision.getData(), Map.class);
    if (data.get("spec") instanceof Map<?, ?> spec
        && spec.get("template") instanceof Map<?, ?> template) {
      Map<Object, Object> plain = new LinkedHashMap<>(template);
      plain.remove("$patch");
      return JSON.convertValue(plain, PodTemplateSpec.class);
    }
    throw new IllegalArgumentException(
        "ControllerRevision " + Meta.key(revision) + " holds no pod template");
  }

  /** Deletes the oldest revisions above {@code limit}, sparing those in {@code live}. */
  void truncate(HasMetadata owner, int limit, Set<String> live) {
    List<ControllerRevision> unused =
        of(owner).stream().filter(revision -> !live.contains(Meta.name(revision))).toList();
    unused.stream()
        .limit(Math.max(0, unused.size() - limit))
        .forEach(revision -> state.api.delete(revision, "Background"));
  }

  private static Map<String, Object> data(PodTemplateSpec template) {
    Map<String, Object> plain =
        new LinkedHashMap<>(
            JSON.convertValue(template, new TypeReference<Map<String, Object>>() {}));
    plain.put("$patch", "replace");
    return Map.of("spec", Map.of("template", plain));
  }
}
