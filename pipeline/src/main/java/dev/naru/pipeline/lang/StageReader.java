package dev.naru.pipeline.lang;

import dev.naru.pipeline.lang.Pipeline.Body;
import dev.naru.pipeline.lang.Pipeline.Stage;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Stages, nested as they come; a matrix becomes its cells. */
final class StageReader {
  private static final List<String> BODIES = List.of("steps", "stages", "parallel", "matrix");
  private static final List<String> SECTIONS =
      List.of(
          "steps",
          "stages",
          "parallel",
          "matrix",
          "agent",
          "environment",
          "failFast",
          "input",
          "options",
          "post",
          "tools",
          "when");
  private static final List<String> MATRIX =
      List.of(
          "axes",
          "excludes",
          "stages",
          "agent",
          "environment",
          "input",
          "options",
          "post",
          "tools",
          "when");

  private final PipelineReader reader;
  private final Sections sections;
  private final StepChecker steps;

  StageReader(PipelineReader reader, Sections sections, StepChecker steps) {
    this.reader = reader;
    this.sections = sections;
    this.steps = steps;
  }

  List<Stage> stages(Expr.Call list) {
    return stages(list, false);
  }

  private List<Stage> stages(Expr.Call list, boolean inParallel) {
    List<Stage> all = new ArrayList<>();
    Set<String> names = new HashSet<>();
    List<Expr.Call> calls = sections.calls(sections.body(list), "Expected a stage");
    for (Expr.Call call : calls) {
      if (!call.method().equals("stage")) {
        sections.error(
            call.at(),
            "Expected a stage"
                + (SECTIONS.contains(call.method())
                    ? ": \"" + call.method() + "\" belongs into one"
                    : Nearest.hint(call.method(), List.of("stage"))));
        continue;
      }
      Optional<String> name = name(call);
      Optional<Expr.Closure> block = Sections.block(call);
      if (block.isEmpty()) {
        sections.error(call.at(), "Stage does not have a block");
        continue;
      }
      name.filter(n -> !names.add(n))
          .ifPresent(n -> sections.error(call.at(), "Duplicate stage name: \"" + n + "\""));
      all.add(stage(call.at(), name.orElse("?"), block.get().body(), inParallel));
    }
    if (calls.isEmpty()) {
      sections.error(list.at(), "No stages specified");
    }
    return List.copyOf(all);
  }

  private Optional<String> name(Expr.Call stage) {
    List<Expr.Argument> args =
        stage.args().stream().filter(a -> !(a.value() instanceof Expr.Closure)).toList();
    if (args.isEmpty()) {
      sections.error(stage.at(), "Expected a stage name but did not find any");
      return Optional.empty();
    }
    Expr value = args.getFirst().value();
    if (args.size() > 1) {
      sections.error(
          args.get(1).value().at(), "A stage has a name and a block, no other arguments");
    } else if (!(value instanceof Expr.Literal literal && literal.value() instanceof String name)) {
      sections.error(
          value.at(),
          "Expected string literal but got "
              + Printer.line(value)
              + ": the name of a declarative stage is fixed");
    } else if (name.isBlank()) {
      sections.error(stage.at(), "Stage does not have a name");
    } else {
      return Optional.of(name);
    }
    return Optional.empty();
  }

  private Stage stage(Position at, String name, List<Stmt> body, boolean inParallel) {
    List<Expr.Call> parts = sections.sections(body, SECTIONS, "stage");
    List<String> kinds = parts.stream().map(Expr.Call::method).filter(BODIES::contains).toList();
    if (kinds.isEmpty()) {
      sections.error(
          at,
          "Expected one of \"steps\", \"stages\", \"parallel\", or \"matrix\" for stage \""
              + name
              + "\"");
    } else if (kinds.size() > 1) {
      sections.error(
          at,
          "Only one of \"matrix\", \"parallel\", \"stages\", or \"steps\" allowed for stage \""
              + name
              + "\"");
    }
    boolean branches = kinds.contains("parallel") || kinds.contains("matrix");
    if (branches && inParallel) {
      sections.error(at, "Parallel stages or branches can only be included in a top-level stage.");
    }
    for (Expr.Call part : parts) {
      if (branches && (part.method().equals("agent") || part.method().equals("tools"))) {
        sections.error(
            part.at(),
            "\""
                + part.method()
                + "\" is not allowed in stage \""
                + name
                + "\" as it contains parallel stages");
      }
      if (!branches && part.method().equals("failFast") && !oldParallel(parts)) {
        sections.warning(
            part.at(),
            "\"failFast\" has no effect in stage \"" + name + "\", which has no parallel stages");
      }
    }
    return build(at, name, Map.of(), parts, inParallel);
  }

