package dev.naru.base;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/** Times in resources: RFC 3339 with milliseconds, UTC. */
public final class Times {
  private static final DateTimeFormatter FORMAT =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);

  private Times() {}

  public static String text(Instant at) {
    return FORMAT.format(at);
  }

  /**
   * @param epochMillis milliseconds since 1970
   */
  public static String text(long epochMillis) {
    return text(Instant.ofEpochMilli(epochMillis));
  }
}
