package dev.naru.gateway;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import org.jspecify.annotations.Nullable;

/**
 * What is written to one connection. Small pieces (heads, chunk headers, short bodies) are copied
 * into one buffer, so that a small message is one system call; large ones are passed on as they
 * are.
 */
final class Outbound {
  private static final int COPY_MAX = 4096;
  private static final int TAIL_MAX = 16 * 1024;
  private static final int TAIL_MIN = 1024;
  private static final byte[] CRLF = {'\r', '\n'};
  private static final byte[] LAST_CHUNK = {'0', '\r', '\n'};
  private static final byte[] HEX = {
    '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'
  };

  private final Channel channel;
  private @Nullable ByteBuf tail;
  private boolean dirty;

  Outbound(Channel channel) {
    this.channel = channel;
  }

  void bytes(byte[] bytes, int from, int to) {
    tail(to - from).writeBytes(bytes, from, to - from);
  }

  /** Writes {@code data}, which belongs to this from now on. */
  void data(ByteBuf data) {
    int n = data.readableBytes();
    if (n <= COPY_MAX) {
      tail(n).writeBytes(data);
      data.release();
    } else {
      push();
      channel.write(data, channel.voidPromise());
      dirty = true;
    }
  }

  /** Writes {@code data} as one chunk; empty data is not a chunk and writes nothing. */
  void chunk(ByteBuf data) {
    int n = data.readableBytes();
    if (n == 0) {
      data.release();
      return;
    }
    ByteBuf out = tail(n <= COPY_MAX ? n + 12 : 12);
    for (int shift = 28 - Integer.numberOfLeadingZeros(n) / 4 * 4; shift >= 0; shift -= 4) {
      out.writeByte(HEX[n >>> shift & 15]);
    }
    out.writeBytes(CRLF);
    data(data);
    bytes(CRLF, 0, 2);
  }

  /**
   * Ends a chunked body.
   *
   * @param trailers whole field lines, or nothing
   */
  void lastChunk(byte[] trailers) {
    bytes(LAST_CHUNK, 0, LAST_CHUNK.length);
    bytes(trailers, 0, trailers.length);
    bytes(CRLF, 0, 2);
  }

  void flush() {
    push();
    if (dirty) {
      dirty = false;
      channel.flush();
    }
  }

  void flushAndClose() {
    push();
    channel.writeAndFlush(channel.alloc().buffer(0)).addListener(ChannelFutureListener.CLOSE);
  }

  /** Frees what was not written; call when the channel is closed. */
  void discard() {
    ByteBuf unsent = tail;
    tail = null;
    if (unsent != null) {
      unsent.release();
    }
  }

  private ByteBuf tail(int room) {
    ByteBuf open = tail;
    if (open != null && open.readableBytes() + room > TAIL_MAX) {
      push();
      open = null;
    }
    if (open == null) {
      open = channel.alloc().directBuffer(Math.max(room, TAIL_MIN));
      tail = open;
    }
    return open;
  }

  private void push() {
    ByteBuf full = tail;
    tail = null;
    if (full != null) {
      channel.write(full, channel.voidPromise());
      dirty = true;
    }
  }
}
