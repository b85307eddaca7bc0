package dev.naru.pipeline.lang;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A reading of the text's brackets, strings and comments alone. It tells how deep the file nests
 * before the parser is let at it, and where a bracket or a quote is missing, which Groovy's parser
 * reports where it gave up, often at the file's first word.
 *
 * <p>Which brace is the unclosed one is judged by {@link Layout}. What only may be wrong is a
 * {@link Doubt}, to be told when the parser refuses the file.
 *
 * <p>One class beyond 300 lines: it is one automaton over one cursor.
 */
final class SourceScan {
  /** A bracket that is open; {@code indent} is that of its line. */
  record Open(char bracket, Position at, int offset, int indent, boolean inString) {}

  /** The offsets of a bracket and of its closing one; none inside of strings. */
  record Pair(char bracket, int open, int close) {}

  /** A place where a comma may be missing, or a slashy string may be unclosed. */
  record Doubt(int offset, Diagnostic diagnostic, boolean comma) {}

  private enum Token {
    OTHER,
    NAME,
    VALUE
  }

  private static final Set<String> WORDS =
      Set.of(
          "in",
          "instanceof",
          "as",
          "return",
          "new",
          "assert",
          "case",
          "throw",
          "else",
          "def",
          "if",
          "final",
          "static");

  private final String text;
  private final Deque<Open> open = new ArrayDeque<>();
  private final List<Pair> pairs = new ArrayList<>();
  private final List<Doubt> doubts = new ArrayList<>();
  private final List<Integer> doubledCommas = new ArrayList<>();
  private final List<Integer> listChoices = new ArrayList<>();
  private final TripleStrings triples = new TripleStrings();
  private final Layout layout = new Layout();
  private int i;
  private int line = 1;
  private int lineStart;
  private int indent;
  private boolean lineBlank = true;
  private char last = '\n';
  private char lastToken = '\n';
  private Token previous = Token.OTHER;
  private int depth;
  private @Nullable Position deepest;
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

  List<Pair> pairs() {
    return pairs;
  }

  List<Doubt> doubts() {
    return doubts;
  }

  /** The offsets of the commas in calls that follow a comma. */
  List<Integer> doubledCommas() {
    return doubledCommas;
  }

  /** The offsets of a {@code ?} that stands right before a list and after a blank. */
  List<Integer> listChoices() {
    return listChoices;
  }

  private void run() {
    if (text.startsWith("#!")) {
      comment();
    }
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
      Open unclosed = layout.unclosed(open.getFirst());
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
    if (lineBlank) {
      layout.line(line, indent);
    }
    switch (c) {
      case '/' -> slash();
      case '\'', '"' -> {
        doubtComma(true);
        string(c);
      }
      case '$' -> {
        if (text.startsWith("$/", i) && (last == '=' || last == '(' || last == ',')) {
          delimited("/$", "a dollar-slashy string", 2);
          value('"');
        } else {
          word();
        }
      }
      case '{', '(', '[' -> {
        open.push(new Open(c, here(), i, indent, false));
        if (open.size() > depth) {
          depth = open.size();
          deepest = here();
        }
        step(c);
      }
      case '}', ')', ']' -> {
        close(c);
        value(c);
      }
      case ',' -> {
        Open top = open.peek();
        if (lastToken == ',' && top != null && top.bracket() == '(') {
          doubledCommas.add(i);
        }
        step(c);
      }
      case '?' -> {
        if (text.startsWith("?[", i) && i > 0 && text.charAt(i - 1) == ' ') {
          listChoices.add(i);
        }
        step(c);
      }
      default -> {
        if (Character.isJavaIdentifierStart(c)) {
          word();
        } else if (Character.isDigit(c)) {
          doubtComma(false);
          while (i < text.length() && Character.isLetterOrDigit(text.charAt(i))) {
            i++;
          }
          i--;
          value('0');
        } else {
          step(c);
        }
      }
    }
  }

  private void word() {
    int start = i;
    int end = i + 1;
    while (end < text.length() && Character.isJavaIdentifierPart(text.charAt(end))) {
      end++;
    }
    String word = text.substring(start, end);
    boolean known = WORDS.contains(word);
    if (!known) {
      doubtComma(false);
    }
    i = end - 1;
    step('a');
    previous = known ? Token.OTHER : Token.NAME;
  }

