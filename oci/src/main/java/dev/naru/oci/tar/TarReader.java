package dev.naru.oci.tar;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads a tar archive: v7, ustar, PAX and the GNU long names. Sparse files and other GNU extensions
 * are refused. Nothing is interpreted: names may hold {@code ..}, links may point anywhere.
 */
public final class TarReader {
  private static final int BLOCK = 512;

  /** Largest extended header; a Linux path and all extended attributes stay far below. */
  private static final int EXTENDED_SIZE_MAX = 1 << 20;

  private static final String XATTR = "SCHILY.xattr.";

  /** What is read is no tar archive: the checksum of a header is wrong. */
  public static final class NotTarException extends IOException {
    private static final long serialVersionUID = 1L;

    NotTarException() {
      super("this is no tar archive: a header's checksum is wrong");
    }
  }

  private final InputStream in;
  private final Map<String, byte[]> global = new HashMap<>();
  private long contentLeft;
  private int paddingLeft;

  public TarReader(InputStream in) {
    this.in = in;
  }

  /**
   * The next member, or empty at the end of the archive; skips what is left of the last content.
   *
   * @throws IOException when the bytes are no tar archive
   */
  public Optional<TarEntry> next() throws IOException {
    skipContent();
    Map<String, byte[]> pax = new HashMap<>(global);
    String longName = null;
    String longLink = null;
    while (true) {
      byte[] b = in.readNBytes(BLOCK);
      if (b.length == 0 || isZero(b)) {
        return Optional.empty();
      }
      if (b.length < BLOCK) {
        throw new EOFException("the archive ends in the middle of a header");
      }
      verifyChecksum(b);
      char flag = (char) (b[156] & 0xFF);
      switch (flag) {
        case 'x' -> readPax(b, pax);
        case 'g' -> {
          readPax(b, global);
          pax.putAll(global);
        }
        case 'L' -> longName = cString(extended(b));
        case 'K' -> longLink = cString(extended(b));
        default -> {
          return Optional.of(entry(b, flag, pax, longName, longLink));
        }
      }
    }
  }

