package dev.naru.kube;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * One request, from whichever transport.
 *
 * @param path decoded, starts with a slash
 * @param query decoded parameters, in order
 * @param headers by lower-case name
 * @param body whole; empty when there is none
 * @param user who asks
 */
@SuppressWarnings("ArrayRecordComponent") // requests are carried, never compared
record ApiRequest(
    String method,
    String path,
    Map<String, List<String>> query,
    Map<String, String> headers,
    byte[] body,
    String user) {

  /** The first value, or an empty text. */
  String query(String name) {
    List<String> values = query.get(name);
    return values == null || values.isEmpty() ? "" : values.getFirst();
  }

  boolean flag(String name) {
    String value = query(name);
    return value.equals("true") || value.equals("1");
  }

  String header(String name) {
    return headers.getOrDefault(name.toLowerCase(Locale.ROOT), "");
  }

  /** The media type without parameters. */
  String contentType() {
    String type = header("content-type");
    int semicolon = type.indexOf(';');
    return (semicolon < 0 ? type : type.substring(0, semicolon)).trim();
  }

  /** A number, or {@code absent}; anything else is a 400. */
  long number(String name, long absent) {
    String text = query(name);
    if (text.isEmpty()) {
      return absent;
    }
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw StatusException.badRequest("parameter " + name + " is no number: '" + text + "'");
    }
  }

  /** Decodes the raw query of a URI. */
  static Map<String, List<String>> parseQuery(String raw) {
    Map<String, List<String>> query = new LinkedHashMap<>();
    for (String pair : raw.split("&", -1)) {
      if (!pair.isEmpty()) {
        int eq = pair.indexOf('=');
        String name = decode(eq < 0 ? pair : pair.substring(0, eq));
        query
            .computeIfAbsent(name, n -> new ArrayList<>())
            .add(eq < 0 ? "" : decode(pair.substring(eq + 1)));
      }
    }
    return query;
  }

  private static String decode(String text) {
    try {
      return URLDecoder.decode(text, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw StatusException.badRequest("the query is not URL-encoded: " + e.getMessage());
    }
  }
}
