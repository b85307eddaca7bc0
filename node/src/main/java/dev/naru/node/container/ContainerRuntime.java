package dev.naru.node.container;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.naru.node.linux.Cgroups;
import dev.naru.node.linux.Commands;
import dev.naru.node.linux.DirectoryWatch;
import dev.naru.node.linux.Linux;
import dev.naru.node.linux.LinuxException;
import dev.naru.node.linux.Signals;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
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
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * runc under conmon. conmon is the parent of each container, writes its log in CRI format and its
 * exit file, and lives on when this process dies.
 *
 * <p>A container is {@link State.Absent} → {@link State.Created} (all is set up, its program waits)
 * → {@link State.Running} → {@link State.Exited}. The state is always read from what runc, conmon
 * and the kernel have; nothing is remembered here, so a new process sees the same.
 *
 * <p>{@code runDir} holds {@code runc/<id>/} (runc's state), {@code exits/<id>} (conmon's exit
 * files) and is emptied by a reboot or useless after one, as the containers are.
 */
public final class ContainerRuntime {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration CREATE_MAX = Duration.ofSeconds(60);
  private static final Duration DELETE_MAX = Duration.ofSeconds(30);
  private static final int START_MAX_MS = 10_000;

  /** Puts conmon outside of the service's control group, then hands its stdout over as pipe 3. */
  private static final String LAUNCH =
      "for g in $NARU_REFUGE; do echo $$ > \"$g\" || exit 1; done; unset NARU_REFUGE;"
          + " exec conmon \"$@\" 3>&1 >/dev/null";

  private final Path runDir;
  private final Cgroups cgroups;
  private final String conmonGroup;
  private final long logMaxBytes;

  /** Where a container stands. */
  public sealed interface State {
    /** Nothing is there. */
    record Absent() implements State {}

    /** Set up; its program has not run. */
    record Created(long pid) implements State {}

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

  /** Ids of all exit files. */
  public List<String> exited() throws IOException {
    List<String> ids = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(exits())) {
      for (Path file : files) {
        String name = file.getFileName().toString();
        // conmon writes a temporary name with a suffix first.
        if (name.indexOf('.') < 0) {
          ids.add(name);
        }
      }
    }
    return ids;
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
   * Sets the container up to the point where only its program is left to run. After a failure
   * nothing of it runs; {@link #delete} removes the rest. When this process dies in here, the
   * container is left absent or created, never running.
   *
   * @param bundle an existing directory; gets config.json, pid files and the attach socket
   * @param log CRI log file, in an existing directory
   * @throws ContainerException {@code CONTAINER_CREATE} with the runtime's words, for instance when
   *     the program is not in the image
   */
  public void create(ContainerSpec spec, Path bundle, Path log)
      throws IOException, InterruptedException {
    Files.write(bundle.resolve("config.json"), OciSpec.json(spec, cgroups));
    List<String> command = new ArrayList<>(List.of("/bin/sh", "-c", LAUNCH, "conmon"));
    command.addAll(conmonArguments(spec, bundle, log));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().put("_OCI_SYNCPIPE", "3");
    builder
        .environment()
        .put(
            "NARU_REFUGE",
            String.join(" ", cgroups.refuge(conmonGroup).stream().map(Path::toString).toList()));
    // conmon lives long and notes an OOM kill in its working directory too.
    builder.directory(bundle.toFile());
    builder.redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")));
    builder.redirectError(bundle.resolve("conmon.log").toFile());
    Process conmon = builder.start();
    // With --sync conmon stays this child and writes no pid file. Without one, a container that
    // ends at once would count as lost between its end and its exit file.
    Files.writeString(bundle.resolve("conmon.pid"), Long.toString(conmon.pid()));
    String answer = firstLine(conmon, spec.id());
    JsonNode message = answer.isEmpty() ? JSON.missingNode() : JSON.readTree(answer);
    if (message.path("data").asInt(-1) <= 0) {
      conmon.destroyForcibly();
      String why = message.path("message").asText("").strip();
      if (why.isEmpty()) {
        why = Files.readString(bundle.resolve("conmon.log"), StandardCharsets.UTF_8).strip();
      }
      throw new ContainerException(
          "CONTAINER_CREATE", "Tried to create a container but the runtime said: " + why, null);
    }
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

  private String firstLine(Process conmon, String id) throws InterruptedException {
    CompletableFuture<String> line = new CompletableFuture<>();
    Thread.startVirtualThread(
        () -> {
          try (BufferedReader reader =
              new BufferedReader(
                  new InputStreamReader(conmon.getInputStream(), StandardCharsets.UTF_8))) {
            String first = reader.readLine();
            line.complete(first == null ? "" : first);
          } catch (IOException e) {
            line.completeExceptionally(e);
          }
        });
    try {
      return line.get(CREATE_MAX.toSeconds(), TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      conmon.destroyForcibly();
      throw new ContainerException(
          "CONTAINER_CREATE",
          "Tried to create container %s but conmon gave no answer within %s: %s"
              .formatted(id, CREATE_MAX, e),
          e);
    }
  }

  /**
   * Lets the program of a created container run: takes the byte that runc's init offers in {@code
   * exec.fifo} before it executes the program, which is what {@code runc start} does, at the price
   * of no process.
   *
   * <p>The file is removed before init is let go. So when this process dies in here, a container
   * whose file is there has not run; one without the file has run, or is still runc's init, which
   * then waits for ever: {@link State.Created} both times that it has not run.
   */
  public void start(String id) {
    Path fifo = states().resolve(id).resolve("exec.fifo");
    try {
      if (!Linux.takeFifo(fifo, START_MAX_MS)) {
        throw new ContainerException(
            "CONTAINER_START",
            "Tried to start container " + id + " but its init did not go on",
            null);
      }
    } catch (LinuxException e) {
      throw new ContainerException(
          "CONTAINER_START", "Tried to start container " + id + ": " + e.getMessage(), e);
    }
  }

  /** Where the container with this bundle stands now. */
  public State state(String id, Path bundle, String cgroup) throws IOException {
    Optional<State> exited = exit(id);
    if (exited.isPresent()) {
      return exited.get();
    }
    if (!Files.isDirectory(states().resolve(id))) {
      return new State.Absent();
    }
    Optional<Long> pid = pid(bundle);
    if (pid.isPresent() && isOurs(pid.get(), cgroup)) {
      boolean waits = Files.exists(states().resolve(id).resolve("exec.fifo")) || isInit(pid.get());
      return waits ? new State.Created(pid.get()) : new State.Running(pid.get());
    }
    // The exit file is written after the process is gone: look again before calling it lost.
    Optional<Long> conmon = number(bundle.resolve("conmon.pid"));
    if (conmon.isPresent() && isConmon(conmon.get(), id)) {
      return new State.Running(pid.orElse(0L));
    }
    return exit(id).orElseGet(State.Vanished::new);
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

  /** Whether it is still runc's init, which becomes the program by executing it. */
  private static boolean isInit(long pid) {
    try {
      return Files.readString(Path.of("/proc/" + pid + "/cmdline"), StandardCharsets.UTF_8)
          .equals("runc\0init\0");
    } catch (IOException e) {
      // No such process.
      return false;
    }
  }

  private static boolean isConmon(long pid, String id) {
    try {
      return Files.readString(Path.of("/proc/" + pid + "/cmdline"), StandardCharsets.UTF_8)
          .contains("--cid=" + id);
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
