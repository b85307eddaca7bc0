package dev.naru.gateway;

import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import org.jspecify.annotations.Nullable;

/**
 * Writes heads for the next hop: the fields that came, less those of one hop only (RFC 9110 section
 * 7.6.1 and whatever {@code Connection} names), plus what the gateway itself says. Fields that pass
 * unchanged are copied in runs.
 */
final class HeadWriter {
  private static final byte[] HTTP_1_1 = ascii(" HTTP/1.1\r\n");
  private static final byte[] STATUS = ascii("HTTP/1.1 ");
  private static final byte[] HOST = ascii("Host: ");
  private static final byte[] CHUNKED = ascii("Transfer-Encoding: chunked\r\n");
  private static final byte[] LENGTH = ascii("Content-Length: ");
  private static final byte[] CLOSE = ascii("Connection: close\r\n");
  private static final byte[] KEEP_ALIVE = ascii("Connection: keep-alive\r\n");
  private static final byte[] CONNECTION_UPGRADE = ascii("Connection: Upgrade\r\nUpgrade: ");
  private static final byte[] X_HOST = ascii("X-Forwarded-Host: ");
  private static final byte[] REQUEST_ID = ascii("X-Request-Id: ");
  private static final byte[] DATE = ascii("Date: ");

  private HeadWriter() {}

  /**
   * The request head for an upstream.
   *
   * @param upgrade the value of Upgrade to ask for, or null
   */
  static void request(
      ByteWriter out,
      Head head,
      RequestTarget target,
      Peer peer,
      @Nullable String upgrade,
      String requestId) {
    byte[] b = head.bytes;
    out.clear().bytes(b, head.methodFrom, head.methodTo).octet((byte) ' ');
    if (target.pathFrom() == head.targetTo || b[target.pathFrom()] == '?') {
      out.octet((byte) '/');
    }
    out.bytes(b, target.pathFrom(), head.targetTo).bytes(HTTP_1_1);
    out.bytes(HOST).bytes(b, target.authorityFrom(), target.authorityTo()).crlf();
    fields(out, head, true, peer.trusted());
    if (head.chunked) {
      out.bytes(CHUNKED);
    } else if (head.contentLength >= 0) {
      out.bytes(LENGTH).number(head.contentLength).crlf();
    }
    if (upgrade != null) {
      out.bytes(CONNECTION_UPGRADE).line(upgrade);
    }
    if (peer.trusted()) {
      Forwarding.extend(out, head, target, peer);
    } else {
      peer.writeTo(out);
      out.bytes(X_HOST).bytes(b, target.authorityFrom(), target.authorityTo()).crlf();
    }
    out.bytes(REQUEST_ID).line(requestId).crlf();
  }

  /** How a response goes to the client. */
  record Framing(boolean chunked, boolean length, boolean close, boolean http10) {}

  /** The head of a final response for a client. */
  static void response(ByteWriter out, Head head, Framing framing, byte[] date) {
    status(out, head);
    fields(out, head, false, true);
    if (framing.chunked()) {
      out.bytes(CHUNKED);
    } else if (framing.length() && head.contentLength >= 0) {
      out.bytes(LENGTH).number(head.contentLength).crlf();
    }
    if (framing.close()) {
      out.bytes(CLOSE);
    } else if (framing.http10()) {
      out.bytes(KEEP_ALIVE);
    }
    if (!has(head, Field.DATE)) {
      out.bytes(DATE).bytes(date).crlf();
    }
    out.crlf();
  }

  /** An interim response (1xx). For 101 the Upgrade field passes. */
  static void interim(ByteWriter out, Head head) {
    status(out, head);
    fields(out, head, false, true);
    if (head.status == 101 && head.upgradeField >= 0) {
      out.bytes(CONNECTION_UPGRADE)
          .bytes(head.bytes, head.valueFrom(head.upgradeField), head.valueTo(head.upgradeField))
          .crlf();
    }
    out.crlf();
  }

  /** The trailer fields that may pass (RFC 9110 section 6.5.1: none that frames or routes). */
  static byte[] trailers(Head head) {
    ByteWriter out = new ByteWriter(head.end);
    for (int i = 0; i < head.count; i++) {
      if (head.field(i) == Field.OTHER) {
        out.bytes(head.bytes, head.nameFrom(i), head.valueTo(i)).crlf();
      }
    }
    return out.toByteArray();
  }

  /** The time as RFC 9110 section 5.6.7 wants it. */
  static byte[] date(ZonedDateTime now) {
    return ascii(
        DateTimeFormatter.RFC_1123_DATE_TIME.format(now.withZoneSameInstant(ZoneOffset.UTC)));
  }

  private static void status(ByteWriter out, Head head) {
    out.clear().bytes(STATUS).number(head.status).octet((byte) ' ');
    out.bytes(head.bytes, head.reasonFrom, head.reasonTo).crlf();
  }

  private static void fields(ByteWriter out, Head head, boolean request, boolean trusted) {
    int n = head.count;
    int run = -1;
    for (int i = 0; i < n; i++) {
      boolean pass =
          passes(head.field(i), request, trusted)
              && (head.options == 0 || !head.isNamedByConnection(i));
      if (pass) {
        run = run < 0 ? head.nameFrom(i) : run;
      } else if (run >= 0) {
        out.bytes(head.bytes, run, head.nameFrom(i));
        run = -1;
      }
    }
    if (run >= 0) {
      out.bytes(head.bytes, run, head.end - 2);
    }
  }

  private static boolean passes(Field field, boolean request, boolean trusted) {
    return switch (field) {
      case OTHER, EXPECT, ACCEPT, CONTENT_TYPE, DATE, TRAILER -> true;
      case HOST, X_REQUEST_ID -> !request;
      case X_FORWARDED_FOR, X_FORWARDED_PROTO, X_FORWARDED_HOST, X_FORWARDED_PORT, FORWARDED ->
          !request;
      case X_FORWARDED_OTHER -> !request || trusted;
      case LOOKALIKE -> !request;
      case CONNECTION, CONTENT_LENGTH, TRANSFER_ENCODING, HOP, KEEP_ALIVE, UPGRADE -> false;
    };
  }

  private static boolean has(Head head, Field field) {
    for (int i = 0; i < head.count; i++) {
      if (head.field(i) == field) {
        return true;
      }
    }
    return false;
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
