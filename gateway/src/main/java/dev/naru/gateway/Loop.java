package dev.naru.gateway;

import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * One event loop: its connections, its scratch space, and the requests it holds. Everything here is
 * touched by the loop's thread only.
 */
final class Loop {
  private static final int WRITE_LOW = 32 * 1024;
  private static final int WRITE_HIGH = 128 * 1024;

  final int index;
  final Core core;
  final EventLoop eventLoop;
  final ByteBufAllocator allocator = PooledByteBufAllocator.DEFAULT;
  final RandomGenerator random;

  /** Scratch for the head being read. */
  final Head head;

  /** Scratch for trailers, while {@link #head} may be in use. */
  final Head trailers;

  /** Scratch for the head being written. */
  final ByteWriter out = new ByteWriter(4096);

  private final Supplier<? extends Channel> sockets;
  private final Set<Timed> timed = new HashSet<>();
  private final Set<Exchange> held = new LinkedHashSet<>();
  private byte[] date = {};
  private long dateSecond = Long.MIN_VALUE;

  Loop(int index, Core core, EventLoop eventLoop, Supplier<? extends Channel> sockets, long seed) {
    this.index = index;
    this.core = core;
    this.eventLoop = eventLoop;
    this.sockets = sockets;
    this.random = new SplittableRandom(seed);
    this.head = new Head(core.config.limits().headBytesMax());
    this.trailers = new Head(core.config.limits().headBytesMax());
  }

  void start() {
    eventLoop.scheduleAtFixedRate(
        this::tick, Core.TICK_MILLIS, Core.TICK_MILLIS, TimeUnit.MILLISECONDS);
  }

  /** Options of every connection, either side. */
  void configure(Channel channel) {
    channel.config().setOption(ChannelOption.TCP_NODELAY, true);
    channel.config().setAllocator(allocator);
    channel
        .config()
        .setWriteBufferWaterMark(new io.netty.channel.WriteBufferWaterMark(WRITE_LOW, WRITE_HIGH));
  }

  /** Opens a connection of this loop. */
  ChannelFuture connect(UpstreamConnection handler, Endpoint endpoint) {
    Channel channel = sockets.get();
    configure(channel);
    channel.config().setOption(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) core.connectMillis);
    // A failed write must not throw away an answer that is already here (413, then close).
    channel.config().setOption(ChannelOption.AUTO_CLOSE, false);
    channel.pipeline().addLast(handler);
    ChannelFuture registered = eventLoop.register(channel);
    if (registered.isDone() && !registered.isSuccess()) {
      return registered;
    }
    return channel.connect(endpoint.address);
  }

  void add(Timed one) {
    timed.add(one);
  }

  void remove(Timed one) {
    timed.remove(one);
  }

  /** False when the gateway holds as many requests as it may. */
  boolean hold(Exchange exchange) {
    if (held.contains(exchange)) {
      return true;
    }
    if (core.held.incrementAndGet() > core.config.limits().heldMax()) {
      core.held.decrementAndGet();
      return false;
    }
    held.add(exchange);
    return true;
  }

  void unhold(Exchange exchange) {
    if (held.remove(exchange)) {
      core.held.decrementAndGet();
    }
  }

  /** Tries every held request again, the oldest first. */
  void retryHeld() {
    if (!held.isEmpty()) {
      List.copyOf(held).forEach(Exchange::retry);
    }
  }

  /** Ends client connections without a request, and answers what is held. */
  void startClosing() {
    retryHeld();
    for (Timed one : new ArrayList<>(timed)) {
      if (one instanceof ClientConnection client) {
        client.closeIfIdle();
      }
    }
  }

  void flushAll() {
    for (Timed one : new ArrayList<>(timed)) {
      if (one instanceof ClientConnection client) {
        client.out.flush();
      }
    }
  }

  /** The value of a Date field for now. */
  byte[] date() {
    long second = System.currentTimeMillis() / 1000;
    if (second != dateSecond) {
      dateSecond = second;
      date = HeadWriter.date(ZonedDateTime.now(ZoneOffset.UTC));
    }
    return date;
  }

  String newRequestId() {
    return hex(random.nextLong()) + hex(random.nextLong());
  }

  private static String hex(long value) {
    String digits = Long.toHexString(value);
    return "0".repeat(16 - digits.length()) + digits;
  }

  private void tick() {
    long now = System.nanoTime();
    for (Timed one : new ArrayList<>(timed)) {
      one.tick(now);
    }
    retryHeld();
  }
}
