package dev.naru.pipeline.lang;

import dev.naru.pipeline.lang.GroovyLexer.Kind;
import dev.naru.pipeline.lang.GroovyLexer.Token;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A judgement of the text's brackets and strings, as {@link GroovyLexer} finds them. It tells how
 * deep the file nests before the parser is let at it, and where a bracket or a quote is missing,
 * which Groovy's parser reports where it gave up, often at the file's first word.
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

  /** A place where a comma may be missing, or what is in a string is wrong. */
  record Doubt(int offset, Diagnostic diagnostic, boolean comma) {}

  private enum Previous {
    OTHER,
    NAME,
    VALUE
  }

  /** After these a slash opens a string. */
  private static final String OPERATORS = "=~(,[:{";

  /** What may follow a backslash in a quoted string. */
  private static final String ESCAPED = "btnfrs\"'\\$u01234567\n\r";

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
  private char lastToken = '\n';
  private Previous previous = Previous.OTHER;
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
    code(GroovyLexer.scan(text));
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

  /** Such a file is refused, so only the place where it is deepest is still looked for. */
  private boolean tooDeep() {
    return depth > GroovyParser.NESTING_MAX;
  }

  private void code(List<Token> tokens) {
    for (Token token : tokens) {
      if (fault != null) {
        return;
      }
      blanks(token.from());
      code(token);
    }
  }

  /** Moves over white space. */
  private void blanks(int to) {
    for (; i < to; i++) {
      if (text.charAt(i) == '\n') {
        newLine();
      } else if (lineBlank) {
        indent++;
      }
    }
  }

  /** Moves over text whose indentation says nothing. */
  private void lines(int to) {
    for (; i < to; i++) {
      if (text.charAt(i) == '\n') {
        newLine();
      }
    }
  }

  private void newLine() {
    line++;
    lineStart = i + 1;
    indent = 0;
    lineBlank = true;
  }

  private void code(Token token) {
    char c = text.charAt(token.from());
    if (token.kind() == Kind.COMMENT) {
      comment(token);
      return;
    }
    if (lineBlank) {
      layout.line(line, indent);
    }
    switch (token.kind()) {
      case STRING -> string(token, c);
      case OPEN -> {
        push(new Open(c, here(), i, indent, false));
        step(c);
      }
      case CLOSE -> {
        close(c);
        value(c);
      }
      case NAME -> word(token);
      case NUMBER -> {
        doubtComma(false);
        i = token.to() - 1;
        value('0');
      }
      case OTHER -> other(c);
      case COMMENT, HOLE -> {}
    }
  }

  private void comment(Token comment) {
    if (comment.closed()) {
      lines(comment.to());
    } else {
      fault = Diagnostic.error(here(), "a comment is not closed: '*/' is missing");
    }
  }

  private void push(Open bracket) {
    open.push(bracket);
    if (open.size() > depth) {
      depth = open.size();
      deepest = bracket.at();
    }
  }

  private void other(char c) {
    Open top = open.peek();
    if (c == ',' && lastToken == ',' && top != null && top.bracket() == '(') {
      doubledCommas.add(i);
    } else if (c == '?' && text.startsWith("?[", i) && i > 0 && text.charAt(i - 1) == ' ') {
      listChoices.add(i);
    } else if (c == '/' && OPERATORS.indexOf(lastToken) >= 0) {
      doubts.add(
          new Doubt(
              i,
              Diagnostic.error(here(), "the string is not closed: '/' is missing in its line"),
              false));
    }
    step(c);
  }

  private void word(Token token) {
    String word = text.substring(token.from(), token.to());
    boolean known = WORDS.contains(word);
    if (!known) {
      doubtComma(false);
    }
    i = token.to() - 1;
    step('a');
    previous = known ? Previous.OTHER : Previous.NAME;
  }

  private void step(char c) {
    lastToken = c;
    previous = Previous.OTHER;
    lineBlank = false;
    layout.code(c, line, i - lineStart + 1);
    i++;
  }

  private void value(char c) {
    step(c);
    previous = Previous.VALUE;
  }

  /** Two values with nothing between them, inside of parentheses or a list. */
  private void doubtComma(boolean string) {
    Open top = open.peek();
    if (top != null
        && top.bracket() != '{'
        && (previous == Previous.VALUE || (previous == Previous.NAME && string))) {
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
    if (tooDeep()) {
      open.poll();
      return;
    }
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

  private void string(Token string, char quote) {
    boolean quoted = quote == '\'' || quote == '"';
    boolean triple = string.end().length() == 3;
    Position start = here();
    if (quoted) {
      doubtComma(true);
      doubtText(string, quote);
    }
    lineBlank = false;
    for (Token hole : string.inside()) {
      inString(hole.from());
      hole(hole, triple);
      if (fault != null) {
        return;
      }
    }
    int last = string.to() - 1;
    if (string.closed()) {
      inString(string.to() - string.end().length());
      if (triple) {
        triples.closed(quote, start, text.substring(lineStart, i), line);
      }
      i = last;
      value(quote == '$' ? '"' : quote);
      return;
    }
    Position blamed = triple ? triples.unclosed(quote, start) : start;
    fault =
        Diagnostic.error(
            blamed,
            (quote == '$' ? "a dollar-slashy string" : "the string")
                + " is not closed: "
                + (quoted ? string.end() : "'" + string.end() + "'")
                + " is missing");
  }

  /** The text of a quoted string, without its holes. */
  private void doubtText(Token string, char quote) {
    int from = string.from() + string.end().length();
    for (Token hole : string.inside()) {
      doubtText(from, hole.from(), quote);
      from = hole.to();
    }
    doubtText(from, string.to() - (string.closed() ? string.end().length() : 0), quote);
  }

  private void doubtText(int from, int to, char quote) {
    for (int at = from; at < to; at++) {
      char c = text.charAt(at);
      char next = at + 1 < text.length() ? text.charAt(at + 1) : ' ';
      if (c == '\\') {
        if (ESCAPED.indexOf(next) < 0) {
          doubtText(at, "'\\" + next + "' means nothing in a string: write '\\\\" + next + "'");
        }
        at++;
      } else if (c == '$'
          && quote == '"'
          && next != '{'
          && (next == '$' || !Character.isJavaIdentifierStart(next))) {
        doubtText(
            at, "no name follows the '$': write '\\$' for a dollar sign, or use single quotes");
      }
    }
  }

  private void doubtText(int at, String message) {
    int newlines = (int) text.substring(i, at).chars().filter(c -> c == '\n').count();
    int start = newlines == 0 ? lineStart : text.lastIndexOf('\n', at) + 1;
    Position place = new Position(line + newlines, at - start + 1);
    doubts.add(new Doubt(at, Diagnostic.error(place, message), false));
  }

  private void inString(int to) {
    lines(to);
    lineBlank = false;
  }

  private void hole(Token hole, boolean triple) {
    int base = open.size();
    Position start = here();
    i++;
    push(new Open('{', here(), i, indent, true));
    i++;
    for (Token token : hole.inside()) {
      inString(token.from());
      code(token);
      if (fault != null) {
        break;
      }
    }
    if (hole.closed() && fault == null) {
      inString(hole.to() - 1);
      close('}');
      value('}');
    } else if (!hole.closed() && !triple && open.size() > base) {
      fault = Diagnostic.error(start, "'${' is not closed: '}' is missing");
    }
  }
}
