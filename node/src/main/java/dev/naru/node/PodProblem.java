package dev.naru.node;

import dev.naru.base.NaruException;
import java.time.Duration;

/**
 * Why a container cannot be started now, in the words that its status shows. It is tried again:
 * with back-off, and at once when the pod, a ConfigMap, a Secret or a claim changes.
 */
final class PodProblem extends NaruException {
  private static final long serialVersionUID = 1L;

  /** A setting that cannot be fulfilled: something referred to is missing, or not supported. */
  static final String CONFIG = "CreateContainerConfigError";

  static final String IMAGE_PULL = "ErrImagePull";
  static final String IMAGE_NEVER = "ErrImageNeverPull";
  static final String IMAGE_NAME = "InvalidImageName";
  static final String CREATE = "CreateContainerError";
  static final String START = "RunContainerError";
  static final String SANDBOX = "CreatePodSandboxError";
  static final String VOLUME = "FailedMount";
  static final String POST_START = "PostStartHookError";

  private final String reason;
  private final Duration pauseMax;

  PodProblem(String reason, String message) {
    this(reason, message, Backoff.MAX);
  }

  /**
   * @param pauseMax bound of the back-off before the next try
   */
  PodProblem(String reason, String message, Duration pauseMax) {
    super("NODE_" + reason, message, null);
    this.reason = reason;
    this.pauseMax = pauseMax;
  }

  PodProblem(String reason, String message, Throwable cause) {
    this(reason, message, Backoff.MAX, cause);
  }

  PodProblem(String reason, String message, Duration pauseMax, Throwable cause) {
    super("NODE_" + reason, message, cause);
    this.reason = reason;
    this.pauseMax = pauseMax;
  }

  Duration pauseMax() {
    return pauseMax;
  }

  String reason() {
    return reason;
  }
}
