package dev.naru.oci.docker;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Just enough JSON for the docker command, which runs without any library: objects are maps, arrays
 * lists, all else is text ({@code null} is the empty text).
 */
final class SmallJson {
  private static final int DEPTH_MAX = 64;

  private final String text;
  private int at;

  private SmallJson(String text) {
    this.text = text;
  }

  /**
   * @throws IllegalArgumentException when the text is no JSON
   */
  static Object parse(String text) {
    SmallJson json = new SmallJson(text);
    Object value = json.value(0);
    json.blank();
    if (json.at < text.length()) {
      throw json.wrong();
    }
    return value;
  }

  /** The members of an object; empty for anything else. */
  static Map<String, Object> object(Object value) {
    Map<String, Object> map = new LinkedHashMap<>();
    if (value instanceof Map<?, ?> members) {
      members.forEach((k, v) -> map.put(String.valueOf(k), v));
    }
    return map;
  }

  /** {@code key} of an object as text; empty when it is not there or no text. */
  static String text(Object value, String key) {
    return object(value).get(key) instanceof String s ? s : "";
  }

  static String quote(String text) {
    StringBuilder out = new StringBuilder("\"");
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        out.append('\\').append(c);
      } else if (c < 0x20) {
        out.append("\\u%04x".formatted((int) c));
      } else {
        out.append(c);
      }
    }
    return out.append('"').toString();
  }

  static String write(Map<String, String> members) {
    List<String> parts = new ArrayList<>();
    members.forEach((k, v) -> parts.add(quote(k) + ":" + quote(v)));
    return "{" + String.join(",", parts) + "}";
  }

  private IllegalArgumentException wrong() {
    return new IllegalArgumentException("not JSON at character " + at);
  }

  private void blank() {
    while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
      at++;
    }
  }

  private char next() {
    if (at >= text.length()) {
      throw wrong();
    }
    return text.charAt(at++);
  }

  private boolean take(char c) {
    blank();
    if (at < text.length() && text.charAt(at) == c) {
      at++;
      return true;
    }
    return false;
  }

  private Object value(int depth) {
    if (depth > DEPTH_MAX) {
      throw wrong();
    }
    if (take('{')) {
      Map<String, Object> map = new LinkedHashMap<>();
      while (!take('}')) {
        if (!map.isEmpty() && !take(',')) {
          throw wrong();
        }
        if (!take('"')) {
          throw wrong();
        }
        String key = string();
        if (!take(':')) {
          throw wrong();
        }
        map.put(key, value(depth + 1));
      }
      return map;
    }
    if (take('[')) {
      List<Object> list = new ArrayList<>();
      while (!take(']')) {
        if (!list.isEmpty() && !take(',')) {
          throw wrong();
        }
        list.add(value(depth + 1));
      }
      return list;
    }
    if (take('"')) {
      return string();
    }
    int start = at;
    while (at < text.length() && "+-.0123456789eEaflnrstu".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
    if (at == start) {
      throw wrong();
    }
    String word = text.substring(start, at);
    return word.equals("null") ? "" : word;
  }

  private String string() {
    StringBuilder out = new StringBuilder();
    for (char c = next(); c != '"'; c = next()) {
      if (c != '\\') {
        out.append(c);
        continue;
      }
      char escaped = next();
      switch (escaped) {
        case 'n' -> out.append('\n');
        case 't' -> out.append('\t');
        case 'r' -> out.append('\r');
        case 'b' -> out.append('\b');
        case 'f' -> out.append('\f');
        case 'u' -> {
          if (at + 4 > text.length()) {
            throw wrong();
          }
          out.append((char) Integer.parseInt(text.substring(at, at + 4), 16));
          at += 4;
        }
        default -> out.append(escaped);
      }
    }
    return out.toString();
  }
}
