package dev.naru.pipeline.lang;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What one run of a file shares: its parts, its result, its variables. */
final class Run implements World {
  private final Jenkinsfile file;
  private final RunInfo info;
  private final Limits limits;
  private final Branches branches;
  private final Evaluator evaluator;
  private final Steps steps;
  private final Memory memory;
  private final Libraries libraries;
  private final Unit unit;
  private final Map<String, String> base = new LinkedHashMap<>();
  private final Map<String, @Nullable Object> parameters = new LinkedHashMap<>();
  private final Map<String, String> described = new HashMap<>();
  private Result result = Result.SUCCESS;
  private Outcome.@Nullable Failure failure;
  private @Nullable Long startedMillis;

  Run(Jenkinsfile file, RunInfo info, Host host, Limits limits) {
    this.file = file;
    this.info = info;
    this.limits = limits;
    this.memory = new Memory(limits);
    this.branches = new Branches(host, limits);
    this.libraries = new Libraries(this);
    this.evaluator = new Evaluator(this);
    this.steps = new Steps(this);
    this.unit = new Unit("WorkflowScript", "", file.program(), new Scope(null), evaluator.names());
  }

  Outcome start() throws InterruptedException {
    Branches.Branch root = branches.run(Context.OUTSIDE, this::all);
    Throwable thrown = root.failure();
    if (thrown instanceof Thrown t) {
      result = result.and(t.result());
      noteFailure(t, List.of());
    } else if (thrown != null) {
      result = result.and(Result.FAILURE);
      if (failure == null) {
        failure =
            new Outcome.Failure(List.of(), "", Position.START, "the interpreter failed: " + thrown);
      }
    }
    return new Outcome(
        result, result == Result.SUCCESS ? Optional.empty() : Optional.ofNullable(failure));
  }

  private @Nullable Object all() {
    for (Program.Library library : file.program().libraries()) {
      libraries.load(library.name(), null, library.at());
    }
    for (Stmt field : file.program().fields()) {
      evaluator.executor().define(field, unit.fields(), new Scope(null, unit.frame()));
    }
    try {
      statements(new Scope(null, unit.frame()));
    } catch (Executor.Return e) {
      // A script may end early.
      return e.value();
    }
    return null;
  }

  private void statements(Scope scope) {
    for (Stmt stmt : file.program().body()) {
      if (file.pipeline().isPresent()
          && stmt instanceof Stmt.Do(Position at, Expr expr)
          && expr instanceof Expr.Call call
          && call.method().equals("pipeline")) {
        new DeclarativeRunner(this, scope).run(file.pipeline().get());
      } else {
        evaluator.executor().body(List.of(stmt), scope);
      }
    }
  }

  Program program() {
    return file.program();
  }

  Memory memory() {
    return memory;
  }

  Libraries libraries() {
    return libraries;
  }

  /** The Jenkinsfile as a script sees it. */
  Unit unit() {
    return unit;
  }

  /** Runs a {@code pipeline} block that stands in a method, such as a library's. */
  @Nullable Object declarative(Expr.Call call, Scope scope) {
    List<Diagnostic> diagnostics = new ArrayList<>();
    Program program = evaluator.unit(scope).program();
    StepChecker checker = new StepChecker(diagnostics, program);
    checker.takeLibraries();
    Pipeline declared = new PipelineReader(diagnostics, checker).read(call);
    List<String> errors =
        diagnostics.stream().filter(Diagnostic::isError).map(Diagnostic::toString).toList();
    if (!errors.isEmpty()) {
      throw Thrown.Failure.of(
          "MultipleCompilationErrorsException",
          evaluator.unit(scope).typeName() + ":" + String.join("\n", errors),
          call.at());
    }
    new DeclarativeRunner(this, scope).run(declared);
    return null;
  }

  RunInfo info() {
    return info;
  }

  Limits limits() {
    return limits;
  }

  Branches branches() {
    return branches;
  }

  Evaluator evaluator() {
    return evaluator;
  }

  Steps steps() {
    return steps;
  }

  Map<String, @Nullable Object> parameters() {
    return parameters;
  }

  Result result() {
    return result;
  }

