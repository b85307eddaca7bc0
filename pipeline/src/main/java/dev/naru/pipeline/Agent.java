package dev.naru.pipeline;

import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.Map;

/**
 * A machine on which a run's steps run. The real one is a pod ({@link PodAgent}); another runs
 * commands on this machine. Both pass the same contract test.
 */
interface Agent {
  /** What runs on the agent until it ends or is closed. */
  interface Execution extends AutoCloseable {
    /**
     * Waits for the end; all output was delivered then.
     *
     * @throws IOException when the connection broke, and the end is not known
     */
    int exitCode() throws IOException, InterruptedException;

    /** Ends the conversation; a process that the command has detached lives on. */
    @Override
    void close();
  }

  /** The agent's name, for NODE_NAME. */
  String name();

  /** Variables that the agent itself gives: PATH, HOME, JAVA_HOME. */
  Map<String, String> env();

  /** Directory in which workspaces are made. */
  String workspaces();

  /** Directory for the engine's own files; outside of workspaces, and for the agent's user only. */
  String control();

  /**
   * Starts {@code command}, of which {@code input} is the standard input. A command need not read
   * it: one that has ended before is a started one, and its exit code tells how it went.
   *
   * @param output gets standard output as it comes
   * @param errors gets standard error as it comes
   * @throws IOException when it cannot be started
   */
  Execution start(List<String> command, byte[] input, OutputStream output, OutputStream errors)
      throws IOException;

  /** Whether the agent is there for good no longer. */
  boolean isGone();
}
