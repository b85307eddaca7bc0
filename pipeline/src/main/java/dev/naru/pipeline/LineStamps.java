package dev.naru.pipeline;

import dev.naru.base.Times;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;

/** Puts the time in front of each line, where {@code timestamps} asks for it. */
final class LineStamps {
  private final boolean wanted;
  private final Clock clock;
  private boolean lineStart = true;

  LineStamps(boolean wanted, Clock clock) {
    this.wanted = wanted;
    this.clock = clock;
  }

  byte[] take(byte[] bytes) {
    if (!wanted) {
      return bytes;
    }
    byte[] stamp = ("[" + Times.text(clock.millis()) + "] ").getBytes(StandardCharsets.US_ASCII);
    ByteArrayOutputStream out = new ByteArrayOutputStream(bytes.length + stamp.length);
    for (byte b : bytes) {
      if (lineStart) {
        out.write(stamp, 0, stamp.length);
      }
      out.write(b);
      lineStart = b == '\n';
    }
    return out.toByteArray();
  }
}
