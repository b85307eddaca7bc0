package dev.naru.pipeline.lang;

import java.util.Collection;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * Values as text: as they stand in a double-quoted string, and as {@code inspect()} quotes them.
 * The text is bounded by {@link Limits#TEXT_MAX_CHARS}, so that lists that hold one list many times
 * cannot grow without end.
 */
final class Printing {
  private final StringBuilder out = new StringBuilder();
  private final boolean quoted;

  private Printing(boolean quoted) {
    this.quoted = quoted;
  }

  static String text(@Nullable Object value) {
    if (value instanceof String s) {
      return s;
    }
    Printing printing = new Printing(false);
    printing.add(value);
    return printing.out.toString();
  }

  static String inspect(@Nullable Object value) {
    Printing printing = new Printing(true);
    printing.add(value);
    return printing.out.toString();
  }

  private void add(@Nullable Object value) {
    Limits.text(out.length());
    switch (value) {
      case null -> out.append("null");
      case String s -> text(s);
      case LazyText s -> text(s.toString());
      case Character c -> out.append(c);
      case RangeValue r -> out.append(quoted ? r.inspect() : r.toString());
      case Collection<?> c -> collection(c);
      case Map<?, ?> m -> map(m);
      case Map.Entry<?, ?> e -> out.append(text(e.getKey())).append('=').append(text(e.getValue()));
      // The JVM's own text has its address, which differs from run to run.
      case Random r -> out.append("random");
      default -> out.append(value);
    }
  }

  private void text(String s) {
    if (!quoted) {
      out.append(s);
      return;
    }
    out.append('\'');
    for (int i = 0; i < s.length(); i++) {
      char c = s.charAt(i);
      switch (c) {
        case '\n' -> out.append("\\n");
        case '\r' -> out.append("\\r");
        case '\t' -> out.append("\\t");
        case '\b' -> out.append("\\b");
        case '\f' -> out.append("\\f");
        case '\'' -> out.append("\\'");
        case '\\' -> out.append("\\\\");
        default -> out.append(c);
      }
    }
    out.append('\'');
  }

  private void collection(Collection<?> all) {
    out.append('[');
    boolean first = true;
    for (Object o : all) {
      if (!first) {
        out.append(", ");
      }
      first = false;
      if (o == all) {
        out.append("(this Collection)");
      } else {
        add(o);
      }
    }
    out.append(']');
  }

  private void map(Map<?, ?> map) {
    if (map.isEmpty()) {
      out.append("[:]");
      return;
    }
    String separator = "[";
    for (Map.Entry<?, ?> e : map.entrySet()) {
      out.append(separator);
      separator = ", ";
      add(e.getKey());
      out.append(':');
      if (e.getValue() == map) {
        out.append("(this Map)");
      } else {
        add(e.getValue());
      }
    }
    out.append(']');
  }
}
