package dev.naru.server;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.naru.base.AtomicFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What a started server tells other processes of this machine, in {@code server.json} of the data
 * directory; written when everything is up and removed at an orderly end. After a kill -9 the file
 * remains, so readers ask {@link #runs()}.
 *
 * @param pid the server's process id
 * @param startTicks start time of that process in clock ticks since boot (proc(5), stat field 22):
 *     tells a reused pid apart
 * @param httpPort the gateway's port as bound, which differs from the wanted one after a fall-back
 * @param build identifies the installation that runs
 */
public record RunningServer(
    long pid, long startTicks, int httpPort, int controlPort, int apiPort, String build) {

  private static final String FILE = "server.json";
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Of the process that calls. */
  static RunningServer here(NaruConfig config, int httpPort, String build) throws IOException {
    long pid = ProcessHandle.current().pid();
    return new RunningServer(
        pid, startTicks(pid), httpPort, config.controlPort(), config.apiPort(), build);
  }

  static Path file(DataDir data) {
    return data.root().resolve(FILE);
  }

  void write(DataDir data) throws IOException {
    AtomicFiles.write(file(data), JSON.writeValueAsBytes(this));
  }

  /** The server that runs now on this data directory. */
  public static Optional<RunningServer> find(DataDir data) throws IOException {
    try {
      RunningServer server = JSON.readValue(Files.readAllBytes(file(data)), RunningServer.class);
      return server.runs() ? Optional.of(server) : Optional.empty();
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  /** Notes in the lock file, which the caller has locked, that this process is the server. */
  static void claim(FileChannel lock) throws IOException {
    long pid = ProcessHandle.current().pid();
    lock.truncate(0);
    ByteBuffer text =
        ByteBuffer.wrap((pid + " " + startTicks(pid) + "\n").getBytes(StandardCharsets.US_ASCII));
    while (text.hasRemaining()) {
      lock.write(text);
    }
    lock.force(true);
  }

  /** The process that is the server of this data directory, also while it starts or ends. */
  public static Optional<ProcessHandle> process(DataDir data) throws IOException {
    String[] fields;
    try {
      fields = Files.readString(data.lock()).strip().split(" ", -1);
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
    if (fields.length != 2) {
      return Optional.empty();
    }
    long pid = Long.parseLong(fields[0]);
    return startTicks(pid) == Long.parseLong(fields[1]) ? ProcessHandle.of(pid) : Optional.empty();
  }

  public boolean runs() throws IOException {
    return startTicks(pid) == startTicks;
  }

  /**
   * -1 when there is no such process. One that has ended and that nobody has waited for (state Z,
   * or X) is none: it may stay so for long where the first process of a container is no init.
   */
  private static long startTicks(long pid) throws IOException {
    try {
      String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
      // The command's name, in parentheses, may hold spaces: count from its end.
      String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
      boolean ended = fields[0].equals("Z") || fields[0].equals("X");
      return ended ? -1 : Long.parseLong(fields[19]);
    } catch (NoSuchFileException e) {
      return -1;
    }
  }
}
