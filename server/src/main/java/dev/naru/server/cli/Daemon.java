package dev.naru.server.cli;

import dev.naru.server.DataDir;
import dev.naru.server.RunningServer;
import dev.naru.server.ServerException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Starts and stops the server as a process of its own, which outlives the command. */
final class Daemon {
  /** The first start makes the base images, which takes most of this. */
  private static final Duration START_MAX = Duration.ofMinutes(5);

  private static final Duration STOP_MAX = Duration.ofSeconds(60);

  private Daemon() {}

  /**
   * The server that runs, or a new one that is ready.
   *
   * @throws ServerException {@code SERVER_START} with the last line of its log; no server runs then
   * @throws InterruptedException the start is given up; no server runs then
   */
  static RunningServer ensure(DataDir data) throws IOException, InterruptedException {
    Optional<RunningServer> running = RunningServer.find(data);
    if (running.isPresent()) {
      return running.get();
    }
    Files.createDirectories(data.root());
    Files.deleteIfExists(data.root().resolve("server.json"));
    try (WatchService watch = data.root().getFileSystem().newWatchService()) {
      data.root()
          .register(
              watch, StandardWatchEventKinds.ENTRY_CREATE, StandardWatchEventKinds.ENTRY_MODIFY);
      Process process = spawn(data);
      process.onExit().thenRun(() -> wake(data));
      long deadline = System.nanoTime() + START_MAX.toNanos();
      while (true) {
        running = RunningServer.find(data);
        if (running.isPresent()) {
          return running.get();
        }
        if (!process.isAlive()) {
          throw new ServerException("SERVER_START", lastLine(data));
        }
        WatchKey key;
        try {
          key = watch.poll(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
          end(process.toHandle());
          throw e;
        }
        if (key == null) {
          end(process.toHandle());
          throw new ServerException(
              "SERVER_START",
              "The server was not ready after "
                  + START_MAX.toMinutes()
                  + " minutes and was stopped; see "
                  + data.log());
        }
        key.pollEvents();
        key.reset();
      }
    }
  }

  /**
   * Ends the server in an orderly way, also one that is still starting; pods live on. True when
   * there was one.
   */
  static boolean stop(DataDir data) throws IOException, InterruptedException {
    Optional<ProcessHandle> server = RunningServer.process(data);
    if (server.isPresent()) {
      end(server.get());
    }
    return server.isPresent();
  }

  private static void end(ProcessHandle server) throws IOException, InterruptedException {
    server.destroy();
    try {
      server.onExit().get(STOP_MAX.toSeconds(), TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      server.destroyForcibly();
      server.onExit().join();
    } catch (ExecutionException e) {
      throw new IOException("Tried to stop the server (pid " + server.pid() + ") but " + e, e);
    }
  }

  /** In a session of its own, so that Ctrl-C in this terminal does not reach it. */
  private static Process spawn(DataDir data) throws IOException {
    Path home = Path.of(System.getProperty("naru.home", ""));
    List<String> command =
        new ArrayList<>(List.of("setsid", home.resolve("bin/naru").toString(), "server"));
    command.addAll(List.of("--data", data.root().toString()));
    return new ProcessBuilder(command)
        .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(data.log().toFile()))
        .start();
  }

  /** Touches the directory, so that the wait above looks again when the process has ended. */
  private static void wake(DataDir data) {
    try {
      Files.deleteIfExists(Files.createTempFile(data.root(), ".wake", ""));
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static String lastLine(DataDir data) throws IOException {
    List<String> lines = Files.readAllLines(data.log());
    for (String line : lines.reversed()) {
      if (line.startsWith("naru: ")) {
        return line.substring("naru: ".length());
      }
    }
    return "The server ended at its start; see " + data.log();
  }
}
