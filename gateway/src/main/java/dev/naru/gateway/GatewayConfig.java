package dev.naru.gateway;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How a gateway runs. {@link #defaults()} and the {@code with} methods make one.
 *
 * @param listen addresses to listen on; port 0 takes a free one
 * @param eventLoops 0: one per processor
 * @param drainMax how long {@link Gateway#close} waits for requests in flight
 * @param holdMax how long a request waits for a ready endpoint before 503
 * @param trustedProxies addresses whose X-Forwarded-* and Forwarded fields are believed
 * @param statusAddresses what is written to {@code status.loadBalancer} of the Ingresses served, as
 *     IP or host name; empty: the status is left alone
 * @param accessLog told of each request, or null
 */
public record GatewayConfig(
    List<InetSocketAddress> listen,
    int eventLoops,
    Duration drainMax,
    Duration holdMax,
    Timeouts timeouts,
    Limits limits,
    Set<String> trustedProxies,
    List<String> statusAddresses,
    @Nullable AccessLog accessLog) {

  public GatewayConfig {
    listen = List.copyOf(listen);
    trustedProxies = Set.copyOf(trustedProxies);
    statusAddresses = List.copyOf(statusAddresses);
    if (listen.isEmpty()) {
      throw new IllegalArgumentException("the gateway needs an address to listen on");
    }
  }

  /**
   * @param connect to an endpoint
   * @param requestHead from the first byte of a request to the end of its head; 408 after it
   * @param clientIdle a client's connection without a request
   * @param upstreamIdle an endpoint's connection without a request; shorter when the endpoint says
   *     so by {@code Keep-Alive: timeout}
   * @param response from the end of the request to the head of the response; 504 after it
   * @param streamIdle a body or tunnel in which nothing moves
   */
  public record Timeouts(
      Duration connect,
      Duration requestHead,
      Duration clientIdle,
      Duration upstreamIdle,
      Duration response,
      Duration streamIdle) {}

  /**
   * @param headBytesMax of one message head, and of trailers; 431 beyond it
   * @param clientsMax client connections; further ones are closed at once
   * @param heldMax requests that wait for an endpoint; further ones get 503 at once
   * @param idlePerEndpointMax idle connections to one endpoint, for each event loop
   * @param connectsMax how many endpoints one request tries to connect to before it is held
   */
  public record Limits(
      int headBytesMax, int clientsMax, int heldMax, int idlePerEndpointMax, int connectsMax) {
    public Limits {
      if (headBytesMax < 1024) {
        throw new IllegalArgumentException("headBytesMax is " + headBytesMax + ", below 1024");
      }
    }
  }

  /** Port 80 on every address of IPv4 and IPv6. */
  public static GatewayConfig defaults() {
    return new GatewayConfig(
        List.of(new InetSocketAddress(80)),
        0,
        Duration.ofSeconds(30),
        Duration.ofSeconds(30),
        new Timeouts(
            Duration.ofSeconds(3),
            Duration.ofSeconds(10),
            Duration.ofSeconds(75),
            Duration.ofSeconds(30),
            Duration.ofSeconds(120),
            Duration.ofMinutes(10)),
        new Limits(32 * 1024, 16_384, 1024, 64, 3),
        Set.of(),
        List.of(),
        null);
  }

  public GatewayConfig withListen(InetSocketAddress... addresses) {
    return new GatewayConfig(
        List.of(addresses),
        eventLoops,
        drainMax,
        holdMax,
        timeouts,
        limits,
        trustedProxies,
        statusAddresses,
        accessLog);
  }

  public GatewayConfig withEventLoops(int loops) {
    return new GatewayConfig(
        listen,
        loops,
        drainMax,
        holdMax,
        timeouts,
        limits,
        trustedProxies,
        statusAddresses,
        accessLog);
  }

  public GatewayConfig withDrainMax(Duration max) {
    return new GatewayConfig(
        listen,
        eventLoops,
        max,
        holdMax,
        timeouts,
        limits,
        trustedProxies,
        statusAddresses,
        accessLog);
  }

  public GatewayConfig withHoldMax(Duration max) {
    return new GatewayConfig(
        listen,
        eventLoops,
        drainMax,
        max,
        timeouts,
        limits,
        trustedProxies,
        statusAddresses,
        accessLog);
  }

  public GatewayConfig withTimeouts(Timeouts other) {
    return new GatewayConfig(
        listen,
        eventLoops,
        drainMax,
        holdMax,
        other,
        limits,
        trustedProxies,
        statusAddresses,
        accessLog);
  }

  public GatewayConfig withLimits(Limits other) {
    return new GatewayConfig(
        listen,
        eventLoops,
        drainMax,
        holdMax,
        timeouts,
        other,
        trustedProxies,
        statusAddresses,
        accessLog);
  }

  public GatewayConfig withTrustedProxies(Set<String> addresses) {
    return new GatewayConfig(
        listen,
        eventLoops,
        drainMax,
        holdMax,
        timeouts,
        limits,
        addresses,
        statusAddresses,
        accessLog);
  }

  public GatewayConfig withStatusAddresses(List<String> addresses) {
    return new GatewayConfig(
        listen,
        eventLoops,
        drainMax,
        holdMax,
        timeouts,
        limits,
        trustedProxies,
        addresses,
        accessLog);
  }

  public GatewayConfig withAccessLog(AccessLog log) {
    return new GatewayConfig(
        listen,
        eventLoops,
        drainMax,
        holdMax,
        timeouts,
        limits,
        trustedProxies,
        statusAddresses,
        log);
  }
}