  private void step(char c) {
    last = c;
    lastToken = c;
    previous = Token.OTHER;
    lineBlank = false;
    layout.code(c, line, i - lineStart + 1);
    i++;
  }

  private void value(char c) {
    step(c);
    previous = Token.VALUE;
  }

  /** Two values with nothing between them, inside of parentheses or a list. */
  private void doubtComma(boolean string) {
    Open top = open.peek();
    if (top != null
        && top.bracket() != '{'
        && (previous == Token.VALUE || (previous == Token.NAME && string))) {
      doubts.add(
          new Doubt(i, Diagnostic.error(here(), "a ',' is missing before this argument"), true));
    }
  }

  private Position here() {
    return new Position(line, i - lineStart + 1);
  }

  private static char closer(char bracket) {
    return bracket == '{' ? '}' : bracket == '(' ? ')' : ']';
  }

  private void close(char c) {
    Open top = open.peek();
    if (top == null || (closer(top.bracket()) != c && stray(c))) {
      fault =
          top == null && c == '}'
              ? layout.tooMany(here())
              : Diagnostic.error(here(), "'" + c + "' closes nothing: there is one too many");
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
    if (c == '}' && lineBlank) {
      layout.closing(top, here(), indent);
    }
    if (open.stream().noneMatch(Open::inString)) {
      pairs.add(new Pair(top.bracket(), top.offset(), i));
    }
    open.pop();
  }

  /** A closing bracket that no open one waits for, up to the block that it is in. */
  private boolean stray(char c) {
    for (Open o : open) {
      if (closer(o.bracket()) == c) {
        return false;
      }
      if (o.bracket() == '{' && c != '}') {
        return true;
      }
    }
    return true;
  }

  private void slash() {
    if (text.startsWith("//", i)) {
      comment();
    } else if (text.startsWith("/*", i)) {
      char before = lastToken;
      Token token = previous;
      delimited("*/", "a comment", 2);
      i++;
      lastToken = before;
      previous = token;
    } else if (regexMayStart()) {
      int end = i + 1;
      while (end < text.length() && text.charAt(end) != '/' && text.charAt(end) != '\n') {
        end += text.charAt(end) == '\\' ? 2 : 1;
      }
      if (end < text.length() && text.charAt(end) == '/') {
        i = end;
        value('/');
      } else {
        doubts.add(
            new Doubt(
                i,
                Diagnostic.error(here(), "the string is not closed: '/' is missing in its line"),
                false));
        step('/');
      }
    } else {
      step('/');
    }
  }

  private void comment() {
    while (i < text.length() && text.charAt(i) != '\n') {
      i++;
    }
  }

  /** A slash divides after a value, and opens a string after an operator. */
  private boolean regexMayStart() {
    return last == '=' || last == '~' || last == '(' || last == ',' || last == '[' || last == ':';
  }

  /** Moves onto the last character of what {@code end} ends. */
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
        if (multi) {
          triples.closed(quote, start, text.substring(lineStart, i), line);
        }
        i += multi ? 2 : 0;
        value(quote);
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
        interpolation(multi);
        if (fault != null) {
          return;
        }
      } else {
        i += c == '\\' && i + 1 < text.length() && text.charAt(i + 1) != '\n' ? 2 : 1;
      }
    }
    Position blamed = multi ? triples.unclosed(quote, start) : start;
    fault =
        Diagnostic.error(
            blamed, "the string is not closed: " + (multi ? triple : quote) + " is missing");
  }

  private void interpolation(boolean multi) {
    int base = open.size();
    Position start = here();
    i++;
    open.push(new Open('{', here(), i, indent, true));
    i++;
    while (i < text.length() && fault == null && open.size() > base) {
      char c = text.charAt(i);
      if (c == '\n' && !multi) {
        break;
      }
      if (c == '\n') {
        newLine();
        lineBlank = false;
        i++;
      } else if (Character.isWhitespace(c)) {
        i++;
      } else {
        lineBlank = false;
        code(c);
      }
    }
    if (!multi && open.size() > base) {
      fault = Diagnostic.error(start, "'${' is not closed: '}' is missing");
    }
  }
}
