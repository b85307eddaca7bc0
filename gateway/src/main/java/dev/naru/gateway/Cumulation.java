package dev.naru.gateway;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import org.jspecify.annotations.Nullable;

/** Joins what was read but not used yet with what came now. */
final class Cumulation {
  private Cumulation() {}

  /** Takes both buffers and returns one with the readable bytes of both. */
  static ByteBuf append(ByteBufAllocator allocator, @Nullable ByteBuf before, ByteBuf data) {
    if (before == null) {
      return data;
    }
    int n = data.readableBytes();
    if (!before.isReadable()) {
      before.release();
      return data;
    }
    ByteBuf joined = before;
    if (before.refCnt() > 1 || before.isReadOnly() || before.writableBytes() < n) {
      joined = allocator.directBuffer(2 * (before.readableBytes() + n));
      joined.writeBytes(before);
      before.release();
    }
    joined.writeBytes(data);
    data.release();
    return joined;
  }
}
