package dev.naru.pipeline.lang;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Reading of the declarative shape: blocks of calls, each section at most once. */
final class Sections {
  private final List<Diagnostic> diagnostics;

  Sections(List<Diagnostic> diagnostics) {
    this.diagnostics = diagnostics;
  }

  void error(Position at, String message) {
    diagnostics.add(Diagnostic.error(at, message));
  }

  void warning(Position at, String message) {
    diagnostics.add(Diagnostic.warning(at, message));
  }

  /** The block that a call ends with. */
  static Optional<Expr.Closure> block(Expr.Call call) {
    return !call.args().isEmpty()
            && call.args().getLast().name() == null
            && call.args().getLast().value() instanceof Expr.Closure closure
        ? Optional.of(closure)
        : Optional.empty();
  }

  /** The body of a section that must be a block and nothing else. */
  List<Stmt> body(Expr.Call call) {
    Optional<Expr.Closure> block = block(call);
    if (block.isEmpty() || call.args().size() > 1) {
      error(
          call.at(),
          "Not a valid section definition: \""
              + call.method()
              + "\". Some extra configuration is"
              + " required.");
      return List.of();
    }
    return block.get().body();
  }

  /** The calls that a block is made of; anything else is an error. */
  List<Expr.Call> calls(List<Stmt> body, String expected) {
    List<Expr.Call> calls = new ArrayList<>();
    for (Stmt stmt : body) {
      Optional<Expr.Call> call = call(stmt);
      if (call.isPresent()) {
        calls.add(call.get());
      } else {
        error(stmt.at(), expected);
      }
    }
    return calls;
  }

  /** A bare name is a section or a flag written without its block or parentheses. */
  private static Optional<Expr.Call> call(Stmt stmt) {
    if (!(stmt instanceof Stmt.Do statement)) {
      return Optional.empty();
    }
    Expr expr = statement.expr();
    if (expr instanceof Expr.Call call) {
      return call.target() == null && !call.method().isEmpty()
          ? Optional.of(call)
          : Optional.empty();
    }
    if (!(expr instanceof Expr.Name name)) {
      return Optional.empty();
    }
    Expr.Literal method = new Expr.Literal(name.at(), name.name());
    return Optional.of(new Expr.Call(name.at(), null, method, List.of(), Expr.Access.PLAIN));
  }

  /** The calls of a block in which each name is known and occurs at most once. */
  List<Expr.Call> sections(List<Stmt> body, Collection<String> known, String where) {
    List<Expr.Call> good = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    for (Expr.Call call : calls(body, "Expected a section of " + where)) {
      String name = call.method();
      if (!known.contains(name)) {
        boolean step = StepCatalog.find(name).isPresent();
        error(
            call.at(),
            where.equals("stage")
                ? "Unknown stage section \""
                    + name
                    + "\""
                    + (step
                        ? ". Steps in a stage must be in a \"steps\" block."
                        : Nearest.hint(name, known))
                : "Undefined section \"" + name + "\"" + Nearest.hint(name, known));
      } else if (!seen.add(name)) {
        error(call.at(), "Multiple occurrences of the " + name + " section");
      } else {
        good.add(call);
      }
    }
    return good;
  }

  /** The one argument of a call when it is a literal of {@code type}. */
  <T> Optional<T> literal(Expr.Call call, Class<T> type) {
    if (call.args().size() == 1
        && call.args().getFirst().value() instanceof Expr.Literal literal
        && type.isInstance(literal.value())) {
      return Optional.of(type.cast(literal.value()));
    }
    return Optional.empty();
  }

  boolean flag(Expr.Call call) {
    Optional<Boolean> value = literal(call, Boolean.class);
    if (value.isEmpty()) {
      error(call.at(), "Expected a boolean literal for \"" + call.method() + "\"");
    }
    return value.orElse(false);
  }
}
