package dev.naru.gateway;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection to an endpoint: carries one exchange at a time, then waits among the idle ones.
 */
final class UpstreamConnection extends ChannelInboundHandlerAdapter implements Timed, BodySink {
  private static final Logger log = LoggerFactory.getLogger(UpstreamConnection.class);

  /** A connection closed sooner than this after an answer was not kept as promised. */
  private static final long PROMISE_NANOS = TimeUnit.SECONDS.toNanos(2);

  private final Loop loop;
  private final Endpoint endpoint;
  private final BodyReader body = new BodyReader();
  private @Nullable Channel channel;

  @SuppressWarnings("NullAway.Init") // set when the channel is registered, before any use
  Outbound out;

  private @Nullable Exchange exchange;
  private @Nullable Tunnel tunnel;
  private @Nullable ByteBuf in;
  private int scanned;
  private boolean headRead;
  private boolean headRequest;
  private boolean reusable;
  private boolean autoRead = true;
  private boolean reused;
  private boolean closedHere;
  private long idleSince;
  private long idleNanos;
  private long idleDeadline;

  UpstreamConnection(Loop loop, Endpoint endpoint) {
    this.loop = loop;
    this.endpoint = endpoint;
    this.idleNanos = loop.core.upstreamIdleNanos;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    channel = ctx.channel();
    out = new Outbound(ctx.channel());
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    loop.add(this);
  }

  /** Starts an exchange on this connection, which is fresh or idle. */
  void begin(Exchange started, boolean isHeadRequest) {
    exchange = started;
    headRequest = isHeadRequest;
    headRead = false;
    reusable = false;
    body.startEmpty();
  }

  /** The exchange is over and both messages complete: keep the connection if that is possible. */
  void end(boolean keep) {
    exchange = null;
    setReading(true);
    boolean clean = in == null || !in.isReadable();
    if (keep
        && reusable
        && clean
        && isUsable()
        && !endpoint.isOff()
        && endpoint.idle(loop.index).offer(this, loop.core.config.limits().idlePerEndpointMax())) {
      idleSince = System.nanoTime();
      idleDeadline = idleSince + idleNanos;
      reused = true;
      return;
    }
    close();
  }

  /** Leaves the exchange in the middle; the connection is of no further use. */
  void drop() {
    exchange = null;
    tunnel = null;
    close();
  }

  void startTunnel(Tunnel started) {
    exchange = null;
    tunnel = started;
  }

  boolean isUsable() {
    return channel != null && channel.isActive();
  }

  boolean isWritable() {
    return channel != null && channel.isWritable();
  }

  /** How long it has been idle. */
  long idleFor(long nowNanos) {
    return nowNanos - idleSince;
  }

  void close() {
    closedHere |= isUsable(); // else the other end was first, which is not heard of yet
    if (channel != null) {
      channel.close();
    }
  }

