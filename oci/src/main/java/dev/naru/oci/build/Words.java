package dev.naru.oci.build;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Splitting into words and replacing of variables, as Dockerfiles do it.
 *
 * <p>Source: Docker's "Dockerfile reference", "Environment replacement".
 */
final class Words {
  private final char escape;
  private final String text;
  private final Map<String, String> variables;
  private int at;

  private Words(String text, char escape, Map<String, String> variables) {
    this.text = text;
    this.escape = escape;
    this.variables = variables;
  }

  /** Words parted by white space outside of quotes; quotes and escapes stay. */
  static List<String> split(String text, char escape) {
    List<String> words = new ArrayList<>();
    StringBuilder word = new StringBuilder();
    char quote = 0;
    boolean any = false;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (quote == 0 && Character.isWhitespace(c)) {
        if (any) {
          words.add(word.toString());
          word.setLength(0);
          any = false;
        }
        continue;
      }
      any = true;
      word.append(c);
      if (c == escape && quote != '\'' && i + 1 < text.length()) {
        word.append(text.charAt(++i));
      } else if (quote == 0 && (c == '"' || c == '\'')) {
        quote = c;
      } else if (c == quote) {
        quote = 0;
      }
    }
    if (any) {
      words.add(word.toString());
    }
    return words;
  }

  /**
   * Replaces variables and takes quotes and escapes away.
   *
   * @throws IllegalArgumentException with what is wrong
   */
  static String expand(String text, char escape, Map<String, String> variables) {
    return new Words(text, escape, variables).until((char) 0);
  }

  /** Replaces variables and leaves quotes alone, as in an unquoted heredoc. */
  static String expandOnly(String text, char escape, Map<String, String> variables) {
    Words words = new Words(text, escape, variables);
    StringBuilder out = new StringBuilder();
    while (words.at < text.length()) {
      char c = text.charAt(words.at);
      if (c == escape && words.at + 1 < text.length() && text.charAt(words.at + 1) == '$') {
        out.append('$');
        words.at += 2;
      } else if (c == '$') {
        out.append(words.variable());
      } else {
        out.append(c);
        words.at++;
      }
    }
    return out.toString();
  }

  /** Reads to {@code end} outside of quotes, or to the end of the text when that is 0. */
  private String until(char end) {
    StringBuilder out = new StringBuilder();
    while (at < text.length()) {
      char c = text.charAt(at);
      if (end != 0 && c == end) {
        return out.toString();
      }
      if (c == '\'') {
        int close = text.indexOf('\'', at + 1);
        if (close < 0) {
          throw new IllegalArgumentException("a single quote is not closed");
        }
        out.append(text, at + 1, close);
        at = close + 1;
      } else if (c == '"') {
        at++;
        quoted(out);
      } else if (c == '$') {
        out.append(variable());
      } else if (c == escape) {
        at++;
        if (at < text.length()) {
          out.append(text.charAt(at++));
        } else {
          out.append(c);
        }
      } else {
        out.append(c);
        at++;
      }
    }
    if (end != 0) {
      throw new IllegalArgumentException("'${' is not closed by '" + end + "'");
    }
    return out.toString();
  }

  private void quoted(StringBuilder out) {
    while (at < text.length()) {
      char c = text.charAt(at);
      if (c == '"') {
        at++;
        return;
      }
      if (c == '$') {
        out.append(variable());
      } else if (c == escape && at + 1 < text.length()) {
        char next = text.charAt(at + 1);
        if (next != '"' && next != '$' && next != escape) {
          out.append(c);
        }
        out.append(next);
        at += 2;
      } else {
        out.append(c);
        at++;
      }
    }
    throw new IllegalArgumentException("a double quote is not closed");
  }

  private String variable() {
    at++;
    if (at < text.length() && text.charAt(at) == '{') {
      at++;
      String name = name();
      String value = braced(name, variables.get(name));
      at++;
      return value;
    }
    String name = name();
    return name.isEmpty() ? "$" : Optional.ofNullable(variables.get(name)).orElse("");
  }

  private String braced(String name, @Nullable String value) {
    if (name.isEmpty() || at >= text.length()) {
      throw new IllegalArgumentException("'${' without a variable's name and '}'");
    }
    char operator = text.charAt(at);
    if (operator == '}') {
      return value == null ? "" : value;
    }
    boolean colon = operator == ':';
    if (colon) {
      at++;
      operator = at < text.length() ? text.charAt(at) : 0;
    }
    boolean set = value != null && !(colon && value.isEmpty());
    at++;
    switch (operator) {
      case '-' -> {
        String word = until('}');
        return set && value != null ? value : word;
      }
      case '+' -> {
        String word = until('}');
        return set ? word : "";
      }
      case '?' -> {
        String word = until('}');
        if (set && value != null) {
          return value;
        }
        throw new IllegalArgumentException(
            "variable " + name + " is not set" + (word.isEmpty() ? "" : ": " + word));
      }
      default ->
          throw new IllegalArgumentException(
              "'${" + name + (colon ? ":" : "") + operator + "...}' is not supported");
    }
  }

  private String name() {
    int start = at;
    while (at < text.length()
        && (text.charAt(at) == '_'
            || (text.charAt(at) < 0x80 && Character.isLetterOrDigit(text.charAt(at))))) {
      at++;
      if (at == start + 1 && Character.isDigit(text.charAt(start))) {
        break;
      }
    }
    return text.substring(start, at);
  }
}
