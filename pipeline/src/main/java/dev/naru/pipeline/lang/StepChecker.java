package dev.naru.pipeline.lang;

import dev.naru.pipeline.lang.StepCatalog.Parameter;
import dev.naru.pipeline.lang.StepCatalog.Step;
import java.util.Collections;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What can be known of steps and script code before they run: that each called name exists, and
 * that a step's arguments are its own. A name that the file defines anywhere (a method, a variable,
 * a parameter) is taken as callable; when the file takes libraries, so is every unknown one.
 *
 * <p>Declarative arguments are checked as Jenkins' validator does: a literal must have the
 * parameter's type. In script code Jenkins converts, and so it is not checked there.
 */
final class StepChecker {
  private static final Set<String> FUNCTIONS =
      Set.of("println", "print", "printf", "credentials", "sprintf", "evaluate", "call", "super");

  /** Sections of a stage that are no steps, which are easily written among them. */
  private static final Set<String> SECTIONS =
      Set.of("agent", "environment", "options", "post", "stages", "steps", "tools", "when");

  private static final Map<String, String> BLOCKED =
      Map.of(
          "stage", "The stage step cannot be used in Declarative Pipelines",
          "properties", "The properties step cannot be used in Declarative Pipelines",
          "parallel",
              "The parallel step can only be used as the only top-level step in a stages step"
                  + " block");

  private final List<Diagnostic> diagnostics;
  private final Set<String> defined = new HashSet<>();

  /** Calls that describe a value for a plugin, which only the plugin knows. */
  private final Set<Expr.Call> described = Collections.newSetFromMap(new IdentityHashMap<>());

  /** Calls in such a place whose name is almost one that is known. */
  private final Set<Expr.Call> mistyped = Collections.newSetFromMap(new IdentityHashMap<>());

  private final boolean libraryScript;
  private boolean libraries;

  StepChecker(List<Diagnostic> diagnostics, Program program) {
    this.diagnostics = diagnostics;
    defined.addAll(program.methods().keySet());
    Syntax.definedNames(program, defined);
    libraryScript = program.methods().containsKey("call");
    libraries = libraryScript || !program.libraries().isEmpty();
    Syntax.calls(program.body(), c -> libraries |= bringsNames(c));
    program
        .methods()
        .values()
        .forEach(m -> Syntax.calls(m.body(), c -> libraries |= bringsNames(c)));
  }

  /** Libraries bring names, and a block with a delegate may call the delegate's methods. */
  private static boolean bringsNames(Expr.Call call) {
    return switch (call.method()) {
      case "library", "libraries" -> call.target() == null;
      case "with", "tap", "setDelegate", "rehydrate" -> call.target() != null;
      default -> false;
    };
  }

  /** Whether a name that is not known may be one of a library. */
  boolean takesLibraries() {
    return libraries;
  }

  /** Takes a name that is not known as one of a library. */
  void takeLibraries() {
    libraries = true;
  }

  private void error(Position at, String message) {
    diagnostics.add(Diagnostic.error(at, message));
  }

  /** A declarative list of steps: calls only. */
  void steps(List<Stmt> body, Expr.Call section) {
    if (body.isEmpty()) {
      error(section.at(), "No steps specified for branch");
    }
    boolean alone = body.size() == 1 && section.method().equals("steps");
    for (Stmt stmt : body) {
      if (!(stmt instanceof Stmt.Do(Position at, Expr expr))) {
        error(stmt.at(), "Expected a step; other code belongs into a \"script\" block");
        continue;
      }
      switch (expr) {
        case Expr.Call call when call.target() != null ->
            error(
                at,
                unquoted(call)
                    .orElse(
                        "Method calls on objects not allowed outside \"script\" blocks."
                            + " Put it into script { … }"));
        case Expr.Call call when alone && call.method().equals("parallel") -> parallel(call);
        case Expr.Call call -> step(call);
        case Expr.Name name -> error(at, "Expected a step: write " + name.name() + "()");
        case Expr.Literal text -> ofNoStep(at);
        case Expr.Interpolated text -> ofNoStep(at);
        default ->
            error(
                at,
                unquoted(expr)
                    .orElse("Expected a step; other code belongs into a \"script\" block"));
      }
    }
  }

