package dev.naru.pipeline;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A run's log: {@code log} is the plain, masked text; {@code log.index} has a line of JSON for each
 * piece: {@code o} the log's length after it, {@code s} the step, {@code g} the stage, {@code a}
 * how far the step's own output on the agent is read, {@code t} the time. The index is written
 * after the text, and text without an index line is cut off when the log is opened again, so a step
 * that is picked up goes on exactly where the log ends.
 */
final class RunLog implements AutoCloseable {
  private static final int TAIL_LINES_MAX = 20;
  private static final int TAIL_LINE_CHARS_MAX = 500;

  private final FileChannel text;
  private final FileChannel index;
  private final Map<Long, Long> read = new HashMap<>();
  private final Deque<String> tail = new ArrayDeque<>();
  private final StringBuilder line = new StringBuilder();
  private long length;
  private boolean closed;

  private RunLog(FileChannel text, FileChannel index) {
    this.text = text;
    this.index = index;
  }

  static Path textOf(Path run) {
    return run.resolve("log");
  }

  static Path indexOf(Path run) {
    return run.resolve("log.index");
  }

  static RunLog open(Path run) throws IOException {
    FileChannel text =
        FileChannel.open(
            textOf(run),
            StandardOpenOption.CREATE,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE);
    FileChannel index =
        FileChannel.open(indexOf(run), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    RunLog log = new RunLog(text, index);
    long good = 0;
    String lines = Files.readString(indexOf(run));
    for (int end = lines.indexOf('\n'); end >= 0; end = lines.indexOf('\n', (int) good)) {
      JsonNode node = Journal.JSON.readTree(lines.substring((int) good, end));
      log.length = node.path("o").asLong();
      log.read.put(node.path("s").asLong(), node.path("a").asLong());
      good = lines.substring(0, end + 1).length();
    }
    // The index is ASCII, so characters are bytes.
    index.truncate(good);
    index.position(good);
    text.truncate(log.length);
    ByteBuffer whole = ByteBuffer.allocate((int) Math.min(log.length, 64 * 1024));
    text.read(whole, log.length - whole.capacity());
    log.tail(whole.array());
    text.position(log.length);
    return log;
  }

  /** How far the output of {@code step} was read before; empty when nothing of it was logged. */
  synchronized java.util.OptionalLong read(long step) {
    Long at = read.get(step);
    return at == null ? java.util.OptionalLong.empty() : java.util.OptionalLong.of(at);
  }

  /**
   * Appends a piece of the output of a step. After a failure the log is as before.
   *
   * @param bytes already masked
   * @param readOnAgent how far the step's output on the agent is read by this
   */
  synchronized void append(
      long step, List<String> stage, byte[] bytes, long readOnAgent, long millis)
      throws IOException {
    if (closed) {
      return;
    }
    ObjectNode entry = Journal.JSON.createObjectNode();
    entry.put("o", length + bytes.length).put("s", step).put("g", escaped(stage));
    entry.put("a", readOnAgent).put("t", millis);
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    ByteBuffer out =
        ByteBuffer.wrap(
            (Journal.JSON.writeValueAsString(entry) + "\n").getBytes(StandardCharsets.US_ASCII));
    long indexed = index.position();
    boolean whole = false;
    try {
      while (buffer.hasRemaining()) {
        text.write(buffer);
      }
      while (out.hasRemaining()) {
        index.write(out);
      }
      whole = true;
    } finally {
      if (!whole) {
        text.truncate(length);
        index.truncate(indexed);
      }
    }
    length += bytes.length;
    read.put(step, readOnAgent);
    tail(bytes);
    notifyAll();
  }

  /** Keeps the index in ASCII. */
  private static String escaped(List<String> stage) {
    return stage.stream()
        .map(s -> java.net.URLEncoder.encode(s, StandardCharsets.UTF_8))
        .collect(java.util.stream.Collectors.joining("/"));
  }

  private void tail(byte[] bytes) {
    for (char c : new String(bytes, StandardCharsets.UTF_8).toCharArray()) {
      if (c == '\n') {
        tail.addLast(line.toString());
        line.setLength(0);
        if (tail.size() > TAIL_LINES_MAX) {
          tail.removeFirst();
        }
      } else if (line.length() < TAIL_LINE_CHARS_MAX && c != '\r') {
        line.append(c);
      }
    }
  }

  synchronized List<String> tail() {
    return List.copyOf(tail);
  }

  synchronized long length() {
    return length;
  }

  /** Waits until the log is longer than {@code offset}; false when it never will be. */
  synchronized boolean awaitBeyond(long offset) throws InterruptedException {
    while (length <= offset && !closed) {
      wait();
    }
    return length > offset;
  }

  @Override
  public synchronized void close() throws IOException {
    if (!closed) {
      closed = true;
      notifyAll();
      text.force(true);
      text.close();
      index.close();
    }
  }
}
