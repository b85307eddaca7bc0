package dev.naru.gateway;

/**
 * The strict reader of message heads: RFC 9112 sections 2 to 6 and 11 without the lenience that the
 * RFC allows, since lenience in which two programs differ is what request smuggling lives on. Lines
 * end with CRLF only; no folding; no blank before a colon; one Content-Length or one
 * Transfer-Encoding of exactly {@code chunked}, never both.
 */
final class HeadParser {
  private static final int LENGTH_DIGITS_MAX = 18;

  private HeadParser() {}

  /**
   * Looks for the empty line.
   *
   * @param from where to go on; bytes before it were looked at by an earlier call
   * @return the position after the empty line, or -1 when it is not here yet
   * @throws BadMessage at a line end without CR
   */
  static int findEnd(byte[] b, int from, int to) {
    for (int i = from; i < to; i++) {
      if (b[i] == '\n') {
        if (i == 0 || b[i - 1] != '\r') {
          throw new BadMessage("A line ends without a carriage return.");
        }
        if (i >= 3 && b[i - 2] == '\n') {
          return i + 1;
        }
      }
    }
    return -1;
  }

  /** Parses the request head in {@code head.bytes[0, end)}, which ends with an empty line. */
  static void parseRequest(Head head, int end) {
    head.reset();
    head.end = end;
    byte[] b = head.bytes;
    int i = 0;
    while (Chars.isToken(b[i])) {
      i++;
    }
    head.methodFrom = 0;
    head.methodTo = i;
    check(i > 0 && b[i] == ' ', "The request line is malformed.");
    i++;
    head.targetFrom = i;
    while (Chars.isTarget(b[i])) {
      i++;
    }
    head.targetTo = i;
    check(i > head.targetFrom && b[i] == ' ', "The request line is malformed.");
    i = version(head, i + 1, 505);
    check(b[i] == '\r' && b[i + 1] == '\n', "The request line is malformed.");
    fields(head, i + 2, true);
    checkRequest(head);
  }

  /** Parses the response head in {@code head.bytes[0, end)}. */
  static void parseResponse(Head head, int end) {
    head.reset();
    head.end = end;
    byte[] b = head.bytes;
    int i = version(head, 0, 502);
    check(
        b[i] == ' '
            && Chars.isDigit(b[i + 1])
            && Chars.isDigit(b[i + 2])
            && Chars.isDigit(b[i + 3])
            && (b[i + 4] == ' ' || b[i + 4] == '\r'),
        "The status line is malformed.");
    head.status = (b[i + 1] - '0') * 100 + (b[i + 2] - '0') * 10 + (b[i + 3] - '0');
    check(head.status >= 100 && head.status < 600, "The status code is out of range.");
    i += 4;
    if (b[i] == ' ') {
      i++;
    }
    head.reasonFrom = i;
    while (Chars.isValue(b[i])) {
      i++;
    }
    head.reasonTo = i;
    check(b[i] == '\r' && b[i + 1] == '\n', "The status line is malformed.");
    fields(head, i + 2, false);
  }

  /** Parses trailer fields in {@code head.bytes[0, end)}, which ends with an empty line. */
  static void parseTrailers(Head head, int end) {
    head.reset();
    head.end = end;
    fields(head, 0, false);
  }

  private static int version(Head head, int at, int otherVersion) {
    byte[] b = head.bytes;
    check(
        at + 8 < head.end
            && b[at] == 'H'
            && b[at + 1] == 'T'
            && b[at + 2] == 'T'
            && b[at + 3] == 'P'
            && b[at + 4] == '/'
            && Chars.isDigit(b[at + 5])
            && b[at + 6] == '.'
            && Chars.isDigit(b[at + 7]),
        "The HTTP version is malformed.");
    if (b[at + 5] != '1' || b[at + 7] > '1') {
      throw new BadMessage(otherVersion, "Only HTTP/1.0 and HTTP/1.1 are spoken here.");
    }
    head.minor = b[at + 7] - '0';
    return at + 8;
  }

