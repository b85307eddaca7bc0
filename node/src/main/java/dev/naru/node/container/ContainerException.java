package dev.naru.node.container;

import dev.naru.base.NaruException;
import org.jspecify.annotations.Nullable;

/** A container that could not be made, started or reached. */
public final class ContainerException extends NaruException {
  private static final long serialVersionUID = 1L;

  public ContainerException(String code, String message, @Nullable Throwable cause) {
    super(code, message, cause);
  }
}
