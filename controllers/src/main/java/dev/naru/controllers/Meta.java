package dev.naru.controllers;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectReference;
import io.fabric8.kubernetes.api.model.ObjectReferenceBuilder;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import java.time.Clock;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Facts read from, and written to, metadata. */
final class Meta {
  private Meta() {}

  static String key(HasMetadata object) {
    String namespace = object.getMetadata().getNamespace();
    return namespace == null || namespace.isEmpty()
        ? object.getMetadata().getName()
        : namespace + "/" + object.getMetadata().getName();
  }

  static String name(HasMetadata object) {
    return object.getMetadata().getName();
  }

  static String uid(HasMetadata object) {
    return object.getMetadata().getUid();
  }

  static boolean deleting(HasMetadata object) {
    return object.getMetadata().getDeletionTimestamp() != null;
  }

  static List<OwnerReference> owners(HasMetadata object) {
    List<OwnerReference> owners = object.getMetadata().getOwnerReferences();
    return owners == null ? List.of() : owners;
  }

  static List<String> finalizers(HasMetadata object) {
    List<String> finalizers = object.getMetadata().getFinalizers();
    return finalizers == null ? List.of() : finalizers;
  }

  static Optional<OwnerReference> controller(HasMetadata object) {
    return owners(object).stream().filter(o -> Boolean.TRUE.equals(o.getController())).findFirst();
  }

  static OwnerReference controllerReference(HasMetadata owner) {
    return new OwnerReferenceBuilder()
        .withApiVersion(owner.getApiVersion())
        .withKind(owner.getKind())
        .withName(name(owner))
        .withUid(uid(owner))
        .withController(true)
        .withBlockOwnerDeletion(true)
        .build();
  }

  static ObjectReference reference(HasMetadata object) {
    return new ObjectReferenceBuilder()
        .withApiVersion(object.getApiVersion())
        .withKind(object.getKind())
        .withNamespace(object.getMetadata().getNamespace())
        .withName(name(object))
        .withUid(uid(object))
        .withResourceVersion(object.getMetadata().getResourceVersion())
        .build();
  }

  static Map<String, String> labels(HasMetadata object) {
    Map<String, String> labels = object.getMetadata().getLabels();
    return labels == null ? Map.of() : labels;
  }

  static Map<String, String> annotations(HasMetadata object) {
    Map<String, String> annotations = object.getMetadata().getAnnotations();
    return annotations == null ? Map.of() : annotations;
  }

  static Instant created(HasMetadata object) {
    return time(object.getMetadata().getCreationTimestamp()).orElse(Instant.EPOCH);
  }

  static long generation(HasMetadata object) {
    return orZero(object.getMetadata().getGeneration());
  }

  /** An RFC 3339 time; empty for none. */
  static Optional<Instant> time(@Nullable String text) {
    return text == null || text.isEmpty()
        ? Optional.empty()
        : Optional.of(OffsetDateTime.parse(text).toInstant());
  }

  /** Now in the resolution of the API's times. */
  static String now(Clock clock) {
    return clock.instant().truncatedTo(ChronoUnit.SECONDS).toString();
  }

  static int orZero(@Nullable Integer value) {
    return value == null ? 0 : value;
  }

  static long orZero(@Nullable Long value) {
    return value == null ? 0 : value;
  }

  static int orElse(@Nullable Integer value, int other) {
    return value == null ? other : value;
  }
}
