package dev.naru.gateway;

import java.net.InetAddress;

/** Addresses as text. */
final class Addresses {
  private Addresses() {}

  /** Without a zone, which means nothing to anybody else. */
  static String text(InetAddress address) {
    String text = address.getHostAddress();
    int zone = text.indexOf('%');
    return zone < 0 ? text : text.substring(0, zone);
  }

  /** Whether the text is an address, so that no name is looked up for it. */
  static boolean isLiteral(String text) {
    try {
      InetAddress.ofLiteral(text);
      return true;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }
}
