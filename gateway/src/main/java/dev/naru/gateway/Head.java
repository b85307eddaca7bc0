package dev.naru.gateway;

/**
 * The head of one message, parsed in place: a view on {@link #bytes} that is valid until the next
 * parse. One per event loop, so parsing allocates nothing.
 */
final class Head {
  static final int FIELDS_MAX = 256;
  private static final int CONNECTION_OPTIONS_MAX = 16;

  final byte[] bytes;

  /** Where the head ends, after the empty line. */
  int end;

  /** Minor version of HTTP/1. */
  int minor;

  // Request line
  int methodFrom;
  int methodTo;
  int targetFrom;
  int targetTo;

  // Status line
  int status;
  int reasonFrom;
  int reasonTo;

  // Fields
  int count;
  private final Field[] fields = new Field[FIELDS_MAX];
  private final int[] spans = new int[4 * FIELDS_MAX];

  // What the fields say together
  int hostField;
  int upgradeField;

  /** -1 when absent. */
  long contentLength;

  boolean chunked;
  boolean close;
  boolean keepAlive;
  boolean upgradeOption;
  boolean expectContinue;
  int options;
  private final int[] optionSpans = new int[2 * CONNECTION_OPTIONS_MAX];

  Head(int sizeMax) {
    this.bytes = new byte[sizeMax];
  }

  void reset() {
    count = 0;
    hostField = -1;
    upgradeField = -1;
    contentLength = -1;
    chunked = false;
    close = false;
    keepAlive = false;
    upgradeOption = false;
    expectContinue = false;
    options = 0;
  }

  void add(Field field, int nameFrom, int nameTo, int valueFrom, int valueTo) {
    if (count == FIELDS_MAX) {
      throw new BadMessage(431, "The message has more than " + FIELDS_MAX + " header fields.");
    }
    fields[count] = field;
    int at = 4 * count++;
    spans[at] = nameFrom;
    spans[at + 1] = nameTo;
    spans[at + 2] = valueFrom;
    spans[at + 3] = valueTo;
  }

  void addOption(int from, int to) {
    if (options == CONNECTION_OPTIONS_MAX) {
      throw new BadMessage("The message names too many connection options.");
    }
    optionSpans[2 * options] = from;
    optionSpans[2 * options + 1] = to;
    options++;
  }

  Field field(int i) {
    return fields[i];
  }

  int nameFrom(int i) {
    return spans[4 * i];
  }

  int nameTo(int i) {
    return spans[4 * i + 1];
  }

  int valueFrom(int i) {
    return spans[4 * i + 2];
  }

  int valueTo(int i) {
    return spans[4 * i + 3];
  }

  String value(int i) {
    return text(valueFrom(i), valueTo(i));
  }

  /** ISO 8859-1, so that every byte survives. */
  @SuppressWarnings("deprecation") // the constructor without a charset decoder is the fast one
  String text(int from, int to) {
    return new String(bytes, 0, from, to - from);
  }

  /** Whether a {@code Connection} field names the field, which then is for this hop only. */
  boolean isNamedByConnection(int i) {
    int length = nameTo(i) - nameFrom(i);
    for (int option = 0; option < options; option++) {
      int from = optionSpans[2 * option];
      if (optionSpans[2 * option + 1] - from == length && sameName(from, nameFrom(i), length)) {
        return true;
      }
    }
    return false;
  }

  private boolean sameName(int a, int b, int length) {
    for (int i = 0; i < length; i++) {
      if (Chars.lower(bytes[a + i]) != Chars.lower(bytes[b + i])) {
        return false;
      }
    }
    return true;
  }
}
