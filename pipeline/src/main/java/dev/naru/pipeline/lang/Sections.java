package dev.naru.pipeline.lang;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reading of the declarative shape: blocks of calls, each section at most once. */
final class Sections {
  private static final Map<String, String> RENAMED =
      Map.of(
          "jobProperties", "options",
          "properties", "options",
          "notifications", "post",
          "postBuild", "post",
          "wrappers", "options");

  private static final Set<String> OF_STAGES =
      Set.of("failFast", "input", "matrix", "parallel", "steps", "when");

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
    if (block.isPresent() && call.args().size() == 1 && !block.get().parameters().isEmpty()) {
      error(block.get().at(), "The block of \"" + call.method() + "\" takes no parameters");
    }
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
        error(stmt.at(), chained(stmt).map(name -> expected + "; " + name).orElse(expected));
      }
    }
    return calls;
  }

  /** {@code a { … } b { … }} in one line is a chain of calls: b of what a returns. */
  private static Optional<String> chained(Stmt stmt) {
    return stmt instanceof Stmt.Do(Position at, Expr expr)
            && expr instanceof Expr.Call call
            && call.target() instanceof Expr.Call
            && !call.method().isEmpty()
        ? Optional.of("\"" + call.method() + "\" must start a line of its own, or follow a ';'")
        : Optional.empty();
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

  /** Reports each of {@code names} that is not among the parts of {@code section}. */
  void required(Expr.Call section, List<Expr.Call> parts, List<String> names) {
    for (String name : block(section).isPresent() ? names : List.<String>of()) {
      if (parts.stream().noneMatch(c -> c.method().equals(name))) {
        error(section.at(), "Missing required section \"" + name + "\"");
      }
    }
  }

  static Optional<Expr> argument(Expr.Call call, String name) {
    return call.args().stream()
        .filter(a -> name.equals(a.name()))
        .map(Expr.Argument::value)
        .findFirst();
  }

  /** The calls of a block in which each name is known and occurs at most once. */
  List<Expr.Call> sections(List<Stmt> body, Collection<String> known, String where) {
    List<Expr.Call> good = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    for (Expr.Call call : calls(body, "Expected a section of " + where)) {
      String name = call.method();
      if (!known.contains(name)) {
        error(call.at(), unknown(name, known, where));
      } else if (!seen.add(name)) {
        error(call.at(), "Multiple occurrences of the " + name + " section");
      } else {
        good.add(call);
      }
    }
    return good;
  }

  private static String unknown(String name, Collection<String> known, String where) {
    if (where.equals("pipeline") && RENAMED.containsKey(name)) {
      return "The '"
          + name
          + "' section has been renamed. Use '"
          + RENAMED.get(name)
          + "' instead.";
    }
    if (!where.equals("stage")) {
      return "Undefined section \""
          + name
          + "\""
          + (where.equals("pipeline") && OF_STAGES.contains(name)
              ? "; it belongs into a stage"
              : Nearest.hint(name, known));
    }
    if (name.equals("stage")) {
      return "Unknown stage section \"stage\". Stages in a stage must be in a \"stages\" or"
          + " \"parallel\" block.";
    }
    return "Unknown stage section \""
        + name
        + "\""
        + (StepCatalog.find(name).isPresent() || name.equals("parallel")
            ? ". Steps in a stage must be in a \"steps\" block."
            : Nearest.hint(name, known));
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
      error(
          call.at(),
          "Expected a boolean with "
              + call.method()
              + ": a literal, "
              + call.method()
              + " true or "
              + call.method()
              + " false");
    }
    return value.orElse(false);
  }
}
