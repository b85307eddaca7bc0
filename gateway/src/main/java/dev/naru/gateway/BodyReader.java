package dev.naru.gateway;

import io.netty.buffer.ByteBuf;

/**
 * Takes the framing off a message body (RFC 9112 section 6 and 7), strictly: chunk sizes of at most
 * 15 hex digits, lines that end with CRLF, bounded extensions and trailers. Holds no body bytes.
 */
final class BodyReader {
  private static final byte[] NONE = {};
  private static final int SIZE_DIGITS_MAX = 15;
  private static final int EXTENSION_MAX = 1024;

  private enum State {
    LENGTH,
    UNTIL_CLOSE,
    SIZE,
    EXTENSION,
    SIZE_LF,
    CHUNK,
    CHUNK_CR,
    CHUNK_LF,
    TRAILERS,
    DONE
  }

  private State state = State.DONE;
  private long remaining;
  private int digits;
  private int lineLength;
  private ByteWriter trailers = new ByteWriter(0);

  /** No body. */
  void startEmpty() {
    state = State.DONE;
  }

  void startLength(long length) {
    remaining = length;
    state = length == 0 ? State.DONE : State.LENGTH;
  }

  void startChunked() {
    startSize();
  }

  void startUntilClose() {
    state = State.UNTIL_CLOSE;
  }

  boolean isDone() {
    return state == State.DONE;
  }

  boolean isUntilClose() {
    return state == State.UNTIL_CLOSE;
  }

  /**
   * Reads what is there; stops at the end of the body and leaves what follows.
   *
   * @param scratch for parsing trailers; not in use by the caller
   * @throws BadMessage when the framing is broken
   */
  void read(ByteBuf in, BodySink sink, Head scratch) {
    while (state != State.DONE && in.isReadable()) {
      switch (state) {
        case LENGTH, CHUNK -> readData(in, sink);
        case UNTIL_CLOSE -> sink.bodyData(in.readRetainedSlice(in.readableBytes()));
        case SIZE -> readSize(in.readByte());
        case EXTENSION -> readExtension(in.readByte());
        case SIZE_LF -> {
          expect(in, '\n');
          if (remaining == 0) {
            trailers.clear();
            state = State.TRAILERS;
          } else {
            state = State.CHUNK;
          }
        }
        case CHUNK_CR -> {
          expect(in, '\r');
          state = State.CHUNK_LF;
        }
        case CHUNK_LF -> {
          expect(in, '\n');
          startSize();
        }
        case TRAILERS -> readTrailers(in, sink, scratch);
        case DONE -> throw new AssertionError("the loop ends at DONE");
      }
    }
  }

  private void readData(ByteBuf in, BodySink sink) {
    int n = (int) Math.min(remaining, in.readableBytes());
    remaining -= n;
    boolean last = remaining == 0;
    boolean length = state == State.LENGTH;
    if (last) {
      state = length ? State.DONE : State.CHUNK_CR;
    }
    sink.bodyData(in.readRetainedSlice(n));
    if (last && length) {
      sink.bodyEnd(NONE);
    }
  }

  private void startSize() {
    state = State.SIZE;
    remaining = 0;
    digits = 0;
    lineLength = 0;
  }

  private void readSize(byte c) {
    int digit = Chars.hex(c);
    if (digit >= 0) {
      if (++digits > SIZE_DIGITS_MAX) {
        throw new BadMessage("A chunk size is too large.");
      }
      remaining = remaining << 4 | digit;
    } else if (digits > 0 && c == '\r') {
      state = State.SIZE_LF;
    } else if (digits > 0 && c == ';') {
      state = State.EXTENSION;
    } else {
      throw new BadMessage("A chunk size is malformed.");
    }
  }

  private void readExtension(byte c) {
    if (c == '\r') {
      state = State.SIZE_LF;
    } else if (!Chars.isValue(c) || ++lineLength > EXTENSION_MAX) {
      throw new BadMessage("A chunk extension is malformed.");
    }
  }

  private void expect(ByteBuf in, char wanted) {
    if (in.readByte() != wanted) {
      throw new BadMessage("A chunk does not end where its size says.");
    }
  }

  private void readTrailers(ByteBuf in, BodySink sink, Head scratch) {
    byte c = in.readByte();
    if (trailers.size() + 1 >= scratch.bytes.length) {
      throw new BadMessage(431, "The trailer fields are too large.");
    }
    trailers.octet(c);
    if (c != '\n') {
      return;
    }
    byte[] b = trailers.array();
    int n = trailers.size();
    if (n == 2 && b[0] == '\r') {
      state = State.DONE;
      sink.bodyEnd(NONE);
    } else if (HeadParser.findEnd(b, n - 1, n) == n) {
      System.arraycopy(b, 0, scratch.bytes, 0, n);
      HeadParser.parseTrailers(scratch, n);
      state = State.DONE;
      sink.bodyEnd(HeadWriter.trailers(scratch));
      trailers = new ByteWriter(0);
    }
  }
}
