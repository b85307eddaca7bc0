package dev.naru.gateway;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Host and path of a request as the routing table knows them.
 *
 * @param host lower case, without port and final dot; empty when the client names none
 * @param path without query; unreserved characters decoded and dot segments resolved (RFC 3986,
 *     6.2.2), so that a rule cannot be passed by spelling a path otherwise; sent on as it came
 * @param authorityFrom where the authority to send on begins in the head, and ends
 * @param pathFrom where the target to send on begins in the head; at {@link Head#targetTo} when it
 *     is empty and {@code /} is sent
 */
record RequestTarget(String host, String path, int authorityFrom, int authorityTo, int pathFrom) {

  /**
   * Reads target and Host of a request (RFC 9112 section 3.2). Origin-form, absolute-form whose
   * authority is that of Host, and {@code *} with OPTIONS.
   *
   * @throws BadMessage for any other form and for an invalid or contradicting host
   */
  static RequestTarget of(Head head) {
    byte[] b = head.bytes;
    int authorityFrom = head.hostField < 0 ? 0 : head.valueFrom(head.hostField);
    int authorityTo = head.hostField < 0 ? 0 : head.valueTo(head.hostField);
    int from = head.targetFrom;
    if (b[from] == '*' && head.targetTo == from + 1) {
      if (!Chars.equalsIgnoreCase(b, head.methodFrom, head.methodTo, "options")) {
        throw new BadMessage("The target '*' is for OPTIONS only.");
      }
      return new RequestTarget(
          host(b, authorityFrom, authorityTo), "/", authorityFrom, authorityTo, from);
    }
    if (b[from] != '/') {
      int pathFrom = absoluteForm(head, authorityFrom, authorityTo);
      if (head.hostField < 0) {
        authorityFrom = from + "http://".length();
        authorityTo = pathFrom;
      }
      from = pathFrom;
    }
    return new RequestTarget(
        host(b, authorityFrom, authorityTo),
        path(head, from, head.targetTo),
        authorityFrom,
        authorityTo,
        from);
  }

  private static int absoluteForm(Head head, int hostFrom, int hostTo) {
    byte[] b = head.bytes;
    int from = head.targetFrom + "http://".length();
    if (from >= head.targetTo || !Chars.equalsIgnoreCase(b, head.targetFrom, from, "http://")) {
      throw new BadMessage("The request target is neither a path nor an http URL.");
    }
    int to = from;
    while (to < head.targetTo && b[to] != '/' && b[to] != '?') {
      to++;
    }
    String authority = head.text(from, to);
    if (authority.isEmpty()
        || (head.hostField >= 0
            && !Chars.equalsIgnoreCase(
                b, hostFrom, hostTo, authority.toLowerCase(java.util.Locale.ROOT)))) {
      throw new BadMessage("The host of the request target is not that of the Host field.");
    }
    return to;
  }

  private static String host(byte[] b, int from, int to) {
    int nameTo = to;
    if (from < to && b[from] == '[') {
      nameTo = from + 1;
      while (nameTo < to && (Chars.hex(b[nameTo]) >= 0 || b[nameTo] == ':' || b[nameTo] == '.')) {
        nameTo++;
      }
      checkHost(nameTo < to && b[nameTo] == ']' && nameTo > from + 2);
      nameTo++;
    } else {
      nameTo = from;
      while (nameTo < to && Chars.isHost(b[nameTo])) {
        nameTo++;
      }
      checkHost(nameTo > from || from == to);
    }
    if (nameTo < to) {
      checkHost(b[nameTo] == ':' && to - nameTo <= 6);
      int port = 0;
      for (int i = nameTo + 1; i < to; i++) {
        checkHost(Chars.isDigit(b[i]));
        port = port * 10 + (b[i] - '0');
      }
      checkHost(port <= 0xffff);
    }
    if (nameTo > from + 1 && b[nameTo - 1] == '.') {
      nameTo--;
    }
    char[] lower = new char[nameTo - from];
    for (int i = from; i < nameTo; i++) {
      lower[i - from] = (char) Chars.lower(b[i]);
    }
    return new String(lower);
  }

  private static void checkHost(boolean good) {
    if (!good) {
      throw new BadMessage("The Host field is not a valid host.");
    }
  }

  private static String path(Head head, int from, int to) {
    byte[] b = head.bytes;
    boolean plain = true;
    int end = from;
    while (end < to && b[end] != '?') {
      if (b[end] == '%' || (b[end] == '.' && end > from && b[end - 1] == '/')) {
        plain = false;
      }
      end++;
    }
    if (end == from) {
      return "/";
    }
    String raw = head.text(from, end);
    return plain ? raw : withoutDotSegments(decodeUnreserved(raw));
  }

  private static String decodeUnreserved(String path) {
    StringBuilder out = new StringBuilder(path.length());
    for (int i = 0; i < path.length(); i++) {
      char c = path.charAt(i);
      if (c == '%') {
        if (i + 2 >= path.length()) {
          throw new BadMessage("The path has a malformed percent escape.");
        }
        int high = Chars.hex((byte) path.charAt(i + 1));
        int low = Chars.hex((byte) path.charAt(i + 2));
        if (high < 0 || low < 0 || high + low == 0) {
          throw new BadMessage("The path has a malformed percent escape.");
        }
        int decoded = high * 16 + low;
        if (decoded == '~' || (decoded < 0x80 && Chars.isHost((byte) decoded))) {
          out.append((char) decoded);
          i += 2;
          continue;
        }
      }
      out.append(c);
    }
    return out.toString();
  }

  private static String withoutDotSegments(String path) {
    Deque<String> kept = new ArrayDeque<>();
    String[] segments = path.substring(1).split("/", -1);
    for (int i = 0; i < segments.length; i++) {
      boolean last = i == segments.length - 1;
      switch (segments[i]) {
        case "." -> {
          if (last) {
            kept.addLast("");
          }
        }
        case ".." -> {
          if (kept.pollLast() == null) {
            throw new BadMessage("The path leads above the root.");
          }
          if (last) {
            kept.addLast("");
          }
        }
        default -> kept.addLast(segments[i]);
      }
    }
    return "/" + String.join("/", kept);
  }
}
