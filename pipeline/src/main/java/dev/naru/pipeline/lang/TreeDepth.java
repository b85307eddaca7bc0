package dev.naru.pipeline.lang;

import groovyjarjarantlr4.v4.runtime.Token;
import groovyjarjarantlr4.v4.runtime.tree.ParseTree;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import org.apache.groovy.parser.antlr4.GroovyParser.CommandExpressionContext;
import org.apache.groovy.parser.antlr4.GroovyParser.GroovyParserRuleContext;
import org.apache.groovy.parser.antlr4.GroovyParser.PathExpressionContext;

/**
 * How deep the tree of a text is. A chain ({@code a + b + c}, {@code a.b().c()}, else-if) nests
 * without a bracket, and whoever walks the tree needs stack for every link of it.
 */
final class TreeDepth {
  /** Walkers have an ordinary thread's stack; they need less than 1 KB of it for a level. */
  static final int LEVELS_MAX = 1_000;

  private record Level(ParseTree tree, int depth) {}

  private TreeDepth() {}

  /** Where something begins that is deeper than {@link #LEVELS_MAX}. */
  static Optional<Position> exceeded(ParseTree root) {
    Deque<Level> todo = new ArrayDeque<>();
    todo.push(new Level(root, 0));
    while (!todo.isEmpty()) {
      Level level = todo.pop();
      ParseTree tree = level.tree();
      int count = tree.getChildCount();
      int depth = level.depth();
      if (tree instanceof PathExpressionContext || tree instanceof CommandExpressionContext) {
        // The grammar has these chains flat.
        depth += count;
      } else if (count > 1) {
        depth++;
      }
      if (depth > LEVELS_MAX && tree instanceof GroovyParserRuleContext rule) {
        Token start = rule.getStart();
        return Optional.of(new Position(start.getLine(), start.getCharPositionInLine() + 1));
      }
      for (int i = 0; i < count; i++) {
        todo.push(new Level(tree.getChild(i), depth));
      }
    }
    return Optional.empty();
  }
}
