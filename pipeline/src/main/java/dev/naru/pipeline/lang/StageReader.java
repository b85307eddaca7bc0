package dev.naru.pipeline.lang;

import dev.naru.pipeline.lang.Pipeline.Body;
import dev.naru.pipeline.lang.Pipeline.Condition;
import dev.naru.pipeline.lang.Pipeline.Stage;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Stages, nested as they come, with their {@code when}; a matrix becomes its cells. */
final class StageReader {
  private static final int CELLS_MAX = 256;
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
  private static final List<String> ASKED =
      List.of(
          "branch",
          "buildingTag",
          "changeRequest",
          "changelog",
          "changeset",
          "environment",
          "equals",
          "isRestartedRun",
          "tag",
          "triggeredBy");
  private static final List<String> BEFORE = List.of("beforeAgent", "beforeInput", "beforeOptions");

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
    for (Expr.Call call : sections.calls(sections.body(list), "Expected a stage")) {
      if (!call.method().equals("stage")) {
        sections.error(
            call.at(), "Expected a stage" + Nearest.hint(call.method(), List.of("stage")));
        continue;
      }
      Optional<Expr.Closure> block = Sections.block(call);
      if (block.isEmpty()
          || call.args().size() != 2
          || !(call.args().getFirst().value() instanceof Expr.Literal literal
              && literal.value() instanceof String name)) {
        sections.error(call.at(), "Expected a stage: stage('a literal name') { … }");
        continue;
      }
      if (name.isBlank()) {
        sections.error(call.at(), "Stage does not have a name");
      } else if (!names.add(name)) {
        sections.error(call.at(), "Duplicate stage name: \"" + name + "\"");
      }
      all.add(stage(call.at(), name, block.get().body(), inParallel));
    }
    if (all.isEmpty() && names.isEmpty()) {
      sections.error(list.at(), "No stages specified");
    }
    return List.copyOf(all);
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
    }
    return build(at, name, Map.of(), parts, inParallel);
  }

  private Stage build(
      Position at, String name, Map<String, String> cell, List<Expr.Call> parts, boolean inside) {
    Pipeline.Agent agent = new Pipeline.Agent.Inherited();
    Optional<Pipeline.When> when = Optional.empty();
    Pipeline.Options options = new Pipeline.Options(List.of());
    List<Pipeline.Variable> environment = List.of();
    List<Pipeline.Tool> tools = List.of();
    List<Pipeline.Post> post = List.of();
    Body body = new Body.Steps(List.of());
    boolean failFast = false;
    for (Expr.Call part : parts) {
      switch (part.method()) {
        case "agent" -> agent = reader.agent(part);
        case "when" -> when = Optional.of(when(part));
        case "options" -> options = reader.stageOptions(part);
        case "environment" -> environment = reader.environment(part);
        case "tools" -> tools = reader.tools(part);
        case "post" -> post = reader.post(part);
        case "failFast" -> failFast = sections.flag(part);
        case "input" -> sections.error(part.at(), StepCatalog.unknown("input"));
        case "steps" -> {
          List<Stmt> list = sections.body(part);
          steps.steps(list, part);
          body = new Body.Steps(list);
        }
        case "stages" -> body = new Body.Sequence(stages(part, inside));
        case "parallel" -> body = new Body.Parallel(stages(part, true));
        case "matrix" -> body = new Body.Parallel(matrix(part));
        default -> {}
      }
    }
    return new Stage(
        at, name, cell, agent, when, options, environment, tools, body, failFast, post);
  }

  private List<Stage> matrix(Expr.Call matrix) {
    List<Expr.Call> parts = sections.sections(sections.body(matrix), MATRIX, "matrix");
    Map<String, List<String>> axes = new LinkedHashMap<>();
    List<Map<String, Exclude>> excludes = new ArrayList<>();
    List<Expr.Call> rest = new ArrayList<>();
    for (Expr.Call part : parts) {
      switch (part.method()) {
        case "axes" -> axes(part, axes);
        case "excludes" -> {
          for (Expr.Call e : sections.calls(sections.body(part), "Expected an exclude")) {
            excludes.add(excluded(e));
          }
        }
        default -> rest.add(part);
      }
    }
    for (String required : List.of("axes", "stages")) {
      if (parts.stream().noneMatch(c -> c.method().equals(required))) {
        sections.error(matrix.at(), "Missing required section \"" + required + "\"");
      }
    }
    List<Map<String, String>> cells = new ArrayList<>();
    cells.add(Map.of());
    for (Map.Entry<String, List<String>> axis : axes.entrySet()) {
      List<Map<String, String>> wider = new ArrayList<>();
      for (Map<String, String> cell : cells) {
        for (String value : axis.getValue()) {
          Map<String, String> next = new LinkedHashMap<>(cell);
          next.put(axis.getKey(), value);
          wider.add(next);
        }
      }
      cells = wider;
      if (cells.size() > CELLS_MAX) {
        sections.error(matrix.at(), "a matrix of more than " + CELLS_MAX + " cells");
        return List.of();
      }
    }
    cells.removeIf(
        cell ->
            excludes.stream()
                .anyMatch(
                    e ->
                        e.entrySet().stream()
                            .allMatch(x -> x.getValue().hits(cell.getOrDefault(x.getKey(), "")))));
    return cells.stream()
        .map(
            cell ->
                build(
                    matrix.at(),
                    cell.entrySet().stream()
                        .map(e -> e.getKey() + " = '" + e.getValue() + "'")
                        .collect(Collectors.joining(", ", "Matrix - ", "")),
                    cell,
                    rest,
                    true))
        .toList();
  }

  private record Exclude(List<String> values, boolean not) {
    boolean hits(String value) {
      return values.contains(value) != not;
    }
  }

  private void axes(Expr.Call part, Map<String, List<String>> axes) {
    for (Expr.Call axis : sections.calls(sections.body(part), "Expected an axis")) {
      String name = "";
      List<String> values = List.of();
      for (Expr.Call field : sections.calls(sections.body(axis), "Expected name or values")) {
        if (field.method().equals("name")) {
          name = sections.literal(field, String.class).orElse("");
        } else if (field.method().equals("values")) {
          values = literals(field);
        } else {
          sections.error(field.at(), "Expected name or values");
        }
      }
      if (name.isEmpty() || values.isEmpty()) {
        sections.error(axis.at(), "An axis needs a literal name and literal values");
      } else if (axes.put(name, values) != null) {
        sections.error(axis.at(), "Duplicate axis name: \"" + name + "\"");
      }
    }
  }

  private Map<String, Exclude> excluded(Expr.Call exclude) {
    Map<String, Exclude> all = new LinkedHashMap<>();
    for (Expr.Call axis : sections.calls(sections.body(exclude), "Expected an axis")) {
      String name = "";
      Exclude values = new Exclude(List.of(), false);
      for (Expr.Call field : sections.calls(sections.body(axis), "Expected name or values")) {
        switch (field.method()) {
          case "name" -> name = sections.literal(field, String.class).orElse("");
          case "values" -> values = new Exclude(literals(field), false);
          case "notValues" -> values = new Exclude(literals(field), true);
          default -> sections.error(field.at(), "Expected name, values or notValues");
        }
      }
      all.put(name, values);
    }
    return all;
  }

  private List<String> literals(Expr.Call call) {
    List<String> values = new ArrayList<>();
    for (Expr.Argument a : call.args()) {
      if (a.value() instanceof Expr.Literal(Position at, Object value) && value != null) {
        values.add(value.toString());
      } else {
        sections.error(a.value().at(), "Expected a literal value");
      }
    }
    return List.copyOf(values);
  }

  private Pipeline.When when(Expr.Call call) {
    List<Condition> conditions = new ArrayList<>();
    Set<String> before = new HashSet<>();
    for (Expr.Call part : sections.calls(sections.body(call), "Expected a when condition")) {
      if (BEFORE.contains(part.method())) {
        if (sections.flag(part)) {
          before.add(part.method());
        }
      } else {
        condition(part).ifPresent(conditions::add);
      }
    }
    if (conditions.isEmpty()) {
      sections.error(call.at(), "Empty when closure, remove the property or add some content.");
    }
    return new Pipeline.When(
        List.copyOf(conditions),
        before.contains("beforeAgent"),
        before.contains("beforeInput"),
        before.contains("beforeOptions"));
  }

  private Optional<Condition> condition(Expr.Call call) {
    String name = call.method();
    switch (name) {
      case "allOf", "anyOf", "not" -> {
        List<Condition> inner = new ArrayList<>();
        for (Expr.Call part : sections.calls(sections.body(call), "Expected a when condition")) {
          condition(part).ifPresent(inner::add);
        }
        if (inner.isEmpty() || (name.equals("not") && inner.size() != 1)) {
          sections.error(
              call.at(),
              "Condition \""
                  + name
                  + "\" needs "
                  + (name.equals("not") ? "exactly one" : "at least one")
                  + " nested condition");
          return Optional.empty();
        }
        return Optional.of(
            switch (name) {
              case "allOf" -> new Condition.AllOf(inner);
              case "anyOf" -> new Condition.AnyOf(inner);
              default -> new Condition.Not(inner.getFirst());
            });
      }
      case "expression" -> {
        Optional<Expr.Closure> block = Sections.block(call);
        if (block.isEmpty()) {
          sections.error(call.at(), "\"expression\" needs a block");
          return Optional.empty();
        }
        steps.script(block.get().body());
        return Optional.of(new Condition.Expression(call.at(), block.get()));
      }
      default -> {
        if (!ASKED.contains(name)) {
          List<String> known = new ArrayList<>(ASKED);
          known.addAll(List.of("allOf", "anyOf", "expression", "not"));
          sections.error(
              call.at(),
              "Unknown conditional "
                  + name
                  + ". Valid conditionals are: "
                  + String.join(", ", known.stream().sorted().toList()));
          return Optional.empty();
        }
        if (name.equals("changelog")) {
          sections.error(
              call.at(), "the condition \"changelog\" is not supported; use changeset or branch");
        }
        call.args().forEach(a -> steps.expression(a.value()));
        return Optional.of(new Condition.Asked(call.at(), name, call.args()));
      }
    }
  }
}
