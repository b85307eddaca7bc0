package dev.naru.gitops;

import dev.naru.base.NaruException;
import org.jspecify.annotations.Nullable;

/** An Application cannot be compared or synced now. The message is the sentence in its status. */
final class GitOpsException extends NaruException {
  private static final long serialVersionUID = 1L;

  GitOpsException(String code, String message, @Nullable Throwable cause) {
    super(code, message, cause);
  }
}
