package dev.naru.node.net;

import dev.naru.base.NaruException;
import org.jspecify.annotations.Nullable;

/** The machine's network could not be brought into the wanted shape. */
public final class NetworkException extends NaruException {
  private static final long serialVersionUID = 1L;

  NetworkException(String code, String message, @Nullable Throwable cause) {
    super(code, message, cause);
  }
}
