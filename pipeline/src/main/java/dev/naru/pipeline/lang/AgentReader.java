package dev.naru.pipeline.lang;

import dev.naru.pipeline.lang.Pipeline.Agent;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The {@code agent} section in all its forms. */
final class AgentReader {
  private static final List<String> TYPES =
      List.of(
          "any",
          "docker",
          "dockerContainer",
          "dockerfile",
          "ecs",
          "kubernetes",
          "label",
          "node",
          "none");

  private final Sections sections;
  private final StepChecker steps;

  AgentReader(Sections sections, StepChecker steps) {
    this.sections = sections;
    this.steps = steps;
  }

  Agent read(Expr.Call call) {
    Agent none = new Agent.None(call.at());
    if (call.args().isEmpty()) {
      sections.error(call.at(), noType());
      return none;
    }
    Expr argument = call.args().getFirst().value();
    if (call.args().size() > 1 || call.args().getFirst().name() != null) {
      sections.error(
          call.at(), "Only \"agent none\", \"agent any\" or \"agent {...}\" are allowed.");
      return none;
    }
    if (argument instanceof Expr.Name name) {
      return bare(call, name, none);
    }
    if (argument instanceof Expr.Literal(Position at, Object value)
        && ("any".equals(value) || "none".equals(value))) {
      return bare(call, new Expr.Name(at, value.toString()), none);
    }
    if (!(argument instanceof Expr.Closure closure)) {
      sections.error(
          argument.at(),
          "Only \"agent none\", \"agent any\" or \"agent {...}\" are allowed."
              + (argument instanceof Expr.Literal literal && literal.value() instanceof String
                  ? " Write agent { label " + Printer.line(argument) + " }"
                  : ""));
      return none;
    }
    List<Expr.Call> types = sections.calls(closure.body(), "Expected an agent type");
    if (types.size() != 1) {
      if (types.size() > 1) {
        sections.error(types.get(1).at(), "Only one agent type is allowed per agent section");
      } else if (closure.body().isEmpty()) {
        sections.error(call.at(), noType());
      }
      return none;
    }
    return type(types.getFirst(), none);
  }

  private Agent bare(Expr.Call call, Expr.Name name, Agent none) {
    switch (name.name()) {
      case "any" -> {
        return new Agent.Taken(call.at(), null, null);
      }
      case "none" -> {
        return none;
      }
      // `agent dockerfile true` aside, only kubernetes and dockerfile need no setting.
      case "dockerfile", "kubernetes" -> {
        return new Agent.Made(call.at(), name.name(), Map.of());
      }
      case "docker", "label", "node" ->
          sections.error(
              name.at(),
              "Invalid argument for agent - \""
                  + name.name()
                  + "\" - must be map of config options or bare [any, none].");
      default -> sections.error(name.at(), badType(name.name()));
    }
    return none;
  }

  private static String noType() {
    return "No agent type specified. Must be one of " + TYPES;
  }

  private static String badType(String type) {
    return "Invalid agent type \""
        + type
        + "\" specified. Must be one of "
        + TYPES
        + Nearest.hint(type, TYPES);
  }

  private Agent type(Expr.Call type, Agent none) {
    String name = type.method();
    if (name.equals("any") || name.equals("none")) {
      if (!type.args().isEmpty()) {
        sections.error(type.at(), "\"" + name + "\" takes no arguments");
      }
      return name.equals("any") ? new Agent.Taken(type.at(), null, null) : none;
    }
    if (!Directives.AGENTS.containsKey(name)) {
      sections.error(type.at(), badType(name));
      return none;
    }
    StepCatalog.Step known = Directives.AGENTS.get(name);
    Map<String, Expr> settings = settings(type, known);
    for (StepCatalog.Parameter p : known.parameters()) {
      if (p.required() && !settings.containsKey(p.name())) {
        sections.error(
            type.at(), "Missing required parameter for agent type \"" + name + "\": " + p.name());
        return none;
      }
    }
    if (name.equals("kubernetes") && settings.containsKey("yaml")) {
      Expr file = settings.get("yamlFile");
      if (file != null) {
        sections.error(file.at(), "Only one of \"yaml\" and \"yamlFile\" is allowed");
      }
    }
    return name.equals("label") || name.equals("node")
        ? new Agent.Taken(type.at(), settings.get("label"), settings.get("customWorkspace"))
        : new Agent.Made(type.at(), name, settings);
  }

  /** The settings of an agent type: its one argument, or a block with a setting in each line. */
  private Map<String, Expr> settings(Expr.Call type, StepCatalog.Step known) {
    Map<String, Expr> settings = new LinkedHashMap<>();
    Optional<Expr.Closure> block = Sections.block(type);
    if (block.isEmpty()) {
      one(type, known, settings);
      return settings;
    }
    for (Expr.Call part : sections.calls(block.get().body(), "Expected to find 'key \"value\"'")) {
      String key = part.method();
      Optional<StepCatalog.Parameter> parameter =
          known
              .parameter(key)
              .or(
                  () ->
                      known.open()
                          ? Optional.of(StepCatalog.Parameter.any(key))
                          : Optional.empty());
      if (parameter.isEmpty()) {
        sections.error(
            part.at(),
            "Invalid config option \""
                + key
                + "\" for agent type \""
                + known.name()
                + "\". Valid config options are "
                + known.parameterNames()
                + Nearest.hint(key, known.parameterNames()));
      } else if (part.args().isEmpty()) {
        sections.error(part.at(), "No argument for agent key \"" + key + "\"");
      } else if (part.args().size() > 1 && parameter.get().type() != StepCatalog.Type.ANY) {
        sections.error(part.at(), "Too many arguments for agent key \"" + key + "\"");
      } else {
        Expr value = part.args().getFirst().value();
        if (settings.put(key, value) != null) {
          sections.error(part.at(), "Duplicate agent key: \"" + key + "\"");
        }
        steps.setting(parameter.get(), value);
      }
    }
    return settings;
  }

  private void one(Expr.Call type, StepCatalog.Step known, Map<String, Expr> settings) {
    List<Expr.Argument> args = type.args();
    if (args.isEmpty()) {
      return;
    }
    Expr only = args.getFirst().value();
    // `dockerfile true` and `kubernetes true` mean: with no settings; ecs has them by name.
    if (known.open()) {
      args.forEach(a -> settings.put(String.valueOf(a.name()), a.value()));
      return;
    }
    if (known.lone().isEmpty() && only instanceof Expr.Literal l && l.value() instanceof Boolean) {
      return;
    }
    if (args.size() > 1 || args.getFirst().name() != null || known.lone().isEmpty()) {
      sections.error(
          type.at(),
          "Multiple parameters are required for agent type \""
              + known.name()
              + "\" - "
              + known.parameterNames()
              + ". Please use a block instead.");
      known.parameters().stream()
          .filter(StepCatalog.Parameter::required)
          .forEach(p -> settings.put(p.name(), only));
      return;
    }
    settings.put(known.lone(), only);
    known.parameter(known.lone()).ifPresent(p -> steps.setting(p, only));
  }
}
