package dev.naru.pipeline;

import dev.naru.base.NaruException;
import org.jspecify.annotations.Nullable;

/** What this room throws. */
public final class PipelineException extends NaruException {
  private static final long serialVersionUID = 1L;

  /**
   * @param code starts with {@code PIPELINE_}
   */
  PipelineException(String code, String message, @Nullable Throwable cause) {
    super(code, message, cause);
  }
}
