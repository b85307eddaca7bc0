package dev.naru.pipeline.lang;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;

/** Bytes on their way from text to text. */
@SuppressWarnings("ArrayRecordComponent") // equality is that of the bytes, and nobody changes them
record BytesValue(byte[] bytes) {
  static final Methods<BytesValue> METHODS = new Methods<>(Methods.COMMON);

  static {
    METHODS
        .add("encodeBase64", (b, c) -> Base64.getEncoder().encodeToString(b.bytes))
        .add(
            "encodeBase64Url",
            (b, c) -> Base64.getUrlEncoder().withoutPadding().encodeToString(b.bytes))
        .add("encodeHex", (b, c) -> HexFormat.of().formatHex(b.bytes))
        .add("size", (b, c) -> b.bytes.length)
        .add("getLength", (b, c) -> b.bytes.length);
  }

  String text() {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof BytesValue b && Arrays.equals(bytes, b.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  @Override
  public String toString() {
    return Arrays.toString(bytes);
  }
}
