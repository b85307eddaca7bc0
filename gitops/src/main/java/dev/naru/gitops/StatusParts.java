package dev.naru.gitops;

import dev.naru.gitops.ApplicationStatus.Health;
import dev.naru.gitops.ApplicationStatus.Summary;
import dev.naru.gitops.render.Trees;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Parts of an Application's status, from what was found. */
final class StatusParts {
  private StatusParts() {}

  static ApplicationStatus.Resource resource(Target target, @Nullable Health health) {
    ObjectKey key = target.key();
    String message = target.refusal().isEmpty() ? target.difference() : target.refusal();
    return new ApplicationStatus.Resource(
        key.group(),
        key.version(),
        key.kind(),
        key.namespace(),
        key.name(),
        target.isOutOfSync() ? "OutOfSync" : "Synced",
        health,
        target.isExtra() ? true : null,
        target.wave() == 0 ? null : target.wave(),
        message.isEmpty() ? null : message);
  }

  /** The health with the object's name in its message. */
  static Health named(Target target, Health health) {
    return health.message() == null
        ? health
        : new Health(health.status(), target.key().label() + " " + health.message());
  }

  static Summary summary(List<Target> all) {
    Set<String> images = new TreeSet<>();
    for (Target target : all) {
      target.live().ifPresent(l -> images(Trees.get(l, "spec"), images));
    }
    return new Summary(List.copyOf(images), null);
  }

  private static void images(@Nullable Object value, Set<String> images) {
    if (value instanceof List<?> list) {
      list.forEach(i -> images(i, images));
    } else if (value instanceof Map<?, ?> map) {
      map.forEach(
          (key, child) -> {
            if ((key.equals("containers") || key.equals("initContainers"))
                && child instanceof List<?> containers) {
              for (Object container : containers) {
                String image = Trees.text(container, "image");
                if (!image.isEmpty()) {
                  images.add(image);
                }
              }
            }
            images(child, images);
          });
    }
  }

  static ApplicationStatus withoutTime(ApplicationStatus s) {
    return new ApplicationStatus(
        s.sync(),
        s.health(),
        s.resources(),
        s.operationState(),
        s.history(),
        s.conditions(),
        null,
        s.sourceType(),
        s.summary());
  }
}
