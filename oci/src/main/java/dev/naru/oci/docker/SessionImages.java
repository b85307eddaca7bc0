package dev.naru.oci.docker;

import dev.naru.oci.ImageRef;
import dev.naru.oci.ImageStore.Stored;
import dev.naru.oci.Manifest;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The images of one session by the names that it gave them; nobody else sees these. Locks itself.
 */
final class SessionImages {
  private final Map<ImageRef, Stored> named = new LinkedHashMap<>();
  private final Map<String, Stored> byId = new LinkedHashMap<>();

  /** Docker's id of an image: the digest of its config. */
  static String id(Stored image) {
    return Manifest.parse(image.bytes()).config().digest().toString();
  }

  synchronized void add(Stored image) {
    byId.put(id(image), image);
  }

  synchronized void name(ImageRef name, Stored image) {
    add(image);
    named.put(name, image);
  }

  synchronized Optional<Stored> get(ImageRef name) {
    return Optional.ofNullable(named.get(name));
  }

  /** By the beginning of an id, with or without {@code sha256:}. */
  synchronized Optional<Stored> withId(String prefix) {
    String hex = prefix.startsWith("sha256:") ? prefix.substring(7) : prefix;
    if (!hex.matches("[0-9a-f]{4,64}")) {
      return Optional.empty();
    }
    return byId.entrySet().stream()
        .filter(e -> e.getKey().startsWith("sha256:" + hex))
        .map(Map.Entry::getValue)
        .findFirst();
  }

  synchronized boolean forget(ImageRef name) {
    return named.remove(name) != null;
  }

  synchronized List<ImageRef> namesOf(Stored image) {
    return named.entrySet().stream()
        .filter(e -> e.getValue().digest().equals(image.digest()))
        .map(Map.Entry::getKey)
        .toList();
  }

  synchronized List<Stored> all() {
    return List.copyOf(byId.values());
  }
}
