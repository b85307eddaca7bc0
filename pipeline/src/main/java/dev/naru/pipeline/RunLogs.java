package dev.naru.pipeline;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.net.URLDecoder;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The logs of runs, those that run and those that have ended. */
public final class RunLogs {
  private static final Pattern NAME = Pattern.compile("[a-z0-9]([-a-z0-9.]*[a-z0-9])?");

  private final Path runs;
  private final Map<String, RunLog> open = new ConcurrentHashMap<>();

  RunLogs(Path runs) {
    this.runs = runs;
  }

  /**
   * A piece of the log that belongs to one stage.
   *
   * @param stage path of the stage; empty for what is outside of stages
   * @param step number of the step in the run
   * @param from offset of its first byte in the log
   * @param to offset after its last byte
   * @param millis when it was written
   */
  public record Section(List<String> stage, long step, long from, long to, long millis) {
    public Section {
      stage = List.copyOf(stage);
    }
  }

  void opened(String run, RunLog log) {
    open.put(run, log);
  }

  void closed(String run) {
    open.remove(run);
  }

  private Optional<Path> directory(String run) {
    return NAME.matcher(run).matches() && Files.exists(RunLog.textOf(runs.resolve(run)))
        ? Optional.of(runs.resolve(run))
        : Optional.empty();
  }

  /**
   * The log from byte {@code offset} on.
   *
   * @param follow whether the stream waits for more and ends with the run; without, it ends at what
   *     is there now
   * @return empty when the run has no log
   */
  public Optional<InputStream> log(String run, long offset, boolean follow) throws IOException {
    Optional<Path> directory = directory(run);
    if (directory.isEmpty()) {
      return Optional.empty();
    }
    FileChannel channel = FileChannel.open(RunLog.textOf(directory.get()), StandardOpenOption.READ);
    return Optional.of(new Following(channel, Math.max(0, offset), follow ? open.get(run) : null));
  }

  /** Which part of the log belongs to which stage and step; adjacent pieces are joined. */
  public List<Section> sections(String run) throws IOException {
    Optional<Path> directory = directory(run);
    if (directory.isEmpty()) {
      return List.of();
    }
    List<Section> all = new ArrayList<>();
    long from = 0;
    for (String line : Files.readAllLines(RunLog.indexOf(directory.get()))) {
      JsonNode node = Journal.JSON.readTree(line);
      if (node == null || !node.has("o")) {
        continue;
      }
      long to = node.path("o").asLong();
      List<String> stage =
          Arrays.stream(node.path("g").asText().split("/"))
              .filter(s -> !s.isEmpty())
              .map(s -> URLDecoder.decode(s, StandardCharsets.UTF_8))
              .toList();
      long step = node.path("s").asLong();
      Section last = all.isEmpty() ? null : all.getLast();
      if (last != null && last.step() == step && last.stage().equals(stage)) {
        all.set(all.size() - 1, new Section(stage, step, last.from(), to, last.millis()));
      } else {
        all.add(new Section(stage, step, from, to, node.path("t").asLong()));
      }
      from = to;
    }
    return all;
  }

  /** Reads a log's file, waiting at its end while the run lives. */
  private static final class Following extends InputStream {
    private final FileChannel channel;
    private final @Nullable RunLog live;
    private long position;

    Following(FileChannel channel, long position, @Nullable RunLog live) {
      this.channel = channel;
      this.position = position;
      this.live = live;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] to, int offset, int length) throws IOException {
      if (length == 0) {
        return 0;
      }
      while (true) {
        int n = channel.read(ByteBuffer.wrap(to, offset, length), position);
        if (n > 0) {
          position += n;
          return n;
        }
        try {
          if (live == null || !live.awaitBeyond(position)) {
            return -1;
          }
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          throw new java.io.InterruptedIOException("interrupted while following a log");
        }
      }
    }

    @Override
    public int available() throws IOException {
      return (int) Math.min(Integer.MAX_VALUE, Math.max(0, channel.size() - position));
    }

    @Override
    public void close() throws IOException {
      channel.close();
    }
  }
}
