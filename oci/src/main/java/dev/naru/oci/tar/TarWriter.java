package dev.naru.oci.tar;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * Writes a tar archive in the ustar format with PAX extended headers where ustar is too narrow. The
 * bytes depend only on the entries and their order. Uses nothing but the JDK.
 *
 * <p>Source: POSIX.1-2017 {@code pax}, "ustar Interchange Format" and "pax Header Block".
 */
public final class TarWriter implements AutoCloseable {
  private static final int BLOCK = 512;
  private static final byte[] ZEROS = new byte[BLOCK * 2];

  private final OutputStream out;
  private final byte[] buffer = new byte[1 << 16];

  public TarWriter(OutputStream out) {
    this.out = out;
  }

  /** Adds a member without content. */
  public void add(TarEntry entry) throws IOException {
    if (entry.size() != 0) {
      throw new IllegalArgumentException("'" + entry.name() + "' has content");
    }
    header(entry);
  }

  /**
   * Adds a file, reading exactly {@link TarEntry#size} bytes of {@code content}; does not close it.
   *
   * @throws EOFException when {@code content} ends before; the archive is broken then
   */
  public void add(TarEntry entry, InputStream content) throws IOException {
    header(entry);
    long left = entry.size();
    while (left > 0) {
      int n = content.read(buffer, 0, (int) Math.min(buffer.length, left));
      if (n < 0) {
        throw new EOFException(
            "'" + entry.name() + "' became shorter by " + left + " bytes while it was read");
      }
      out.write(buffer, 0, n);
      left -= n;
    }
    pad(entry.size());
  }

  /** Writes the end of the archive; does not close the stream below. */
  @Override
  public void close() throws IOException {
    out.write(ZEROS);
    out.flush();
  }

  private void header(TarEntry e) throws IOException {
    byte[] pax = pax(e);
    if (pax.length > 0) {
      block("././@PaxHeader", 'x', 0644, 0, 0, pax.length, 0, "");
      out.write(pax);
      pad(pax.length);
    }
    block(
        e.name(),
        e.type().flag(),
        e.mode(),
        e.uid(),
        e.gid(),
        e.size(),
        e.mtimeSeconds(),
        e.linkName());
  }

  private static byte[] pax(TarEntry e) throws IOException {
    ByteArrayOutputStream records = new ByteArrayOutputStream();
    if (!fits(e.name(), 100)) {
      record(records, "path", e.name().getBytes(StandardCharsets.UTF_8));
    }
    if (!fits(e.linkName(), 100)) {
      record(records, "linkpath", e.linkName().getBytes(StandardCharsets.UTF_8));
    }
    number(records, "size", e.size(), 11);
    number(records, "uid", e.uid(), 7);
    number(records, "gid", e.gid(), 7);
    number(records, "mtime", e.mtimeSeconds(), 11);
    for (Map.Entry<String, byte[]> xattr : e.sortedXattrs().entrySet()) {
      record(records, "SCHILY.xattr." + xattr.getKey(), xattr.getValue());
    }
    return records.toByteArray();
  }

  private static boolean fits(String text, int bytesMax) {
    return text.length() <= bytesMax && text.chars().allMatch(c -> c > 0 && c < 0x80);
  }

  private static void number(ByteArrayOutputStream records, String key, long value, int digits)
      throws IOException {
    if (value < 0 || value >= 1L << (3 * digits)) {
      record(records, key, Long.toString(value).getBytes(StandardCharsets.US_ASCII));
    }
  }

  private static void record(ByteArrayOutputStream records, String key, byte[] value)
      throws IOException {
    int rest = key.length() + value.length + 3;
    int length = rest + Integer.toString(rest).length();
    length = rest + Integer.toString(length).length();
    records.write((length + " " + key + "=").getBytes(StandardCharsets.UTF_8));
    records.write(value);
    records.write('\n');
  }

  private void block(
      String name, char flag, int mode, long uid, long gid, long size, long mtime, String link)
      throws IOException {
    byte[] b = new byte[BLOCK];
    text(b, 0, 100, name);
    octal(b, 100, 8, mode);
    octal(b, 108, 8, uid);
    octal(b, 116, 8, gid);
    octal(b, 124, 12, size);
    octal(b, 136, 12, mtime);
    b[156] = (byte) flag;
    text(b, 157, 100, link);
    text(b, 257, 8, "ustar\00000");
    octal(b, 329, 8, 0);
    octal(b, 337, 8, 0);
    java.util.Arrays.fill(b, 148, 156, (byte) ' ');
    int sum = 0;
    for (byte x : b) {
      sum += x & 0xFF;
    }
    octal(b, 148, 7, sum);
    b[155] = ' ';
    out.write(b);
  }

  private static void text(byte[] b, int at, int length, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    System.arraycopy(bytes, 0, b, at, Math.min(bytes.length, length));
  }

  /** Octal digits and a NUL; what does not fit is 0 here and in a PAX record instead. */
  private static void octal(byte[] b, int at, int length, long value) {
    int digits = length - 1;
    long v = value < 0 || value >= 1L << (3 * digits) ? 0 : value;
    for (int i = at + digits - 1; i >= at; i--) {
      b[i] = (byte) ('0' + (v & 7));
      v >>= 3;
    }
  }

  private void pad(long size) throws IOException {
    int over = (int) (size % BLOCK);
    if (over > 0) {
      out.write(ZEROS, 0, BLOCK - over);
    }
  }
}
