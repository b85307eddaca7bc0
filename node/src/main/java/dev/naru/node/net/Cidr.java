package dev.naru.node.net;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.regex.Pattern;

/**
 * An IPv4 network such as {@code 10.88.0.0/16}; addresses are unsigned 32-bit numbers in an int.
 *
 * @param network the lowest address, host bits zero
 * @param bits length of the prefix, 8 to 30
 */
record Cidr(int network, int bits) {
  private static final Pattern ADDRESS = Pattern.compile("(\\d{1,3})(\\.\\d{1,3}){3}");

  Cidr {
    if (bits < 8 || bits > 30) {
      throw new IllegalArgumentException("prefix length " + bits + " is not within 8 and 30");
    }
    if ((network & ~mask(bits)) != 0) {
      throw new IllegalArgumentException(text(network) + "/" + bits + " has host bits set");
    }
  }

  static Cidr parse(String text) {
    int slash = text.indexOf('/');
    if (slash < 0) {
      throw new IllegalArgumentException("not a network: '" + text + "', expected a.b.c.d/n");
    }
    return new Cidr(address(text.substring(0, slash)), Integer.parseInt(text.substring(slash + 1)));
  }

  /** Parses a dotted quad; never asks a resolver. */
  static int address(String text) {
    if (!ADDRESS.matcher(text).matches()) {
      throw new IllegalArgumentException("not an IPv4 address: '" + text + "'");
    }
    int value = 0;
    for (String part : text.split("\\.")) {
      int octet = Integer.parseInt(part);
      if (octet > 255) {
        throw new IllegalArgumentException("not an IPv4 address: '" + text + "'");
      }
      value = value << 8 | octet;
    }
    return value;
  }

  static boolean isAddress(String text) {
    return ADDRESS.matcher(text).matches();
  }

  static String text(int address) {
    return (address >>> 24)
        + "."
        + (address >>> 16 & 0xff)
        + "."
        + (address >>> 8 & 0xff)
        + "."
        + (address & 0xff);
  }

  static InetAddress inet(String address) {
    int value = address(address);
    byte[] bytes = {
      (byte) (value >>> 24), (byte) (value >>> 16), (byte) (value >>> 8), (byte) value
    };
    try {
      return Inet4Address.getByAddress(bytes);
    } catch (UnknownHostException e) {
      throw new AssertionError("four bytes are an IPv4 address", e);
    }
  }

  boolean contains(int address) {
    return (address & mask(bits)) == network;
  }

  boolean contains(String address) {
    return isAddress(address) && contains(address(address));
  }

  /** How many addresses there are, network and broadcast included. */
  int size() {
    return 1 << (32 - bits);
  }

  private static int mask(int bits) {
    return -1 << (32 - bits);
  }

  @Override
  public String toString() {
    return text(network) + "/" + bits;
  }
}