  private void ofNoStep(Position at) {
    error(
        at,
        "Expected a step, found a value that goes to none; a step's name has no colon: sh 'make'");
  }

  /** {@code sh make all} is the property {@code all} of what {@code sh(make)} gives. */
  private static Optional<String> unquoted(Expr expr) {
    Expr first = expr;
    while (true) {
      if (first instanceof Expr.Property p) {
        first = p.target();
      } else if (first instanceof Expr.Call c && c.target() != null) {
        first = c.target();
      } else {
        break;
      }
    }
    return first instanceof Expr.Call call
            && call.args().size() == 1
            && !(call.args().getFirst().value() instanceof Expr.Literal)
            && StepCatalog.find(call.method())
                .flatMap(s -> s.parameter(s.lone()))
                .filter(p -> p.type() == StepCatalog.Type.STRING)
                .isPresent()
        ? Optional.of(
            "Expected a step: what \""
                + call.method()
                + "\" is given must be in quotes: "
                + call.method()
                + " '…'")
        : Optional.empty();
  }

  private void step(Expr.Call call) {
    String name = call.method();
    if (BLOCKED.containsKey(name)) {
      error(
          call.at(),
          "Invalid step \""
              + name
              + "\" used - not allowed in this context - "
              + BLOCKED.get(name));
      return;
    }
    if (SECTIONS.contains(name)
        && !defined.contains(name)
        && !libraries
        && call.args().size() == 1
        && Sections.block(call).isPresent()) {
      error(
          call.at(),
          "\"" + name + "\" is no step: it belongs into the stage, beside its \"steps\"");
      return;
    }
    called(call, true);
    boolean isBlock = StepCatalog.find(name).filter(Step::block).isPresent();
    for (Expr.Argument a : call.args()) {
      if (isBlock
          && !name.equals("script")
          && !name.equals("waitUntil")
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

  /** The old form of parallel branches, as the only step of a stage. */
  private void parallel(Expr.Call call) {
    Set<String> names = new HashSet<>();
    for (Expr.Argument a : call.args()) {
      if (a.value() instanceof Expr.Closure block) {
        if (a.name() == null) {
          error(block.at(), "A parallel branch needs a name: parallel(name: { … })");
        } else if (!names.add(a.name())) {
          error(a.at(), "Duplicate parallel branch name: \"" + a.name() + "\"");
        }
        steps(block.body(), call);
      } else if (!"failFast".equals(a.name())) {
        error(a.value().at(), "Expected closure or failFast");
      } else if (!(a.value() instanceof Expr.Literal l && l.value() instanceof Boolean)) {
        error(a.value().at(), "Expected a boolean with failFast");
      }
    }
    if (names.isEmpty()) {
      error(call.at(), "Expected closure or failFast: parallel has no branches");
    }
  }

  /** Script code: every construct, each called name known. */
  void script(List<Stmt> body) {
    Syntax.calls(body, c -> called(c, false));
  }

  void expression(Expr expr) {
    Syntax.calls(expr, c -> called(c, false));
  }

  private void called(Expr.Call call, boolean strict) {
    String name = call.method();
    if (call.target() != null
        || name.isEmpty()
        || name.equals("parallel")
        || defined.contains(name)
        || FUNCTIONS.contains(name)) {
      return;
    }
    Optional<Step> step = StepCatalog.find(name);
    if (step.isPresent()) {
      arguments(step.get(), call, true, strict);
      describes(step.get(), call);
    } else if (name.equals("pipeline") && !libraryScript) {
      error(call.at(), "pipeline block must be at the top-level, not within another block.");
    } else if (!StepCatalog.isSymbol(name)
        && !described.contains(call)
        && !libraries
        && !name.equals("pipeline")) {
      error(
          call.at(),
          mistyped.contains(call)
              ? "No such symbol '" + name + "'" + StepCatalog.symbolHint(name)
              : StepCatalog.unknown(name));
    }
  }

  /** Takes the described values among the arguments of a call that may be anything. */
  private void describes(Step step, Expr.Call call) {
    for (Expr.Argument a : call.args()) {
      String name = a.name() == null ? step.lone() : a.name();
      Optional<Parameter> parameter = step.parameter(name);
      if (parameter.isEmpty() || parameter.get().type() == StepCatalog.Type.ANY) {
        describes(a.value(), StepCatalog.isOfPlugin(step.name()));
      }
    }
  }

  private void describes(Expr value, boolean ofPlugin) {
    switch (value) {
      case Expr.ListOf list -> list.items().forEach(e -> describes(e, ofPlugin));
      case Expr.MapOf map -> map.entries().forEach(e -> describes(e.value(), ofPlugin));
      case Expr.Call call when call.target() == null && Sections.block(call).isEmpty() -> {
        boolean known = ofPlugin || StepCatalog.symbolHint(call.method()).isEmpty();
        (known ? described : mistyped).add(call);
        call.args().forEach(a -> describes(a.value(), ofPlugin));
      }
      default -> {}
    }
  }

  /** Checks an option, parameter, trigger or condition; false when something is wrong. */
  boolean described(Step what, Expr.Call call) {
    int before = diagnostics.size();
    arguments(what, call, false, true);
    describes(what, call);
    call.args().stream()
        .filter(a -> !(a.value() instanceof Expr.Closure))
        .forEach(a -> expression(a.value()));
    return diagnostics.size() == before;
  }

  /** Checks one setting of a block, such as the {@code label} of an agent. */
  void setting(Parameter parameter, Expr value) {
    if (value instanceof Expr.Closure block) {
      Syntax.calls(block.body(), c -> c.args().forEach(a -> nested(a.value())));
      return;
    }
    type(parameter, value, true, true);
    if (parameter.type() == StepCatalog.Type.ANY) {
      describes(value, true);
    }
    expression(value);
  }

  /** A setting within a setting, such as the {@code image} of a {@code containerTemplate}. */
  private void nested(Expr value) {
    if (!(value instanceof Expr.Closure)) {
      describes(value, true);
      expression(value);
    }
  }

  private void arguments(Step step, Expr.Call call, boolean asStep, boolean strict) {
    Set<String> given = new HashSet<>();
    // The old form of a described value, written without its brackets.
    boolean whole = call.args().stream().anyMatch(a -> "$class".equals(a.name()));
    int lone = 0;
    for (Expr.Argument a : call.args()) {
      if (a.name() == null) {
        if (a.value() instanceof Expr.Closure && (step.block() || !asStep)) {
          continue;
        }
        lone++;
        whole |=
            a.value() instanceof Expr.MapOf
                || a.value() instanceof Expr.Name
                || a.value() instanceof Expr.Spread;
        given.add(step.lone());
        step.parameter(step.lone()).ifPresent(p -> type(p, a.value(), strict, false));
        continue;
      }
      if (!given.add(a.name())) {
        error(a.at(), "Duplicate argument \"" + a.name() + "\"");
      }
      if (!whole) {
        named(step, a, asStep, strict);
      }
    }
    boolean named = call.args().stream().anyMatch(a -> a.name() != null);
    if (lone > 0 && named) {
      error(call.at(), "Cannot mix named and unnamed arguments");
    } else if (!step.open() && (lone > 1 || (lone == 1 && step.lone().isEmpty() && !whole))) {
      error(
          call.at(),
          step.parameters().isEmpty()
              ? "\""
                  + step.name()
                  + "\" should have 0 arguments but has "
                  + lone
                  + " arguments instead."
              : "Arguments to \"" + step.name() + "\" must be explicitly named.");
    }
    for (Parameter p : step.parameters()) {
      if (p.required() && !given.contains(p.name()) && !whole && lone <= 1) {
        error(call.at(), "Missing required parameter: \"" + p.name() + "\"");
      }
    }
    if (asStep && step.block() && Sections.block(call).isEmpty() && !passesBlock(call)) {
      if (step.name().equals("stage")) {
        diagnostics.add(
            Diagnostic.warning(
                call.at(), "A stage without a block is only a line of the log: give it a block"));
      } else {
        error(call.at(), "Expected a block with the \"" + step.name() + "\" step");
      }
    }
  }

  private void named(Step step, Expr.Argument a, boolean asStep, boolean strict) {
    String name = String.valueOf(a.name());
    Optional<Parameter> parameter = step.parameter(name);
    if (parameter.isPresent()) {
      type(parameter.get(), a.value(), strict, true);
    } else if (step.open() || StepCatalog.isOfPlugin(step.name())) {
      // Plugins get new parameters, so that only a name that is almost a known one is refused.
      Nearest.within(2, name, step.parameterNames())
          .ifPresent(
              n ->
                  error(
                      a.at(),
                      "Invalid parameter \""
                          + name
                          + "\" of \""
                          + step.name()
                          + "\", did you mean \""
                          + n
                          + "\"?"));
    } else if (!step.name().equals("checkout") && !step.name().equals("step")) {
      error(
          a.at(),
          "Invalid parameter \""
              + name
              + "\" of "
              + (asStep ? "step " : "")
              + "\""
              + step.name()
              + "\""
              + Nearest.of(name, step.parameterNames())
                  .map(n -> ", did you mean \"" + n + "\"?")
                  .orElse(step.parameters().isEmpty() ? "" : ", it has " + step.parameterNames()));
    }
  }

  private static boolean passesBlock(Expr.Call call) {
    return !call.args().isEmpty()
        && (call.args().getLast().value() instanceof Expr.Name
            || call.args().getLast().value() instanceof Expr.MethodPointer);
  }

  private void type(Parameter parameter, Expr value, boolean strict, boolean named) {
    if (!(value instanceof Expr.Literal(Position at, Object literal)) || literal == null) {
      if (value instanceof Expr.Interpolated
          && strict
          && parameter.type() == StepCatalog.Type.FLAG) {
        error(value.at(), expecting(parameter, Printer.line(value), "String", named));
      }
      return;
    }
    boolean good =
        switch (parameter.type()) {
          case STRING -> !strict || literal instanceof String;
          case NUMBER -> literal instanceof Number || (!strict && isNumber(literal.toString()));
          case FLAG -> literal instanceof Boolean;
          case ANY -> true;
        };
    if (!good) {
      error(
          at,
          expecting(parameter, literal.toString(), literal.getClass().getSimpleName(), named)
              + (parameter.type() == StepCatalog.Type.STRING
                  ? ": write '" + literal + "'"
                  : literal instanceof String s
                          && (isNumber(s) || s.equals("true") || s.equals("false"))
                      ? ": write " + s + " without quotes"
                      : ""));
    } else if (!parameter.values().isEmpty()
        && parameter.values().stream().noneMatch(v -> v.equals(literal))) {
      error(
          at,
          "Invalid value \""
              + literal
              + "\" for parameter \""
              + parameter.name()
              + "\". Valid values: "
              + parameter.values()
              + Nearest.hint(literal.toString(), parameter.values()));
    }
  }

  private static String expecting(Parameter p, String value, String type, boolean named) {
    String wanted =
        switch (p.type()) {
          case FLAG -> "boolean";
          case NUMBER -> "int";
          case STRING, ANY -> "class java.lang.String";
        };
    String java =
        switch (type) {
          case "BigInteger", "BigDecimal" -> "java.math." + type;
          default -> "java.lang." + type;
        };
    return "Expecting \""
        + wanted
        + "\""
        + (named ? " for parameter \"" + p.name() + "\"" : "")
        + " but got \""
        + value
        + "\" of type class "
        + java
        + " instead";
  }

  private static boolean isNumber(String text) {
    return !text.isEmpty() && text.chars().allMatch(Character::isDigit);
  }
}
