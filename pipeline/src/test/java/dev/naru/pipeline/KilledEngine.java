package dev.naru.pipeline;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A process that runs one pipeline to its end, or goes on with it; made to be killed. */
final class KilledEngine {
  private KilledEngine() {}

  public static void main(String[] args) throws IOException {
    Path dir = Path.of(args[0]);
    try (TestEngine engine = TestEngine.open(dir, Files.readString(dir.resolve("source")))) {
      if (!engine.has("r1")) {
        engine.create("r1");
      }
      PipelineRunStatus status = engine.end("r1");
      Files.writeString(dir.resolve("result"), status.phase() + " " + status.message());
    }
    System.exit(0);
  }
}
