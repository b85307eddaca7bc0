package dev.naru.pipeline.lang;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A statement of the Groovy subset, with its place in the file. */
public sealed interface Stmt {
  Position at();

  /** As it is declared; what its type is, only {@link Define} holds it to, as Jenkins does. */
  record Variable(Position at, String name, String type) {}

  /** A {@code default} branch has no {@code value}. */
  record Case(Position at, @Nullable Expr value, List<Stmt> body) {}

  record Catch(Position at, List<String> types, String name, List<Stmt> body) {}

  record Do(Position at, Expr expr) implements Stmt {}

  /** Several variables mean {@code def (a, b) = value}. */
  record Define(Position at, List<Variable> variables, @Nullable Expr value) implements Stmt {}

  record If(Position at, Expr condition, List<Stmt> yes, List<Stmt> no) implements Stmt {}

  record ForIn(Position at, @Nullable String label, Variable variable, Expr values, List<Stmt> body)
      implements Stmt {}

  record ForLoop(
      Position at,
      @Nullable String label,
      List<Stmt> start,
      @Nullable Expr condition,
      List<Expr> update,
      List<Stmt> body)
      implements Stmt {}

  /** {@code do … while} when {@code bodyFirst}. */
  record While(
      Position at, @Nullable String label, Expr condition, List<Stmt> body, boolean bodyFirst)
      implements Stmt {}

  record Switch(Position at, Expr value, List<Case> cases) implements Stmt {}

  record Try(Position at, List<Stmt> body, List<Catch> catches, List<Stmt> last) implements Stmt {}

  record Throw(Position at, Expr value) implements Stmt {}

  record Return(Position at, @Nullable Expr value) implements Stmt {}

  record Break(Position at, @Nullable String label) implements Stmt {}

  record Continue(Position at, @Nullable String label) implements Stmt {}

  record Block(Position at, List<Stmt> body) implements Stmt {}

  record Assert(Position at, Expr condition, @Nullable Expr message) implements Stmt {}
}
