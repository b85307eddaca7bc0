package dev.naru.pipeline.lang;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A reading of the text's brackets, strings and comments alone. It tells how deep the file nests
 * before the parser is let at it, and where a bracket or a quote is missing, which Groovy's parser
 * reports where it gave up, often at the file's first word.
 *
 * <p>Which brace is the unclosed one is judged by indentation: a closing one that starts a line
 * further left than the line which opened the innermost block belongs to an outer block.
 */
final class SourceScan {
  private record Open(char bracket, Position at, int indent, boolean inString) {}

  private final String text;
  private final Deque<Open> open = new ArrayDeque<>();
  private int i;
  private int line = 1;
  private int lineStart;
  private int indent;
  private boolean lineBlank = true;
  private char last = '\n';
  private int depth;
  private @Nullable Position deepest;
  private @Nullable Open suspect;
  private @Nullable Diagnostic fault;

  private SourceScan(String text) {
    this.text = text;
  }

  static SourceScan of(String text) {
    SourceScan scan = new SourceScan(text);
    scan.run();
    return scan;
  }

  int depth() {
    return depth;
  }

  Optional<Position> deepest() {
    return Optional.ofNullable(deepest);
  }

  Optional<Diagnostic> fault() {
    return Optional.ofNullable(fault);
  }

  private void run() {
    while (i < text.length() && fault == null) {
      char c = text.charAt(i);
      if (c == '\n') {
        newLine();
        i++;
      } else if (Character.isWhitespace(c)) {
        i++;
        if (lineBlank) {
          indent++;
        }
      } else {
        code(c);
      }
    }
    if (fault == null && !open.isEmpty()) {
      Open unclosed = suspect != null ? suspect : open.getFirst();
      fault =
          Diagnostic.error(
              unclosed.at(),
              "'"
                  + unclosed.bracket()
                  + "' is not closed: a matching '"
                  + closer(unclosed.bracket())
                  + "' is missing");
    }
  }

  private void newLine() {
    line++;
    lineStart = i + 1;
    indent = 0;
    lineBlank = true;
    last = '\n';
  }

  private void code(char c) {
    switch (c) {
      case '/' -> slash();
      case '\'', '"' -> string(c);
      case '$' -> {
        if (text.startsWith("$/", i) && (last == '=' || last == '(' || last == ',')) {
          delimited("/$", "a dollar-slashy string", 2);
        } else {
          step(c);
        }
      }
      case '{', '(', '[' -> {
        open.push(new Open(c, here(), indent, false));
        if (open.size() > depth) {
          depth = open.size();
          deepest = here();
        }
        step(c);
      }
      case '}', ')', ']' -> {
        close(c);
        step(c);
      }
      default -> step(c);
    }
  }

  private void step(char c) {
    last = c;
    lineBlank = false;
    i++;
  }

  private Position here() {
    return new Position(line, i - lineStart + 1);
  }

  private static char closer(char bracket) {
    return bracket == '{' ? '}' : bracket == '(' ? ')' : ']';
  }

  private void close(char c) {
    Open top = open.peek();
    if (top == null) {
      fault = Diagnostic.error(here(), "'" + c + "' closes nothing: there is one too many");
      return;
    }
    if (closer(top.bracket()) != c) {
      fault =
          Diagnostic.error(
              top.at(),
              "'"
                  + top.bracket()
                  + "' is not closed: '"
                  + closer(top.bracket())
                  + "' is missing before the '"
                  + c
                  + "' at "
                  + here());
      return;
    }
    if (c == '}' && lineBlank && suspect == null && indent < top.indent()) {
      suspect = top;
    }
    open.pop();
  }

  private void slash() {
    if (text.startsWith("//", i)) {
      while (i < text.length() && text.charAt(i) != '\n') {
        i++;
      }
    } else if (text.startsWith("/*", i)) {
      delimited("*/", "a comment", 2);
    } else if (regexMayStart()) {
      int end = i + 1;
      while (end < text.length() && text.charAt(end) != '/' && text.charAt(end) != '\n') {
        end += text.charAt(end) == '\\' ? 2 : 1;
      }
      if (end < text.length() && text.charAt(end) == '/') {
        i = end;
      }
      step('/');
    } else {
      step('/');
    }
  }

  /** A slash divides after a value, and opens a string after an operator. */
  private boolean regexMayStart() {
    return last == '=' || last == '~' || last == '(' || last == ',' || last == '[' || last == ':';
  }

  private void delimited(String end, String what, int skip) {
    Position start = here();
    int found = text.indexOf(end, i + skip);
    if (found < 0) {
      fault = Diagnostic.error(start, what + " is not closed: '" + end + "' is missing");
      return;
    }
    while (i < found) {
      if (text.charAt(i) == '\n') {
        newLine();
      }
      i++;
    }
    i += end.length() - 1;
    step('"');
  }

  private void string(char quote) {
    String triple = String.valueOf(quote).repeat(3);
    Position start = here();
    boolean multi = text.startsWith(triple, i);
    lineBlank = false;
    i += multi ? 3 : 1;
    while (i < text.length()) {
      char c = text.charAt(i);
      if (multi ? text.startsWith(triple, i) : c == quote) {
        i += multi ? 2 : 0;
        step(quote);
        return;
      }
      if (c == '\n' && !multi) {
        break;
      }
      if (c == '\n') {
        newLine();
        lineBlank = false;
      }
      if (c == '$' && quote == '"' && text.startsWith("${", i)) {
        interpolation();
        if (fault != null) {
          return;
        }
      } else {
        i += c == '\\' && i + 1 < text.length() && text.charAt(i + 1) != '\n' ? 2 : 1;
      }
    }
    fault =
        Diagnostic.error(
            start, "the string is not closed: " + (multi ? triple : quote) + " is missing");
  }

  private void interpolation() {
    int base = open.size();
    i++;
    open.push(new Open('{', here(), indent, true));
    i++;
    while (i < text.length() && fault == null && open.size() > base) {
      char c = text.charAt(i);
      if (c == '\n') {
        newLine();
        i++;
      } else if (Character.isWhitespace(c)) {
        i++;
      } else {
        lineBlank = false;
        code(c);
      }
    }
  }
}
