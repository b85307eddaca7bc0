package dev.naru.oci.docker;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * One HTTP/1.1 exchange over a unix socket. Uses nothing but the JDK. The server may answer and
 * close before it has read all: what it wrote is still read (unix(7) reports the lost part only
 * after that).
 */
final class UnixHttp implements AutoCloseable {
  private static final int LINE_LENGTH_MAX = 16_384;
  private static final int CHUNK = 1 << 16;
  private static final String CONTENT_LENGTH = "content-length:";
  private static final byte[] END_OF_LINE = {'\r', '\n'};
  private static final byte[] LAST_CHUNK = "0\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

  private final SocketChannel channel;
  private final InputStream in;
  private final OutputStream out;

  private UnixHttp(SocketChannel channel) {
    this.channel = channel;
    this.in = new BufferedInputStream(Channels.newInputStream(channel), CHUNK);
    this.out = Channels.newOutputStream(channel);
  }

  static UnixHttp connect(Path socket) throws IOException {
    return new UnixHttp(SocketChannel.open(UnixDomainSocketAddress.of(socket)));
  }

  /** Writes a request's body. */
  interface Body {
    void to(OutputStream out) throws IOException;
  }

  /** An answer whose body is read from the connection. */
  record Answer(int status, InputStream body) {}

  Answer send(String method, String path, Map<String, String> headers, Body body)
      throws IOException {
    StringBuilder head = new StringBuilder(method + " " + path + " HTTP/1.1\r\nHost: docker\r\n");
    headers.forEach((k, v) -> head.append(k).append(": ").append(v).append("\r\n"));
    // Without "Connection: close", whose answer may end where the connection does: an answer says
    // itself how long it is, so that one that was cut off is seen, and one that is whole needs
    // nothing of how the connection ends.
    head.append("Transfer-Encoding: chunked\r\n\r\n");
    IOException cutOff = null;
    Chunks chunks = new Chunks();
    try {
      byte[] headBytes = head.toString().getBytes(StandardCharsets.UTF_8);
      chunks.raw(headBytes, 0, headBytes.length);
      body.to(chunks);
      // Only a whole body gets its end: a part must never look like all.
      chunks.finish();
    } catch (IOException e) {
      if (!chunks.refused) {
        throw e;
      }
      // The server may have answered, and closed, before it took everything.
      cutOff = e;
    }
    return answer(cutOff);
  }

  private Answer answer(@Nullable IOException cutOff) throws IOException {
    String status;
    try {
      status = line();
    } catch (IOException e) {
      throw cutOff == null ? e : cutOff;
    }
    boolean chunked = false;
    OptionalLong length = OptionalLong.empty();
    for (String header = line(); !header.isEmpty(); header = line()) {
      String lower = header.toLowerCase(Locale.ROOT).replace(" ", "");
      chunked |= lower.equals("transfer-encoding:chunked");
      if (lower.startsWith(CONTENT_LENGTH)) {
        length = OptionalLong.of(number(lower.substring(CONTENT_LENGTH.length()), 10));
      }
    }
    String[] parts = status.split(" ", 3);
    if (parts.length < 2 || !parts[1].matches("\\d{3}")) {
      throw new IOException("the answer is not HTTP: '" + status + "'");
    }
    if (!chunked && length.isEmpty()) {
      throw new IOException("the answer does not say how long it is");
    }
    return new Answer(Integer.parseInt(parts[1]), new Framed(chunked, length.orElse(0)));
  }

  private static long number(String text, int radix) throws IOException {
    try {
      long number = Long.parseLong(text, radix);
      if (number >= 0) {
        return number;
      }
    } catch (NumberFormatException e) {
      // Said below.
    }
    throw new IOException("the answer is not HTTP: '" + text + "' is no length");
  }

  private String line() throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c = in.read(); c != '\n'; c = in.read()) {
      if (c < 0 || line.length() > LINE_LENGTH_MAX) {
        throw new EOFException("the connection ended before the answer");
      }
      if (c != '\r') {
        line.append((char) c);
      }
    }
    return line.toString();
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }

  private final class Chunks extends OutputStream {
    private final byte[] buffer = new byte[CHUNK];
    private int size;

    /** Whether the other side takes no more. */
    private boolean refused;

    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      int done = 0;
      while (done < length) {
        int n = Math.min(buffer.length - size, length - done);
        System.arraycopy(bytes, offset + done, buffer, size, n);
        size += n;
        done += n;
        if (size == buffer.length) {
          send();
        }
      }
    }

    private void send() throws IOException {
      if (size > 0) {
        byte[] head = (Integer.toHexString(size) + "\r\n").getBytes(StandardCharsets.US_ASCII);
        raw(head, 0, head.length);
        raw(buffer, 0, size);
        raw(END_OF_LINE, 0, END_OF_LINE.length);
        size = 0;
      }
    }

    private void raw(byte[] bytes, int offset, int length) throws IOException {
      try {
        out.write(bytes, offset, length);
      } catch (IOException e) {
        refused = true;
        throw e;
      }
    }

    private void finish() throws IOException {
      send();
      raw(LAST_CHUNK, 0, LAST_CHUNK.length);
    }
  }

  /** A body by its length, or the length of each of its chunks (RFC 9112, 6.3 and 7.1). */
  private final class Framed extends InputStream {
    private final boolean chunked;
    private long left;
    private boolean started;
    private boolean ended;

    Framed(boolean chunked, long length) {
      this.chunked = chunked;
      this.left = length;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      if (length == 0) {
        return 0;
      }
      if (left == 0 && !ended) {
        if (chunked) {
          nextChunk();
        }
        ended = left == 0;
      }
      if (ended) {
        return -1;
      }
      int n = in.read(bytes, offset, (int) Math.min(length, left));
      if (n < 0) {
        throw new EOFException("the connection ended in the middle of the answer");
      }
      left -= n;
      return n;
    }

    private void nextChunk() throws IOException {
      if (started) {
        line();
      }
      started = true;
      left = number(line().split(";", -1)[0].strip(), 16);
    }
  }
}
