package dev.naru.gateway;

import java.nio.charset.StandardCharsets;

/** What a client connection says about its requests, worked out once. */
final class Peer {
  private final String ip;
  private final int localPort;
  private final boolean trusted;
  private final byte[] forwarded;

  /**
   * @param ip address of the client
   * @param trusted whether its own claims about earlier hops are believed
   */
  Peer(String ip, int localPort, boolean trusted) {
    this.ip = ip;
    this.localPort = localPort;
    this.trusted = trusted;
    String lines =
        "X-Forwarded-For: "
            + ip
            + "\r\nX-Forwarded-Proto: http\r\nX-Forwarded-Port: "
            + localPort
            + "\r\n";
    this.forwarded = lines.getBytes(StandardCharsets.ISO_8859_1);
  }

  String ip() {
    return ip;
  }

  int localPort() {
    return localPort;
  }

  boolean trusted() {
    return trusted;
  }

  /** Writes the field lines that say it to an upstream. */
  void writeTo(ByteWriter out) {
    out.bytes(forwarded);
  }
}
