package dev.naru.kube;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * One version of one object. Immutable: {@link #json} must not be changed by anyone. It is written
 * to bytes once, and all readers and watchers share them.
 */
final class Stored {
  private final long version;
  private final ObjectNode json;
  private final byte[] bytes;
  private final Map<String, byte[]> otherVersions = new ConcurrentHashMap<>(2);

  /**
   * @param version the resource version, which {@code json} carries too
   * @param bytes {@code json}, written
   */
  Stored(long version, ObjectNode json, byte[] bytes) {
    this.version = version;
    this.json = json;
    this.bytes = bytes;
  }

  long version() {
    return version;
  }

  ObjectNode json() {
    return json;
  }

  /** As stored. Shared: not to be changed. */
  byte[] bytes() {
    return bytes;
  }

  /** As kind {@code as} shows it. Shared: not to be changed. */
  byte[] bytes(Resource as) {
    if (json.path("apiVersion").asText().equals(as.apiVersion())) {
      return bytes;
    }
    return otherVersions.computeIfAbsent(as.apiVersion(), v -> Json.bytes(Versions.to(as, json)));
  }

  String name() {
    return meta().path("name").asText();
  }

  String namespace() {
    return meta().path("namespace").asText();
  }

  String uid() {
    return meta().path("uid").asText();
  }

  JsonNode meta() {
    return json.path("metadata");
  }

  boolean terminating() {
    return meta().hasNonNull("deletionTimestamp");
  }

  String key() {
    return key(namespace(), name());
  }

  static String key(String namespace, String name) {
    return namespace + "/" + name;
  }
}
