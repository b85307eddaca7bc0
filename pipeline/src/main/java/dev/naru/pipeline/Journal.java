package dev.naru.pipeline;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.zip.CRC32;

/**
 * A run's journal: one record a line, {@code <crc32> <json>}, append-only. A record is there when
 * {@link #append} has returned; a torn last line is cut off when the journal is opened again.
 */
final class Journal implements AutoCloseable {
  static final ObjectMapper JSON = new ObjectMapper();
  private static final int CRC_LENGTH_CHARS = 8;

  private final FileChannel channel;
  private final List<ObjectNode> records;

  private Journal(FileChannel channel, List<ObjectNode> records) {
    this.channel = channel;
    this.records = records;
  }

  /** Opens or creates {@code file}; only its owner may read it. */
  static Journal open(Path file) throws IOException {
    byte[] bytes = Files.exists(file) ? Files.readAllBytes(file) : new byte[0];
    List<ObjectNode> records = new ArrayList<>();
    int good = 0;
    for (int end = indexOf(bytes, good); end >= 0; end = indexOf(bytes, good)) {
      String line = new String(bytes, good, end - good, StandardCharsets.UTF_8);
      ObjectNode node = parse(line);
      if (node == null) {
        break;
      }
      records.add(node);
      good = end + 1;
    }
    FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    Files.setPosixFilePermissions(
        file, java.nio.file.attribute.PosixFilePermissions.fromString("rw-------"));
    channel.truncate(good);
    channel.position(good);
    return new Journal(channel, List.copyOf(records));
  }

  private static int indexOf(byte[] bytes, int from) {
    for (int i = from; i < bytes.length; i++) {
      if (bytes[i] == '\n') {
        return i;
      }
    }
    return -1;
  }

  private static @org.jspecify.annotations.Nullable ObjectNode parse(String line) {
    if (line.length() <= CRC_LENGTH_CHARS) {
      return null;
    }
    String json = line.substring(CRC_LENGTH_CHARS + 1);
    if (!crc(json).equals(line.substring(0, CRC_LENGTH_CHARS))) {
      return null;
    }
    try {
      return JSON.readTree(json) instanceof ObjectNode node ? node : null;
    } catch (JsonProcessingException e) {
      return null;
    }
  }

  private static String crc(String json) {
    CRC32 crc = new CRC32();
    crc.update(json.getBytes(StandardCharsets.UTF_8));
    return HexFormat.of().toHexDigits((int) crc.getValue());
  }

  /** The records that were there when the journal was opened. */
  List<ObjectNode> records() {
    return records;
  }

  /**
   * Appends a record. After a failure the journal is as before, so that a later record does not
   * stand behind half of this one, where nobody would find it.
   *
   * @param flush whether it must also survive a loss of power
   */
  synchronized void append(ObjectNode entry, boolean flush) throws IOException {
    String json = JSON.writeValueAsString(entry);
    ByteBuffer line =
        ByteBuffer.wrap((crc(json) + " " + json + "\n").getBytes(StandardCharsets.UTF_8));
    long before = channel.position();
    boolean whole = false;
    try {
      while (line.hasRemaining()) {
        channel.write(line);
      }
      if (flush) {
        channel.force(false);
      }
      whole = true;
    } finally {
      if (!whole) {
        channel.truncate(before);
      }
    }
  }

  @Override
  public synchronized void close() throws IOException {
    channel.close();
  }
}
