package dev.naru.controllers;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.PodTemplateSpecBuilder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Short names for pod templates: FNV-1a over the template's canonical JSON, in the alphabet that
 * Kubernetes uses for such suffixes (no vowels, nothing to confuse). The value differs from that of
 * a Go implementation, which hashes its own memory layout; sameness of templates is always decided
 * by comparing them, never by hash.
 */
final class TemplateHash {
  static final String LABEL = "pod-template-hash";
  private static final String ALPHABET = "bcdfghjklmnpqrstvwxz2456789";
  private static final ObjectMapper JSON =
      new ObjectMapper().configure(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS, true);

  private TemplateHash() {}

  static String of(PodTemplateSpec template, @Nullable Integer collisionCount) {
    return encode(fnv1a(canonical(withoutHash(template)) + "#" + Meta.orZero(collisionCount)));
  }

  /** As of {@link #of}, over any text. */
  static String ofText(String text) {
    return encode(fnv1a(text));
  }

  /** JSON with every map in the order of its keys. */
  static String canonical(Object value) {
    try {
      return JSON.writeValueAsString(JSON.convertValue(value, TreeMap.class));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("an object of the API has no JSON form", e);
    }
  }

  static PodTemplateSpec withoutHash(PodTemplateSpec template) {
    if (template.getMetadata() == null || template.getMetadata().getLabels() == null) {
      return template;
    }
    Map<String, String> labels = new TreeMap<>(template.getMetadata().getLabels());
    labels.remove(LABEL);
    return new PodTemplateSpecBuilder(template)
        .editMetadata()
        .withLabels(labels)
        .endMetadata()
        .build();
  }

  static boolean same(PodTemplateSpec one, PodTemplateSpec other) {
    return withoutHash(one).equals(withoutHash(other))
        || canonical(withoutHash(one)).equals(canonical(withoutHash(other)));
  }

  private static int fnv1a(String text) {
    int hash = 0x811c9dc5;
    for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
      hash = (hash ^ (b & 0xff)) * 0x01000193;
    }
    return hash;
  }

  private static String encode(int hash) {
    StringBuilder out = new StringBuilder();
    for (char digit : Integer.toUnsignedString(hash).toCharArray()) {
      out.append(ALPHABET.charAt(digit % ALPHABET.length()));
    }
    return out.toString();
  }
}
