package dev.naru.pipeline.lang;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** An expression of the Groovy subset, with its place in the file. */
public sealed interface Expr {
  Position at();

  /** How a member is reached: {@code a.b}, {@code a?.b}, {@code a*.b}. */
  enum Access {
    PLAIN,
    SAFE,
    SPREAD
  }

  enum UnaryOp {
    NOT,
    MINUS,
    PLUS,
    COMPLEMENT
  }

  /** A named argument when {@code name} is there. */
  record Argument(Position at, @Nullable String name, Expr value) {}

  record Entry(Position at, Expr key, Expr value) {}

  record Parameter(Position at, String name, String type, @Nullable Expr initial, boolean rest) {}

  /** null, a Boolean, a number or a String. */
  record Literal(Position at, @Nullable Object value) implements Expr {}

  /** A double-quoted string with values in it; text parts are String literals. */
  record Interpolated(Position at, List<Expr> parts) implements Expr {}

  record Name(Position at, String name) implements Expr {}

  record ListOf(Position at, List<Expr> items) implements Expr {}

  record MapOf(Position at, List<Entry> entries) implements Expr {}

  record RangeOf(Position at, Expr from, Expr to, boolean inclusive) implements Expr {}

  record Unary(Position at, UnaryOp op, Expr operand) implements Expr {}

  record Binary(Position at, BinaryOp op, Expr left, Expr right) implements Expr {}

  /** {@code target = value}, or {@code target op= value}. */
  record Assign(Position at, Expr target, @Nullable BinaryOp op, Expr value) implements Expr {}

  record Increment(Position at, Expr target, boolean up, boolean prefix) implements Expr {}

  record Ternary(Position at, Expr condition, Expr yes, Expr no) implements Expr {}

  record Elvis(Position at, Expr value, Expr other) implements Expr {}

  record Property(Position at, Expr target, Expr name, Access access) implements Expr {}

  record Index(Position at, Expr target, Expr index, boolean safe) implements Expr {}

  /** A call of {@code name} on {@code target}, or on the implicit {@code this} without one. */
  record Call(Position at, @Nullable Expr target, Expr name, List<Argument> args, Access access)
      implements Expr {
    public Call {
      args = List.copyOf(args);
    }

    /** The method's name when it is written out, else the empty string. */
    public String method() {
      return name instanceof Literal literal && literal.value() instanceof String s ? s : "";
    }
  }

  record Closure(Position at, List<Parameter> parameters, boolean implicitIt, List<Stmt> body)
      implements Expr {}

  record New(Position at, String type, List<Argument> args) implements Expr {}

  /** {@code (type) value}, or {@code value as type}, which converts more. */
  record Cast(Position at, String type, Expr value, boolean converts) implements Expr {}

  record InstanceOf(Position at, Expr value, String type, boolean negated) implements Expr {}

  record MethodPointer(Position at, Expr target, String method) implements Expr {}

  record Spread(Position at, Expr value) implements Expr {}
}
