package dev.naru.pipeline.lang;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
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
  private static final List<String> POST =
      Arrays.stream(PostKind.values()).map(PostKind::symbol).toList();

  /** Names of conditions elsewhere. */
  private static final Map<String, String> SYNONYMS =
      Map.of(
          "error", "failure",
          "fail", "failure",
          "failed", "failure",
          "passed", "success",
          "succeeded", "success");

  private static final List<String> TOOLS =
      List.of(
          "ant",
          "dockerTool",
          "git",
          "go",
          "gradle",
          "groovy",
          "jdk",
          "jfrog",
          "maven",
          "msbuild",
          "nodejs",
          "sbt",
          "terraform");
  private static final Pattern VARIABLE = Pattern.compile("[a-zA-Z_][a-zA-Z0-9_]*");

  private final Sections sections;
  private final StepChecker steps;
  private final AgentReader agents;
  private final DirectiveReader directives;
  private final StageReader stages;

  PipelineReader(List<Diagnostic> diagnostics, StepChecker steps) {
    this.sections = new Sections(diagnostics);
    this.steps = steps;
    this.agents = new AgentReader(sections, steps);
    this.directives = new DirectiveReader(sections, steps);
    this.stages = new StageReader(this, sections, steps);
  }

  Pipeline read(Expr.Call pipeline) {
    List<Expr.Call> parts = sections.sections(sections.body(pipeline), SECTIONS, "pipeline");
    sections.required(pipeline, parts, List.of("agent", "stages"));
    Pipeline.Agent agent = new Pipeline.Agent.None(pipeline.at());
    List<Expr.Call> libraries = List.of();
    List<Pipeline.Variable> environment = List.of();
    Pipeline.Options options = new Pipeline.Options(List.of());
    List<Expr.Call> parameters = List.of();
    List<Expr.Call> triggers = List.of();
    List<Pipeline.Tool> tools = List.of();
    List<Pipeline.Stage> all = List.of();
    List<Pipeline.Post> post = List.of();
    for (Expr.Call part : parts) {
      switch (part.method()) {
        case "agent" -> agent = agents.read(part);
        case "libraries" -> libraries = libraries(part);
        case "environment" -> environment = environment(part);
        case "options" -> options = directives.options(part, Directives.OPTIONS);
        case "parameters" -> parameters = directives.parameters(part);
        case "tools" -> tools = tools(part);
        case "triggers" -> triggers = directives.triggers(part);
        case "stages" -> all = stages.stages(part);
        default -> post = post(part);
      }
    }
    return new Pipeline(
        pipeline.at(),
        agent,
        libraries,
        environment,
        options,
        parameters,
        triggers,
        tools,
        all,
        post);
  }

  Pipeline.Agent agent(Expr.Call call) {
    return agents.read(call);
  }

  DirectiveReader directives() {
    return directives;
  }

  private List<Expr.Call> libraries(Expr.Call call) {
    List<Expr.Call> good = new ArrayList<>();
    List<Expr.Call> all = sections.calls(sections.body(call), "Expected a \"lib(...)\"");
    if (Sections.block(call).filter(b -> b.body().isEmpty()).isPresent()) {
      sections.error(call.at(), "libraries can not be empty");
    }
    for (Expr.Call lib : all) {
      if (!lib.method().equals("lib")) {
        sections.error(lib.at(), "Expected a \"lib(...)\" but got " + lib.method());
      } else if (lib.args().size() != 1
          || lib.args().getFirst().name() != null
          || !(lib.args().getFirst().value() instanceof Expr.Literal l
              && l.value() instanceof String)) {
        sections.error(lib.at(), "Expected string literal: lib('name@version')");
      } else {
        good.add(lib);
      }
    }
    return List.copyOf(good);
  }

  List<Pipeline.Variable> environment(Expr.Call call) {
    List<Pipeline.Variable> all = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    List<Stmt> body = sections.body(call);
    if (body.isEmpty() && Sections.block(call).isPresent()) {
      sections.error(call.at(), "No variables specified for environment");
    }
    for (Stmt stmt : body) {
      if (!(stmt instanceof Stmt.Do(Position at, Expr expr)
          && expr instanceof Expr.Assign assign
          && assign.op() == null)) {
        sections.error(stmt.at(), "Expected name=value pairs");
      } else if (!(assign.target() instanceof Expr.Name name)) {
        sections.error(
            at,
            "\""
                + Printer.line(assign.target())
                + "\" is not a valid environment expression. Use \"key = value\" pairs with valid"
                + " Java/shell keys.");
      } else if (!VARIABLE.matcher(name.name()).matches()) {
        sections.error(
            at,
            "\""
                + name.name()
                + "\" is not a valid identifier and cannot be used for an environment variable."
                + " Identifiers must start with a letter or underscore and can contain only"
                + " letters, numbers or underscores.");
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
      case Expr.Call c when c.target() == null && c.method().equals("credentials") ->
          credentials(c);
      // A call on an object is a function call only of what the file itself defines.
      case Expr.Call c -> steps.expression(c);
      case Expr.Binary b when b.op() == BinaryOp.PLUS -> {
        joined(b.left());
        joined(b.right());
      }
      case Expr.Binary b ->
          sections.error(
              b.at(), "Environment variable values can only be joined together with '+'s.");
      default ->
          sections.error(
              value.at(),
              "Environment variable values must either be single quoted, double quoted, or"
                  + " function calls."
                  + (value instanceof Expr.Property p
                      ? " Write \"${" + Printer.line(p) + "}\""
                      : value instanceof Expr.Name n ? " Write \"${" + n.name() + "}\"" : ""));
    }
  }

  private void joined(Expr value) {
    if (value instanceof Expr.Call c && c.method().equals("credentials")) {
      sections.error(
          c.at(),
          "Environment variable values to be concatenated together must be single or double"
              + " quoted.");
    } else {
      environmentValue(value);
    }
  }

  private void credentials(Expr.Call c) {
    if (c.args().size() != 1 || c.args().getFirst().name() != null) {
      sections.error(c.at(), "\"credentials\" takes the id of one credential");
    } else if (c.args().getFirst().value() instanceof Expr.Literal l
        && !(l.value() instanceof String)) {
      sections.error(c.at(), "Internal function call parameters must be strings.");
    } else {
      steps.expression(c.args().getFirst().value());
    }
  }

  List<Pipeline.Tool> tools(Expr.Call call) {
    List<Pipeline.Tool> all = new ArrayList<>();
    List<Stmt> body = sections.body(call);
    if (body.isEmpty() && Sections.block(call).isPresent()) {
      sections.error(call.at(), "No tools specified");
    }
    for (Expr.Call tool : sections.calls(body, "Expected to find 'someTool \"someVersion\"'")) {
      String type = tool.method();
      // Short names of plugins, such as oc, are near to any other.
      if (type.length() > 3 && !TOOLS.contains(type) && Nearest.of(type, TOOLS).isPresent()) {
        sections.error(
            tool.at(),
            "Invalid tool type \""
                + type
                + "\". Valid tool types: "
                + TOOLS
                + Nearest.hint(type, TOOLS));
      } else if (tool.args().isEmpty()) {
        sections.error(tool.at(), "No argument for tool \"" + type + "\"");
      } else if (tool.args().size() > 1) {
        sections.error(tool.at(), "Too many arguments for tool \"" + type + "\"");
      } else {
        steps.expression(tool.args().getFirst().value());
        all.add(new Pipeline.Tool(tool.at(), type, tool.args().getFirst().value()));
      }
    }
    return List.copyOf(all);
  }

  List<Pipeline.Post> post(Expr.Call call) {
    List<Pipeline.Post> all = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    List<Expr.Call> conditions =
        sections.calls(
            sections.body(call),
            "The 'post' section can only contain build condition names with code blocks. Valid"
                + " condition names are "
                + POST);
    if (Sections.block(call).filter(b -> b.body().isEmpty()).isPresent()) {
      sections.error(call.at(), "post can not be empty");
    }
    for (Expr.Call condition : conditions) {
      String name = condition.method();
      Optional<Expr.Closure> block = Sections.block(condition);
      if (!POST.contains(name)) {
        sections.error(
            condition.at(),
            "Invalid condition \""
                + name
                + "\" - valid conditions are "
                + POST
                + (SYNONYMS.containsKey(name)
                    ? "; did you mean '" + SYNONYMS.get(name) + "'?"
                    : Nearest.hint(name, POST)));
      } else if (!seen.add(name)) {
        sections.error(condition.at(), "Duplicate build condition name: \"" + name + "\"");
      } else if (block.isEmpty() || condition.args().size() > 1) {
        sections.error(condition.at(), "Expected a block for " + name);
      } else {
        steps.steps(block.get().body(), condition);
        all.add(new Pipeline.Post(condition.at(), PostKind.of(name), block.get().body()));
      }
    }
    all.sort(Comparator.comparing(Pipeline.Post::kind));
    return List.copyOf(all);
  }
}