  /** Worsens the run's result, and that of the innermost stage. */
  void worsen(Result to, boolean stageOnly) {
    List<Context.StageState> stages = branches.context().stages();
    if (!stages.isEmpty()) {
      stages.getLast().worsen(to);
    }
    if (!stageOnly) {
      result = result.and(to);
    }
  }

  void worsenRun(Result to) {
    result = result.and(to);
  }

  /** Remembers {@code thrown} as why the run failed, when it is the first. */
  void noteFailure(Thrown thrown, List<String> stage) {
    if (failure == null) {
      failure =
          switch (thrown) {
            case Thrown.Failure f ->
                new Outcome.Failure(
                    f.stage().isEmpty() ? stage : f.stage(), f.step(), f.site(), f.report());
            case Thrown.Interrupt i -> new Outcome.Failure(stage, "", i.at(), i.text());
            case Thrown.Limit l -> new Outcome.Failure(stage, "", l.site(), l.report());
          };
    }
  }

  void noteUnstable(String step, Position at, String message) {
    if (failure == null) {
      failure = new Outcome.Failure(branches.context().stagePath(), step, at, message);
    }
  }

  /** The variable that a script or a shell sees here, or null. */
  @Nullable String variable(String name) {
    Context context = branches.context();
    if (context.opening() != null) {
      Optional<String> opening = context.opening().value(name);
      if (opening.isPresent()) {
        return opening.get();
      }
    }
    String value = context.overlay().get(name);
    if (value == null) {
      value = base.get(name);
    }
    if (value == null && context.node() != null) {
      value = context.node().env().get(name);
    }
    if (value == null && parameters.get(name) != null) {
      value = Values.text(parameters.get(name));
    }
    if (value == null) {
      value = info.env().get(name);
    }
    return value == null || value.isEmpty() ? null : value;
  }

  String variableOr(String name, String otherwise) {
    String value = variable(name);
    return value == null ? otherwise : value;
  }

  void setVariable(String name, String value) {
    base.put(name, value);
  }

  Map<String, String> environment() {
    Context context = branches.context();
    Map<String, String> all = new LinkedHashMap<>(info.env());
    parameters.forEach((k, v) -> all.put(k, v == null ? "" : Values.text(v)));
    if (context.node() != null) {
      all.putAll(context.node().env());
    }
    all.putAll(base);
    all.putAll(context.overlay());
    return all;
  }

  HostCall.Where where() {
    Context context = branches.context();
    return new HostCall.Where(
        context.stagePath(),
        context.node() == null ? "" : context.node().id(),
        context.directory(),
        environment(),
        context.timestamps());
  }

  /** Calls the host; a failed call is the failure of the step {@code name}. */
  @Nullable Object call(String name, Map<String, @Nullable Object> args, Position at) {
    return switch (branches.call(name, args, where(), at)) {
      case Answer.Value v -> v.value();
      case Answer.Failed f -> throw failed(name, f.message(), at);
      case Answer.Abort a ->
          throw new Thrown.Interrupt(Thrown.Interrupt.Cause.PERSON, a.reason(), at, 0);
    };
  }

  Thrown.Failure failed(String step, String message, Position at) {
    return new Thrown.Failure("AbortException", message, at, step, branches.context().stagePath());
  }

  void echo(String message, Position at) {
    call("echo", Map.of("message", message), at);
  }

  /** Runs {@code body} in {@code context}. */
  <T extends @Nullable Object> T within(Context context, Supplier<T> body) {
    return branches.within(context, body);
  }

  @Override
  public long random(Position at) {
    return call("random", Map.of(), at) instanceof Number n ? n.longValue() : 0;
  }

  @Override
  public long nowMillis(Position at) {
    return call("now", Map.of(), at) instanceof Number n ? n.longValue() : 0;
  }

  long startedMillis(Position at) {
    if (startedMillis == null) {
      String started = info.env().get("NARU_STARTED_MILLIS");
      startedMillis = started == null ? nowMillis(at) : Long.parseLong(started);
    }
    return startedMillis;
  }

  String displayName() {
    return described.getOrDefault("displayName", "#" + variableOr("BUILD_NUMBER", "0"));
  }

  @Nullable String description() {
    return described.get("description");
  }

  void describe(String what, String text, Position at) {
    described.put(what, text);
    call("build", Map.of(what, text), at);
  }
}
