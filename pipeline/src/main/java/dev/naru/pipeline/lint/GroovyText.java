package dev.naru.pipeline.lint;

import dev.naru.pipeline.lang.BinaryOp;
import dev.naru.pipeline.lang.Expr;
import dev.naru.pipeline.lang.GroovyLexer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What a string expression evaluates to, with the place of each of its characters in the file. A
 * value that Groovy puts in is one {@link #HOLE}.
 */
final class GroovyText {
  static final char HOLE = '\uFFFC';
  private static final Set<String> SHAPING =
      Set.of("stripIndent", "stripMargin", "trim", "strip", "toString");

  /**
   * A value that Groovy puts in.
   *
   * @param index of its {@link #HOLE} in the value
   * @param from offset in the file
   * @param to offset in the file, after its last character
   */
  record Hole(int index, int from, int to) {}

  private final StringBuilder value = new StringBuilder();
  private final List<Hole> holes = new ArrayList<>();
  private int[] offsets = new int[64];

  private GroovyText() {}

  /** The text of {@code expr}; empty when it is no string as written. */
  static Optional<GroovyText> of(SourceText source, Expr expr) {
    GroovyText text = new GroovyText();
    return text.add(source.text(), source, expr) ? Optional.of(text) : Optional.empty();
  }

  String value() {
    return value.toString();
  }

  List<Hole> holes() {
    return holes;
  }

  /** The offset in the file of a character of the value. */
  int offset(int index) {
    return offsets[Math.min(index, Math.max(0, value.length() - 1))];
  }

  private boolean add(String text, SourceText source, Expr expr) {
    int at = source.offset(expr.at());
    switch (expr) {
      case Expr.Literal l when l.value() instanceof String -> {
        return at < text.length() && string(text, source, at);
      }
      case Expr.Interpolated g -> {
        return at < text.length() && string(text, source, at);
      }
      case Expr.Binary b when b.op() == BinaryOp.PLUS -> {
        boolean left = add(text, source, b.left());
        if (!left) {
          operand(text, source.offset(b.left().at()));
        }
        boolean right = add(text, source, b.right());
        if (!right) {
          operand(text, source.offset(b.right().at()));
        }
        return left || right;
      }
      case Expr.Call c when c.target() != null && SHAPING.contains(c.method()) -> {
        return add(text, source, c.target());
      }
      default -> {
        return false;
      }
    }
  }

  /** A value that is joined on by {@code +}; a name is taken whole. */
  private void operand(String text, int from) {
    int to = Math.min(from + 1, text.length());
    while (to < text.length() && (name(text.charAt(to), false) || text.charAt(to) == '.')) {
      to++;
    }
    hole(from, to);
  }

  private boolean string(String text, SourceText source, int start) {
    Optional<GroovyLexer.Token> token = source.string(start);
    if (token.isEmpty()) {
      return false;
    }
    String close = token.get().end();
    boolean slashy = close.startsWith("/");
    boolean holesIn = close.charAt(0) != '\'';
    int i = start + (close.equals("/$") ? 2 : close.length());
    int end = token.get().to() - (token.get().closed() ? close.length() : 0);
    while (i < end) {
      char c = text.charAt(i);
      if (c == '\\' && i + 1 < text.length() && !slashy) {
        i = escape(text, i);
      } else if (c == '\\' && text.startsWith("\\/", i)) {
        put('/', i);
        i += 2;
      } else if (holesIn && c == '$' && holeEnd(text, token.get(), i) > i) {
        int to = holeEnd(text, token.get(), i);
        hole(i, to);
        i = to;
      } else {
        if (c != '\r') {
          put(c, i);
        }
        i++;
      }
    }
    return true;
  }

  private static int holeEnd(String text, GroovyLexer.Token string, int i) {
    for (GroovyLexer.Token hole : string.inside()) {
      if (hole.from() == i) {
        return hole.to();
      }
    }
    int at = i + 1;
    if (at >= text.length() || !name(text.charAt(at), true)) {
      return i;
    }
    while (at < text.length()
        && (name(text.charAt(at), false)
            || (text.charAt(at) == '.'
                && at + 1 < text.length()
                && name(text.charAt(at + 1), true)))) {
      at++;
    }
    return at;
  }

  private static boolean name(char c, boolean first) {
    return c == '_' || Character.isLetter(c) || (!first && Character.isDigit(c));
  }

  private int escape(String text, int i) {
    char c = text.charAt(i + 1);
    switch (c) {
      case 'n' -> put('\n', i);
      case 't' -> put('\t', i);
      case 'r', '\r' -> {}
      case 'b' -> put('\b', i);
      case 'f' -> put('\f', i);
      case 's' -> put(' ', i);
      case '\n' -> {}
      case 'u' -> {
        if (i + 6 <= text.length()
            && text.substring(i + 2, i + 6).chars().allMatch(d -> Character.digit(d, 16) >= 0)) {
          put((char) Integer.parseInt(text.substring(i + 2, i + 6), 16), i);
          return i + 6;
        }
        put(c, i);
      }
      default -> put(c, i);
    }
    return i + 2;
  }

  private void hole(int from, int to) {
    holes.add(new Hole(value.length(), from, to));
    put(HOLE, from);
  }

  private void put(char c, int offset) {
    if (value.length() == offsets.length) {
      offsets = Arrays.copyOf(offsets, offsets.length * 2);
    }
    offsets[value.length()] = offset;
    value.append(c);
  }
}
