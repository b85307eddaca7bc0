package dev.naru.pipeline.lang;

import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A tree as canonical Groovy: parsing what is printed gives the same tree, positions aside. One
 * statement a line, two spaces for each block, single quotes, parentheses around every operand that
 * is not simple.
 */
final class Printer {
  private static final int LINE_MAX_CHARS = 60;

  private final StringBuilder out = new StringBuilder();
  private final ExpressionPrinter expressions = new ExpressionPrinter(this);
  private final ClassPrinter classes = new ClassPrinter(this, expressions);
  private int indent;

  private Printer() {}

  static String print(Program program) {
    Printer p = new Printer();
    p.program(program);
    return p.out.toString();
  }

  /** {@code expr} in one short line, for a message. */
  static String line(Expr expr) {
    String text = whole(expr);
    return text.length() > LINE_MAX_CHARS ? text.substring(0, LINE_MAX_CHARS) + "…" : text;
  }

  /** {@code expr} in one line. */
  static String whole(Expr expr) {
    Printer p = new Printer();
    p.expressions.print(expr);
    return p.out.toString().replaceAll("\\s*\\n\\s*", " ");
  }

  Printer add(String text) {
    out.append(text);
    return this;
  }

  void newLine() {
    out.append('\n').append("  ".repeat(indent));
  }

  private void program(Program program) {
    if (!program.libraries().isEmpty()) {
      add("@Library([")
          .add(
              program.libraries().stream()
                  .map(l -> ExpressionPrinter.quoted(l.name()))
                  .collect(Collectors.joining(", ")))
          .add("]) _\n");
    }
    for (Stmt field : program.fields()) {
      add("@groovy.transform.Field ");
      statement(field);
      add("\n");
    }
    for (Program.ClassType type : program.classes()) {
      classes.type(type);
      add("\n");
    }
    for (Program.Method method : program.methods().values()) {
      classes.method(method, false);
      add("\n");
    }
    boolean first = out.isEmpty();
    for (Stmt stmt : program.body()) {
      next(stmt, first);
      first = false;
      add("\n");
    }
  }

  /** Statements in braces. */
  void block(List<Stmt> body) {
    add("{");
    indented(body);
    add("}");
  }

  /** Statements a step further right, and the line that the closing brace is on. */
  void indented(List<Stmt> body) {
    right();
    statements(body);
    left();
  }

  private void statements(List<Stmt> body) {
    boolean first = true;
    for (Stmt stmt : body) {
      newLine();
      next(stmt, first);
      first = false;
    }
  }

  /** A brace that starts a line would be read as a closure of the line before it. */
  private void next(Stmt stmt, boolean first) {
    if (stmt instanceof Stmt.Block && !first) {
      add("; ");
    }
    statement(stmt);
  }

  void right() {
    indent++;
  }

  /** The line that a closing brace is on. */
  void left() {
    indent--;
    newLine();
  }

  private void label(@Nullable String label) {
    if (label != null) {
      add(label).add(": ");
    }
  }

  private void jump(String word, @Nullable String label) {
    add(word).add(label == null ? "" : " " + label);
  }

  private void statement(Stmt stmt) {
    switch (stmt) {
      case Stmt.Do s -> expressions.statement(s.expr());
      case Stmt.Define s -> define(s);
      case Stmt.If s -> {
        // An assignment is a condition only in parentheses of its own.
        boolean assigns = s.condition() instanceof Expr.Assign a && a.op() == null;
        add(assigns ? "if ((" : "if (");
        expressions.print(s.condition());
        add(assigns ? ")) " : ") ");
        block(s.yes());
        if (!s.no().isEmpty()) {
          add(" else ");
          block(s.no());
        }
      }
      case Stmt.ForIn s -> {
        label(s.label());
        add("for (").add(s.variable().type()).add(" ").add(s.variable().name()).add(" in ");
        expressions.print(s.values());
        add(") ");
        block(s.body());
      }
      case Stmt.ForLoop s -> loop(s);
      case Stmt.While s -> {
        label(s.label());
        if (s.bodyFirst()) {
          add("do ");
          block(s.body());
          add(" while (");
          expressions.print(s.condition());
          add(")");
        } else {
          head("while", s.condition());
          block(s.body());
        }
      }
      case Stmt.Switch s -> choice(s);
      case Stmt.Try s -> attempt(s);
      case Stmt.Throw s -> word("throw", s.value());
      case Stmt.Return s -> {
        if (s.value() == null) {
          add("return");
        } else {
          word("return", s.value());
        }
      }
      case Stmt.Break s -> jump("break", s.label());
      case Stmt.Continue s -> jump("continue", s.label());
      case Stmt.Block s -> block(s.body());
      case Stmt.Assert s -> {
        word("assert", s.condition());
        if (s.message() != null) {
          add(" : ");
          expressions.print(s.message());
        }
      }
    }
  }

  private void head(String word, Expr condition) {
    add(word).add(" (");
    expressions.print(condition);
    add(") ");
  }

  private void word(String word, Expr value) {
    add(word).add(" ");
    expressions.print(value);
  }

  private void define(Stmt.Define s) {
    if (s.variables().size() == 1) {
      Stmt.Variable v = s.variables().getFirst();
      add(v.type()).add(" ").add(v.name());
    } else {
      add("def (")
          .add(
              s.variables().stream()
                  .map(v -> (v.type().equals("def") ? "" : v.type() + " ") + v.name())
                  .collect(Collectors.joining(", ")))
          .add(")");
    }
    if (s.value() != null) {
      add(" = ");
      expressions.print(s.value());
    }
  }

  private void loop(Stmt.ForLoop s) {
    label(s.label());
    add("for (");
    boolean first = true;
    for (Stmt start : s.start()) {
      if (!first) {
        add(", ");
      }
      if (!first && start instanceof Stmt.Define d && d.value() != null) {
        add(d.variables().getFirst().name()).add(" = ");
        expressions.print(d.value());
      } else if (start instanceof Stmt.Do d) {
        expressions.print(d.expr());
      } else {
        statement(start);
      }
      first = false;
    }
    add("; ");
    if (s.condition() != null) {
      expressions.print(s.condition());
    }
    add("; ");
    for (int i = 0; i < s.update().size(); i++) {
      add(i == 0 ? "" : ", ");
      expressions.print(s.update().get(i));
    }
    add(") ");
    block(s.body());
  }

  private void choice(Stmt.Switch s) {
    head("switch", s.value());
    add("{");
    indent++;
    for (Stmt.Case c : s.cases()) {
      newLine();
      if (c.value() == null) {
        add("default:");
      } else {
        word("case", c.value());
        add(":");
      }
      indent++;
      statements(c.body());
      indent--;
    }
    indent--;
    newLine();
    add("}");
  }

  private void attempt(Stmt.Try s) {
    add("try ");
    block(s.body());
    for (Stmt.Catch c : s.catches()) {
      add(" catch (").add(String.join(" | ", c.types())).add(" ").add(c.name()).add(") ");
      block(c.body());
    }
    if (!s.last().isEmpty() || s.catches().isEmpty()) {
      add(" finally ");
      block(s.last());
    }
  }
}
