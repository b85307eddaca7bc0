package dev.naru.gitops.render;

import dev.naru.base.NaruException;
import org.jspecify.annotations.Nullable;

/** The files cannot be turned into objects. The message starts with {@code file:line} if known. */
public final class RenderException extends NaruException {
  private static final long serialVersionUID = 1L;

  public RenderException(String message) {
    this(message, null);
  }

  RenderException(String message, @Nullable Throwable cause) {
    super("GITOPS_RENDER", message, cause);
  }
}
