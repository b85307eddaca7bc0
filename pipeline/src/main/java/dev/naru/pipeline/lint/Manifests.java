package dev.naru.pipeline.lint;

import java.util.Optional;

/**
 * The manifest files that a Jenkinsfile's {@code sed} commands name, as far as they are at hand.
 */
@FunctionalInterface
public interface Manifests {
  /** No manifest is at hand. */
  Manifests NONE = path -> Optional.empty();

  /**
   * The text of the manifest at {@code path}, as the command names it; empty when it is not known.
   */
  Optional<String> find(String path);
}