  private static boolean oldParallel(List<Expr.Call> parts) {
    return parts.stream()
        .filter(p -> p.method().equals("steps"))
        .flatMap(p -> Sections.block(p).stream())
        .anyMatch(
            b ->
                b.body().size() == 1
                    && b.body().getFirst() instanceof Stmt.Do(Position at, Expr e)
                    && e instanceof Expr.Call c
                    && c.method().equals("parallel"));
  }

  private Stage build(
      Position at, String name, Map<String, String> cell, List<Expr.Call> parts, boolean inside) {
    Pipeline.Agent agent = new Pipeline.Agent.Inherited();
    Optional<Pipeline.When> when = Optional.empty();
    Optional<Pipeline.Input> input = Optional.empty();
    Pipeline.Options options = new Pipeline.Options(List.of());
    List<Pipeline.Variable> environment = List.of();
    List<Pipeline.Tool> tools = List.of();
    List<Pipeline.Post> post = List.of();
    Body body = new Body.Steps(List.of());
    boolean failFast = false;
    for (Expr.Call part : parts) {
      switch (part.method()) {
        case "agent" -> agent = reader.agent(part);
        case "when" -> when = Optional.of(new WhenReader(sections, steps).read(part));
        case "options" -> options = reader.directives().options(part, Directives.STAGE_OPTIONS);
        case "environment" -> environment = reader.environment(part);
        case "tools" -> tools = reader.tools(part);
        case "post" -> post = reader.post(part);
        case "failFast" -> failFast = sections.flag(part);
        case "input" -> input = reader.directives().input(part);
        case "steps" -> {
          List<Stmt> list = sections.body(part);
          if (Sections.block(part).isPresent()) {
            steps.steps(list, part);
          }
          body = new Body.Steps(list);
        }
        case "stages" -> body = new Body.Sequence(stages(part, inside));
        case "parallel" -> body = new Body.Parallel(stages(part, true));
        case "matrix" -> body = new Body.Parallel(matrix(part));
        default -> {}
      }
    }
    return new Stage(
        at, name, cell, agent, when, input, options, environment, tools, body, failFast, post);
  }

  private List<Stage> matrix(Expr.Call matrix) {
    List<Expr.Call> parts = sections.sections(sections.body(matrix), MATRIX, "matrix");
    MatrixReader axes = new MatrixReader(sections);
    List<Expr.Call> rest = new ArrayList<>();
    parts.stream().filter(p -> p.method().equals("axes")).forEach(axes::axes);
    for (Expr.Call part : parts) {
      switch (part.method()) {
        case "axes" -> {}
        case "excludes" -> axes.excludes(part);
        default -> rest.add(part);
      }
    }
    sections.required(matrix, parts, List.of("axes", "stages"));
    List<Map<String, String>> left = axes.cells(matrix);
    if (left.isEmpty()) {
      // No cell, but what each would do is still checked.
      build(matrix.at(), "", Map.of(), rest, true);
    }
    List<Stage> cells = new ArrayList<>();
    for (Map<String, String> cell : left) {
      String name =
          cell.entrySet().stream()
              .map(e -> e.getKey() + " = '" + e.getValue() + "'")
              .collect(Collectors.joining(", ", "Matrix - ", ""));
      cells.add(build(matrix.at(), name, cell, rest, true));
    }
    return List.copyOf(cells);
  }
}
