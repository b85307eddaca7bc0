package dev.naru.node.container;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * One container between nothing and its running program: {@link #create}, then {@link #start}.
 *
 * <p>A shell becomes conmon. Before that it leaves a child, the starter, which takes the byte that
 * runc's init offers in {@code exec.fifo} before it executes the program: what {@code runc start}
 * does, at the price of a fork. Reading it in this process would not do: when a process dies with
 * the byte half taken, init fails as if the program had, and nothing tells the one from the other.
 *
 * <p>Both wait for a line of this process, and end when there is none because it died. So, as
 * {@code bundle} has it once both are done:
 *
 * <ul>
 *   <li>no {@code conmon.pid}: nothing was set up;
 *   <li>no {@code started}: whatever was set up, the program has not run;
 *   <li>{@code started}: the program was let go, once.
 * </ul>
 */
public final class Launch implements AutoCloseable {
  static final String CONMON_PID = "conmon.pid";
  static final String STARTER_PID = "starter.pid";
  static final String STARTED = "started";

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration CREATE_MAX = Duration.ofSeconds(60);
  static final Duration START_MAX = Duration.ofSeconds(10);

  /**
   * Leaves the control group of a systemd service first. {@code $1} is the FIFO, the rest are
   * conmon's arguments; conmon gets this process's pipe as 3, the starter answers on the same.
   */
  private static final String SHELL =
      """
      for g in $NARU_REFUGE; do echo $$ > "$g" || exit 1; done; unset NARU_REFUGE
      fifo=$1; shift; exec 4<&0 </dev/null
      read -r create <&4 || exit 1
      { read -r start <&4 && : > started && { read -r byte < "$fifo"; [ "$byte" ]; } && echo started; } &
      echo $! > starter.pid
      exec conmon "$@" 3>&1 >/dev/null 4<&-
      """;

  private final String id;
  private final Process conmon;
  private final BlockingQueue<String> answers = new LinkedBlockingQueue<>();

  private Launch(String id, Process conmon) {
    this.id = id;
    this.conmon = conmon;
  }

  /**
   * Sets the container up to the point where only its program is left to run.
   *
   * @param bundle with config.json; gets pid files and the attach socket
   * @param fifo runc's exec.fifo of this container
   * @param arguments of conmon
   * @throws ContainerException {@code CONTAINER_CREATE} with the runtime's words, for instance when
   *     the program is not in the image; what was set up has to be removed then
   */
  static Launch create(String id, Path bundle, Path fifo, List<Path> refuge, List<String> arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("/bin/sh", "-c", SHELL, "conmon"));
    command.add(fifo.toString());
    command.addAll(arguments);
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().put("_OCI_SYNCPIPE", "3");
    builder
        .environment()
        .put("NARU_REFUGE", String.join(" ", refuge.stream().map(Path::toString).toList()));
    // conmon lives long and notes an OOM kill in its working directory too.
    builder.directory(bundle.toFile());
    builder.redirectError(new File(bundle.toFile(), "conmon.log"));
    Launch launch = new Launch(id, builder.start());
    Thread.startVirtualThread(launch::listen);
    try {
      // With --sync conmon stays this child and writes no pid file. Without one, a container that
      // ends at once would count as lost between its end and its exit file.
      Files.writeString(bundle.resolve(CONMON_PID), Long.toString(launch.conmon.pid()));
      launch.tell("create");
      launch.checkCreated(bundle);
      return launch;
    } catch (IOException | RuntimeException | InterruptedException e) {
      launch.close();
      throw e;
    }
  }

  /** Until the second answer: conmon keeps its end of the pipe open for as long as it lives. */
  private void listen() {
    try (BufferedReader reader =
        new BufferedReader(
            new InputStreamReader(conmon.getInputStream(), StandardCharsets.UTF_8))) {
      for (int i = 0; i < 2; i++) {
        String line = reader.readLine();
        answers.add(line == null ? "" : line);
      }
    } catch (IOException e) {
      answers.add("");
    }
  }

  void tell(String line) throws IOException {
    conmon.getOutputStream().write((line + "\n").getBytes(StandardCharsets.UTF_8));
    conmon.getOutputStream().flush();
  }

  private void checkCreated(Path bundle) throws IOException, InterruptedException {
    String answer = answers.poll(CREATE_MAX.toMillis(), TimeUnit.MILLISECONDS);
    if (answer == null) {
      throw new ContainerException(
          "CONTAINER_CREATE",
          "Tried to create container %s but conmon gave no answer within %s"
              .formatted(id, CREATE_MAX),
          null);
    }
    JsonNode message = answer.isEmpty() ? JSON.missingNode() : JSON.readTree(answer);
    if (message.path("data").asInt(-1) <= 0) {
      String why = message.path("message").asText("").strip();
      if (why.isEmpty()) {
        why = Files.readString(bundle.resolve("conmon.log"), StandardCharsets.UTF_8).strip();
      }
      throw new ContainerException(
          "CONTAINER_CREATE", "Tried to create a container but the runtime said: " + why, null);
    }
  }

  /**
   * Lets the program run. When this process dies in here, the program runs or it does not, and
   * {@code started} says which.
   *
   * @throws ContainerException {@code CONTAINER_START} when its init does not go on
   */
  public void start() throws IOException, InterruptedException {
    tell("start");
    String answer = answers.poll(START_MAX.toMillis(), TimeUnit.MILLISECONDS);
    if (!"started".equals(answer)) {
      throw new ContainerException(
          "CONTAINER_START",
          "Tried to start container " + id + " but its init did not go on",
          null);
    }
  }

  /** Ends the conversation; a container that was started goes on. */
  @Override
  public void close() {
    try {
      conmon.getOutputStream().close();
    } catch (IOException e) {
      // Its other end is gone, which is what closing is for.
    }
  }
}
