package dev.naru.pipeline.lang;

import dev.naru.pipeline.lang.Pipeline.Condition;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/** The {@code when} of a stage. */
final class WhenReader {
  private static final List<String> BEFORE = List.of("beforeAgent", "beforeInput", "beforeOptions");

  private final Sections sections;
  private final StepChecker steps;

  WhenReader(Sections sections, StepChecker steps) {
    this.sections = sections;
    this.steps = steps;
  }

  Pipeline.When read(Expr.Call call) {
    List<Condition> conditions = new ArrayList<>();
    Set<String> before = new HashSet<>();
    Set<String> seen = new HashSet<>();
    List<Stmt> body = sections.body(call);
    List<Expr.Call> parts =
        sections.calls(body, "Expected a when condition; code belongs into expression { … }");
    boolean any = parts.size() < body.size();
    for (Expr.Call part : parts) {
      if (BEFORE.contains(part.method())) {
        if (!seen.add(part.method())) {
          sections.error(part.at(), "Multiple occurrences of the " + part.method() + " section");
        } else if (sections.flag(part)) {
          before.add(part.method());
        }
      } else {
        any = true;
        condition(part).ifPresent(conditions::add);
      }
    }
    if (!any && Sections.block(call).isPresent()) {
      sections.error(call.at(), "Empty when closure, remove the property or add some content.");
    }
    return new Pipeline.When(
        List.copyOf(conditions),
        before.contains("beforeAgent"),
        before.contains("beforeInput"),
        before.contains("beforeOptions"));
  }

  private Optional<Condition> condition(Expr.Call call) {
    return switch (call.method()) {
      case "allOf", "anyOf", "not" -> nesting(call);
      case "expression" -> expression(call);
      default -> asked(call);
    };
  }

  private Optional<Condition> nesting(Expr.Call call) {
    String name = call.method();
    if (call.args().stream().anyMatch(a -> !(a.value() instanceof Expr.Closure))) {
      sections.error(
          call.at(),
          "No additional arguments are allowed for children when condition \"" + name + "\".");
      return Optional.empty();
    }
    List<Condition> inner = new ArrayList<>();
    List<Expr.Call> parts =
        sections.calls(
            sections.body(call), "Expected a when condition; code belongs into expression { … }");
    for (Expr.Call part : parts) {
      if (BEFORE.contains(part.method())) {
        sections.error(
            part.at(),
            "\"" + part.method() + "\" belongs directly into \"when\", not into " + name);
      } else {
        condition(part).ifPresent(inner::add);
      }
    }
    if (name.equals("not") && parts.size() != 1) {
      sections.error(
          call.at(),
          "Nested when condition \"not\" requires exactly 1 child condition(s)."
              + (parts.size() > 1
                  ? " Group them: not { allOf { … } } or not { anyOf { … } }"
                  : ""));
      return Optional.empty();
    }
    if (parts.isEmpty()) {
      sections.error(
          call.at(),
          "Nested when condition \"" + name + "\" requires at least one child condition.");
    }
    if (inner.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        switch (name) {
          case "allOf" -> new Condition.AllOf(List.copyOf(inner));
          case "anyOf" -> new Condition.AnyOf(List.copyOf(inner));
          default -> new Condition.Not(inner.getFirst());
        });
  }

  private Optional<Condition> expression(Expr.Call call) {
    Optional<Expr.Closure> block = Sections.block(call);
    if (block.isEmpty() || call.args().size() > 1) {
      sections.error(call.at(), "Expected a block for expression: expression { … }");
      return Optional.empty();
    }
    if (block.get().body().isEmpty()) {
      sections.error(call.at(), "expression can not be empty: an empty block never holds");
    }
    steps.script(block.get().body());
    return Optional.of(new Condition.Expression(call.at(), block.get()));
  }

  private Optional<Condition> asked(Expr.Call call) {
    String name = call.method();
    StepCatalog.Step known = Directives.CONDITIONS.get(name);
    if (known == null) {
      List<String> all = Directives.names(Directives.CONDITIONS, Directives.NESTING);
      sections.error(
          call.at(),
          "Unknown conditional "
              + name
              + ". Valid conditionals are: "
              + String.join(", ", all)
              + Nearest.hint(name, all));
      return Optional.empty();
    }
    if (Sections.block(call).isPresent()) {
      sections.error(
          call.at(),
          "No children when conditions are allowed for when condition \"" + name + "\".");
      return Optional.empty();
    }
    if (steps.described(known, call)) {
      patterns(call, name);
    }
    return Optional.of(new Condition.Asked(call.at(), name, call.args()));
  }

  /** A pattern that is a regular expression must be one. */
  private void patterns(Expr.Call call, String name) {
    boolean regex =
        name.equals("changelog")
            || Sections.argument(call, "comparator")
                .filter(e -> e instanceof Expr.Literal l && "REGEXP".equals(l.value()))
                .isPresent();
    for (Expr.Argument a : call.args()) {
      if (regex
          && !"comparator".equals(a.name())
          && a.value() instanceof Expr.Literal(Position at, Object value)
          && value instanceof String text) {
        try {
          Pattern.compile(text);
        } catch (PatternSyntaxException e) {
          sections.error(
              at, "\"" + text + "\" is not a valid regular expression. " + e.getDescription());
        }
      }
    }
    if (name.equals("changeset")
        && call.args().stream()
            .allMatch(a -> "comparator".equals(a.name()) || "caseSensitive".equals(a.name()))) {
      sections.error(call.at(), "Missing required parameter: \"pattern\"");
    }
  }
}
