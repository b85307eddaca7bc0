package dev.naru.pipeline.lang;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Refuses a variable or parameter where one of its name is already there, as Groovy's compiler does
 * ({@code VariableScopeVisitor}): a block sees what the blocks around it declare, up to its method
 * or the file. Fields may be hidden.
 */
final class DeclaredOnce {
  /** What a block declares, and the blocks around it. */
  private record Declared(Set<String> names, @Nullable Declared around) {
    Declared(@Nullable Declared around) {
      this(new HashSet<>(), around);
    }

    boolean holds(String name) {
      return names.contains(name) || (around != null && around.holds(name));
    }
  }

  private final List<Diagnostic> diagnostics = new ArrayList<>();

  private DeclaredOnce() {}

  static List<Diagnostic> check(Program program) {
    DeclaredOnce check = new DeclaredOnce();
    program.methods().values().forEach(check::method);
    for (Program.ClassType type : program.classes()) {
      type.constructors().forEach(check::method);
      type.methods().forEach(check::method);
    }
    check.block(program.body(), null);
    return check.diagnostics;
  }

  private void method(Program.Method method) {
    Declared own = new Declared((Declared) null);
    parameters(method.parameters(), own);
    block(method.body(), own);
  }

  private void parameters(List<Expr.Parameter> parameters, Declared scope) {
    for (Expr.Parameter p : parameters) {
      if (p.initial() != null) {
        expression(p.initial(), scope);
      }
      declare(p.name(), p.at(), scope);
    }
  }

  private void declare(String name, Position at, Declared scope) {
    if (scope.holds(name)) {
      diagnostics.add(
          Diagnostic.error(
              at, "The current scope already contains a variable of the name " + name));
    }
    scope.names.add(name);
  }

  private void block(List<Stmt> body, @Nullable Declared around) {
    Declared scope = new Declared(around);
    body.forEach(s -> statement(s, scope));
  }

  private void statement(Stmt stmt, Declared scope) {
    switch (stmt) {
      case Stmt.Define s -> {
        optional(s.value(), scope);
        s.variables().forEach(v -> declare(v.name(), v.at(), scope));
      }
      case Stmt.If s -> {
        expression(s.condition(), scope);
        block(s.yes(), scope);
        block(s.no(), scope);
      }
      case Stmt.ForIn s -> {
        Declared loop = new Declared(scope);
        declare(s.variable().name(), s.variable().at(), loop);
        expression(s.values(), loop);
        block(s.body(), loop);
      }
      case Stmt.ForLoop s -> {
        Declared loop = new Declared(scope);
        s.start().forEach(x -> statement(x, loop));
        optional(s.condition(), loop);
        s.update().forEach(e -> expression(e, loop));
        block(s.body(), loop);
      }
      case Stmt.While s -> {
        expression(s.condition(), scope);
        block(s.body(), scope);
      }
      case Stmt.Switch s -> {
        expression(s.value(), scope);
        for (Stmt.Case c : s.cases()) {
          optional(c.value(), scope);
          block(c.body(), scope);
        }
      }
      case Stmt.Try s -> {
        block(s.body(), scope);
        for (Stmt.Catch c : s.catches()) {
          Declared caught = new Declared(scope);
          declare(c.name(), c.at(), caught);
          block(c.body(), caught);
        }
        block(s.last(), scope);
      }
      case Stmt.Block s -> block(s.body(), scope);
      case Stmt.Do s -> expression(s.expr(), scope);
      case Stmt.Throw s -> expression(s.value(), scope);
      case Stmt.Return s -> optional(s.value(), scope);
      case Stmt.Assert s -> {
        expression(s.condition(), scope);
        optional(s.message(), scope);
      }
      case Stmt.Break s -> {}
      case Stmt.Continue s -> {}
    }
  }

  private void optional(@Nullable Expr expr, Declared scope) {
    if (expr != null) {
      expression(expr, scope);
    }
  }

  private void expression(Expr expr, Declared scope) {
    if (expr instanceof Expr.Closure closure) {
      Declared own = new Declared(scope);
      if (closure.implicitIt()) {
        own.names.add("it");
      }
      parameters(closure.parameters(), own);
      block(closure.body(), own);
    } else {
      Syntax.parts(expr).forEach(e -> expression(e, scope));
    }
  }
}
