package dev.naru.gateway;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/** What all event loops share. */
final class Core {
  /** How often deadlines are looked at; they are late by at most this. */
  static final long TICK_MILLIS = 50;

  final GatewayConfig config;
  final EndpointBook book;
  final AtomicInteger held = new AtomicInteger();
  final AtomicInteger clients = new AtomicInteger();

  /** Requests that no rule matched. */
  final LongAdder unrouted = new LongAdder();

  final long connectMillis;
  final long requestHeadNanos;
  final long clientIdleNanos;
  final long upstreamIdleNanos;
  final long responseNanos;
  final long streamIdleNanos;
  final long holdNanos;

  /** Swapped as a whole; a request looks at it anew on each attempt. */
  private volatile RoutingTable table = RoutingTable.notYetKnown();

  private volatile boolean closing;

  Core(GatewayConfig config, int loops) {
    this.config = config;
    this.book = new EndpointBook(loops);
    GatewayConfig.Timeouts t = config.timeouts();
    this.connectMillis = t.connect().toMillis();
    this.requestHeadNanos = t.requestHead().toNanos();
    this.clientIdleNanos = t.clientIdle().toNanos();
    this.upstreamIdleNanos = t.upstreamIdle().toNanos();
    this.responseNanos = t.response().toNanos();
    this.streamIdleNanos = t.streamIdle().toNanos();
    this.holdNanos = config.holdMax().toNanos();
  }

  RoutingTable table() {
    return table;
  }

  void publish(RoutingTable next) {
    table = next;
  }

  boolean isClosing() {
    return closing;
  }

  void startClosing() {
    closing = true;
  }

  /** How long a connection may take to end in order after it was told to. */
  static long lingerNanos() {
    return TimeUnit.SECONDS.toNanos(2);
  }
}
