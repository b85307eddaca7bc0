package dev.naru.pipeline.lint;

import dev.naru.pipeline.lang.GroovyLexer;
import dev.naru.pipeline.lang.Position;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The text of a file by offsets and by lines. */
final class SourceText {
  private final String text;
  private final List<Integer> starts = new ArrayList<>(List.of(0));
  private final List<GroovyLexer.Token> tokens;

  SourceText(String text) {
    this.text = text;
    for (int i = text.indexOf('\n'); i >= 0; i = text.indexOf('\n', i + 1)) {
      starts.add(i + 1);
    }
    this.tokens = GroovyLexer.scan(text);
  }

  String text() {
    return text;
  }

  List<GroovyLexer.Token> tokens() {
    return tokens;
  }

  int lines() {
    return starts.size();
  }

  /** The line without its end; empty beyond the last one. */
  String line(int line) {
    if (line < 1 || line > starts.size()) {
      return "";
    }
    int from = starts.get(line - 1);
    int to = line < starts.size() ? starts.get(line) - 1 : text.length();
    String all = text.substring(from, to);
    return all.endsWith("\r") ? all.substring(0, all.length() - 1) : all;
  }

  /** The offset of a place; the nearest one when the text has no such place. */
  int offset(Position at) {
    int line = Math.min(at.line(), starts.size());
    return Math.min(starts.get(line - 1) + at.column() - 1, text.length());
  }

  Position position(int offset) {
    int low = 0;
    int high = starts.size() - 1;
    while (low < high) {
      int middle = (low + high + 1) >>> 1;
      if (starts.get(middle) <= offset) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    return new Position(low + 1, offset - starts.get(low) + 1);
  }

  boolean inComment(int offset) {
    return token(offset).filter(t -> t.kind() == GroovyLexer.Kind.COMMENT).isPresent();
  }

  /** The outermost token that covers {@code offset}; empty for white space. */
  Optional<GroovyLexer.Token> token(int offset) {
    int low = 0;
    int high = tokens.size() - 1;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      GroovyLexer.Token token = tokens.get(middle);
      if (token.contains(offset)) {
        return Optional.of(token);
      } else if (token.from() > offset) {
        high = middle - 1;
      } else {
        low = middle + 1;
      }
    }
    return Optional.empty();
  }

  /** The string that begins at {@code offset}, be it in a value within another string. */
  Optional<GroovyLexer.Token> string(int offset) {
    Optional<GroovyLexer.Token> found = token(offset);
    while (found.isPresent() && found.get().from() < offset) {
      found = found.get().inside().stream().filter(t -> t.contains(offset)).findFirst();
    }
    return found.filter(t -> t.kind() == GroovyLexer.Kind.STRING);
  }
}
