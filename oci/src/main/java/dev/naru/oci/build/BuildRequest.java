package dev.naru.oci.build;

import dev.naru.oci.ImageRef;
import dev.naru.oci.ImageStore.Stored;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * What to build.
 *
 * @param context folder that COPY reads; its {@code .dockerignore} applies
 * @param dockerfile path inside the context
 * @param buildArgs values for ARG
 * @param target stage to build; empty for the last
 * @param noCache runs every step
 * @param pull asks registries for newer base images
 * @param labels added to the image
 * @param local images that only the asker has, looked at before the store
 */
public record BuildRequest(
    Path context,
    String dockerfile,
    Map<String, String> buildArgs,
    String target,
    boolean noCache,
    boolean pull,
    Map<String, String> labels,
    Function<ImageRef, Optional<Stored>> local) {

  /** The longest that one RUN step may take, and the memory that it may use. */
  public record Limits(java.time.Duration stepMax, long memoryBytesMax) {
    public static final Limits DEFAULT = new Limits(java.time.Duration.ofMinutes(30), 4L << 30);
  }

  public BuildRequest {
    buildArgs = Map.copyOf(buildArgs);
    labels = Map.copyOf(labels);
  }

  /** The folder's {@code Dockerfile}, nothing special. */
  public static BuildRequest of(Path context) {
    return new BuildRequest(
        context, "Dockerfile", Map.of(), "", false, false, Map.of(), ref -> Optional.empty());
  }
}
