package dev.naru.gateway;

import io.netty.buffer.ByteBuf;

/**
 * Follows the frame boundaries of one direction of a WebSocket (RFC 6455 section 5.2), so that a
 * close frame of the gateway can be put between two frames. Reads headers only.
 */
final class WebSocketFrames {
  private static final int CLOSE_OPCODE = 8;

  private int headerBytes;
  private int opcode;
  private boolean masked;
  private int lengthBytesLeft;
  private long length;
  private long payloadLeft;
  private boolean closeSeen;

  boolean isAtBoundary() {
    return headerBytes == 0;
  }

  /** Whether a whole close frame has passed. */
  boolean isCloseSeen() {
    return closeSeen;
  }

  /**
   * Follows readable bytes without consuming them.
   *
   * @param firstFrameOnly stop where the current frame ends
   * @return how many bytes were followed
   */
  int follow(ByteBuf data, boolean firstFrameOnly) {
    int start = data.readerIndex();
    int i = start;
    int end = data.writerIndex();
    while (i < end) {
      if (payloadLeft > 0) {
        int n = (int) Math.min(payloadLeft, end - i);
        payloadLeft -= n;
        i += n;
      } else {
        header(data.getByte(i++));
      }
      if (headerBytes > 1 && lengthBytesLeft == 0 && payloadLeft == 0) {
        headerBytes = 0;
        closeSeen |= opcode == CLOSE_OPCODE;
        if (firstFrameOnly) {
          break;
        }
      }
    }
    return i - start;
  }

  private void header(byte b) {
    headerBytes++;
    if (headerBytes == 1) {
      opcode = b & 0x0f;
      length = 0;
    } else if (headerBytes == 2) {
      masked = (b & 0x80) != 0;
      int short7 = b & 0x7f;
      lengthBytesLeft = short7 == 126 ? 2 : short7 == 127 ? 8 : 0;
      length = lengthBytesLeft == 0 ? short7 : 0;
    } else {
      length = length << 8 | (b & 0xff);
      lengthBytesLeft--;
    }
    if (headerBytes >= 2 && lengthBytesLeft == 0) {
      payloadLeft = Math.max(0, length) + (masked ? 4 : 0);
    }
  }
}
