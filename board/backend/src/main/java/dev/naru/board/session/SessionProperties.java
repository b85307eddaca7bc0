package dev.naru.board.session;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * How long sessions last.
 *
 * @param signingKey base64 of at least 32 bytes, the same for every replica; empty: the one kept in
 *     the database, made by the first replica that starts
 * @param idle a session ends after this time without a request
 * @param maximum a session ends after this time in any case
 */
@ConfigurationProperties(prefix = "board.session", ignoreUnknownFields = false)
record SessionProperties(String signingKey, Duration idle, Duration maximum) {
  @Override
  public String toString() {
    return "SessionProperties[idle=" + idle + ", maximum=" + maximum + "]";
  }
}
