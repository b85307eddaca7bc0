package dev.naru.pipeline;

import dev.naru.base.AtomicFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Counts the runs of each pipeline of each repository, from 1, without giving a number twice. */
final class BuildNumbers {
  private final Path folder;

  BuildNumbers(Path folder) {
    this.folder = folder;
  }

  synchronized int next(String repository, String pipeline) throws IOException {
    Path file =
        Files.createDirectories(folder)
            .resolve((repository + "." + pipeline).replaceAll("[^A-Za-z0-9._-]", "_"));
    int next = 1 + (Files.exists(file) ? Integer.parseInt(Files.readString(file).strip()) : 0);
    AtomicFiles.write(file, next + "\n");
    return next;
  }
}
