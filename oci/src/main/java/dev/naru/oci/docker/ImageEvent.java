package dev.naru.oci.docker;

import dev.naru.base.Digest;
import java.time.Instant;
import java.util.List;

/** What happened to images in one {@link DockerSession}. */
public sealed interface ImageEvent {
  /** When it happened. */
  Instant at();

  /**
   * @param names as they were asked for; a build without {@code -t} has none
   */
  record BuildStarted(List<String> names, Instant at) implements ImageEvent {
    public BuildStarted {
      names = List.copyOf(names);
    }
  }

  /**
   * @param digest of the manifest
   */
  record BuildFinished(List<String> names, Digest digest, Instant startedAt, Instant at)
      implements ImageEvent {
    public BuildFinished {
      names = List.copyOf(names);
    }
  }

  /**
   * @param message one sentence
   * @param lastLines the end of what the build printed
   */
  record BuildFailed(
      List<String> names, String message, List<String> lastLines, Instant startedAt, Instant at)
      implements ImageEvent {
    public BuildFailed {
      names = List.copyOf(names);
      lastLines = List.copyOf(lastLines);
    }
  }

  /** The image is in its registry under its tag. */
  record Pushed(String name, Digest digest, Instant startedAt, Instant at) implements ImageEvent {}

  record PushFailed(String name, String message, Instant startedAt, Instant at)
      implements ImageEvent {}
}
