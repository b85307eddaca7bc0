package dev.naru.gitops.render;

import dev.naru.base.Digest;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The suffix that makes the name of a generated object change with its content, equal to
 * Kustomize's.
 *
 * <p>Source: Kustomize 5 "hasher": SHA-256 of JSON as Go writes it (sorted keys, HTML escaped), the
 * first 10 hex digits with 0, 1, 3, a, e replaced, so that no word can appear.
 */
final class NameHash {
  private NameHash() {}

  static String of(Item item) {
    Map<String, Object> hashed = new TreeMap<>();
    hashed.put("kind", item.kind());
    // Kustomize hashes an empty name: it asks for the name at a path that is never there.
    hashed.put("name", "");
    hashed.put("data", orEmptyText(item.body().get("data")));
    String optional = "binaryData";
    if (item.kind().equals("Secret")) {
      hashed.put("type", orEmptyText(item.body().get("type")));
      optional = "stringData";
    }
    if (item.body().get(optional) instanceof Map<?, ?> more) {
      hashed.put(optional, more);
    }
    StringBuilder json = new StringBuilder();
    write(hashed, json);
    char[] first = Digest.of(json.toString()).hex().substring(0, 10).toCharArray();
    for (int i = 0; i < first.length; i++) {
      first[i] =
          switch (first[i]) {
            case '0' -> 'g';
            case '1' -> 'h';
            case '3' -> 'k';
            case 'a' -> 'm';
            case 'e' -> 't';
            default -> first[i];
          };
    }
    return new String(first);
  }

  private static Object orEmptyText(@Nullable Object value) {
    return value == null ? "" : value;
  }

  private static void write(@Nullable Object value, StringBuilder json) {
    switch (value) {
      case Map<?, ?> map -> {
        json.append('{');
        String comma = "";
        for (Map.Entry<?, ?> entry : new TreeMap<>(map).entrySet()) {
          json.append(comma);
          text(String.valueOf(entry.getKey()), json);
          json.append(':');
          write(entry.getValue(), json);
          comma = ",";
        }
        json.append('}');
      }
      case List<?> list -> {
        json.append('[');
        String comma = "";
        for (Object item : list) {
          json.append(comma);
          write(item, json);
          comma = ",";
        }
        json.append(']');
      }
      case String text -> text(text, json);
      case null -> json.append("null");
      default -> json.append(value);
    }
  }

  private static void text(String text, StringBuilder json) {
    json.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"' -> json.append("\\\"");
        case '\\' -> json.append("\\\\");
        case '\n' -> json.append("\\n");
        case '\r' -> json.append("\\r");
        case '\t' -> json.append("\\t");
        case '\b' -> json.append("\\b");
        case '\f' -> json.append("\\f");
        case '<', '>', '&', '\u2028', '\u2029' -> json.append("\\u%04x".formatted((int) c));
        default -> {
          if (c < ' ') {
            json.append("\\u%04x".formatted((int) c));
          } else {
            json.append(c);
          }
        }
      }
    }
    json.append('"');
  }
}
