package dev.naru.gateway;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * Two connections after an upgrade: bytes pass both ways as they are, each way stopped while the
 * other end does not take more. When the endpoint goes away a WebSocket gets a close frame 1001
 * ("going away", RFC 6455 section 7.4.1) each way, at the next frame boundary, and a moment to end.
 */
final class Tunnel implements LongStream {
  /** FIN, opcode 8, unmasked, 2 bytes: 1001. */
  private static final byte[] GOING_AWAY = {(byte) 0x88, 2, 0x03, (byte) 0xe9};

  /** The same masked, as a client must (section 5.1), with a mask of zeros. */
  private static final byte[] GOING_AWAY_MASKED = {
    (byte) 0x88, (byte) 0x82, 0, 0, 0, 0, 0x03, (byte) 0xe9
  };

  /** Told once, with the bytes of both directions. */
  @FunctionalInterface
  interface Ended {
    void ended(long in, long out);
  }

  private final ClientConnection client;
  private final UpstreamConnection upstream;
  private final Endpoint endpoint;
  private final @Nullable WebSocketFrames toUpstream;
  private final @Nullable WebSocketFrames toClient;
  private final Ended listener;
  private long in;
  private long out;
  private long deadline;
  private boolean goingAway;
  private boolean upstreamTold;
  private boolean clientTold;
  private boolean ended;

  Tunnel(
      ClientConnection client,
      UpstreamConnection upstream,
      Endpoint endpoint,
      boolean webSocket,
      Ended listener) {
    this.client = client;
    this.upstream = upstream;
    this.endpoint = endpoint;
    this.toUpstream = webSocket ? new WebSocketFrames() : null;
    this.toClient = webSocket ? new WebSocketFrames() : null;
    this.listener = listener;
    touch();
  }

  void fromClient(ByteBuf data) {
    touch();
    in += data.readableBytes();
    if (ended) {
      data.release();
      return;
    }
    WebSocketFrames frames = toUpstream;
    if (frames == null) {
      upstream.out.data(data);
    } else if (upstreamTold) {
      frames.follow(data, false);
      data.release();
    } else if (goingAway) {
      upstream.out.data(data.readRetainedSlice(frames.follow(data, true)));
      tellUpstream(frames);
      frames.follow(data, false);
      data.release();
    } else {
      frames.follow(data, false);
      upstream.out.data(data);
    }
    endIfClosed();
    client.setReading(ended || upstream.isWritable());
  }

  void fromUpstream(ByteBuf data) {
    touch();
    if (ended) {
      data.release();
      return;
    }
    out += data.readableBytes();
    WebSocketFrames frames = toClient;
    if (frames == null) {
      client.out.data(data);
    } else if (clientTold) {
      data.release();
    } else if (goingAway) {
      client.out.data(data.readRetainedSlice(frames.follow(data, true)));
      tellClient(frames);
      data.release();
    } else {
      frames.follow(data, false);
      client.out.data(data);
    }
    upstream.setReading(client.channel.isWritable());
  }

  void flushUpstream() {
    upstream.out.flush();
  }

  void flushClient() {
    client.out.flush();
  }

  void clientWritable(boolean writable) {
    upstream.setReading(writable);
  }

  void upstreamWritable(boolean writable) {
    client.setReading(writable);
  }

  void clientClosed() {
    upstream.out.flushAndClose();
    end();
  }

  void upstreamClosed() {
    client.out.flushAndClose();
    end();
  }

  void tick(long nowNanos) {
    if (nowNanos - deadline <= 0) {
      return;
    }
    if (ended) {
      client.close(); // it does not take what was written to it last
    } else {
      close();
    }
  }

  @Override
  public void goAway() {
    client.loop.eventLoop.execute(
        () -> {
          if (ended || goingAway) {
            return;
          }
          goingAway = true;
          deadline = System.nanoTime() + Core.lingerNanos();
          if (toClient == null || toUpstream == null) {
            close();
            return;
          }
          tellClient(toClient);
          tellUpstream(toUpstream);
          flushClient();
          flushUpstream();
          endIfClosed();
        });
  }

  private void tellClient(WebSocketFrames frames) {
    if (!clientTold && frames.isAtBoundary()) {
      clientTold = true;
      if (!frames.isCloseSeen()) {
        client.out.bytes(GOING_AWAY, 0, GOING_AWAY.length);
      }
    }
  }

  private void tellUpstream(WebSocketFrames frames) {
    if (!upstreamTold && frames.isAtBoundary()) {
      upstreamTold = true;
      if (!frames.isCloseSeen()) {
        upstream.out.bytes(GOING_AWAY_MASKED, 0, GOING_AWAY_MASKED.length);
      }
    }
  }

  /** The client answered our close frame with its own: the server's side closes the connection. */
  private void endIfClosed() {
    if (clientTold && toUpstream != null && toUpstream.isCloseSeen()) {
      close();
    }
  }

  private void close() {
    client.out.flushAndClose();
    upstream.out.flushAndClose();
    end();
  }

  private void touch() {
    if (!goingAway && !ended) {
      deadline = System.nanoTime() + client.loop.core.streamIdleNanos;
    }
  }

  private void end() {
    if (!ended) {
      ended = true;
      deadline = System.nanoTime() + Core.lingerNanos();
      endpoint.remove(this);
      endpoint.release();
      listener.ended(in, out);
    }
  }
}
