package dev.naru.gitops.render;

import dev.naru.gitops.render.Kustomization.Image;
import java.util.List;
import java.util.Map;

/** The {@code images} transformer: sets image names, tags and digests in every container. */
final class Images {
  private Images() {}

  static void apply(Item item, Image change) {
    if (!item.kind().equals("CustomResourceDefinition")) {
      walk(item.body(), change);
    }
  }

  private static void walk(Object value, Image change) {
    if (value instanceof List<?> list) {
      list.forEach(i -> walk(Trees.orEmpty(i), change));
      return;
    }
    Map<String, Object> map = Trees.map(value).orElse(Map.of());
    map.forEach(
        (key, child) -> {
          if (key.equals("containers") || key.equals("initContainers")) {
            for (Object container : Trees.list(child).orElse(List.of())) {
              Trees.map(container)
                  .filter(c -> c.get("image") instanceof String)
                  .ifPresent(c -> c.put("image", changed(Trees.text(c, "image"), change)));
            }
          }
          walk(Trees.orEmpty(child), change);
        });
  }

  /** {@code image} after {@code change}; the same when the change is for another name. */
  static String changed(String image, Image change) {
    String name = image;
    String tag = "";
    String digest = "";
    int at = name.indexOf('@');
    if (at >= 0) {
      digest = name.substring(at + 1);
      name = name.substring(0, at);
    }
    int colon = name.lastIndexOf(':');
    if (colon > name.lastIndexOf('/')) {
      tag = name.substring(colon + 1);
      name = name.substring(0, colon);
    }
    if (!name.equals(change.name())) {
      return image;
    }
    String newName = change.newName().isEmpty() ? name : change.newName();
    // A new tag without a digest drops the old digest, and the other way round: what is given is
    // the whole identity.
    if (!change.newTag().isEmpty() || !change.digest().isEmpty()) {
      tag = change.newTag();
      digest = change.digest();
    } else if (!change.tagSuffix().isEmpty()) {
      tag += change.tagSuffix();
      digest = "";
    }
    return newName + (tag.isEmpty() ? "" : ":" + tag) + (digest.isEmpty() ? "" : "@" + digest);
  }
}
