package dev.naru.pipeline;

import dev.naru.base.Times;
import dev.naru.oci.Images;
import dev.naru.oci.build.ImageBuilder;
import dev.naru.oci.docker.DockerSession;
import dev.naru.oci.docker.ImageEvent;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/** Image building by Naru's own builder, through a Docker Engine API socket for each run. */
public final class OciImageBuilding implements ImageBuilding {
  private final Images images;
  private final ImageBuilder builder;
  private final Clock clock;

  public OciImageBuilding(Images images, ImageBuilder builder, Clock clock) {
    this.images = images;
    this.builder = builder;
    this.clock = clock;
  }

  @Override
  public Session open(String run, Path socket, Consumer<PipelineRunStatus.Image> changed) {
    Map<String, PipelineRunStatus.Image> known = new ConcurrentHashMap<>();
    DockerSession session =
        DockerSession.open(socket, images, builder, event -> on(event, known, changed), clock);
    return session::close;
  }

  private static String text(Instant at) {
    return Times.text(at);
  }

  private static void on(
      ImageEvent event,
      Map<String, PipelineRunStatus.Image> known,
      Consumer<PipelineRunStatus.Image> changed) {
    List<PipelineRunStatus.Image> now =
        switch (event) {
          case ImageEvent.BuildStarted e ->
              e.names().stream()
                  .map(
                      n ->
                          new PipelineRunStatus.Image(
                              n, null, text(e.at()), null, null, "Building", null))
                  .toList();
          case ImageEvent.BuildFinished e ->
              e.names().stream()
                  .map(
                      n ->
                          new PipelineRunStatus.Image(
                              n,
                              e.digest().toString(),
                              text(e.startedAt()),
                              text(e.at()),
                              null,
                              "Built",
                              null))
                  .toList();
          case ImageEvent.BuildFailed e ->
              e.names().stream()
                  .map(
                      n ->
                          new PipelineRunStatus.Image(
                              n,
                              null,
                              text(e.startedAt()),
                              text(e.at()),
                              null,
                              "Failed",
                              e.message()))
                  .toList();
          case ImageEvent.Pushed e -> {
            PipelineRunStatus.Image built = known.get(e.name());
            yield List.of(
                new PipelineRunStatus.Image(
                    e.name(),
                    e.digest().toString(),
                    built == null ? text(e.startedAt()) : built.startedAt(),
                    built == null ? null : built.finishedAt(),
                    text(e.at()),
                    "Pushed",
                    null));
          }
          case ImageEvent.PushFailed e ->
              List.of(
                  new PipelineRunStatus.Image(
                      e.name(),
                      null,
                      text(e.startedAt()),
                      text(e.at()),
                      null,
                      "Failed",
                      e.message()));
        };
    now.forEach(
        image -> {
          known.put(image.image(), image);
          changed.accept(image);
        });
  }
}
