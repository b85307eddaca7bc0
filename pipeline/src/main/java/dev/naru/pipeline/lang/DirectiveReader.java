package dev.naru.pipeline.lang;

import dev.naru.pipeline.lang.StepCatalog.Step;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The directives that are lists of described things: options, parameters, triggers, input. */
final class DirectiveReader {
  private final Sections sections;
  private final StepChecker steps;

  DirectiveReader(Sections sections, StepChecker steps) {
    this.sections = sections;
    this.steps = steps;
  }

  Pipeline.Options options(Expr.Call call, Map<String, Step> table) {
    List<Expr.Call> good = new ArrayList<>();
    List<Expr.Call> all = items(call, "Expected an option");
    Set<String> seen = new HashSet<>();
    for (Expr.Call option : all) {
      String name = option.method();
      Optional<Step> known = Optional.ofNullable(table.get(name));
      if (known.isEmpty() && Directives.WRAPPERS.contains(name)) {
        known = StepCatalog.find(name);
      }
      if (name.equals("parameters") || name.equals("pipelineTriggers") || name.equals("triggers")) {
        String directive = name.equals("parameters") ? "parameters" : "triggers";
        sections.error(
            option.at(),
            "The \""
                + directive
                + "\" job property can't be used in the \"options\" directive. Use the \""
                + directive
                + " {...}\" directive instead.");
      } else if (known.isEmpty()) {
        sections.error(
            option.at(),
            invalid("option", name, Directives.names(table, Directives.WRAPPERS))
                + (Directives.OPTIONS.containsKey(name)
                    ? "; it belongs into the options of the pipeline"
                    : ""));
      } else if (!seen.add(name)) {
        sections.error(option.at(), "Duplicate option name: \"" + name + "\"");
      } else {
        noBlock(option, "Options");
        steps.described(known.get(), option);
        good.add(option);
      }
    }
    return new Pipeline.Options(List.copyOf(good));
  }

  /** The calls of a directive, which must not be empty. */
  private List<Expr.Call> items(Expr.Call call, String expected) {
    List<Stmt> body = sections.body(call);
    if (body.isEmpty() && Sections.block(call).isPresent()) {
      sections.error(call.at(), call.method() + " can not be empty");
    }
    return sections.calls(body, expected);
  }

  private void noBlock(Expr.Call call, String what) {
    Sections.block(call)
        .ifPresent(b -> sections.error(b.at(), what + " definitions cannot have blocks"));
  }

  private static String invalid(String what, String name, List<String> known) {
    return "Invalid "
        + what
        + " type \""
        + name
        + "\". Valid "
        + what
        + " types: "
        + known
        + Nearest.hint(name, known);
  }

  List<Expr.Call> parameters(Expr.Call call) {
    return parameters(items(call, "Expected a build parameter definition"));
  }

  /**
   * @param asked the parameters of an {@code input} when not those of a pipeline
   */
  List<Expr.Call> parameters(List<Expr.Call> asked) {
    List<Expr.Call> good = new ArrayList<>();
    Set<String> names = new HashSet<>();
    for (Expr.Call written : asked) {
      Expr.Call parameter = named(written);
      String type = parameter.method();
      Step known = Directives.PARAMETERS.get(type);
      if (known == null) {
        sections.error(
            parameter.at(),
            invalid("parameter", type, Directives.names(Directives.PARAMETERS, List.of())));
        continue;
      }
      noBlock(parameter, "Build parameters");
      if (!steps.described(known, parameter)) {
        continue;
      }
      Optional<Expr> name = Sections.argument(parameter, "name");
      if (name.isPresent()
          && name.get() instanceof Expr.Literal literal
          && literal.value() != null
          && !names.add(literal.value().toString())) {
        sections.error(
            parameter.at(), "Duplicate build parameter name: \"" + literal.value() + "\"");
      }
      if (type.equals("choice")) {
        choices(parameter);
      }
      good.add(parameter);
    }
    return List.copyOf(good);
  }

  /** The parameter under the first of its type's names. */
  private static Expr.Call named(Expr.Call written) {
    String type = Directives.ALIASES.get(written.method());
    return type == null
        ? written
        : new Expr.Call(
            written.at(),
            null,
            new Expr.Literal(written.name().at(), type),
            written.args(),
            written.access());
  }

  private void choices(Expr.Call choice) {
    Optional<Expr> choices = Sections.argument(choice, "choices");
    if (choices.isPresent()
        && ((choices.get() instanceof Expr.ListOf list && list.items().isEmpty())
            || (choices.get() instanceof Expr.Literal l && "".equals(l.value())))) {
      sections.error(choices.get().at(), "\"choices\" needs at least one choice");
    }
  }

  List<Expr.Call> triggers(Expr.Call call) {
    List<Expr.Call> good = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    for (Expr.Call trigger : items(call, "Expected a trigger")) {
      String name = trigger.method();
      Step known = Directives.TRIGGERS.get(name);
      if (known == null) {
        sections.error(
            trigger.at(),
            invalid("trigger", name, Directives.names(Directives.TRIGGERS, List.of())));
        continue;
      }
      if (!seen.add(name)) {
        sections.error(trigger.at(), "Duplicate trigger name: \"" + name + "\"");
        continue;
      }
      noBlock(trigger, "Triggers");
      if (steps.described(known, trigger)) {
        schedule(trigger, known);
        good.add(trigger);
      }
    }
    return List.copyOf(good);
  }

  private void schedule(Expr.Call trigger, Step known) {
    if (!trigger.method().equals("cron") && !trigger.method().equals("pollSCM")) {
      return;
    }
    for (Expr.Argument a : trigger.args()) {
      boolean spec = a.name() == null || a.name().equals(known.lone());
      if (spec && a.value() instanceof Expr.Literal(Position at, Object value) && value != null) {
        Cron.fault(value.toString()).ifPresent(fault -> sections.error(at, fault));
      }
    }
  }

  /** The {@code input} of a stage. */
  Optional<Pipeline.Input> input(Expr.Call call) {
    Map<String, Expr> settings = new LinkedHashMap<>();
    List<Expr.Call> parameters = List.of();
    Set<String> seen = new HashSet<>();
    for (Expr.Call field : sections.calls(sections.body(call), "Expected a field of input")) {
      String name = field.method();
      Optional<StepCatalog.Parameter> known = Directives.INPUT.parameter(name);
      if (known.isEmpty()) {
        sections.error(
            field.at(),
            "Not a valid field for input: \""
                + name
                + "\""
                + Nearest.hint(name, Directives.INPUT.parameterNames()));
      } else if (!seen.add(name)) {
        sections.error(field.at(), "Multiple occurrences of the field \"" + name + "\"");
      } else if (name.equals("parameters")) {
        parameters = parameters(field);
      } else if (field.args().isEmpty()) {
        sections.error(field.at(), "No argument for field \"" + name + "\"");
      } else if (field.args().size() > 1) {
        sections.error(field.at(), "Too many arguments for field \"" + name + "\"");
      } else {
        Expr value = field.args().getFirst().value();
        steps.setting(known.get(), value);
        settings.put(name, value);
      }
    }
    if (!settings.containsKey("message")) {
      if (Sections.block(call).isPresent() && !seen.contains("message")) {
        sections.error(call.at(), "No message specified for input");
      }
      return Optional.empty();
    }
    return Optional.of(new Pipeline.Input(call.at(), settings, parameters));
  }
}
