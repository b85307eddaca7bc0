package dev.naru.gateway;

import java.util.Arrays;

/** Builds a message head. One per event loop; its array grows to the largest head and stays. */
final class ByteWriter {
  private byte[] bytes;
  private int size;

  ByteWriter(int capacity) {
    this.bytes = new byte[capacity];
  }

  ByteWriter clear() {
    size = 0;
    return this;
  }

  ByteWriter bytes(byte[] from, int start, int end) {
    int n = end - start;
    room(n);
    System.arraycopy(from, start, bytes, size, n);
    size += n;
    return this;
  }

  ByteWriter octet(byte b) {
    room(1);
    bytes[size++] = b;
    return this;
  }

  ByteWriter bytes(byte[] all) {
    return bytes(all, 0, all.length);
  }

  /** Characters above 0xff lose their high byte: for ISO 8859-1 text only. */
  @SuppressWarnings("deprecation") // copies without an encoder
  ByteWriter text(String latin1) {
    int n = latin1.length();
    room(n);
    latin1.getBytes(0, n, bytes, size);
    size += n;
    return this;
  }

  ByteWriter number(long value) {
    if (value < 10) {
      room(1);
      bytes[size++] = (byte) ('0' + value);
      return this;
    }
    return text(Long.toString(value));
  }

  ByteWriter line(String latin1) {
    return text(latin1).crlf();
  }

  ByteWriter crlf() {
    room(2);
    bytes[size++] = '\r';
    bytes[size++] = '\n';
    return this;
  }

  byte[] array() {
    return bytes;
  }

  int size() {
    return size;
  }

  byte[] toByteArray() {
    return Arrays.copyOf(bytes, size);
  }

  private void room(int n) {
    if (size + n > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, size + n));
    }
  }
}
