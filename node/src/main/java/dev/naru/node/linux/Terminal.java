package dev.naru.node.linux;

import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The near side of a descriptor that Java cannot open by itself: a pseudo-terminal, or conmon's
 * attach socket.
 *
 * <p>{@link #input()} blocks in the kernel: read it on a platform thread.
 */
public final class Terminal implements AutoCloseable {
  private final int descriptor;
  private final AtomicBoolean closed = new AtomicBoolean();

  private Terminal(int descriptor) {
    this.descriptor = descriptor;
  }

  /** A fresh pseudo-terminal; its far side is {@link #file()}. */
  public static Terminal open() {
    return new Terminal(Linux.openTerminal());
  }

  /** The far side of a pseudo-terminal, to be given to a program. */
  public Path file() {
    return Linux.terminalFile(descriptor);
  }

  /** Connects to a socket of packets, as conmon's attach socket is. */
  public static Terminal connectPackets(Path socket) {
    return new Terminal(Linux.connect(socket, Linux.SOCK_SEQPACKET));
  }

  public void resize(int columns, int rows) {
    Linux.windowSize(descriptor, columns, rows);
  }

  /** One packet; the length, or -1 at the end. */
  public int receive(byte[] buffer) {
    return Linux.read(descriptor, buffer, 0, buffer.length);
  }

  public InputStream input() {
    return new InputStream() {
      @Override
      public int read() {
        byte[] one = new byte[1];
        int n = read(one, 0, 1);
        return n < 0 ? -1 : one[0] & 0xff;
      }

      @Override
      public int read(byte[] into, int offset, int length) {
        Objects.checkFromIndexSize(offset, length, into.length);
        return length == 0 ? 0 : Linux.read(descriptor, into, offset, length);
      }
    };
  }

  public OutputStream output() {
    return new OutputStream() {
      @Override
      public void write(int b) {
        write(new byte[] {(byte) b}, 0, 1);
      }

      @Override
      public void write(byte[] bytes, int offset, int length) {
        Objects.checkFromIndexSize(offset, length, bytes.length);
        Linux.writeFully(descriptor, bytes, offset, length);
      }
    };
  }

  /** Wakes a reader of a socket; a terminal's reader ends when the far side closes. */
  public void shutdown() {
    Linux.shutdown(descriptor);
  }

  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      Linux.close(descriptor);
    }
  }
}