  /** The content of the member that {@link #next} returned last; ends with it. */
  public InputStream content() {
    return new InputStream() {
      @Override
      public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
      }

      @Override
      public int read(byte[] bytes, int offset, int length) throws IOException {
        if (contentLeft == 0) {
          return -1;
        }
        int n = in.read(bytes, offset, (int) Math.min(length, contentLeft));
        if (n < 0) {
          throw new EOFException("the archive ends in the middle of a file");
        }
        contentLeft -= n;
        return n;
      }
    };
  }

  private void skipContent() throws IOException {
    skip(contentLeft + paddingLeft);
    contentLeft = 0;
    paddingLeft = 0;
  }

  /** Reads over {@code bytes}: a stream that digests would not see what is skipped. */
  private void skip(long bytes) throws IOException {
    byte[] sink = new byte[1 << 13];
    for (long left = bytes; left > 0; ) {
      int n = in.read(sink, 0, (int) Math.min(sink.length, left));
      if (n < 0) {
        throw new EOFException("the archive ends in the middle of a file");
      }
      left -= n;
    }
  }

  private TarEntry entry(
      byte[] b,
      char flag,
      Map<String, byte[]> pax,
      @Nullable String longName,
      @Nullable String longLink)
      throws IOException {
    for (String key : pax.keySet()) {
      if (key.startsWith("GNU.sparse.")) {
        throw new IOException("sparse files in tar archives are not supported");
      }
    }
    String name = longName != null ? longName : name(b);
    name = text(pax, "path", name);
    String link = text(pax, "linkpath", longLink != null ? longLink : string(b, 157, 100));
    TarEntry.Type type = type(flag, name);
    long size = number(pax, "size", b, 124, 12);
    if (size < 0) {
      throw new IOException("'" + name + "' has a negative size");
    }
    contentLeft = size;
    paddingLeft = (int) ((BLOCK - size % BLOCK) % BLOCK);
    if (type != TarEntry.Type.FILE) {
      if (type == TarEntry.Type.HARDLINK || type == TarEntry.Type.DIRECTORY) {
        skipContent();
      }
      size = 0;
    }
    Map<String, byte[]> xattrs = new HashMap<>();
    pax.forEach(
        (key, value) -> {
          if (key.startsWith(XATTR)) {
            xattrs.put(key.substring(XATTR.length()), value);
          }
        });
    return new TarEntry(
        name,
        type,
        (int) number(b, 100, 8) & 0xFFF,
        number(pax, "uid", b, 108, 8),
        number(pax, "gid", b, 116, 8),
        size,
        number(pax, "mtime", b, 136, 12),
        link,
        xattrs);
  }

  private static TarEntry.Type type(char flag, String name) throws IOException {
    return switch (flag) {
      case '0', '\0', '7' -> name.endsWith("/") ? TarEntry.Type.DIRECTORY : TarEntry.Type.FILE;
      case '1' -> TarEntry.Type.HARDLINK;
      case '2' -> TarEntry.Type.SYMLINK;
      case '3' -> TarEntry.Type.CHARACTER_DEVICE;
      case '4' -> TarEntry.Type.BLOCK_DEVICE;
      case '5' -> TarEntry.Type.DIRECTORY;
      case '6' -> TarEntry.Type.FIFO;
      default ->
          throw new IOException(
              "'" + name + "' is a tar member of the unsupported kind '" + flag + "'");
    };
  }

  private static String name(byte[] b) {
    String name = string(b, 0, 100);
    boolean ustar = string(b, 257, 6).equals("ustar") && b[263] == '0';
    String prefix = ustar ? string(b, 345, 155) : "";
    return prefix.isEmpty() ? name : prefix + "/" + name;
  }

  private byte[] extended(byte[] header) throws IOException {
    long size = number(header, 124, 12);
    if (size < 0 || size > EXTENDED_SIZE_MAX) {
      throw new IOException(
          "an extended tar header of " + size + " bytes is over " + EXTENDED_SIZE_MAX);
    }
    byte[] bytes = in.readNBytes((int) size);
    if (bytes.length < size) {
      throw new EOFException("the archive ends in the middle of an extended header");
    }
    skip((BLOCK - size % BLOCK) % BLOCK);
    return bytes;
  }

  private void readPax(byte[] header, Map<String, byte[]> into) throws IOException {
    byte[] bytes = extended(header);
    int at = 0;
    while (at < bytes.length && bytes[at] != 0) {
      int space = at;
      while (space < bytes.length && bytes[space] != ' ') {
        space++;
      }
      int length = parse(new String(bytes, at, space - at, StandardCharsets.US_ASCII));
      int equals = space + 1;
      while (equals < bytes.length && bytes[equals] != '=') {
        equals++;
      }
      int end = at + length;
      if (end <= equals || end > bytes.length) {
        throw new IOException("a PAX record has a wrong length");
      }
      String key = new String(bytes, space + 1, equals - space - 1, StandardCharsets.UTF_8);
      byte[] value = java.util.Arrays.copyOfRange(bytes, equals + 1, end - 1);
      if (value.length == 0 && !key.startsWith(XATTR)) {
        into.remove(key);
      } else {
        into.put(key, value);
      }
      at = end;
    }
  }

  private static int parse(String digits) throws IOException {
    try {
      return Integer.parseInt(digits);
    } catch (NumberFormatException e) {
      throw new IOException("a PAX record has the length '" + digits + "'", e);
    }
  }

  private static String text(Map<String, byte[]> pax, String key, String otherwise) {
    byte[] value = pax.get(key);
    return value == null ? otherwise : new String(value, StandardCharsets.UTF_8);
  }

  private static long number(Map<String, byte[]> pax, String key, byte[] header, int at, int length)
      throws IOException {
    byte[] value = pax.get(key);
    if (value == null) {
      return number(header, at, length);
    }
    String text = new String(value, StandardCharsets.US_ASCII);
    int dot = text.indexOf('.');
    try {
      return Long.parseLong(dot < 0 ? text : text.substring(0, dot));
    } catch (NumberFormatException e) {
      throw new IOException("PAX record " + key + " is '" + text + "'", e);
    }
  }

  /** Octal, or GNU base-256 when the first bit is set. */
  private static long number(byte[] b, int at, int length) throws IOException {
    if ((b[at] & 0x80) != 0) {
      long value = (b[at] & 0x40) != 0 ? -1 : b[at] & 0x3F;
      for (int i = at + 1; i < at + length; i++) {
        value = value << 8 | (b[i] & 0xFF);
      }
      return value;
    }
    String digits = string(b, at, length).strip();
    try {
      return digits.isEmpty() ? 0 : Long.parseLong(digits, 8);
    } catch (NumberFormatException e) {
      throw new IOException("a tar header has the number '" + digits + "'", e);
    }
  }

  private static void verifyChecksum(byte[] b) throws IOException {
    boolean digits = true;
    for (int i = 148; i < 156; i++) {
      digits &= b[i] == 0 || b[i] == ' ' || (b[i] >= '0' && b[i] <= '7');
    }
    long expected = digits ? number(b, 148, 8) : -1;
    long sum = 0;
    for (int i = 0; i < BLOCK; i++) {
      sum += i >= 148 && i < 156 ? ' ' : b[i] & 0xFF;
    }
    if (sum != expected) {
      throw new NotTarException();
    }
  }

  private static boolean isZero(byte[] b) {
    for (byte x : b) {
      if (x != 0) {
        return false;
      }
    }
    return true;
  }

  private static String string(byte[] b, int at, int length) {
    int end = at;
    while (end < at + length && b[end] != 0) {
      end++;
    }
    return new String(b, at, end - at, StandardCharsets.UTF_8);
  }

  private static String cString(byte[] b) {
    return string(b, 0, b.length);
  }
}
