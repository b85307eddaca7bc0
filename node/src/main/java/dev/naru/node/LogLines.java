package dev.naru.node;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The CRI log format, one record a line: {@code <RFC 3339 time> <stdout|stderr> <F|P> <text>}. P is
 * a part of a line, F its end. Source: Kubernetes CRI, {@code logs} in {@code api.proto} and the
 * "container runtime interface logging" design.
 */
final class LogLines {
  private LogLines() {}

  /**
   * @param text without the line's end
   * @param full whether the line ends here
   */
  record Line(String time, boolean full, String text) {
    /** As it was written by the program. */
    String raw() {
      return full ? text + "\n" : text;
    }

    Optional<Instant> instant() {
      try {
        return Optional.of(OffsetDateTime.parse(time).toInstant());
      } catch (DateTimeParseException e) {
        return Optional.empty();
      }
    }
  }

  /** A record, without its line end; what is not one counts as text of unknown time. */
  static Line parse(String record) {
    int time = record.indexOf(' ');
    int stream = time < 0 ? -1 : record.indexOf(' ', time + 1);
    int tag = stream < 0 ? -1 : record.indexOf(' ', stream + 1);
    if (tag < 0) {
      return new Line("", true, record);
    }
    return new Line(
        record.substring(0, time),
        !record.substring(stream + 1, tag).startsWith("P"),
        record.substring(tag + 1));
  }

  /** The texts of the last records, oldest first. */
  static List<String> tail(Path log, int linesMax) throws IOException {
    long from = tailOffset(log, linesMax);
    List<String> texts = new ArrayList<>();
    try (RandomAccessFile file = new RandomAccessFile(log.toFile(), "r")) {
      file.seek(from);
      byte[] rest = new byte[(int) Math.min(file.length() - from, 1 << 20)];
      file.readFully(rest);
      for (String record : new String(rest, StandardCharsets.UTF_8).split("\n")) {
        if (!record.isEmpty()) {
          texts.add(parse(record).raw());
        }
      }
    }
    return texts;
  }

  /** Where the last {@code lines} full lines of a log begin. */
  static long tailOffset(Path log, long lines) throws IOException {
    long size = Files.size(log);
    if (lines <= 0) {
      return size;
    }
    long position = size;
    long found = 0;
    byte[] block = new byte[64 * 1024];
    try (RandomAccessFile file = new RandomAccessFile(log.toFile(), "r")) {
      while (position > 0) {
        int length = (int) Math.min(block.length, position);
        file.seek(position - length);
        file.readFully(block, 0, length);
        for (int i = length - 1; i >= 0; i--) {
          long offset = position - length + i;
          // The line end at the very end of the file belongs to the last line.
          if (block[i] == '\n' && offset != size - 1 && ++found == lines) {
            return offset + 1;
          }
        }
        position -= length;
      }
    }
    return 0;
  }
}
