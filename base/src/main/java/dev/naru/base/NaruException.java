package dev.naru.base;

import org.jspecify.annotations.Nullable;

/**
 * The root of the exception families, one per room. The message is one sentence for a person: what
 * was tried, on what, what was seen, what helps.
 */
public abstract class NaruException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String code;

  /**
   * @param code stable and machine-readable, {@code ROOM_WHAT}, such as {@code OCI_BLOB_UNKNOWN}
   */
  protected NaruException(String code, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.code = code;
  }

  public final String code() {
    return code;
  }
}
