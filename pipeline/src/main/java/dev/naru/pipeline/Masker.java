package dev.naru.pipeline;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/**
 * Masks secrets in a stream of bytes, however it is cut into chunks: what could be the start of a
 * secret is held back until it is clear.
 */
final class Masker {
  private static final byte[] MASK = Secrets.MASK.getBytes(StandardCharsets.US_ASCII);

  private final Secrets secrets;
  private byte[] held = new byte[0];

  Masker(Secrets secrets) {
    this.secrets = secrets;
  }

  /** How many bytes are held back. */
  int held() {
    return held.length;
  }

  /** Takes a chunk; returns what may be shown now. */
  byte[] take(byte[] chunk, int offset, int length) {
    byte[] all = Arrays.copyOf(held, held.length + length);
    System.arraycopy(chunk, offset, all, held.length, length);
    return mask(all, false);
  }

  /** The end of the stream; returns what was held back. */
  byte[] finish() {
    return mask(held, true);
  }

  private byte[] mask(byte[] all, boolean end) {
    List<byte[]> patterns = secrets.patterns();
    boolean[] starts = new boolean[256];
    patterns.forEach(p -> starts[p[0] & 0xff] = true);
    ByteArrayOutputStream out = new ByteArrayOutputStream(all.length);
    int i = 0;
    scan:
    while (i < all.length) {
      if (!starts[all[i] & 0xff]) {
        out.write(all[i++]);
        continue;
      }
      // Longest first: a longer secret that may still come keeps a shorter one back.
      for (byte[] pattern : patterns) {
        int available = Math.min(pattern.length, all.length - i);
        if (Arrays.mismatch(all, i, i + available, pattern, 0, available) >= 0) {
          continue;
        }
        if (available == pattern.length) {
          out.write(MASK, 0, MASK.length);
          i += pattern.length;
          continue scan;
        }
        if (!end) {
          break scan;
        }
      }
      out.write(all[i++]);
    }
    held = Arrays.copyOfRange(all, i, all.length);
    return out.toByteArray();
  }
}
