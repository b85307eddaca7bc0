package dev.naru.node;

import dev.naru.base.FileTrees;
import dev.naru.node.ContainerLife.Ended;
import dev.naru.node.ContainerLife.Run;
import dev.naru.node.PodDirectory.Outcome;
import dev.naru.node.PodDirectory.RunRecord;
import dev.naru.node.container.ContainerRuntime;
import dev.naru.node.container.RootFs;
import dev.naru.node.linux.LinuxException;
import io.fabric8.kubernetes.api.model.Container;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is done when a container of one pod has ended: its outcome is noted on disk first, then its
 * remains are removed. A death of this process in between leaves a record with its outcome and some
 * remains; removing them again does no harm.
 */
final class ContainerEnds {
  static final int UNKNOWN_EXIT = 137;
  private static final Logger LOG = LoggerFactory.getLogger(ContainerEnds.class);

  private final ContainerRuntime runtime;
  private final PodDirectory directory;
  private final String podCgroup;

  ContainerEnds(ContainerRuntime runtime, PodDirectory directory, String podCgroup) {
    this.runtime = runtime;
    this.directory = directory;
    this.podCgroup = podCgroup;
  }

  String cgroup(String id) {
    return ContainerStarter.cgroup(podCgroup, id);
  }

  ContainerRuntime.State state(String container, Run run) throws IOException {
    return runtime.state(run.id(), directory.bundle(container, run.attempt()), cgroup(run.id()));
  }

  /**
   * Notes the end.
   *
   * @param container null when its description is lost
   * @param ends see {@link Backoff}; of the runs before
   */
  Ended note(
      String name,
      @Nullable Container container,
      Run run,
      int ends,
      Instant startedAt,
      int code,
      Instant at)
      throws IOException {
    boolean oom = code != 0 && runtime.cgroups().oomKills(cgroup(run.id())) > 0;
    String why = oom ? "OOMKilled" : code == 0 ? "Completed" : "Error";
    Path bundle = directory.bundle(name, run.attempt());
    String said =
        container == null
            ? ""
            : TerminationMessage.of(
                container,
                code,
                bundle.resolve("termination-log"),
                directory.log(name, run.attempt()));
    return note(name, run, ends, startedAt, code, at, why, said);
  }

  /** Notes the end of a container that nobody saw end. */
  Ended noteUnknown(String name, Run run, int ends, Instant startedAt, Instant at, String said)
      throws IOException {
    return note(name, run, ends, startedAt, UNKNOWN_EXIT, at, "ContainerStatusUnknown", said);
  }

  private Ended note(
      String name,
      Run run,
      int ends,
      Instant startedAt,
      int code,
      Instant at,
      String why,
      String said)
      throws IOException {
    Instant from = startedAt.isAfter(at) ? at : startedAt;
    directory.write(
        new RunRecord(
            run.id(),
            name,
            run.attempt(),
            run.image(),
            run.imageId(),
            ends,
            new Outcome(from, at, code, why, said)));
    return new Ended(run, from, at, code, why, said);
  }

  /** Removes an ended container but its record and logs, and all of the runs before the last. */
  void remove(String container, Run run) {
    try {
      runtime.delete(run.id(), cgroup(run.id()));
      Path bundle = directory.bundle(container, run.attempt());
      RootFs.unmount(bundle);
      for (String part : List.of("upper", "work", "scratch", "rootfs")) {
        FileTrees.delete(bundle.resolve(part));
      }
      for (int old = run.attempt() - 2; old >= 0; old--) {
        Path oldBundle = directory.bundle(container, old);
        if (!Files.exists(oldBundle)) {
          break;
        }
        FileTrees.delete(oldBundle);
        Files.deleteIfExists(directory.log(container, old));
      }
    } catch (IOException | LinuxException e) {
      LOG.atWarn()
          .addKeyValue("container", container)
          .setCause(e)
          .log("an ended container is not removed yet; the end of its pod will");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Kills and removes every container that has a record. */
  void removeAll() throws IOException, InterruptedException {
    for (RunRecord run : directory.runs()) {
      runtime.delete(run.id(), cgroup(run.id()));
      RootFs.unmount(directory.bundle(run.container(), run.attempt()));
    }
  }
}
