package dev.naru.gateway;

import dev.naru.base.NaruException;
import org.jspecify.annotations.Nullable;

/**
 * The gateway could not start. Codes: {@code GATEWAY_PORT_IN_USE}, {@code GATEWAY_PORT_DENIED},
 * {@code GATEWAY_BIND}, {@code GATEWAY_CLUSTER}.
 */
public final class GatewayException extends NaruException {
  private static final long serialVersionUID = 1L;

  GatewayException(String code, String message, @Nullable Throwable cause) {
    super(code, message, cause);
  }
}
