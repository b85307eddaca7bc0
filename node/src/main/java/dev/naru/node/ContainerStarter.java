package dev.naru.node;

import dev.naru.base.FileTrees;
import dev.naru.node.ContainerLife.Run;
import dev.naru.node.PodDirectory.RunRecord;
import dev.naru.node.container.ContainerException;
import dev.naru.node.container.ContainerRuntime;
import dev.naru.node.container.ContainerSpec;
import dev.naru.node.container.Launch;
import dev.naru.node.container.RootFs;
import dev.naru.node.linux.LinuxException;
import dev.naru.oci.ResolvedImage;
import dev.naru.oci.fs.Linux;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Pod;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;

/**
 * Brings one container from its description to running: image → root → record → runtime → go.
 *
 * <p>What a death of this process leaves, step by step: before the record nothing but a directory
 * that the next try empties; after the record and before the program is let go, a container that is
 * set up, or half, or not at all; after that, one that runs. {@link PodRunner} adopts the last and
 * clears the others away, and tries them again under the same number, since their program has never
 * run.
 *
 * <p>Processes per start: a shell that becomes conmon, its child that lets the program go, and runc
 * with its init. Syncs: one record.
 */
final class ContainerStarter {
  private static final SecureRandom RANDOM = new SecureRandom();

  private static final int SIGKILL = 9;
  private static final long DISK_MIN_BYTES = 64L << 20;

  private final NodeConfig config;
  private final ContainerRuntime runtime;
  private final PodImages images;
  private final Cluster cluster;
  private final Events events;
  private final Machine machine;
  private final InstantSource clock;

  /** Bounds how many containers are set up at a time. */
  private final Semaphore turns;

  ContainerStarter(
      NodeConfig config,
      ContainerRuntime runtime,
      PodImages images,
      Cluster cluster,
      Events events,
      Machine machine,
      InstantSource clock) {
    this.config = config;
    this.runtime = runtime;
    this.images = images;
    this.cluster = cluster;
    this.events = events;
    this.machine = machine;
    this.clock = clock;
    this.turns = new Semaphore(config.startsMax());
  }

  /**
   * @param attempt number of the run
   * @param ends see {@link Backoff}
   */
  record Order(
      Pod pod,
      Container container,
      int attempt,
      int ends,
      PodDirectory directory,
      Sandbox.Place place,
      String podCgroup,
      DownwardApi downward) {}

  record Started(Run run, Instant at) {}

  /** Pulls and unpacks the image ahead, so that it can happen beside other work. */
  ResolvedImage image(Pod pod, Container container) {
    return images.get(pod, container);
  }

  /**
   * @throws PodProblem when it cannot be started now; nothing of the try remains but its directory
   */
  Started start(Order order) throws InterruptedException {
    ResolvedImage image = image(order.pod(), order.container());
    turns.acquire();
    try {
      if (NodeObject.isDiskFull(config, DISK_MIN_BYTES)) {
        throw new PodProblem(
            PodProblem.CREATE,
            "the disk of " + config.dataDir() + " is full: less than 64 MiB are free",
            Backoff.CHEAP_MAX);
      }
      return startNow(order, image);
    } catch (PodProblem e) {
      events.warning(
          order.pod(), order.container().getName(), "Failed", "Error: " + e.getMessage());
      throw e;
    } catch (IOException | LinuxException e) {
      PodProblem problem =
          new PodProblem(PodProblem.CREATE, "Tried to set the container up but failed: " + e, e);
      events.warning(
          order.pod(), order.container().getName(), "Failed", "Error: " + problem.getMessage());
      throw problem;
    } finally {
      turns.release();
    }
  }

