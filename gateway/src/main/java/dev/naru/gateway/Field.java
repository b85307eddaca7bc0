package dev.naru.gateway;

/**
 * The header fields that the gateway itself understands, told by name without making a string. A
 * name with {@code _} for {@code -} reads as {@link #LOOKALIKE}: some frameworks take both for the
 * same field, so such a field could pass for one that the gateway sets.
 */
enum Field {
  OTHER,
  LOOKALIKE,
  HOST,
  CONNECTION,
  CONTENT_LENGTH,
  TRANSFER_ENCODING,
  /** Keep-Alive, Proxy-Connection, TE, Proxy-Authorization, HTTP2-Settings: for one hop only. */
  HOP,
  KEEP_ALIVE,
  UPGRADE,
  EXPECT,
  X_FORWARDED_FOR,
  X_FORWARDED_PROTO,
  X_FORWARDED_HOST,
  X_FORWARDED_PORT,
  /** X-Forwarded-Prefix, X-Forwarded-Server, X-Real-IP and other claims about the way here. */
  X_FORWARDED_OTHER,
  FORWARDED,
  X_REQUEST_ID,
  ACCEPT,
  CONTENT_TYPE,
  DATE,
  TRAILER;

  static Field of(byte[] b, int from, int to) {
    int n = to - from;
    return switch (n) {
      case 2 -> is(b, from, "te", HOP);
      case 4 -> lower(b[from]) == 'h' ? is(b, from, "host", HOST) : is(b, from, "date", DATE);
      case 6 ->
          lower(b[from]) == 'a' ? is(b, from, "accept", ACCEPT) : is(b, from, "expect", EXPECT);
      case 7 ->
          lower(b[from]) == 'u' ? is(b, from, "upgrade", UPGRADE) : is(b, from, "trailer", TRAILER);
      case 9 ->
          lower(b[from]) == 'f'
              ? is(b, from, "forwarded", FORWARDED)
              : is(b, from, "x-real-ip", X_FORWARDED_OTHER);
      case 10 ->
          lower(b[from]) == 'c'
              ? is(b, from, "connection", CONNECTION)
              : is(b, from, "keep-alive", KEEP_ALIVE);
      case 12 ->
          lower(b[from]) == 'x'
              ? is(b, from, "x-request-id", X_REQUEST_ID)
              : is(b, from, "content-type", CONTENT_TYPE);
      case 14 ->
          lower(b[from]) == 'c'
              ? is(b, from, "content-length", CONTENT_LENGTH)
              : is(b, from, "http2-settings", HOP);
      case 15 ->
          lower(b[from + 12]) == 'f'
              ? is(b, from, "x-forwarded-for", X_FORWARDED_FOR)
              : is(b, from, "x-forwarded-ssl", X_FORWARDED_OTHER);
      case 16 -> ofSixteen(b, from);
      case 17 ->
          lower(b[from]) == 't'
              ? is(b, from, "transfer-encoding", TRANSFER_ENCODING)
              : is(b, from, "x-forwarded-proto", X_FORWARDED_PROTO);
      case 18 ->
          lower(b[from + 12]) == 'p'
              ? is(b, from, "x-forwarded-prefix", X_FORWARDED_OTHER)
              : is(b, from, "x-forwarded-server", X_FORWARDED_OTHER);
      case 19 -> is(b, from, "proxy-authorization", HOP);
      default -> OTHER;
    };
  }

  /** Whether the field says where a request came from, which only a trusted peer may. */
  boolean isForwardedClaim() {
    return switch (this) {
      case X_FORWARDED_FOR,
          X_FORWARDED_PROTO,
          X_FORWARDED_HOST,
          X_FORWARDED_PORT,
          X_FORWARDED_OTHER,
          FORWARDED ->
          true;
      default -> false;
    };
  }

  private static Field ofSixteen(byte[] b, int from) {
    if (lower(b[from]) == 'p') {
      return is(b, from, "proxy-connection", HOP);
    }
    return lower(b[from + 12]) == 'h'
        ? is(b, from, "x-forwarded-host", X_FORWARDED_HOST)
        : is(b, from, "x-forwarded-port", X_FORWARDED_PORT);
  }

  private static Field is(byte[] b, int from, String name, Field field) {
    boolean underscore = false;
    for (int i = name.length() - 1; i >= 0; i--) {
      byte c = lower(b[from + i]);
      if (c == '_' && name.charAt(i) == '-') {
        underscore = true;
      } else if (c != name.charAt(i)) {
        return OTHER;
      }
    }
    return underscore ? LOOKALIKE : field;
  }

  private static byte lower(byte b) {
    return Chars.lower(b);
  }
}
