package dev.naru.pipeline;

import java.io.IOException;
import java.util.Set;
import java.util.function.Consumer;

/** Gives each run its agent. */
interface Agents {
  /** Begins to make the agent of {@code run}, unless it is there; does not wait for it. */
  void begin(String run, String repository, String pipeline) throws IOException;

  /**
   * The ready agent of {@code run}, which was begun.
   *
   * @param trouble hears why it is not ready, whenever that changes, if it is more than a start
   * @throws IOException with one sentence when it cannot be had
   */
  Agent await(String run, Consumer<String> trouble) throws IOException, InterruptedException;

  /** Name of the agent of {@code run}, for people. */
  String nameOf(String run);

  /** Ends the agent of {@code run}, if there is one. */
  void remove(String run);

  /** Ends agents whose run is not among {@code active}. */
  void removeOthers(Set<String> active);
}
