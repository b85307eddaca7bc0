package dev.naru.pipeline.lint;

import java.util.ArrayList;
import java.util.List;

/**
 * Comments, strings and brackets of a Groovy text, found in one pass. It never fails: what is
 * unclosed ends with the text, so that a file is read while it is being typed.
 */
final class GroovyLexer {
  enum Kind {
    COMMENT,
    STRING,
    OPEN,
    CLOSE
  }

  /** Offsets; {@code to} is after the last character. */
  record Token(Kind kind, int from, int to) {
    boolean contains(int offset) {
      return from <= offset && offset < to;
    }
  }

  private static final int NESTING_MAX = 200;

  private final String text;
  private final List<Token> tokens = new ArrayList<>();
  private char last = '(';

  private GroovyLexer(String text) {
    this.text = text;
  }

  static List<Token> scan(String text) {
    GroovyLexer lexer = new GroovyLexer(text);
    int i = 0;
    while (i < text.length()) {
      i = lexer.next(i);
    }
    return List.copyOf(lexer.tokens);
  }

  private int next(int i) {
    char c = text.charAt(i);
    if (Character.isWhitespace(c)) {
      return i + 1;
    }
    int end = i + 1;
    if (text.startsWith("//", i) || (i == 0 && text.startsWith("#!"))) {
      int newline = text.indexOf('\n', i);
      return add(Kind.COMMENT, i, newline < 0 ? text.length() : newline);
    } else if (text.startsWith("/*", i)) {
      int close = text.indexOf("*/", i + 2);
      return add(Kind.COMMENT, i, close < 0 ? text.length() : close + 2);
    } else if (startsString(i)) {
      end = add(Kind.STRING, i, stringEnd(text, i, 0));
    } else if (c == '{' || c == '(' || c == '[') {
      add(Kind.OPEN, i, end);
    } else if (c == '}' || c == ')' || c == ']') {
      add(Kind.CLOSE, i, end);
    }
    last = text.charAt(end - 1);
    if (end > i + 1) {
      last = '"';
    }
    return end;
  }

  private int add(Kind kind, int from, int to) {
    tokens.add(new Token(kind, from, to));
    return to;
  }

  /** A slash opens a string after an operator or an opening bracket, else it divides. */
  private boolean startsString(int i) {
    char c = text.charAt(i);
    if (c == '\'' || c == '"') {
      return true;
    }
    boolean value = "=~([,:{".indexOf(last) >= 0;
    if (text.startsWith("$/", i)) {
      return value;
    }
    if (c != '/' || !value) {
      return false;
    }
    int newline = text.indexOf('\n', i);
    int close = text.indexOf('/', i + 1);
    return close > 0 && (newline < 0 || close < newline);
  }

  /** What closes the string that starts at {@code i}. */
  static String delimiter(String text, int i) {
    char c = text.charAt(i);
    if (c == '$') {
      return "/$";
    }
    String triple = String.valueOf(c).repeat(3);
    return c != '/' && text.startsWith(triple, i) ? triple : String.valueOf(c);
  }

  /** The offset after the string that starts at {@code i}. */
  static int stringEnd(String text, int i, int depth) {
    String close = delimiter(text, i);
    boolean dollars = close.charAt(0) != '\'';
    int at = i + (close.equals("/$") ? 2 : close.length());
    while (at < text.length()) {
      char c = text.charAt(at);
      if (text.startsWith(close, at)) {
        return at + close.length();
      } else if (c == '\n' && close.length() == 1 && close.charAt(0) != '/') {
        return at;
      } else if (c == '\\' && !close.equals("/$")) {
        at += 2;
      } else if (dollars && text.startsWith("${", at) && depth < NESTING_MAX) {
        at = bracesEnd(text, at + 1, depth + 1);
      } else {
        at++;
      }
    }
    return text.length();
  }

  /** The offset after the closing brace of the one that is at {@code i}. */
  static int bracesEnd(String text, int i, int depth) {
    int open = 0;
    int at = i;
    while (at < text.length()) {
      char c = text.charAt(at);
      if (c == '\'' || c == '"') {
        at = depth < NESTING_MAX ? stringEnd(text, at, depth) : at + 1;
        continue;
      }
      open += c == '{' ? 1 : c == '}' ? -1 : 0;
      at++;
      if (open == 0) {
        return at;
      }
    }
    return text.length();
  }
}
