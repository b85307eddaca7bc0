package dev.naru.gateway;

/** Character classes of RFC 9110 section 5.6 and RFC 3986, on bytes. */
final class Chars {
  private static final int TOKEN = 1;
  private static final int VALUE = 2;
  private static final int TARGET = 4;
  private static final int HOST = 8;
  private static final byte[] CLASS = new byte[256];

  static {
    for (int c = 0; c < 256; c++) {
      boolean alnum = isDigit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
      int classes = 0;
      if (alnum || "!#$%&'*+-.^_`|~".indexOf(c) >= 0) {
        classes |= TOKEN;
      }
      if (c == '\t' || (c >= ' ' && c != 0x7f)) {
        classes |= VALUE; // visible, blank, and obs-text
      }
      if (c > ' ' && c != 0x7f && c != '#') {
        classes |= TARGET; // raw UTF-8 in a target harms no framing and is common
      }
      if (alnum || c == '-' || c == '.' || c == '_') {
        classes |= HOST;
      }
      CLASS[c] = (byte) classes;
    }
  }

  private Chars() {}

  static boolean isToken(byte b) {
    return (CLASS[b & 0xff] & TOKEN) != 0;
  }

  static boolean isValue(byte b) {
    return (CLASS[b & 0xff] & VALUE) != 0;
  }

  static boolean isTarget(byte b) {
    return (CLASS[b & 0xff] & TARGET) != 0;
  }

  static boolean isHost(byte b) {
    return (CLASS[b & 0xff] & HOST) != 0;
  }

  static boolean isDigit(int c) {
    return c >= '0' && c <= '9';
  }

  static boolean isBlank(byte b) {
    return b == ' ' || b == '\t';
  }

  /** The value of a hexadecimal digit, or -1. */
  static int hex(byte b) {
    if (isDigit(b)) {
      return b - '0';
    }
    int lower = b | 0x20;
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
  }

  static byte lower(byte b) {
    return b >= 'A' && b <= 'Z' ? (byte) (b + 32) : b;
  }

  /** Whether {@code bytes[from, to)} is {@code lowerCase}, letters in either case. */
  static boolean equalsIgnoreCase(byte[] bytes, int from, int to, String lowerCase) {
    if (to - from != lowerCase.length()) {
      return false;
    }
    for (int i = from; i < to; i++) {
      if (lower(bytes[i]) != lowerCase.charAt(i - from)) {
        return false;
      }
    }
    return true;
  }
}
