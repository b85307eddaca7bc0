package dev.naru.pipeline.lint;

import dev.naru.pipeline.lang.GroovyLexer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;

/** The blocks around a place, by brackets alone, so that it works in an unfinished file. */
final class Blocks {
  private static final int HEAD_MAX = 200;

  private Blocks() {}

  /** What stands before the brace of each block around {@code offset}, outermost first. */
  static List<String> around(SourceText text, int offset) {
    Deque<Integer> open = new ArrayDeque<>();
    for (GroovyLexer.Token token : text.tokens()) {
      if (token.from() >= offset) {
        break;
      }
      if (token.kind() == GroovyLexer.Kind.OPEN) {
        open.push(token.from());
      } else if (token.kind() == GroovyLexer.Kind.CLOSE && !open.isEmpty()) {
        open.pop();
      }
    }
    List<String> heads = new ArrayList<>();
    for (int at : open) {
      if (text.text().charAt(at) == '{') {
        heads.add(head(text, at));
      }
    }
    Collections.reverse(heads);
    return heads;
  }

  /** The text from the end of the statement before to the brace. */
  private static String head(SourceText text, int brace) {
    int from = brace;
    int least = Math.max(0, brace - HEAD_MAX);
    while (from > least && "{};\n".indexOf(text.text().charAt(from - 1)) < 0) {
      from--;
    }
    return text.text().substring(from, brace).strip();
  }
}
