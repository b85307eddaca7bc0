package dev.naru.pipeline.lang;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** The {@code pipeline {}} block as a {@link Pipeline}, with every fault that can be seen in it. */
final class PipelineReader {
  private static final List<String> SECTIONS =
      List.of(
          "agent",
          "environment",
          "libraries",
          "options",
          "parameters",
          "post",
          "stages",
          "tools",
          "triggers");
  private static final List<String> OPTIONS =
      List.of(
          "ansiColor",
          "buildDiscarder",
          "checkoutToSubdirectory",
          "disableConcurrentBuilds",
          "disableRestartFromStage",
          "disableResume",
          "durabilityHint",
          "newContainerPerStage",
          "overrideIndexTriggers",
          "parallelsAlwaysFailFast",
          "preserveStashes",
          "quietPeriod",
          "retry",
          "skipDefaultCheckout",
          "skipStagesAfterUnstable",
          "timeout",
          "timestamps");
  private static final List<String> STAGE_OPTIONS =
      List.of(
          "ansiColor",
          "checkoutToSubdirectory",
          "retry",
          "skipDefaultCheckout",
          "timeout",
          "timestamps");
  private static final List<String> PARAMETERS =
      List.of("booleanParam", "choice", "file", "password", "run", "string", "text");
  private static final List<String> TRIGGERS = List.of("cron", "pollSCM", "upstream", "githubPush");
  private static final Pattern VARIABLE = Pattern.compile("[a-zA-Z_][a-zA-Z0-9_]*");

  private final Sections sections;
  private final StepChecker steps;
  private final StageReader stages;

  PipelineReader(List<Diagnostic> diagnostics, StepChecker steps) {
    this.sections = new Sections(diagnostics);
    this.steps = steps;
    this.stages = new StageReader(this, sections, steps);
  }

  Pipeline read(Expr.Call pipeline) {
    List<Expr.Call> parts = sections.sections(sections.body(pipeline), SECTIONS, "pipeline");
    for (String required : List.of("agent", "stages")) {
      if (parts.stream().noneMatch(c -> c.method().equals(required))) {
        sections.error(pipeline.at(), "Missing required section \"" + required + "\"");
      }
    }
    Pipeline.Agent agent = new Pipeline.Agent.None(pipeline.at());
    List<Pipeline.Variable> environment = List.of();
    Pipeline.Options options = new Pipeline.Options(List.of());
    List<Expr.Call> parameters = List.of();
    List<Pipeline.Tool> tools = List.of();
    List<Pipeline.Stage> all = List.of();
    List<Pipeline.Post> post = List.of();
    for (Expr.Call part : parts) {
      switch (part.method()) {
        case "agent" -> agent = agent(part);
        case "environment" -> environment = environment(part);
        case "options" -> options = options(part, OPTIONS);
        case "parameters" -> parameters = parameters(part);
        case "tools" -> tools = tools(part);
        case "triggers" -> triggers(part);
        case "stages" -> all = stages.stages(part);
        case "post" -> post = post(part);
        default ->
            sections.error(part.at(), "\"libraries\" is not supported: libraries are not loaded");
      }
    }
    return new Pipeline(pipeline.at(), agent, environment, options, parameters, tools, all, post);
  }

  Pipeline.Agent agent(Expr.Call call) {
    Pipeline.Agent none = new Pipeline.Agent.None(call.at());
    if (call.args().size() != 1) {
      sections.error(call.at(), "No agent type specified. Must be one of any, label, node, none");
      return none;
    }
    Expr argument = call.args().getFirst().value();
    if (argument instanceof Expr.Name name) {
      return switch (name.name()) {
        case "any" -> new Pipeline.Agent.Taken(call.at(), null, null);
        case "none" -> none;
        default -> {
          sections.error(name.at(), badAgent(name.name()));
          yield none;
        }
      };
    }
    if (!(argument instanceof Expr.Closure closure)) {
      sections.error(
          argument.at(),
          "Not a valid section definition: \"agent\". Some extra" + " configuration is required.");
      return none;
    }
    List<Expr.Call> types = sections.calls(closure.body(), "Expected an agent type");
    if (types.size() != 1) {
      sections.error(
          call.at(),
          types.isEmpty()
              ? "No agent type specified. Must be one of any, label, node, none"
              : "Only one agent type is allowed per agent section");
      return none;
    }
    return agentType(types.getFirst(), none);
  }