  private Started startNow(Order order, ResolvedImage image)
      throws IOException, InterruptedException {
    Pod pod = order.pod();
    Container container = order.container();
    String name = container.getName();
    Environment environment = Environment.of(cluster, pod, container, order.downward());
    PodVolumes volumes = new PodVolumes(config, cluster, order.directory());
    Path bundle = order.directory().bundle(name, order.attempt());
    discard(order.directory(), name, order.attempt(), order.podCgroup());
    Files.createDirectories(bundle);
    Path log = order.directory().log(name, order.attempt());
    Files.createDirectories(log.getParent());
    Path terminationLog = bundle.resolve("termination-log");
    Files.createFile(terminationLog);
    Linux.chmod(terminationLog, 0666);
    String id = newId();
    Run run = new Run(id, order.attempt(), container.getImage(), imageId(image));
    Path rootfs = mountRoot(image, bundle);
    boolean created = false;
    try {
      ContainerSpec spec =
          new Assembly(pod, container, image.config(), order.directory())
              .spec(
                  id,
                  rootfs,
                  terminationLog,
                  environment,
                  new Assembly.Surroundings(
                      order.place(),
                      order.podCgroup(),
                      volumes.mounts(pod, container, environment),
                      machine.memory()));
      // From here on a restart of this process knows of the container.
      order
          .directory()
          .write(
              new RunRecord(
                  id, name, order.attempt(), run.image(), run.imageId(), order.ends(), null));
      created = true;
      try (Launch launch = runtime.create(spec, bundle, log)) {
        events.normal(pod, name, "Created", "Created container " + name);
        launch.start();
      }
      Instant at = clock.instant();
      events.normal(pod, name, "Started", "Started container " + name);
      return new Started(run, at);
    } catch (ContainerException e) {
      discard(order.directory(), name, order.attempt(), order.podCgroup());
      throw new PodProblem(PodProblem.START, String.valueOf(e.getMessage()), e);
    } catch (IOException | RuntimeException | InterruptedException e) {
      if (created) {
        discard(order.directory(), name, order.attempt(), order.podCgroup());
      } else {
        RootFs.unmount(bundle);
      }
      throw e;
    }
  }

  private static String newId() {
    byte[] bytes = new byte[32];
    RANDOM.nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }

  private static String imageId(ResolvedImage image) {
    return image.ref().name() + "@" + image.digest();
  }

  private Path mountRoot(ResolvedImage image, Path bundle) throws IOException {
    if (!image.isHost()) {
      // The store names the lowest layer first, overlayfs the highest.
      return RootFs.mount(image.layerDirs().reversed(), bundle, config.hostScratchMaxBytes());
    }
    return RootFs.mountOver(
        Path.of("/"),
        bundle,
        config.hostScratchMaxBytes(),
        upper -> HostImage.hide(upper, List.of(config.dataDir(), config.runDir())));
  }

  /** Removes what an earlier try of this run has left; nothing there is no failure. */
  void discard(PodDirectory directory, String container, int attempt, String podCgroup)
      throws IOException, InterruptedException {
    Path bundle = directory.bundle(container, attempt);
    var record = directory.run(container, attempt);
    if (record.isPresent()) {
      runtime.cancel(record.get().id(), bundle);
      runtime.delete(record.get().id(), cgroup(podCgroup, record.get().id()));
    }
    if (Files.isDirectory(bundle)) {
      RootFs.unmount(bundle);
      FileTrees.delete(bundle);
    }
  }

  /** Kills a container that was just started; its exit is seen like any other. */
  void kill(Order order, Run run) {
    Path bundle = order.directory().bundle(order.container().getName(), run.attempt());
    try {
      runtime.signal(bundle, cgroup(order.podCgroup(), run.id()), SIGKILL);
    } catch (IOException e) {
      throw new PodProblem(PodProblem.POST_START, "Tried to kill a container: " + e, e);
    }
  }

  /** As the image asks for it; empty for SIGTERM, also when the image is gone meanwhile. */
  Optional<String> stopSignal(String image) {
    return images.stopSignal(image);
  }

  static String cgroup(String podCgroup, String id) {
    return podCgroup + "/" + id.substring(0, 16);
  }
}
