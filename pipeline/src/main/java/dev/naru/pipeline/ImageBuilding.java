package dev.naru.pipeline;

import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Consumer;

/** Opens the Docker Engine API socket that belongs to one run. */
public interface ImageBuilding {
  /** An open socket. Closing it ends builds that still run and removes the socket. */
  interface Session extends AutoCloseable {
    @Override
    void close();
  }

  /**
   * Listens on {@code socket}, replacing a file that is there from before a restart.
   *
   * @param images hears of every image whenever its state changes; an image is known by its name
   */
  Session open(String run, Path socket, Consumer<PipelineRunStatus.Image> images)
      throws IOException;
}
