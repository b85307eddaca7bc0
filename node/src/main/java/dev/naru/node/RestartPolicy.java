package dev.naru.node;

import org.jspecify.annotations.Nullable;

/** {@code spec.restartPolicy}. */
enum RestartPolicy {
  ALWAYS,
  ON_FAILURE,
  NEVER;

  static RestartPolicy of(@Nullable String text) {
    return switch (text) {
      case "OnFailure" -> ON_FAILURE;
      case "Never" -> NEVER;
      case null, default -> ALWAYS;
    };
  }

  /** Whether a container that ended with {@code exitCode} is to run again. */
  boolean restarts(ContainerKind kind, int exitCode) {
    return switch (kind) {
      case SIDECAR -> true;
      // An init container has to succeed once; Always means the same as OnFailure for it.
      case INIT -> exitCode != 0 && this != NEVER;
      case APP -> this == ALWAYS || (this == ON_FAILURE && exitCode != 0);
    };
  }
}