  private static void fields(Head head, int at, boolean request) {
    byte[] b = head.bytes;
    int i = at;
    while (b[i] != '\r' || b[i + 1] != '\n') {
      int nameFrom = i;
      while (Chars.isToken(b[i])) {
        i++;
      }
      int nameTo = i;
      if (nameTo == nameFrom || b[i] != ':') {
        throw new BadMessage(
            Chars.isBlank(b[i])
                ? "A header field is folded or has a blank before its colon."
                : "A header field name is malformed.");
      }
      i++;
      while (Chars.isBlank(b[i])) {
        i++;
      }
      int valueFrom = i;
      while (Chars.isValue(b[i])) {
        i++;
      }
      check(b[i] == '\r' && b[i + 1] == '\n', "A header field value has a control character.");
      int valueTo = i;
      while (valueTo > valueFrom && Chars.isBlank(b[valueTo - 1])) {
        valueTo--;
      }
      i += 2;
      Field field = Field.of(b, nameFrom, nameTo);
      head.add(field, nameFrom, nameTo, valueFrom, valueTo);
      if (field != Field.OTHER) {
        note(head, field, valueFrom, valueTo, request);
      }
    }
    check(i + 2 == head.end, "The message head is malformed.");
    check(
        !head.chunked || head.contentLength < 0,
        "The message has both Content-Length and Transfer-Encoding.");
  }

  private static void note(Head head, Field field, int from, int to, boolean request) {
    switch (field) {
      case HOST -> {
        check(!request || head.hostField < 0, "The request has more than one Host field.");
        head.hostField = head.count - 1;
      }
      case CONTENT_LENGTH -> {
        check(head.contentLength < 0, "The message has more than one Content-Length.");
        head.contentLength = length(head.bytes, from, to);
      }
      case TRANSFER_ENCODING -> {
        check(!head.chunked, "The message has more than one Transfer-Encoding.");
        check(
            Chars.equalsIgnoreCase(head.bytes, from, to, "chunked"),
            "The only transfer coding understood here is 'chunked'.");
        check(head.minor == 1, "HTTP/1.0 has no Transfer-Encoding.");
        head.chunked = true;
      }
      case CONNECTION -> options(head, from, to);
      case UPGRADE -> head.upgradeField = head.count - 1;
      case EXPECT -> {
        if (request) {
          if (!Chars.equalsIgnoreCase(head.bytes, from, to, "100-continue")) {
            throw new BadMessage(417, "The only expectation understood here is '100-continue'.");
          }
          head.expectContinue = true;
        }
      }
      default -> {
        // no meaning for framing
      }
    }
  }

  private static long length(byte[] b, int from, int to) {
    check(to > from && to - from <= LENGTH_DIGITS_MAX, "The Content-Length is not a number.");
    long length = 0;
    for (int i = from; i < to; i++) {
      check(Chars.isDigit(b[i]), "The Content-Length is not a number.");
      length = length * 10 + (b[i] - '0');
    }
    return length;
  }

  private static void options(Head head, int from, int to) {
    byte[] b = head.bytes;
    int i = from;
    while (i < to) {
      while (i < to && (Chars.isBlank(b[i]) || b[i] == ',')) {
        i++;
      }
      int start = i;
      while (i < to && Chars.isToken(b[i])) {
        i++;
      }
      if (i > start) {
        option(head, start, i);
      }
      check(i == to || b[i] == ',' || Chars.isBlank(b[i]), "The Connection field is malformed.");
    }
  }

  private static void option(Head head, int from, int to) {
    byte[] b = head.bytes;
    if (Chars.equalsIgnoreCase(b, from, to, "close")) {
      head.close = true;
    } else if (Chars.equalsIgnoreCase(b, from, to, "keep-alive")) {
      head.keepAlive = true;
    } else if (Chars.equalsIgnoreCase(b, from, to, "upgrade")) {
      head.upgradeOption = true;
    } else {
      head.addOption(from, to);
    }
  }

  private static void checkRequest(Head head) {
    check(head.hostField >= 0 || head.minor == 0, "The request has no Host field (RFC 9112, 3.2).");
  }

  private static void check(boolean good, String sentence) {
    if (!good) {
      throw new BadMessage(sentence);
    }
  }
}
