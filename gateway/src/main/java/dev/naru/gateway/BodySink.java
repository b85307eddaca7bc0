package dev.naru.gateway;

import io.netty.buffer.ByteBuf;

/** Where a {@link BodyReader} puts what it reads. */
interface BodySink {
  /** Body bytes, without framing; the receiver releases the buffer. */
  void bodyData(ByteBuf data);

  /**
   * The body is complete.
   *
   * @param trailers field lines that may be sent on, each with its CRLF; empty without trailers
   */
  void bodyEnd(byte[] trailers);
}
