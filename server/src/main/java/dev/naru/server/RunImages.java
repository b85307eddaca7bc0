package dev.naru.server;

import dev.naru.oci.Images;
import dev.naru.oci.build.ImageBuilder;
import dev.naru.oci.docker.DockerSession;
import dev.naru.oci.docker.ImageEvent;
import dev.naru.oci.docker.ImageListener;
import dev.naru.pipeline.ImageBuilding;
import dev.naru.pipeline.PipelineRunStatus.Image;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Gives each pipeline run its Docker socket and tells the run of its images. */
final class RunImages implements ImageBuilding {
  private final Images images;
  private final ImageBuilder builder;
  private final Clock clock;

  RunImages(Images images, ImageBuilder builder, Clock clock) {
    this.images = images;
    this.builder = builder;
    this.clock = clock;
  }

  @Override
  public Session open(String run, Path socket, Consumer<Image> heard) throws IOException {
    DockerSession session = DockerSession.open(socket, images, builder, new Teller(heard), clock);
    return session::close;
  }

  /**
   * Turns events into the state of each image; one thread at a time, by the listener's contract for
   * an image.
   */
  private static final class Teller implements ImageListener {
    private final Consumer<Image> heard;
    private final Map<String, Image> known = new HashMap<>();

    Teller(Consumer<Image> heard) {
      this.heard = heard;
    }

    @Override
    public synchronized void on(ImageEvent event) {
      switch (event) {
        case ImageEvent.BuildStarted e ->
            tell(e.names(), null, e.at(), null, null, "Building", null);
        case ImageEvent.BuildFinished e ->
            tell(e.names(), e.digest().toString(), e.startedAt(), e.at(), null, "Built", null);
        case ImageEvent.BuildFailed e ->
            tell(e.names(), null, e.startedAt(), e.at(), null, "Failed", e.message());
        case ImageEvent.Pushed e -> {
          Image before = known.get(e.name());
          put(
              new Image(
                  e.name(),
                  e.digest().toString(),
                  before == null ? text(e.startedAt()) : before.startedAt(),
                  before == null ? text(e.at()) : before.finishedAt(),
                  text(e.at()),
                  "Pushed",
                  null));
        }
        case ImageEvent.PushFailed e ->
            tell(List.of(e.name()), null, e.startedAt(), e.at(), null, "Failed", e.message());
      }
    }

    private void tell(
        List<String> names,
        @Nullable String digest,
        Instant startedAt,
        @Nullable Instant finishedAt,
        @Nullable Instant pushedAt,
        String state,
        @Nullable String message) {
      for (String name : names) {
        put(
            new Image(
                name,
                digest,
                text(startedAt),
                finishedAt == null ? null : text(finishedAt),
                pushedAt == null ? null : text(pushedAt),
                state,
                message));
      }
    }

    private void put(Image image) {
      known.put(image.image(), image);
      heard.accept(image);
    }

    private static String text(Instant at) {
      return at.truncatedTo(ChronoUnit.MILLIS).toString();
    }
  }
}
