package dev.naru.pipeline.lang;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What can be known of steps and script code before they run: that each called name exists, and
 * that a step's arguments are its own. A name that the file defines anywhere (a method, a variable,
 * a parameter) is taken as callable.
 */
final class StepChecker {
  private static final Set<String> FUNCTIONS =
      Set.of("println", "print", "printf", "credentials", "sprintf", "evaluate", "call");

  private final List<Diagnostic> diagnostics;
  private final Set<String> defined = new HashSet<>();

  StepChecker(List<Diagnostic> diagnostics, Program program) {
    this.diagnostics = diagnostics;
    defined.addAll(program.methods().keySet());
    Syntax.definedNames(program, defined);
  }

  private void error(Position at, String message) {
    diagnostics.add(Diagnostic.error(at, message));
  }

  /** A declarative list of steps: calls only. */
  void steps(List<Stmt> body, Expr.Call section) {
    if (body.isEmpty()) {
      error(section.at(), "No steps specified for \"" + section.method() + "\"");
    }
    for (Stmt stmt : body) {
      if (!(stmt instanceof Stmt.Do(Position at, Expr expr))) {
        error(stmt.at(), "Expected a step; other code belongs into a \"script\" block");
        continue;
      }
      switch (expr) {
        case Expr.Call call when call.target() != null ->
            error(at, "Method calls on objects not allowed outside \"script\" blocks.");
        case Expr.Call call -> step(call);
        case Expr.Name name -> error(at, "Expected a step: write " + name.name() + "()");
        default -> error(at, "Expected a step; other code belongs into a \"script\" block");
      }
    }
  }

  private void step(Expr.Call call) {
    String name = call.method();
    switch (name) {
      case "stage", "properties" ->
          error(
              call.at(),
              "Invalid step \""
                  + name
                  + "\" used - not allowed in this context - "
                  + (name.equals("stage")
                      ? "The stage step cannot be used in Declarative Pipelines"
                      : "The properties step cannot be used in Declarative Pipelines"));
      case "parallel" -> parallel(call);
      default -> {
        called(call);
        boolean isBlock = StepCatalog.find(name).filter(StepCatalog.Step::block).isPresent();
        for (Expr.Argument a : call.args()) {
          if (isBlock
              && !name.equals("script")
              && a.name() == null
              && a.value() instanceof Expr.Closure block) {
            steps(block.body(), call);
          } else if (a.value() instanceof Expr.Closure block) {
            script(block.body());
          } else {
            expression(a.value());
          }
        }
      }
    }
  }

  private void parallel(Expr.Call call) {
    for (Expr.Argument a : call.args()) {
      if (a.value() instanceof Expr.Closure block) {
        steps(block.body(), call);
      } else {
        expression(a.value());
      }
    }
  }

  /** Script code: every construct, each called name known. */
  void script(List<Stmt> body) {
    Syntax.calls(body, this::called);
  }

  void expression(Expr expr) {
    Syntax.calls(expr, this::called);
  }

  private void called(Expr.Call call) {
    String name = call.method();
    if (call.target() != null
        || name.isEmpty()
        || name.equals("parallel")
        || defined.contains(name)
        || FUNCTIONS.contains(name)) {
      return;
    }
    Optional<StepCatalog.Step> step = StepCatalog.find(name);
    if (step.isPresent()) {
      arguments(step.get(), call, true);
    } else if (!StepCatalog.isSymbol(name)) {
      error(call.at(), StepCatalog.unknown(name));
    }
  }

  /**
   * Checks the arguments of a call of {@code step}.
   *
   * @param asStep false where the step's name is an option, which has no block
   */
  void arguments(StepCatalog.Step step, Expr.Call call, boolean asStep) {
    Set<String> given = new HashSet<>();
    boolean whole = false;
    int lone = 0;
    for (Expr.Argument a : call.args()) {
      if (a.name() == null) {
        if (a.value() instanceof Expr.Closure && step.block()) {
          continue;
        }
        lone++;
        whole |= a.value() instanceof Expr.MapOf || a.value() instanceof Expr.Name;
        given.add(step.lone());
        step.parameter(step.lone()).ifPresent(p -> type(p, a.value()));
        continue;
      }
      given.add(a.name());
      Optional<StepCatalog.Parameter> parameter = step.parameter(a.name());
      if (parameter.isEmpty()) {
        error(
            a.value().at(),
            "Invalid parameter \""
                + a.name()
                + "\" of step \""
                + step.name()
                + "\""
                + Nearest.of(a.name(), step.parameterNames())
                    .map(n -> ", did you mean \"" + n + "\"?")
                    .orElse(""));
      } else {
        type(parameter.get(), a.value());
      }
    }
    if (lone > 1 || (lone == 1 && step.lone().isEmpty())) {
      error(call.at(), "Too many unnamed arguments for step \"" + step.name() + "\"");
    }
    for (StepCatalog.Parameter p : step.parameters()) {
      if (p.required() && !given.contains(p.name()) && !whole) {
        error(call.at(), "Missing required parameter: \"" + p.name() + "\"");
      }
    }
    if (asStep && step.block() && Sections.block(call).isEmpty() && !passesBlock(call)) {
      error(call.at(), "Step \"" + step.name() + "\" needs a block");
    }
  }

  private static boolean passesBlock(Expr.Call call) {
    return !call.args().isEmpty() && call.args().getLast().value() instanceof Expr.Name;
  }

  private void type(StepCatalog.Parameter parameter, Expr value) {
    if (!(value instanceof Expr.Literal(Position at, Object literal)) || literal == null) {
      return;
    }
    boolean good =
        switch (parameter.type()) {
          case STRING -> true;
          case NUMBER -> literal instanceof Number || isNumber(literal.toString());
          case FLAG -> literal instanceof Boolean;
          case ANY -> true;
        };
    if (!good) {
      error(
          at,
          "Expecting \""
              + (parameter.type() == StepCatalog.Type.FLAG ? "boolean" : "int")
              + "\" for parameter \""
              + parameter.name()
              + "\" but got \""
              + literal
              + "\" instead");
    }
  }

  private static boolean isNumber(String text) {
    return !text.isEmpty() && text.chars().allMatch(Character::isDigit);
  }
}
