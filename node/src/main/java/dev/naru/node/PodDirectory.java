package dev.naru.node;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import dev.naru.base.AtomicFiles;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a pod has on disk, {@code pods/<uid>/}:
 *
 * <pre>
 * pod.json                     who it is; written before anything else is made, removed last
 * etc/ shm/ ns/ volumes/       the sandbox, made anew when nothing runs in it
 * containers/NAME/N/           the bundle of run N: run.json, config.json, rootfs, pid files
 * logs/NAME/N.log              CRI format
 * </pre>
 *
 * <p>{@code run.json} is written before the runtime is asked for the container, and again with the
 * outcome when it has ended. So a container that the runtime knows has a record, and a record
 * without outcome is checked against the runtime. A process that dies in between leaves one of
 * these two, and nothing that only memory knew.
 */
record PodDirectory(Path root) {
  private static final ObjectMapper JSON =
      new ObjectMapper()
          .registerModule(new JavaTimeModule())
          .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .setDefaultPropertyInclusion(JsonInclude.Include.NON_NULL);

  /**
   * @param bootId of the machine's run in which the sandbox was made
   * @param graceSeconds for stopping it when its object is gone from the API
   */
  record Identity(String uid, String namespace, String name, String bootId, long graceSeconds) {}

  /**
   * One run of a container.
   *
   * @param ends see {@link Backoff}; of the runs before this one
   * @param outcome null while it is not known to have ended
   */
  record RunRecord(
      String id,
      String container,
      int attempt,
      String image,
      String imageId,
      int ends,
      @Nullable Outcome outcome) {
    RunRecord with(Outcome how) {
      return new RunRecord(id, container, attempt, image, imageId, ends, how);
    }

    Optional<Outcome> ended() {
      return Optional.ofNullable(outcome);
    }
  }

  record Outcome(
      Instant startedAt, Instant finishedAt, int exitCode, String reason, String message) {}

  Path etc() {
    return root.resolve("etc");
  }

  Path shm() {
    return root.resolve("shm");
  }

  Path uts() {
    return root.resolve("ns").resolve("uts");
  }

  Path ipc() {
    return root.resolve("ns").resolve("ipc");
  }

  Path volumes() {
    return root.resolve("volumes");
  }

  Path volume(String name) {
    return volumes().resolve(name);
  }

  Path bundle(String container, int attempt) {
    return root.resolve("containers").resolve(container).resolve(Integer.toString(attempt));
  }

  Path logs(String container) {
    return root.resolve("logs").resolve(container);
  }

  Path log(String container, int attempt) {
    return logs(container).resolve(attempt + ".log");
  }

  Optional<Identity> identity() throws IOException {
    return read(root.resolve("pod.json"), Identity.class);
  }

  void write(Identity identity) throws IOException {
    Files.createDirectories(root);
    AtomicFiles.write(root.resolve("pod.json"), JSON.writeValueAsBytes(identity));
  }

  Optional<RunRecord> run(String container, int attempt) throws IOException {
    return read(bundle(container, attempt).resolve("run.json"), RunRecord.class);
  }

  void write(RunRecord run) throws IOException {
    AtomicFiles.write(
        bundle(run.container(), run.attempt()).resolve("run.json"), JSON.writeValueAsBytes(run));
  }

  /** All recorded runs of all containers, each container's in the order of its attempts. */
  List<RunRecord> runs() throws IOException {
    List<RunRecord> found = new ArrayList<>();
    for (Path container : children(root.resolve("containers"))) {
      for (Path attempt : children(container)) {
        read(attempt.resolve("run.json"), RunRecord.class).ifPresent(found::add);
      }
    }
    found.sort(Comparator.comparing(RunRecord::container).thenComparing(RunRecord::attempt));
    return found;
  }

  private static List<Path> children(Path directory) throws IOException {
    List<Path> found = new ArrayList<>();
    if (Files.isDirectory(directory)) {
      try (DirectoryStream<Path> entries =
          Files.newDirectoryStream(directory, Files::isDirectory)) {
        entries.forEach(found::add);
      }
    }
    return found;
  }

  private static <T> Optional<T> read(Path file, Class<T> type) throws IOException {
    return Files.exists(file) ? Optional.of(JSON.readValue(file.toFile(), type)) : Optional.empty();
  }
}
