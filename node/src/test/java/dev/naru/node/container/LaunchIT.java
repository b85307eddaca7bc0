package dev.naru.node.container;

import static org.assertj.core.api.Assertions.assertThat;

import dev.naru.node.container.ContainerRuntime.State;
import dev.naru.node.container.ContainerSpec.Confinement;
import dev.naru.node.container.ContainerSpec.Joined;
import dev.naru.node.container.ContainerSpec.Mount;
import dev.naru.node.container.ContainerSpec.Program;
import dev.naru.node.container.ContainerSpec.Resources;
import dev.naru.node.container.ContainerSpec.User;
import dev.naru.node.linux.Cgroups;
import dev.naru.node.linux.Signals;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a death leaves between nothing and the running program. The death is the end of the
 * conversation, which is all that the shell, conmon and the starter see of one.
 */
final class LaunchIT {
  private static final int CANCELS = 12;
  private static final int MOMENT_MAX_MS = 120;

  /** The path of conmon's attach socket is bounded. */
  @TempDir Path directory;

  private final Cgroups cgroups = Cgroups.detect();
  private ContainerRuntime runtime;
  private Path ran;
  private int number;

  private record Place(String id, Path bundle, String cgroup) {}

  @BeforeEach
  void open() throws IOException {
    runtime =
        new ContainerRuntime(directory.resolve("run"), cgroups, "/naru-launch/conmon", 1 << 20);
    ran = Files.createDirectories(directory.resolve("ran"));
  }

  @AfterEach
  void removeGroups() {
    cgroups.remove("/naru-launch");
  }

  @Test
  void aProgramThatNobodyLetsGoNeverRuns() throws Exception {
    Place place = place();
    create(place).close();
    assertThat(state(place)).isEqualTo(new State.Created());
    remove(place);
    assertThat(ran(place)).isEmpty();
  }

  @Test
  void whoLetsAProgramGoOutlivesTheOneWhoSaidSo() throws Exception {
    Place place = place();
    try (Launch launch = create(place)) {
      launch.tell("start");
    }
    assertThat(state(place)).isNotEqualTo(new State.Created());
    long conmon = Long.parseLong(Files.readString(place.bundle().resolve("conmon.pid")));
    assertThat(Signals.awaitEnd(conmon, Duration.ofSeconds(20), pid -> true)).isTrue();
    assertThat(state(place))
        .isInstanceOfSatisfying(State.Exited.class, e -> assertThat(e.exitCode()).isEqualTo(3));
    remove(place);
    assertThat(ran(place)).hasSize(1);
  }

  @Test
  void anInitThatFailedBeforeItWasLetGoIsNoRunOfTheProgram() throws Exception {
    Place place = place();
    create(place).close();
    assertThat(runtime.signal(place.bundle(), place.cgroup(), 9)).isTrue();
    assertThat(state(place)).isEqualTo(new State.Created());
    remove(place);
    assertThat(ran(place)).isEmpty();
  }

  @Test
  void nothingComesOfWhatIsCancelledInTheMiddle() throws Exception {
    long seed = Long.getLong("naru.crash.seed", System.nanoTime());
    System.out.println("naru.crash.seed=" + seed);
    Random random = new Random(seed);
    for (int i = 0; i < CANCELS; i++) {
      Place place = place();
      Thread creator = Thread.ofVirtual().start(() -> createAndLeave(place));
      // Not waiting for anything: the moment is meant to be arbitrary.
      creator.join(Duration.ofMillis(1 + random.nextInt(MOMENT_MAX_MS)));
      creator.interrupt();
      creator.join();
      assertThat(state(place)).isEqualTo(new State.Created());
      remove(place);
    }
  }

  private void createAndLeave(Place place) {
    try {
      create(place).close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private Place place() throws IOException {
    String id = "%064x".formatted(System.nanoTime() + number++);
    Path bundle = Files.createDirectories(directory.resolve("c" + number));
    Files.createFile(ran.resolve(id));
    return new Place(id, bundle, "/naru-launch/c" + number);
  }

  private State state(Place place) throws IOException {
    return runtime.state(place.id(), place.bundle(), place.cgroup());
  }

  private Launch create(Place place) throws IOException, InterruptedException {
    Path root = RootFs.mountOver(Path.of("/"), place.bundle(), 16 << 20, upper -> {});
    return runtime.create(spec(place, root), place.bundle(), place.bundle().resolve("log"));
  }

  private ContainerSpec spec(Place place, Path root) {
    String script = "echo ran >> /mnt/" + place.id() + "; exit 3";
    return new ContainerSpec(
        place.id(),
        root,
        false,
        new Program(
            List.of("/bin/sh", "-c", script),
            Map.of("PATH", "/usr/bin:/bin"),
            "/",
            new User(0, 0, List.of()),
            false,
            false),
        new Joined(null, null, null, false),
        List.of(Mount.bind(ran, "/mnt", false)),
        List.of(),
        place.cgroup(),
        new Resources(0, 0, 0, 0, 0),
        new Confinement(Set.of(), true, false, Map.of()));
  }

  private List<String> ran(Place place) throws IOException {
    return Files.readAllLines(ran.resolve(place.id()));
  }

  /** As the one does who finds it; then nothing names it any more, and nothing will. */
  private void remove(Place place) throws IOException, InterruptedException {
    runtime.cancel(place.id(), place.bundle());
    runtime.delete(place.id(), place.cgroup());
    RootFs.unmount(place.bundle());
    assertThat(runtime.known()).doesNotContain(place.id());
    assertThat(directory.resolve("run/exits").resolve(place.id())).doesNotExist();
    assertThat(commandLines()).noneMatch(line -> line.contains(place.id()));
    assertThat(cgroups.processes(place.cgroup())).isEmpty();
  }

  private static List<String> commandLines() throws IOException {
    try (Stream<Path> all = Files.list(Path.of("/proc"))) {
      return all.map(p -> p.resolve("cmdline")).filter(Files::exists).map(LaunchIT::text).toList();
    }
  }

  private static String text(Path file) {
    try {
      return Files.readString(file, StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      // Ended meanwhile.
      return "";
    }
  }
}
