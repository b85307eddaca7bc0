package dev.naru.server.lsp;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * The messages of a stream: header fields, an empty line, a body of so many bytes. Where a header
 * is broken nobody knows where its message ends, so what follows is passed over until the next
 * length. Source: LSP 3.17, Base Protocol.
 */
final class Frames {
  static final int BODY_MAX_BYTES = 16 << 20;
  private static final int LINE_MAX_BYTES = 4_096;
  private static final String LENGTH = "content-length:";

  sealed interface Frame {
    /** A whole message. */
    final class Body implements Frame {
      private final byte[] bytes;

      Body(byte[] bytes) {
        this.bytes = bytes;
      }

      /** The message itself, not a copy: it has one reader. */
      byte[] bytes() {
        return bytes;
      }
    }

    record Broken(String why) implements Frame {}

    record End() implements Frame {}
  }

  private final InputStream in;
  private boolean lost;

  Frames(InputStream in) {
    this.in = in;
  }

  Frame next() throws IOException {
    String length = "";
    boolean fields = false;
    while (true) {
      String line = line();
      if (line.isEmpty()) {
        return new Frame.End();
      }
      int at = line.toLowerCase(Locale.ROOT).lastIndexOf(LENGTH);
      boolean empty = line.isBlank();
      if (at >= 0) {
        length = line.substring(at + LENGTH.length()).strip();
      } else if (empty && !length.isEmpty()) {
        return body(length);
      } else if (empty && fields && !lost) {
        lost = true;
        return new Frame.Broken("a header without Content-Length");
      }
      fields |= !empty;
    }
  }

  private Frame body(String length) throws IOException {
    long bytes;
    try {
      bytes = Long.parseLong(length);
    } catch (NumberFormatException e) {
      bytes = -1;
    }
    if (bytes < 0) {
      lost = true;
      return new Frame.Broken("Content-Length is no number of bytes");
    }
    lost = false;
    if (bytes > BODY_MAX_BYTES) {
      in.skipNBytes(bytes);
      return new Frame.Broken("a message of " + bytes + " bytes; at most " + BODY_MAX_BYTES);
    }
    byte[] body = in.readNBytes((int) bytes);
    return body.length < bytes ? new Frame.End() : new Frame.Body(body);
  }

  /** A line with its end, of one that is too long the last part; empty at the end of the stream. */
  private String line() throws IOException {
    StringBuilder line = new StringBuilder();
    int c = in.read();
    while (c >= 0) {
      line.append((char) c);
      if (c == '\n') {
        break;
      }
      if (line.length() > LINE_MAX_BYTES) {
        line.delete(0, LINE_MAX_BYTES / 2);
      }
      c = in.read();
    }
    return new String(
        line.toString().getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.US_ASCII);
  }
}
