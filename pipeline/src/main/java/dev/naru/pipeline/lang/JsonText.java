package dev.naru.pipeline.lang;

import java.util.Collection;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Values as JSON text, as {@code JsonOutput} writes it. */
final class JsonText {
  private static final int INDENT = 4;

  private final StringBuilder out = new StringBuilder();
  private final Methods.Call call;

  private JsonText(Methods.Call call) {
    this.call = call;
  }

  static String of(@Nullable Object value, Methods.Call call) {
    JsonText json = new JsonText(call);
    json.add(value);
    return json.out.toString();
  }

  private void add(@Nullable Object value) {
    call.tick().run();
    Limits.text(out.length());
    switch (value) {
      case null -> out.append("null");
      case Boolean b -> out.append(b);
      case Number n when Double.isNaN(n.doubleValue()) || isInfinite(n) ->
          throw call.fail(
              "JsonException", "Number " + n + " can't be serialized as JSON: infinite or NaN.");
      case Number n -> out.append(n);
      case DateValue d -> string(d.format("yyyy-MM-dd'T'HH:mm:ssZ", "UTC", call));
      case Map<?, ?> m -> map(m);
      case Collection<?> c -> list(c);
      case Map.Entry<?, ?> e -> entry(e);
      default -> string(Values.text(value));
    }
  }

  private static boolean isInfinite(Number n) {
    return (n instanceof Double d && d.isInfinite()) || (n instanceof Float f && f.isInfinite());
  }

  private void map(Map<?, ?> map) {
    out.append('{');
    boolean first = true;
    for (Map.Entry<?, ?> e : map.entrySet()) {
      if (e.getKey() == null) {
        throw call.fail(
            "IllegalArgumentException", "Maps with null keys can't be converted to JSON");
      }
      if (!first) {
        out.append(',');
      }
      first = false;
      string(Values.text(e.getKey()));
      out.append(':');
      add(e.getValue());
    }
    out.append('}');
  }

  private void entry(Map.Entry<?, ?> e) {
    out.append("{\"key\":");
    add(e.getKey());
    out.append(",\"value\":");
    add(e.getValue());
    out.append('}');
  }

  private void list(Collection<?> list) {
    out.append('[');
    boolean first = true;
    for (Object o : list) {
      if (!first) {
        out.append(',');
      }
      first = false;
      add(o);
    }
    out.append(']');
  }

  private void string(String s) {
    out.append('"');
    for (int i = 0; i < s.length(); i++) {
      char c = s.charAt(i);
      switch (c) {
        case '"' -> out.append("\\\"");
        case '\\' -> out.append("\\\\");
        case '\n' -> out.append("\\n");
        case '\r' -> out.append("\\r");
        case '\t' -> out.append("\\t");
        case '\b' -> out.append("\\b");
        case '\f' -> out.append("\\f");
        default -> {
          if (c < ' ' || c > '~') {
            out.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
          } else {
            out.append(c);
          }
        }
      }
    }
    out.append('"');
  }

  /** The JSON text with a line for each value. */
  static String pretty(String json, Methods.Call call) {
    JsonReader.parse(json, call);
    StringBuilder out = new StringBuilder();
    int indent = 0;
    boolean quoted = false;
    for (int i = 0; i < json.length(); i++) {
      char c = json.charAt(i);
      Limits.text((long) out.length() + indent);
      if (quoted) {
        out.append(c);
        if (c == '\\') {
          out.append(json.charAt(++i));
        } else if (c == '"') {
          quoted = false;
        }
        continue;
      }
      switch (c) {
        case '"' -> {
          quoted = true;
          out.append(c);
        }
        case '{', '[' -> {
          indent += INDENT;
          out.append(c).append('\n').repeat(' ', indent);
        }
        case '}', ']' -> {
          indent -= INDENT;
          out.append('\n').repeat(' ', indent).append(c);
        }
        case ',' -> out.append(",\n").repeat(' ', indent);
        case ':' -> out.append(": ");
        case ' ', '\t', '\r', '\n' -> {}
        default -> out.append(c);
      }
    }
    return out.toString();
  }
}
