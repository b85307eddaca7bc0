package dev.naru.gitops;

import dev.naru.gitops.ApplicationStatus.Health;
import java.util.Map;
import java.util.Optional;

/**
 * One object that the application has or shall have, and how it is now.
 *
 * @param body what the manifest says, with namespace and tracking annotation; for an object that is
 *     no longer in the manifests what is live
 * @param source {@code file:line}; empty for an object that is no longer in the manifests
 * @param live what is in the cluster
 * @param difference why it is out of sync; empty when it is not
 * @param refusal why the API would not take it; empty when it would
 */
record Target(
    ObjectKey key,
    Map<String, Object> body,
    String source,
    int wave,
    Optional<Map<String, Object>> live,
    String difference,
    String refusal) {
  boolean isOutOfSync() {
    return !difference.isEmpty() || !refusal.isEmpty();
  }

  boolean isExtra() {
    return source.isEmpty();
  }

  Optional<Health> health() {
    return live.isPresent()
        ? HealthRules.of(live.get())
        : Optional.of(new Health(HealthRules.MISSING, null));
  }

  boolean hasOption(String annotation, String option) {
    String text = dev.naru.gitops.render.Trees.text(body, "metadata", "annotations", annotation);
    return java.util.Arrays.asList(text.split("\\s*,\\s*")).contains(option);
  }
}
