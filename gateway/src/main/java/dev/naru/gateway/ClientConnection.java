package dev.naru.gateway;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.DuplexChannel;
import java.io.IOException;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One client's connection: reads heads, hands requests one after the other to an {@link Exchange},
 * and feeds it the body. What a client sends beyond the current request stays unread or, up to a
 * bound, buffered.
 */
final class ClientConnection extends ChannelInboundHandlerAdapter implements Timed {
  private static final Logger log = LoggerFactory.getLogger(ClientConnection.class);

  /** Read at most about this much ahead of what can be sent on. */
  private static final int READ_AHEAD_MAX = 64 * 1024;

  private static final long LINGER_BYTES_MAX = 1 << 20;

  private enum Mode {
    HTTP,
    /** Bytes go to the tunnel. */
    TUNNEL,
    /** The last answer was written; what still comes is thrown away, until the client closes. */
    LINGER,
    CLOSED
  }

  final Loop loop;
  final Channel channel;
  final Outbound out;
  final Peer peer;

  private Mode mode = Mode.HTTP;
  private @Nullable ByteBuf in;
  private int scanned;
  private @Nullable Exchange exchange;
  private @Nullable Tunnel tunnel;
  private boolean processing;
  private boolean autoRead = true;
  private long deadline;
  private long lingered;

