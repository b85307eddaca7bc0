package dev.naru.node;

import dev.naru.node.linux.LinuxException;
import dev.naru.node.linux.Terminal;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A connection to the standard streams of a container's own program, by conmon's socket. The
 * program does not notice when it is closed.
 */
public final class Attachment implements AutoCloseable {
  private static final int PACKET_MAX = 32 * 1024;
  private static final int STDERR = 3;

  private final Terminal socket;
  private final Path control;

  private Attachment(Terminal socket, Path control) {
    this.socket = socket;
    this.control = control;
  }

  /**
   * @param link a name that is not in use, short enough for a socket's address; it is used for a
   *     moment
   */
  static Attachment open(Path bundle, Path link, boolean terminal) {
    try {
      Files.createSymbolicLink(link, bundle);
      try {
        return new Attachment(
            Terminal.connectPackets(link.resolve("attach")),
            terminal ? bundle.resolve("ctl") : Path.of("/dev/null"));
      } finally {
        Files.deleteIfExists(link);
      }
    } catch (IOException | LinuxException e) {
      throw new NodeException(
          "NODE_STREAM", "Tried to attach to a container: " + e.getMessage(), e);
    }
  }

  /** Goes to the program's standard input. */
  public OutputStream stdin() {
    return socket.output();
  }

  /**
   * Copies output until the program ends or this is closed; to be called on a platform thread. With
   * a terminal everything goes to {@code stdout}.
   */
  public void copy(OutputStream stdout, OutputStream stderr) throws IOException {
    byte[] packet = new byte[PACKET_MAX + 1];
    for (int n = socket.receive(packet); n > 0; n = socket.receive(packet)) {
      OutputStream out = packet[0] == STDERR ? stderr : stdout;
      out.write(packet, 1, n - 1);
      out.flush();
    }
  }

  /** Tells the program the size of its terminal; without one nothing happens. */
  public void resize(int columns, int rows) throws IOException {
    Files.write(
        control,
        "1 %d %d\n".formatted(rows, columns).getBytes(StandardCharsets.UTF_8),
        StandardOpenOption.WRITE);
  }

  @Override
  public void close() {
    socket.shutdown();
    socket.close();
  }
}
