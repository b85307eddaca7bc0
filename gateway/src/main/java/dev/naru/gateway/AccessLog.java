package dev.naru.gateway;

import java.time.Duration;
import java.time.Instant;

/** Told of every request when it has ended. */
@FunctionalInterface
public interface AccessLog {
  /** Called on an event loop: must neither block nor throw. */
  void ended(Entry entry);

  /**
   * One request.
   *
   * @param at when its head was complete
   * @param client address of the client's end of the connection
   * @param host as routed, lower case; empty when none was named
   * @param target as the client sent it, with query
   * @param ingress {@code namespace/name}, empty when no rule matched
   * @param endpoint {@code ip:port} that answered last, empty when none did
   * @param status 0 when the client went away before an answer; 101 for a tunnel
   * @param bytesIn request body bytes; of a tunnel, all bytes from the client
   * @param bytesOut response body bytes; of a tunnel, all bytes to the client
   */
  record Entry(
      Instant at,
      String client,
      String method,
      String host,
      String target,
      String ingress,
      String endpoint,
      int status,
      long bytesIn,
      long bytesOut,
      Duration took,
      String requestId) {}
}
