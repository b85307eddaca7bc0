package dev.naru.gateway;

/**
 * A message that RFC 9112 forbids or that passes a limit. The connection it came on cannot be used
 * further. Carries no stack trace: it is thrown for what strangers send.
 */
final class BadMessage extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int status;

  /**
   * @param status what a client is answered; for a response it is always 502
   */
  BadMessage(int status, String sentence) {
    super(sentence, null, false, false);
    this.status = status;
  }

  BadMessage(String sentence) {
    this(400, sentence);
  }

  int status() {
    return status;
  }

  /** Never null, unlike {@link #getMessage}. */
  String sentence() {
    return String.valueOf(getMessage());
  }
}