  private Pipeline.Agent agentType(Expr.Call type, Pipeline.Agent none) {
    switch (type.method()) {
      case "any" -> {
        return new Pipeline.Agent.Taken(type.at(), null, null);
      }
      case "none" -> {
        return none;
      }
      case "label" -> {
        if (type.args().size() == 1) {
          return new Pipeline.Agent.Taken(type.at(), type.args().getFirst().value(), null);
        }
        sections.error(type.at(), "Missing required parameter: \"label\"");
      }
      case "node" -> {
        Expr label = null;
        Expr workspace = null;
        for (Expr.Call part : sections.calls(sections.body(type), "Expected a parameter of node")) {
          switch (part.method()) {
            case "label" -> label = part.args().isEmpty() ? null : part.args().getFirst().value();
            case "customWorkspace" ->
                workspace = part.args().isEmpty() ? null : part.args().getFirst().value();
            case "retries" -> {}
            default ->
                sections.error(
                    part.at(),
                    "Invalid parameter \""
                        + part.method()
                        + "\""
                        + Nearest.hint(
                            part.method(), List.of("label", "customWorkspace", "retries")));
          }
        }
        return new Pipeline.Agent.Taken(type.at(), label, workspace);
      }
      case "docker", "dockerfile", "kubernetes" ->
          sections.error(
              type.at(),
              "the agent type \""
                  + type.method()
                  + "\" is not supported: use 'agent any', and"
                  + " 'docker' in an 'sh' step to build images");
      default -> sections.error(type.at(), badAgent(type.method()));
    }
    return none;
  }

  private static String badAgent(String type) {
    return "Invalid agent type \""
        + type
        + "\" specified. Must be one of [any, docker, dockerfile,"
        + " kubernetes, label, node, none]";
  }

  List<Pipeline.Variable> environment(Expr.Call call) {
    List<Pipeline.Variable> all = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    List<Stmt> body = sections.body(call);
    if (body.isEmpty()) {
      sections.error(call.at(), "No variables specified for environment");
    }
    for (Stmt stmt : body) {
      if (!(stmt instanceof Stmt.Do(Position at, Expr expr)
          && expr instanceof Expr.Assign assign
          && assign.op() == null
          && assign.target() instanceof Expr.Name name)) {
        sections.error(stmt.at(), "Expected name=value pairs");
        continue;
      }
      if (!VARIABLE.matcher(name.name()).matches()) {
        sections.error(at, "Invalid environment variable name \"" + name.name() + "\"");
      } else if (!seen.add(name.name())) {
        sections.error(at, "Duplicate environment variable name: \"" + name.name() + "\"");
      } else {
        environmentValue(assign.value());
        all.add(new Pipeline.Variable(at, name.name(), assign.value()));
      }
    }
    return List.copyOf(all);
  }

  private void environmentValue(Expr value) {
    switch (value) {
      case Expr.Literal l -> {}
      case Expr.Interpolated g -> steps.expression(g);
      case Expr.Call c -> {
        if (c.target() == null && c.method().equals("credentials")) {
          credentials(c);
        } else {
          steps.expression(c);
        }
      }
      case Expr.Binary b when b.op() == BinaryOp.PLUS -> {
        environmentValue(b.left());
        environmentValue(b.right());
      }
      case Expr.Binary b ->
          sections.error(
              b.at(), "Environment variable values can only be joined together with '+'s.");
      default ->
          sections.error(
              value.at(),
              "Environment variable values must either be single quoted, double quoted, or"
                  + " function calls.");
    }
  }

  private void credentials(Expr.Call c) {
    if (c.args().size() != 1) {
      sections.error(c.at(), "\"credentials\" takes the id of one credential");
    } else {
      steps.expression(c.args().getFirst().value());
    }
  }

