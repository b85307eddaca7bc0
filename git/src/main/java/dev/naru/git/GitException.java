package dev.naru.git;

import dev.naru.base.NaruException;
import org.jspecify.annotations.Nullable;

/** What can go wrong with a hosted repository. */
public final class GitException extends NaruException {
  private static final long serialVersionUID = 1L;

  GitException(String code, String message, @Nullable Throwable cause) {
    super(code, message, cause);
  }
}
