package dev.naru.pipeline.lang;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** JSON text (RFC 8259) to lists, maps and plain values, as {@code JsonSlurper} gives them. */
final class JsonReader {
  private static final int DEPTH_MAX = 200;

  private final String text;
  private final Methods.Call call;
  private int at;
  private int depth;

  private JsonReader(String text, Methods.Call call) {
    this.text = text;
    this.call = call;
  }

  static @Nullable Object parse(String text, Methods.Call call) {
    if (text.isBlank()) {
      throw call.fail("IllegalArgumentException", "Text must not be null or empty");
    }
    JsonReader reader = new JsonReader(text, call);
    Object value = reader.value();
    reader.space();
    if (reader.at < text.length()) {
      throw reader.unexpected("the end of the text");
    }
    return value;
  }

  private Thrown unexpected(String wanted) {
    int line = (int) text.substring(0, Math.min(at, text.length())).lines().count();
    String found = at < text.length() ? "'" + text.charAt(at) + "'" : "the end of the text";
    return call.fail(
        "JsonException",
        "expected "
            + wanted
            + " but found "
            + found
            + " at line "
            + Math.max(1, line)
            + ", character "
            + at
            + " of the JSON text");
  }

  private void space() {
    while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
  }

  private char peek() {
    space();
    return at < text.length() ? text.charAt(at) : '\0';
  }

  private void take(char wanted) {
    if (peek() != wanted) {
      throw unexpected("'" + wanted + "'");
    }
    at++;
  }

  private @Nullable Object value() {
    call.tick().run();
    if (++depth > DEPTH_MAX) {
      throw new Thrown.Limit("JSON nested more than " + DEPTH_MAX + " levels deep");
    }
    char next = peek();
    Object value =
        switch (next) {
          case '{' -> object();
          case '[' -> array();
          case '"' -> string();
          case 't' -> word("true", true);
          case 'f' -> word("false", false);
          case 'n' -> word("null", null);
          default -> number();
        };
    depth--;
    return value;
  }

  private @Nullable Object word(String word, @Nullable Object value) {
    if (!text.startsWith(word, at)) {
      throw unexpected("a value");
    }
    at += word.length();
    return value;
  }

  private Map<String, @Nullable Object> object() {
    Map<String, @Nullable Object> map = new LinkedHashMap<>();
    take('{');
    if (peek() == '}') {
      at++;
      return map;
    }
    while (true) {
      if (peek() != '"') {
        throw unexpected("a name in double quotes");
      }
      String key = string();
      take(':');
      map.put(key, value());
      call.grow(map.size());
      if (peek() != ',') {
        take('}');
        return map;
      }
      at++;
    }
  }

  private List<@Nullable Object> array() {
    List<@Nullable Object> list = new ArrayList<>();
    take('[');
    if (peek() == ']') {
      at++;
      return list;
    }
    while (true) {
      list.add(value());
      call.grow(list.size());
      if (peek() != ',') {
        take(']');
        return list;
      }
      at++;
    }
  }

  private String string() {
    StringBuilder out = new StringBuilder();
    at++;
    while (at < text.length()) {
      char c = text.charAt(at++);
      if (c == '"') {
        return out.toString();
      }
      out.append(c == '\\' ? escaped() : c);
    }
    throw unexpected("'\"'");
  }

  private char escaped() {
    if (at >= text.length()) {
      throw unexpected("an escape");
    }
    char c = text.charAt(at++);
    return switch (c) {
      case 'n' -> '\n';
      case 't' -> '\t';
      case 'r' -> '\r';
      case 'b' -> '\b';
      case 'f' -> '\f';
      case 'u' -> code();
      case '"', '\\', '/' -> c;
      default -> {
        at--;
        throw unexpected("an escape");
      }
    };
  }

  private char code() {
    try {
      int code = Integer.parseInt(text.substring(at, at + 4), 16);
      at += 4;
      return (char) code;
    } catch (IndexOutOfBoundsException | NumberFormatException e) {
      throw unexpected("four hexadecimal digits");
    }
  }

  private Object number() {
    int start = at;
    while (at < text.length() && "+-.eE0123456789".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
    String digits = text.substring(start, at);
    if (!digits.matches("-?\\d+(\\.\\d+)?([eE][-+]?\\d+)?")) {
      at = start;
      throw unexpected("a value");
    }
    BigDecimal number = Arithmetic.parse(digits, call.at());
    if (digits.matches("-?\\d+")) {
      if (number.precision() < 19) {
        long whole = number.longValue();
        return whole == (int) whole ? (Object) (int) whole : (Object) whole;
      }
      return number.toBigInteger();
    }
    return number;
  }
}
