package dev.naru.server;

import dev.naru.base.NaruException;
import org.jspecify.annotations.Nullable;

/** A start, a command or an endpoint that cannot be served; the message says what helps. */
public final class ServerException extends NaruException {
  private static final long serialVersionUID = 1L;

  public ServerException(String code, String message) {
    this(code, message, null);
  }

  public ServerException(String code, String message, @Nullable Throwable cause) {
    super(code, message, cause);
  }
}
