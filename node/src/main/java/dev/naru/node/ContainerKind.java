package dev.naru.node;

/** What a container is in its pod. */
enum ContainerKind {
  /** Runs to its end before the next one starts. */
  INIT,
  /**
   * An init container with {@code restartPolicy: Always}: starts in its turn, ends last (KEP-753).
   */
  SIDECAR,
  APP
}
