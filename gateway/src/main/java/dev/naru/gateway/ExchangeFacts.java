package dev.naru.gateway;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What is kept of a request's head.
 *
 * @param target as the client sent it
 * @param repeatable idempotent and without a body
 * @param keepAlive whether the client can use its connection again
 * @param upgrade the protocol asked for, or null
 * @param json whether the gateway's own answers are JSON
 */
record ExchangeFacts(
    String method,
    String host,
    String path,
    String target,
    String requestId,
    boolean headRequest,
    boolean http10,
    boolean chunked,
    boolean repeatable,
    boolean keepAlive,
    boolean json,
    @Nullable String upgrade) {
  private static final int REQUEST_ID_MAX = 128;

  /** Reads the request's head, and leaves the head for an upstream in the loop's writer. */
  static ExchangeFacts of(Head head, Peer peer, Loop loop) {
    String method = method(head);
    if (method.equals("CONNECT") || method.equals("TRACE")) {
      throw new BadMessage(405, "The method " + method + " is not served here.");
    }
    RequestTarget target = RequestTarget.of(head);
    boolean http10 = head.minor == 0;
    boolean bodyless = !head.chunked && head.contentLength <= 0;
    String upgrade = bodyless && !http10 ? upgrade(head) : null;
    String requestId = "";
    boolean json = false;
    for (int i = 0; i < head.count; i++) {
      switch (head.field(i)) {
        case X_REQUEST_ID -> requestId = requestId(head, i);
        case ACCEPT -> json |= Page.wantsJson(head.value(i));
        default -> {
          // nothing to keep
        }
      }
    }
    if (requestId.isEmpty()) {
      requestId = loop.newRequestId();
    }
    HeadWriter.request(loop.out, head, target, peer, upgrade, requestId);
    return new ExchangeFacts(
        method,
        target.host(),
        target.path(),
        head.text(head.targetFrom, head.targetTo),
        requestId,
        method.equals("HEAD"),
        http10,
        head.chunked,
        bodyless && upgrade == null && isIdempotent(method),
        http10 ? head.keepAlive && !head.close : !head.close,
        json,
        upgrade);
  }

  /** Whether the response is an event stream (HTML standard, "Server-sent events"). */
  static boolean isEventStream(Head head) {
    for (int i = 0; i < head.count; i++) {
      if (head.field(i) == Field.CONTENT_TYPE) {
        return head.value(i).toLowerCase(Locale.ROOT).startsWith("text/event-stream");
      }
    }
    return false;
  }

  /** The page for what no rule matches; it names what the client named and nothing else. */
  Page unknown(RoutingTable table) {
    if (table.namesHost(host)) {
      return new Page(404, "Nothing is published at this path of " + host + ".");
    }
    return host.isEmpty()
        ? new Page(404, "The request names no host.")
        : new Page(404, "The host " + host + " is not known here.");
  }

  private static String method(Head head) {
    byte[] b = head.bytes;
    if (head.methodTo - head.methodFrom == 3 && b[0] == 'G' && b[1] == 'E' && b[2] == 'T') {
      return "GET";
    }
    return head.text(head.methodFrom, head.methodTo);
  }

  private static boolean isIdempotent(String method) {
    return switch (method) {
      case "GET", "HEAD", "OPTIONS", "PUT", "DELETE" -> true;
      default -> false;
    };
  }

  /** HTTP/2 is not offered: an h2c tunnel would pass requests by every check here. */
  private static @Nullable String upgrade(Head head) {
    if (!head.upgradeOption || head.upgradeField < 0) {
      return null;
    }
    String protocol = head.value(head.upgradeField);
    return protocol.isEmpty() || protocol.toLowerCase(Locale.ROOT).contains("h2c")
        ? null
        : protocol;
  }

  private static String requestId(Head head, int field) {
    int from = head.valueFrom(field);
    int to = head.valueTo(field);
    if (to - from > REQUEST_ID_MAX) {
      return "";
    }
    for (int i = from; i < to; i++) {
      if (!Chars.isHost(head.bytes[i])) {
        return "";
      }
    }
    return head.text(from, to);
  }
}
