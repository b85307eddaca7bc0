package dev.naru.node;

import java.util.Optional;
import java.util.function.Function;

/**
 * {@code $(VAR)} in env values, commands and arguments. An unknown name stays as it is written;
 * {@code $$} is a dollar sign, so {@code $$(VAR)} gives {@code $(VAR)}. Source: Kubernetes, "Define
 * dependent environment variables".
 */
final class Expansion {
  private Expansion() {}

  static String expand(String text, Function<String, Optional<String>> value) {
    StringBuilder out = new StringBuilder(text.length());
    int i = 0;
    while (i < text.length()) {
      char c = text.charAt(i);
      char next = i + 1 < text.length() ? text.charAt(i + 1) : '\0';
      if (c != '$' || (next != '$' && next != '(')) {
        out.append(c);
        i++;
      } else if (next == '$') {
        out.append('$');
        i += 2;
      } else {
        int end = text.indexOf(')', i + 2);
        if (end < 0) {
          out.append(text, i, text.length());
          break;
        }
        String name = text.substring(i + 2, end);
        out.append(value.apply(name).orElse("$(" + name + ")"));
        i = end + 1;
      }
    }
    return out.toString();
  }
}
