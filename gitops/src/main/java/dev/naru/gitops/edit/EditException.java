package dev.naru.gitops.edit;

import dev.naru.base.NaruException;
import org.jspecify.annotations.Nullable;

/** A manifest repository was not changed. The message says why. */
public final class EditException extends NaruException {
  private static final long serialVersionUID = 1L;

  EditException(String code, String message, @Nullable Throwable cause) {
    super(code, message, cause);
  }
}