  ClientConnection(Loop loop, Channel channel) {
    this.loop = loop;
    this.channel = channel;
    this.out = new Outbound(channel);
    InetSocketAddress remote = (InetSocketAddress) channel.remoteAddress();
    InetSocketAddress local = (InetSocketAddress) channel.localAddress();
    String ip = remote == null ? "unknown" : Addresses.text(remote.getAddress());
    this.peer =
        new Peer(
            ip,
            local == null ? 0 : local.getPort(),
            loop.core.config.trustedProxies().contains(ip));
    this.deadline = System.nanoTime() + loop.core.requestHeadNanos;
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    loop.add(this);
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    ByteBuf data = (ByteBuf) message;
    switch (mode) {
      case HTTP -> {
        in = Cumulation.append(loop.allocator, in, data);
        process();
      }
      case TUNNEL -> {
        if (tunnel == null) {
          data.release();
        } else {
          tunnel.fromClient(data);
        }
      }
      case LINGER -> {
        lingered += data.readableBytes();
        data.release();
        if (lingered > LINGER_BYTES_MAX) {
          close();
        }
      }
      case CLOSED -> data.release();
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    out.flush();
    if (exchange != null) {
      exchange.flushUpstream();
    }
    if (tunnel != null) {
      tunnel.flushUpstream();
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    if (tunnel != null) {
      tunnel.clientWritable(channel.isWritable());
    } else if (exchange != null) {
      exchange.clientWritable(channel.isWritable());
    } else if (mode == Mode.HTTP) {
      process();
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    closed();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    if (!(cause instanceof IOException)) {
      log.error("request failed inside the gateway client={}", peer.ip(), cause);
    }
    closed();
    channel.close();
  }

  /** Reads as far as it goes: heads while no request is under way, else the body. */
  private void process() {
    if (processing) {
      return; // an exchange ended inside the loop below, which goes on
    }
    processing = true;
    try {
      boolean more = true;
      while (more && mode == Mode.HTTP && in != null && in.isReadable()) {
        Exchange current = exchange;
        more =
            current == null
                ? channel.isWritable() && readHead(in)
                : current.takesBody() && readBody(in, current);
      }
    } finally {
      processing = false;
    }
    ByteBuf rest = in;
    if (rest != null && !rest.isReadable()) {
      rest.release();
      in = null;
      scanned = 0;
    }
    updateReading();
  }

  private boolean readHead(ByteBuf data) {
    try {
      if (scanned == 0) {
        if (!skipEmptyLines(data)) {
          return false;
        }
        deadline = System.nanoTime() + loop.core.requestHeadNanos;
      }
      int max = loop.head.bytes.length;
      int n = Math.min(data.readableBytes(), max);
      int from = Math.max(0, scanned - 3);
      byte[] bytes = loop.head.bytes;
      data.getBytes(data.readerIndex() + from, bytes, from, n - from);
      int end = HeadParser.findEnd(bytes, scanned, n);
      if (end < 0) {
        if (n == max) {
          throw new BadMessage(431, "The request head is larger than " + max + " bytes.");
        }
        scanned = n;
        return false;
      }
      if (from > 0) {
        data.getBytes(data.readerIndex(), bytes, 0, end);
      }
      data.skipBytes(end);
      scanned = 0;
      HeadParser.parseRequest(loop.head, end);
      exchange = new Exchange(this, loop.head);
      exchange.dispatch();
      return true;
    } catch (BadMessage e) {
      refuse(e.status(), e.sentence());
      return false;
    }
  }

  /**
   * RFC 9112 section 2.2: an empty line before a request is passed over. It does not begin a head,
   * so it moves no deadline.
   *
   * @return whether a head begins
   */
  private static boolean skipEmptyLines(ByteBuf data) {
    while (data.readableBytes() >= 2
        && data.getByte(data.readerIndex()) == '\r'
        && data.getByte(data.readerIndex() + 1) == '\n') {
      data.skipBytes(2);
    }
    if (!data.isReadable()) {
      return false;
    }
    byte first = data.getByte(data.readerIndex());
    if (first == '\r' && data.readableBytes() == 1) {
      return false;
    }
    if (!Chars.isToken(first)) {
      throw new BadMessage("This is not an HTTP request.");
    }
    return true;
  }

  private boolean readBody(ByteBuf data, Exchange current) {
    try {
      current.readBody(data);
      return current != exchange;
    } catch (BadMessage e) {
      current.requestBroken(e);
      return false;
    }
  }

  /** Answers what cannot be a request, and closes: where the next one would begin is unknown. */
  private void refuse(int status, String sentence) {
    new Page(status, sentence).write(loop.out, false, true, true, "", loop.date());
    out.bytes(loop.out.array(), 0, loop.out.size());
    linger();
  }

  /**
   * The exchange has ended and all its answer is in {@link #out}.
   *
   * @param keep whether the connection can carry another request
   * @param clean whether the client's request was read to its end
   */
  void exchangeEnded(boolean keep, boolean clean) {
    exchange = null;
    if (mode != Mode.HTTP) {
      return;
    }
    if (keep) {
      deadline = System.nanoTime() + loop.core.clientIdleNanos;
      process();
      if (exchange != null) {
        exchange.flushUpstream(); // of a request that was waiting behind
      }
    } else if (clean) {
      mode = Mode.CLOSED;
      deadline = System.nanoTime() + loop.core.streamIdleNanos;
      out.flushAndClose();
    } else {
      linger();
    }
  }

  /** The body can go on, or an end of waiting lets it be read. */
  void resume() {
    process();
    if (exchange != null) {
      exchange.flushUpstream();
    }
    out.flush();
  }

  void startTunnel(Tunnel started) {
    exchange = null;
    tunnel = started;
    mode = Mode.TUNNEL;
    ByteBuf early = in;
    in = null;
    if (early != null) {
      started.fromClient(early);
    }
  }

  /** Closes so that the client can see that the answer is cut. */
  void abort() {
    channel.config().setOption(io.netty.channel.ChannelOption.SO_LINGER, 0);
    close();
  }

  void close() {
    channel.close();
  }

  /** Ends a connection without a request; one that has a request ends after it. */
  void closeIfIdle() {
    if (exchange == null && mode == Mode.HTTP && (in == null || !in.isReadable())) {
      close();
    }
  }

  void setReading(boolean read) {
    if (autoRead != read) {
      autoRead = read;
      channel.config().setAutoRead(read);
    }
  }

  /** Stops reading when what was read cannot be sent on yet. */
  void updateReading() {
    if (mode != Mode.HTTP) {
      setReading(true);
      return;
    }
    Exchange current = exchange;
    if (current != null && current.takesBody()) {
      setReading(current.upstreamWritable());
    } else {
      setReading(in == null || in.readableBytes() < READ_AHEAD_MAX);
    }
  }

  @Override
  public void tick(long nowNanos) {
    if (exchange != null) {
      exchange.tick(nowNanos);
    } else if (tunnel != null) {
      tunnel.tick(nowNanos);
    } else if (nowNanos - deadline > 0) {
      if (mode == Mode.HTTP && in != null && in.isReadable()) {
        refuse(408, "The request head did not come in time.");
        out.flush();
      } else {
        close();
      }
    }
  }

  /** FIN after the answer, then read on: a close with unread bytes would reset the answer away. */
  private void linger() {
    mode = Mode.LINGER;
    deadline = System.nanoTime() + loop.core.streamIdleNanos;
    release();
    setReading(true);
    out.flush();
    channel
        .writeAndFlush(channel.alloc().buffer(0))
        .addListener(
            (ChannelFutureListener)
                future -> {
                  deadline = System.nanoTime() + Core.lingerNanos();
                  if (future.channel() instanceof DuplexChannel duplex && duplex.isActive()) {
                    duplex.shutdownOutput();
                  }
                });
  }

  private void closed() {
    mode = Mode.CLOSED;
    loop.remove(this);
    Exchange current = exchange;
    exchange = null;
    if (current != null) {
      current.clientGone();
    }
    Tunnel open = tunnel;
    tunnel = null;
    if (open != null) {
      open.clientClosed();
    }
    release();
    out.discard();
  }

  private void release() {
    ByteBuf rest = in;
    in = null;
    scanned = 0;
    if (rest != null) {
      rest.release();
    }
  }
}