  Pipeline.Options options(Expr.Call call, List<String> known) {
    List<Expr.Call> good = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    for (Expr.Call option : sections.calls(sections.body(call), "Expected an option")) {
      String name = option.method();
      if (!known.contains(name)) {
        sections.error(
            option.at(), "Invalid option type \"" + name + "\". Valid option types: " + known);
      } else if (!seen.add(name)) {
        sections.error(option.at(), "Duplicate option name: \"" + name + "\"");
      } else {
        if (StepCatalog.find(name).isPresent()) {
          steps.arguments(StepCatalog.find(name).get(), option, false);
        }
        good.add(option);
      }
    }
    return new Pipeline.Options(List.copyOf(good));
  }

  Pipeline.Options stageOptions(Expr.Call call) {
    return options(call, STAGE_OPTIONS);
  }

  private List<Expr.Call> parameters(Expr.Call call) {
    List<Expr.Call> good = new ArrayList<>();
    for (Expr.Call parameter : sections.calls(sections.body(call), "Expected a parameter")) {
      String type = parameter.method();
      if (!PARAMETERS.contains(type)) {
        sections.error(
            parameter.at(),
            "Invalid parameter type \"" + type + "\". Valid parameter types: " + PARAMETERS);
      } else if (type.equals("file") || type.equals("run")) {
        sections.error(parameter.at(), "the parameter type \"" + type + "\" is not supported");
      } else if (argument(parameter, "name").isEmpty()) {
        sections.error(parameter.at(), "Missing required parameter: \"name\"");
      } else {
        good.add(parameter);
      }
    }
    return List.copyOf(good);
  }

  static Optional<Expr> argument(Expr.Call call, String name) {
    return call.args().stream()
        .filter(a -> name.equals(a.name()))
        .map(Expr.Argument::value)
        .findFirst();
  }

  private void triggers(Expr.Call call) {
    for (Expr.Call trigger : sections.calls(sections.body(call), "Expected a trigger")) {
      if (!TRIGGERS.contains(trigger.method())) {
        sections.error(
            trigger.at(),
            "Invalid trigger type \"" + trigger.method() + "\". Valid trigger types: " + TRIGGERS);
      } else {
        sections.warning(
            trigger.at(),
            "the trigger \"" + trigger.method() + "\" does not fire: runs start by pushes");
      }
    }
  }

  List<Pipeline.Tool> tools(Expr.Call call) {
    List<Pipeline.Tool> all = new ArrayList<>();
    for (Expr.Call tool : sections.calls(sections.body(call), "Expected a tool")) {
      if (tool.args().size() != 1 || tool.args().getFirst().name() != null) {
        sections.error(tool.at(), "Expected the name of a tool of type \"" + tool.method() + "\"");
      } else {
        all.add(new Pipeline.Tool(tool.at(), tool.method(), tool.args().getFirst().value()));
      }
    }
    return List.copyOf(all);
  }

  List<Pipeline.Post> post(Expr.Call call) {
    List<Pipeline.Post> all = new ArrayList<>();
    List<String> symbols =
        java.util.Arrays.stream(PostKind.values()).map(PostKind::symbol).toList();
    Set<String> seen = new HashSet<>();
    List<Expr.Call> conditions = sections.calls(sections.body(call), "Expected a post condition");
    if (conditions.isEmpty()) {
      sections.error(call.at(), "post can not be empty");
    }
    for (Expr.Call condition : conditions) {
      String name = condition.method();
      if (!symbols.contains(name)) {
        sections.error(
            condition.at(), "Invalid condition \"" + name + "\" - valid conditions are " + symbols);
      } else if (!seen.add(name)) {
        sections.error(condition.at(), "Duplicate build condition name: \"" + name + "\"");
      } else {
        List<Stmt> body = sections.body(condition);
        steps.steps(body, condition);
        all.add(new Pipeline.Post(condition.at(), PostKind.of(name), body));
      }
    }
    all.sort(java.util.Comparator.comparing(Pipeline.Post::kind));
    return List.copyOf(all);
  }
}