  void setReading(boolean read) {
    if (autoRead != read && channel != null) {
      autoRead = read;
      channel.config().setAutoRead(read);
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    ByteBuf data = (ByteBuf) message;
    if (tunnel != null) {
      tunnel.fromUpstream(data);
      return;
    }
    if (exchange == null) {
      data.release(); // an answer nobody asked for, or one nobody waits for any more
      close();
      return;
    }
    in = Cumulation.append(loop.allocator, in, data);
    try {
      process();
    } catch (BadMessage e) {
      Exchange broken = exchange;
      if (broken != null) {
        broken.upstreamBroken(e.sentence());
      }
    }
    ByteBuf rest = in;
    if (rest != null && !rest.isReadable()) {
      rest.release();
      in = null;
    }
  }

  private void process() {
    while (exchange != null && in != null && in.isReadable()) {
      if (!headRead) {
        if (!readHead(exchange, in)) {
          return;
        }
      } else {
        if (body.isDone()) {
          return;
        }
        body.read(in, this, loop.trailers);
      }
    }
  }

  /** False when more bytes are needed, or the exchange is over. */
  private boolean readHead(Exchange current, ByteBuf data) {
    byte[] bytes = loop.head.bytes;
    int n = Math.min(data.readableBytes(), bytes.length);
    int from = Math.max(0, scanned - 3);
    data.getBytes(data.readerIndex() + from, bytes, from, n - from);
    int end = HeadParser.findEnd(bytes, scanned, n);
    if (end < 0) {
      if (n == bytes.length) {
        throw new BadMessage("Its head is larger than " + n + " bytes.");
      }
      scanned = n;
      return false;
    }
    if (from > 0) {
      data.getBytes(data.readerIndex(), bytes, 0, end);
    }
    data.skipBytes(end);
    scanned = 0;
    Head head = loop.head;
    HeadParser.parseResponse(head, end);
    if (head.status == 101) {
      in = null;
      current.switched(head, data);
      return false;
    }
    if (head.status < 200) {
      current.answered(head, false, true);
      return true;
    }
    headRead = true;
    if (reused) {
      endpoint.idle(loop.index).promiseKept();
    }
    boolean bodyless = headRequest || head.status == 204 || head.status == 304;
    startBody(head, bodyless);
    reusable = !body.isUntilClose() && (head.minor == 1 ? !head.close : head.keepAlive);
    noteIdleTime(head);
    current.answered(head, body.isUntilClose(), bodyless);
    if (body.isDone()) {
      current.answerEnd(new byte[0]);
    }
    return true;
  }

  private void startBody(Head head, boolean bodyless) {
    if (bodyless) {
      body.startEmpty();
    } else if (head.chunked) {
      body.startChunked();
    } else if (head.contentLength >= 0) {
      body.startLength(head.contentLength);
    } else {
      body.startUntilClose();
    }
  }

  /**
   * {@code Keep-Alive: timeout=5}: stop using the connection a second before the other end does.
   */
  private void noteIdleTime(Head head) {
    for (int i = 0; i < head.count; i++) {
      if (head.field(i) == Field.KEEP_ALIVE) {
        String value = head.value(i);
        int at = value.indexOf("timeout=");
        int to = at + "timeout=".length();
        int from = to;
        while (at >= 0 && to < value.length() && to - from < 9 && Chars.isDigit(value.charAt(to))) {
          to++;
        }
        if (at >= 0 && to > from) {
          long seconds = Math.max(0, Long.parseLong(value.substring(from, to)) - 1);
          idleNanos = Math.min(loop.core.upstreamIdleNanos, TimeUnit.SECONDS.toNanos(seconds));
        }
      }
    }
  }

  @Override
  public void bodyData(ByteBuf data) {
    Exchange current = exchange;
    if (current == null) {
      data.release();
    } else {
      current.answerData(data);
    }
  }

  @Override
  public void bodyEnd(byte[] trailers) {
    Exchange current = exchange;
    if (current != null) {
      current.answerEnd(trailers);
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    if (tunnel != null) {
      tunnel.flushClient();
    } else if (exchange != null) {
      exchange.client.out.flush();
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    if (tunnel != null) {
      tunnel.upstreamWritable(isWritable());
    } else if (exchange != null) {
      exchange.client.updateReading();
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    loop.remove(this);
    Exchange current = exchange;
    exchange = null;
    IdleConnections pool = endpoint.idle(loop.index);
    pool.remove(this);
    if (reused && !closedHere && (current == null || !headRead)) {
      if (idleFor(System.nanoTime()) < PROMISE_NANOS) {
        pool.promiseBroken();
      }
    }
    if (current != null) {
      if (headRead && body.isUntilClose()) {
        body.startEmpty();
        current.answerEnd(new byte[0]);
      } else {
        current.upstreamClosed();
      }
    }
    Tunnel open = tunnel;
    tunnel = null;
    if (open != null) {
      open.upstreamClosed();
    }
    ByteBuf rest = in;
    in = null;
    if (rest != null) {
      rest.release();
    }
    out.discard();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    // A failed read closes the channel and a failed write leaves the answer to be read; an answer
    // that never comes is bounded by the response timeout.
    if (!(cause instanceof IOException)) {
      log.error("answer failed inside the gateway endpoint={}", endpoint, cause);
      close();
    }
  }

  @Override
  public void tick(long nowNanos) {
    if (exchange == null && tunnel == null && nowNanos - idleDeadline > 0) {
      close();
    }
  }
}
