package dev.naru.node.container;

import dev.naru.node.linux.Cgroups;
import dev.naru.node.linux.Commands;
import dev.naru.node.linux.DirectoryWatch;
import dev.naru.node.linux.Linux;
import dev.naru.node.linux.Signals;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * runc under conmon. conmon is the parent of each container, writes its log in CRI format and its
 * exit file, and lives on when this process dies.
 *
 * <p>A container is {@link State.Created} (its program has not run) → {@link State.Running} →
 * {@link State.Exited}. The state is always read from what runc, conmon and the kernel have;
 * nothing is remembered here, so a new process sees the same.
 *
 * <p>{@code runDir} holds {@code runc/<id>/} (runc's state), {@code exits/<id>} (conmon's exit
 * files) and is emptied by a reboot or useless after one, as the containers are.
 */
public final class ContainerRuntime {
  private static final Duration DELETE_MAX = Duration.ofSeconds(30);

  private final Path runDir;
  private final Cgroups cgroups;
  private final String conmonGroup;
  private final long logMaxBytes;

  /** Where a container stands. */
  public sealed interface State {
    /** Set up, or half, or not at all: its program has not run and will not. */
    record Created() implements State {}

    record Running(long pid) implements State {}

    /** Ended, with conmon's exit file. */
    record Exited(int exitCode, Instant finishedAt) implements State {}

    /** Ended, but nobody saw how: conmon was killed too. */
    record Vanished() implements State {}
  }

  /**
   * @param conmonGroup control group for conmon when this process runs in a service of systemd
   * @param logMaxBytes a log that grows beyond it starts anew
   */
  public ContainerRuntime(Path runDir, Cgroups cgroups, String conmonGroup, long logMaxBytes)
      throws IOException {
    this.runDir = runDir;
    this.cgroups = cgroups;
    this.conmonGroup = conmonGroup;
    this.logMaxBytes = logMaxBytes;
    Files.createDirectories(states());
    Files.createDirectories(exits());
  }

  private Path states() {
    return runDir.resolve("runc");
  }

  private Path exits() {
    return runDir.resolve("exits");
  }

  public Cgroups cgroups() {
    return cgroups;
  }

  /** Calls {@code listener} whenever an exit file may have come. */
  public DirectoryWatch.Registration onExit(DirectoryWatch watch, Runnable listener)
      throws IOException {
    return watch.listen(exits(), listener);
  }

