package dev.naru.kube;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import java.util.OptionalLong;

/**
 * The way into running pods: what the API cannot answer from its store. The node provides it.
 *
 * <p>Every method may throw {@link IOException} with one sentence for the user when the pod runs
 * nowhere, the container is unknown or the call fails; the API answers 500 or, from {@link
 * NoSuchContainer}, 400. A pod that does not exist in the API never gets here.
 */
public interface PodAccess {

  /** The container is unknown, or has not started. The message says which and why. */
  final class NoSuchContainer extends IOException {
    private static final long serialVersionUID = 1L;

    public NoSuchContainer(String message) {
      super(message);
    }
  }

  /**
   * Which part of a log.
   *
   * @param container never empty
   * @param follow whether the stream goes on with the container
   * @param previous whether the log of the instance before the last restart is asked
   * @param timestamps whether each line begins with its RFC 3339 time
   * @param tailLines the last so many lines
   * @param sinceSeconds only lines younger than this
   * @param limitBytes at most so many bytes
   */
  record LogOptions(
      String container,
      boolean follow,
      boolean previous,
      boolean timestamps,
      OptionalLong tailLines,
      OptionalLong sinceSeconds,
      OptionalLong limitBytes) {}

  /**
   * What to run or attach to.
   *
   * @param container never empty
   * @param command empty when attaching
   */
  record ExecOptions(
      String container,
      List<String> command,
      boolean stdin,
      boolean stdout,
      boolean stderr,
      boolean tty) {
    public ExecOptions {
      command = List.copyOf(command);
    }
  }

  /** A running process. Closing it ends the conversation and, for exec, the process. */
  interface Session extends AutoCloseable {
    /** To the process; closing it is end of file. */
    OutputStream stdin();

    InputStream stdout();

    /** Empty when there is a terminal, which joins both. */
    InputStream stderr();

    void resize(int columns, int rows);

    /**
     * Waits for the end of the process.
     *
     * @return its exit code; 128 + n when signal n ended it
     */
    int exitCode() throws InterruptedException;

    @Override
    void close();
  }

  /** A TCP connection to a port inside of the pod. */
  interface Connection extends AutoCloseable {
    InputStream in();

    /** Closing it half-closes the connection. */
    OutputStream out();

    @Override
    void close();
  }

  /** The log as bytes. Closing the stream ends a follow. */
  InputStream logs(String namespace, String pod, LogOptions options) throws IOException;

  Session exec(String namespace, String pod, ExecOptions options) throws IOException;

  Session attach(String namespace, String pod, ExecOptions options) throws IOException;

  Connection portForward(String namespace, String pod, int port) throws IOException;
}
