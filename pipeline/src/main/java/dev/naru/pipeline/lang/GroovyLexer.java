package dev.naru.pipeline.lang;

import java.util.ArrayList;
import java.util.List;

/**
 * The one reading of a Groovy text without its grammar: comments, strings with the code inside of
 * them, brackets, words. It never fails, so that a file is read while it is being typed: what is
 * unclosed ends with its line or the text, and says so.
 */
public final class GroovyLexer {
  /** A {@code HOLE} is <code>${…}</code> in a string, with its braces. */
  public enum Kind {
    COMMENT,
    STRING,
    HOLE,
    OPEN,
    CLOSE,
    NAME,
    NUMBER,
    OTHER
  }

  /**
   * Everything in a text but white space is in one token.
   *
   * @param from offset of its first character
   * @param to offset after its last character
   * @param end what closes a comment, a string or a hole; empty for other tokens
   * @param closed whether that end is there
   * @param inside a string's holes, a hole's tokens
   */
  public record Token(Kind kind, int from, int to, String end, boolean closed, List<Token> inside) {
    public Token {
      inside = List.copyOf(inside);
    }

    public boolean contains(int offset) {
      return from <= offset && offset < to;
    }
  }

  /** Strings in holes in strings; deeper ones are read as code. */
  private static final int NESTING_MAX = 150;

  private final String text;
  private int i;
  private char last = '(';

  /**
   * Whether a hole of a string of one line may go on in the next one. It may in Groovy; where it
   * does not end so, a brace or a quote is missing, and then no other one is followed either.
   */
  private boolean holesOverLines = true;

  private GroovyLexer(String text) {
    this.text = text;
  }

  /** All of {@code text}, outermost tokens in order. */
  public static List<Token> scan(String text) {
    GroovyLexer lexer = new GroovyLexer(text);
    List<Token> tokens = new ArrayList<>();
    while (lexer.i < text.length()) {
      if (Character.isWhitespace(text.charAt(lexer.i))) {
        lexer.i++;
      } else {
        tokens.add(lexer.token(0));
      }
    }
    return List.copyOf(tokens);
  }

  private Token token(int depth) {
    int from = i;
    char c = text.charAt(i);
    if (text.startsWith("//", i) || (i == 0 && text.startsWith("#!"))) {
      i = lineEnd(i);
      return new Token(Kind.COMMENT, from, i, "\n", true, List.of());
    }
    if (text.startsWith("/*", i)) {
      int close = text.indexOf("*/", i + 2);
      i = close < 0 ? text.length() : close + 2;
      return new Token(Kind.COMMENT, from, i, "*/", close >= 0, List.of());
    }
    if (depth < NESTING_MAX && startsString()) {
      Token string = string(depth);
      last = '"';
      return string;
    }
    i++;
    last = c;
    Kind kind = Kind.OTHER;
    if (c == '{' || c == '(' || c == '[') {
      kind = Kind.OPEN;
    } else if (c == '}' || c == ')' || c == ']') {
      kind = Kind.CLOSE;
    } else if (Character.isJavaIdentifierStart(c)) {
      kind = Kind.NAME;
      while (i < text.length() && Character.isJavaIdentifierPart(text.charAt(i))) {
        i++;
      }
    } else if (Character.isDigit(c)) {
      kind = Kind.NUMBER;
      while (i < text.length() && Character.isLetterOrDigit(text.charAt(i))) {
        i++;
      }
    }
    return new Token(kind, from, i, "", true, List.of());
  }

  private int lineEnd(int from) {
    int newline = text.indexOf('\n', from);
    return newline < 0 ? text.length() : newline;
  }

  /** A slash opens a string after an operator or an opening bracket, else it divides. */
  private boolean startsString() {
    char c = text.charAt(i);
    if (c == '\'' || c == '"') {
      return true;
    }
    boolean value = "=~([,:{".indexOf(last) >= 0;
    if (text.startsWith("$/", i)) {
      return value;
    }
    return c == '/' && value && slashEnd(i + 1) < lineEnd(i);
  }

  /** The next slash in the line that is not escaped, else the end of the line or beyond. */
  private int slashEnd(int from) {
    int at = from;
    int end = lineEnd(from);
    while (at < end && text.charAt(at) != '/') {
      at += text.charAt(at) == '\\' ? 2 : 1;
    }
    return at;
  }

  private static String delimiter(String text, int at) {
    char c = text.charAt(at);
    if (c == '$') {
      return "/$";
    }
    String triple = String.valueOf(c).repeat(3);
    return c != '/' && text.startsWith(triple, at) ? triple : String.valueOf(c);
  }

  private Token string(int depth) {
    int from = i;
    String end = delimiter(text, from);
    boolean oneLine = end.equals("'") || end.equals("\"");
    if (!oneLine || !holesOverLines) {
      return string(from, end, depth, false);
    }
    Token string = string(from, end, depth, true);
    if (string.closed() || lineEnd(from) >= string.to()) {
      return string;
    }
    holesOverLines = false;
    i = from;
    return string(from, end, depth, false);
  }

  private Token string(int from, String end, int depth, boolean holesOverLines) {
    boolean oneLine = end.equals("'") || end.equals("\"");
    boolean holes = end.charAt(0) != '\'';
    boolean escapes = !end.equals("/$");
    List<Token> inside = new ArrayList<>();
    i = from + (escapes ? end.length() : 2);
    while (i < text.length()) {
      char c = text.charAt(i);
      if (text.startsWith(end, i)) {
        i += end.length();
        return new Token(Kind.STRING, from, i, end, true, inside);
      } else if (c == '\n' && oneLine) {
        break;
      } else if (c == '\\' && escapes) {
        boolean lineEnds = oneLine && i + 1 < text.length() && text.charAt(i + 1) == '\n';
        i = Math.min(text.length(), i + (lineEnds ? 1 : 2));
      } else if (holes && text.startsWith("${", i)) {
        inside.add(hole(depth + 1, oneLine && !holesOverLines));
      } else {
        i++;
      }
    }
    return new Token(Kind.STRING, from, i, end, false, inside);
  }

  private Token hole(int depth, boolean oneLine) {
    int from = i;
    int open = 1;
    List<Token> inside = new ArrayList<>();
    i += 2;
    last = '{';
    while (i < text.length()) {
      char c = text.charAt(i);
      if (c == '\n' && oneLine) {
        break;
      } else if (Character.isWhitespace(c)) {
        i++;
      } else if (c == '}' && open == 1) {
        i++;
        return new Token(Kind.HOLE, from, i, "}", true, inside);
      } else {
        open += c == '{' ? 1 : c == '}' ? -1 : 0;
        inside.add(token(depth));
      }
    }
    return new Token(Kind.HOLE, from, i, "}", false, inside);
  }
}
