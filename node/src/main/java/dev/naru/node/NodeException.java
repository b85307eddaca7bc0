package dev.naru.node;

import dev.naru.base.NaruException;
import org.jspecify.annotations.Nullable;

/** Something that a node could not do. The code starts with {@code NODE_}. */
public final class NodeException extends NaruException {
  private static final long serialVersionUID = 1L;

  NodeException(String code, String message, @Nullable Throwable cause) {
    super(code, message, cause);
  }
}
