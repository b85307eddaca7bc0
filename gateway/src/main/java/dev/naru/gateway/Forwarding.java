package dev.naru.gateway;

/** Adds this hop to what a trusted proxy in front has said about the way of a request. */
final class Forwarding {
  private Forwarding() {}

  /** Writes X-Forwarded-* and, when it came, Forwarded (RFC 7239). */
  static void extend(ByteWriter out, Head head, RequestTarget target, Peer peer) {
    boolean any = list(out, head, Field.X_FORWARDED_FOR, "X-Forwarded-For: ");
    out.text(any ? ", " : "X-Forwarded-For: ").line(peer.ip());
    String host = head.text(target.authorityFrom(), target.authorityTo());
    keep(out, head, Field.X_FORWARDED_PROTO, "X-Forwarded-Proto: ", "http");
    keep(out, head, Field.X_FORWARDED_HOST, "X-Forwarded-Host: ", host);
    keep(
        out,
        head,
        Field.X_FORWARDED_PORT,
        "X-Forwarded-Port: ",
        Integer.toString(peer.localPort()));
    if (list(out, head, Field.FORWARDED, "Forwarded: ")) {
      String node = peer.ip().indexOf(':') < 0 ? peer.ip() : "\"[" + peer.ip() + "]\"";
      out.text(", for=").text(node).text(";host=\"").text(host).line("\";proto=http");
    }
  }

  /** Writes the name and all values, without the line's end; false and nothing when none came. */
  private static boolean list(ByteWriter out, Head head, Field field, String name) {
    boolean any = false;
    for (int i = 0; i < head.count; i++) {
      if (head.field(i) == field) {
        out.text(any ? ", " : name).bytes(head.bytes, head.valueFrom(i), head.valueTo(i));
        any = true;
      }
    }
    return any;
  }

  private static void keep(ByteWriter out, Head head, Field field, String name, String other) {
    for (int i = 0; i < head.count; i++) {
      if (head.field(i) == field) {
        out.text(name).bytes(head.bytes, head.valueFrom(i), head.valueTo(i)).crlf();
        return;
      }
    }
    out.text(name).line(other);
  }
}
