package dev.naru.pipeline.lang;

import dev.naru.pipeline.lang.Jenkinsfile.Use;
import dev.naru.pipeline.lang.Jenkinsfile.Use.Kind;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Collects what a file uses of Jenkins, in the order of the places. */
final class Uses {
  private static final Set<String> VARIABLES = Set.of("docker", "kubernetes", "openshift");

  private final Set<Use> all = new HashSet<>();
  private final Set<String> defined = new HashSet<>();

  static List<Use> of(Program program, Optional<Pipeline> pipeline) {
    Uses uses = new Uses();
    uses.program(program, pipeline);
    List<Use> sorted = new ArrayList<>(uses.all);
    sorted.sort((a, b) -> a.at().compareTo(b.at()));
    return List.copyOf(sorted);
  }

  private void add(Kind kind, String name, Position at) {
    all.add(new Use(kind, name, at));
  }

  private void program(Program program, Optional<Pipeline> pipeline) {
    defined.addAll(program.methods().keySet());
    Syntax.definedNames(program, defined);
    program.libraries().forEach(l -> add(Kind.LIBRARY, l.name(), l.at()));
    program.methods().values().forEach(m -> steps(m.body()));
    steps(program.fields());
    for (Stmt stmt : program.body()) {
      if (pipeline.isEmpty() || !stmt.at().equals(pipeline.get().at())) {
        steps(List.of(stmt));
      }
    }
    pipeline.ifPresent(this::pipeline);
  }

  private void pipeline(Pipeline p) {
    agent(p.agent());
    p.libraries()
        .forEach(l -> add(Kind.LIBRARY, Printer.line(l.args().getFirst().value()), l.at()));
    p.environment().forEach(v -> expression(v.value()));
    options(p.options());
    p.parameters().forEach(c -> add(Kind.PARAMETER, c.method(), c.at()));
    p.triggers().forEach(c -> add(Kind.TRIGGER, c.method(), c.at()));
    p.stages().forEach(this::stage);
    p.post().forEach(c -> steps(c.steps()));
  }

  private void agent(Pipeline.Agent agent) {
    if (agent instanceof Pipeline.Agent.Made made) {
      add(Kind.AGENT, made.type(), made.at());
    }
  }

  private void options(Pipeline.Options options) {
    for (Expr.Call c : options.calls()) {
      add(Directives.WRAPPERS.contains(c.method()) ? Kind.STEP : Kind.OPTION, c.method(), c.at());
    }
  }

  private void stage(Pipeline.Stage s) {
    agent(s.agent());
    s.when().ifPresent(w -> w.conditions().forEach(this::condition));
    s.input()
        .ifPresent(
            i -> {
              add(Kind.INPUT, "input", i.at());
              i.parameters().forEach(c -> add(Kind.PARAMETER, c.method(), c.at()));
            });
    options(s.options());
    s.environment().forEach(v -> expression(v.value()));
    switch (s.body()) {
      case Pipeline.Body.Steps b -> steps(b.steps());
      case Pipeline.Body.Sequence b -> b.stages().forEach(this::stage);
      case Pipeline.Body.Parallel b -> b.stages().forEach(this::stage);
    }
    s.post().forEach(c -> steps(c.steps()));
  }

  private void condition(Pipeline.Condition condition) {
    switch (condition) {
      case Pipeline.Condition.AllOf c -> c.all().forEach(this::condition);
      case Pipeline.Condition.AnyOf c -> c.any().forEach(this::condition);
      case Pipeline.Condition.Not c -> condition(c.condition());
      case Pipeline.Condition.Expression c -> steps(c.closure().body());
      case Pipeline.Condition.Asked c -> add(Kind.CONDITION, c.name(), c.at());
    }
  }

  private void steps(List<Stmt> body) {
    Syntax.calls(body, this::call);
  }

  private void expression(Expr expr) {
    Syntax.calls(expr, this::call);
  }

  private void call(Expr.Call call) {
    String name = call.method();
    if (call.target() instanceof Expr.Name target
        && VARIABLES.contains(target.name())
        && !defined.contains(target.name())) {
      add(Kind.VARIABLE, target.name(), target.at());
    } else if (call.target() == null
        && !defined.contains(name)
        && StepCatalog.find(name).isPresent()) {
      add(Kind.STEP, name, call.at());
    }
  }
}