  /** Ids of all containers that runc knows in this run directory. */
  public List<String> known() throws IOException {
    List<String> ids = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(states(), Files::isDirectory)) {
      files.forEach(file -> ids.add(file.getFileName().toString()));
    }
    return ids;
  }

  /**
   * Sets the container up to the point where only its program is left to run. After a failure, or
   * when this process dies in here, its program has not run; {@link #cancel} and then {@link
   * #delete} remove the rest.
   *
   * @param bundle an existing directory; gets config.json, pid files and the attach socket
   * @param log CRI log file, in an existing directory
   * @throws ContainerException as {@link Launch#create} has it
   */
  public Launch create(ContainerSpec spec, Path bundle, Path log)
      throws IOException, InterruptedException {
    Files.write(bundle.resolve("config.json"), OciSpec.json(spec, cgroups));
    return Launch.create(
        spec.id(),
        bundle,
        states().resolve(spec.id()).resolve("exec.fifo"),
        cgroups.refuge(conmonGroup),
        conmonArguments(spec, bundle, log));
  }

  private List<String> conmonArguments(ContainerSpec spec, Path bundle, Path log) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "--sync",
                "--api-version=1",
                "--cid=" + spec.id(),
                "--cuuid=" + spec.id(),
                "--name=" + spec.id(),
                "--runtime=" + runc(),
                "--runtime-arg=--root",
                "--runtime-arg=" + states(),
                "--bundle=" + bundle,
                "--container-pidfile=" + bundle.resolve("pid"),
                "--exit-dir=" + exits(),
                "--persist-dir=" + bundle,
                "--full-attach",
                "--no-sync-log",
                "--log-level=warning",
                "--log-path=k8s-file:" + log,
                "--log-size-max=" + logMaxBytes));
    if (spec.program().terminal()) {
      arguments.add("--terminal");
    }
    if (spec.program().stdin()) {
      arguments.add("--stdin");
      arguments.add("--leave-stdin-open");
    }
    return arguments;
  }

  private static String runc() {
    for (String candidate : List.of("/usr/sbin/runc", "/usr/bin/runc", "/usr/local/sbin/runc")) {
      if (Files.isExecutable(Path.of(candidate))) {
        return candidate;
      }
    }
    throw new ContainerException(
        "CONTAINER_NO_RUNC", "Tried to find runc but it is not installed; install runc", null);
  }

  /**
   * Where the container with this bundle stands. A program that an earlier process was about to let
   * go is waited for, at most 10 s: it runs, or it never will.
   */
  public State state(String id, Path bundle, String cgroup) throws IOException {
    awaitStarter(id, bundle);
    if (!Files.exists(bundle.resolve(Launch.STARTED))) {
      return new State.Created();
    }
    Optional<State> exited = exit(id);
    if (exited.isPresent()) {
      return exited.get();
    }
    Optional<Long> pid = pid(bundle);
    if (pid.isPresent() && isOurs(pid.get(), cgroup)) {
      return new State.Running(pid.get());
    }
    // The exit file is written after the process is gone: look again before calling it lost.
    Optional<Long> conmon = number(bundle.resolve(Launch.CONMON_PID));
    if (conmon.isPresent() && serves(conmon.get(), id)) {
      return new State.Running(pid.orElse(0L));
    }
    return exit(id).orElseGet(State.Vanished::new);
  }

  private static void awaitStarter(String id, Path bundle) throws IOException {
    Optional<Long> starter = number(bundle.resolve(Launch.STARTER_PID));
    if (starter.isPresent()) {
      Signals.awaitEnd(starter.get(), Launch.START_MAX, p -> serves(p, id));
    }
  }

  private Optional<State> exit(String id) throws IOException {
    Path file = exits().resolve(id);
    try {
      String text = Files.readString(file, StandardCharsets.UTF_8).strip();
      return Optional.of(
          new State.Exited(Integer.parseInt(text), Files.getLastModifiedTime(file).toInstant()));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  /** The process of a container as this machine numbers it; empty before it is created. */
  public Optional<Long> pid(Path bundle) throws IOException {
    return number(bundle.resolve("pid"));
  }

  private static Optional<Long> number(Path file) throws IOException {
    try {
      String text = Files.readString(file, StandardCharsets.UTF_8).strip();
      return text.isEmpty() ? Optional.empty() : Optional.of(Long.parseLong(text));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  private static boolean isOurs(long pid, String cgroup) {
    try {
      return Files.readString(Path.of("/proc/" + pid + "/cgroup"), StandardCharsets.UTF_8)
          .contains(":" + cgroup);
    } catch (IOException e) {
      // No such process.
      return false;
    }
  }

  /** Whether it is one of the processes that set a container up and keep it: they all name it. */
  private static boolean serves(long pid, String id) {
    try {
      return Files.readString(Path.of("/proc/" + pid + "/cmdline"), StandardCharsets.ISO_8859_1)
          .contains(id);
    } catch (IOException e) {
      // No such process.
      return false;
    }
  }

  /**
   * Sends a signal to the container's first process.
   *
   * @return false when it has already ended
   */
  public boolean signal(Path bundle, String cgroup, int signal) throws IOException {
    Optional<Long> pid = pid(bundle);
    return pid.isPresent() && Signals.send(pid.get(), signal, p -> isOurs(p, cgroup));
  }

  /**
   * Stops what an earlier process has begun to set up, so that nothing of it comes later. Without
   * such it does nothing.
   */
  public void cancel(String id, Path bundle) throws IOException {
    Optional<Long> conmon = number(bundle.resolve(Launch.CONMON_PID));
    if (conmon.isEmpty()) {
      return;
    }
    // The parent first: then its children are all that there will be.
    kill(conmon.get(), id);
    try (DirectoryStream<Path> all = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
      for (Path process : all) {
        kill(Long.parseLong(process.getFileName().toString()), id);
      }
    }
  }

  private static void kill(long pid, String id) {
    // Looked at first: most processes are strangers, and to pin one costs two system calls.
    if (serves(pid, id) && Signals.send(pid, Linux.SIGKILL, p -> serves(p, id))) {
      Signals.awaitEnd(pid, Launch.START_MAX, p -> serves(p, id));
    }
  }

  /**
   * Kills what still runs and removes runc's state, the control group and the exit file. Without a
   * container it does nothing. When this process dies in here, it can be called again.
   */
  public void delete(String id, String cgroup) throws IOException, InterruptedException {
    if (Files.isDirectory(states().resolve(id))) {
      Commands.require(DELETE_MAX, runc(), "--root", states().toString(), "delete", "--force", id);
    }
    cgroups.kill(cgroup);
    cgroups.remove(cgroup);
    Files.deleteIfExists(exits().resolve(id));
  }

  /** The command line that runs {@code command} in the container, with its environment and user. */
  List<String> execCommand(String id, Path pidFile, boolean terminal, List<String> command) {
    List<String> all =
        new ArrayList<>(
            List.of(
                runc(), "--root", states().toString(), "exec", "--pid-file", pidFile.toString()));
    if (terminal) {
      all.add("--tty");
    }
    all.add(id);
    all.addAll(command);
    return all;
  }

  /** A file name for short-lived things of this run directory. */
  public Path scratch(String name) {
    return runDir.resolve(name);
  }
}
