package dev.naru.pipeline.lang;

import dev.naru.pipeline.lang.Context.StageState;
import dev.naru.pipeline.lang.Pipeline.Agent;
import dev.naru.pipeline.lang.Pipeline.Body;
import dev.naru.pipeline.lang.Pipeline.Stage;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Runs a declarative pipeline in Jenkins' order of evaluation: agent, credentials, environment,
 * options, tools, stages, and post inside of all these; for a stage, {@code when} comes after its
 * agent and before its environment unless it says otherwise.
 */
final class DeclarativeRunner {
  private final Run run;
  private final Scope scope;
  private final Blocks blocks;
  private final Conditions conditions;
  private @Nullable Pipeline pipeline;

  DeclarativeRunner(Run run, Scope scope) {
    this.run = run;
    this.scope = scope;
    this.blocks = run.steps().blocks();
    this.conditions = new Conditions(run, scope);
  }

  void run(Pipeline declared) {
    pipeline = declared;
    parameters(declared);
    boolean checkout = !declared.options().flag("skipDefaultCheckout");
    onAgent(
        declared.agent(),
        declared.options(),
        checkout,
        true,
        () ->
            withEnvironment(
                declared.environment(),
                () ->
                    withOptions(
                        declared.options(),
                        () -> withTools(declared.tools(), () -> stagesAndPost(declared)))));
  }

  private void parameters(Pipeline declared) {
    for (Expr.Call parameter : declared.parameters()) {
      Map<String, @Nullable Object> args =
          run.evaluator().arguments(parameter.args(), scope).named();
      String name = Values.text(args.get("name"));
      String given = run.info().parameters().get(name);
      Object initial = args.get("defaultValue");
      Object value =
          switch (parameter.method()) {
            case "booleanParam" ->
                given != null ? given.equals("true") : (Object) Values.truth(initial);
            case "choice" -> given != null ? given : firstChoice(args.get("choices"), parameter);
            default -> given != null ? given : initial == null ? "" : Values.text(initial);
          };
      run.parameters().put(name, value);
    }
  }

  private static Object firstChoice(@Nullable Object choices, Expr.Call parameter) {
    List<?> all =
        choices instanceof String s
            ? s.lines().toList()
            : new ArrayList<>(Operators.elements(choices, parameter.at()));
    return all.isEmpty() ? "" : Values.text(all.getFirst());
  }

  private @Nullable Object stagesAndPost(Pipeline declared) {
    Thrown failure = null;
    try {
      stages(declared.stages());
    } catch (Thrown e) {
      failure = e;
      run.noteFailure(e, List.of());
    }
    if (!declared.post().isEmpty()) {
      Result result = failure == null ? run.result() : run.result().and(failure.result());
      blocks.stage(
          "Declarative: Post Actions",
          () -> {
            post(declared.post(), result, run.branches().context().stages().getLast());
            return null;
          },
          declared.at());
    }
    if (failure != null) {
      throw failure;
    }
    return null;
  }

  private void post(List<Pipeline.Post> all, Result result, StageState stage) {
    Result now = result;
    for (Pipeline.Post post : all) {
      if (!post.kind().holds(now, run.info().previous())) {
        continue;
      }
      try {
        steps(post.steps());
      } catch (Thrown.Failure e) {
        // A failed condition does not keep the later ones from running.
        run.echo(
            "Error when executing " + post.kind().symbol() + " post condition: " + e.text(),
            post.at());
        run.noteFailure(e, run.branches().context().stagePath());
        run.worsenRun(Result.FAILURE);
        stage.worsen(Result.FAILURE);
      }
      now = now.and(run.result());
    }
  }

  private @Nullable Object steps(List<Stmt> steps) {
    return run.evaluator().executor().body(steps, new Scope(scope));
  }

  private void stages(List<Stage> stages) {
    Thrown failure = null;
    String skipped = "";
    for (Stage stage : stages) {
      if (failure != null) {
        skip(stage, "Stage \"" + stage.name() + "\" skipped due to earlier failure(s)");
      } else if (!skipped.isEmpty()) {
        skip(stage, skipped);
      } else {
        try {
          stage(stage);
        } catch (Thrown.Failure e) {
          failure = e;
        }
        if (run.result() == Result.UNSTABLE
            && pipeline != null
            && pipeline.options().flag("skipStagesAfterUnstable")) {
          skipped = "Stage skipped due to earlier stage(s) marking the build as unstable";
        }
      }
    }
    if (failure != null) {
      throw failure;
    }
  }

  private void skip(Stage stage, String why) {
    run.within(
        run.branches().context().inStage(new StageState(stage.name())),
        () -> {
          blocks.beginStage(stage.at());
          run.echo(why, stage.at());
          nested(stage.body()).forEach(s -> skip(s, why));
          blocks.endStage("Skipped", why, stage.at());
          return null;
        });
  }

  private static List<Stage> nested(Body body) {
    return switch (body) {
      case Body.Steps s -> List.of();
      case Body.Sequence s -> s.stages();
      case Body.Parallel s -> s.stages();
    };
  }

  /** Says that a stage's condition did not hold. */
  private static final class NotWanted extends RuntimeException {
    private static final long serialVersionUID = 1L;

    NotWanted() {
      super(null, null, false, false);
    }
  }

  private @Nullable Object stage(Stage stage) {
    StageState state = new StageState(stage.name());
    Context context = run.branches().context().inStage(state);
    return run.within(
        stage.cell().isEmpty() ? context : context.with(stage.cell()),
        () -> {
          blocks.beginStage(stage.at());
          try {
            when(stage, stage.when().map(Pipeline.When::beforeOptions).orElse(false));
            withOptions(stage.options(), () -> staged(stage, state));
            blocks.endStage(state.result(), "", stage.at());
          } catch (NotWanted e) {
            String why = "Stage \"" + stage.name() + "\" skipped due to when conditional";
            run.echo(why, stage.at());
            nested(stage.body()).forEach(s -> skip(s, why));
            blocks.endStage("Skipped", why, stage.at());
          } catch (Thrown e) {
            run.noteFailure(e, run.branches().context().stagePath());
            blocks.endStage(state.result().and(e.result()), e.text(), stage.at());
            throw e;
          }
          return null;
        });
  }

  private void when(Stage stage, boolean now) {
    if (now && stage.when().isPresent() && !conditions.hold(stage.when().get())) {
      throw new NotWanted();
    }
  }

  private @Nullable Object staged(Stage stage, StageState state) {
    Pipeline.When when = stage.when().orElse(null);
    boolean early = when != null && (when.beforeInput() || when.beforeAgent());
    when(stage, when != null && early && !when.beforeOptions());
    boolean checkout =
        !stage.options().flag("skipDefaultCheckout")
            && (pipeline == null || !pipeline.options().flag("skipDefaultCheckout"));
    return onAgent(
        stage.agent(),
        stage.options(),
        checkout,
        false,
        () -> {
          when(stage, when != null && !early && !when.beforeOptions());
          return withEnvironment(
              stage.environment(), () -> withTools(stage.tools(), () -> bodyAndPost(stage, state)));
        });
  }

  private @Nullable Object bodyAndPost(Stage stage, StageState state) {
    Thrown failure = null;
    try {
      switch (stage.body()) {
        case Body.Steps s -> steps(s.steps());
        case Body.Sequence s -> stages(s.stages());
        case Body.Parallel s -> parallel(stage, s.stages());
      }
    } catch (Thrown e) {
      failure = e;
      run.noteFailure(e, run.branches().context().stagePath());
    }
    Result result =
        state.result().and(run.result()).and(failure == null ? Result.SUCCESS : failure.result());
    post(stage.post(), result, state);
    if (failure != null) {
      throw failure;
    }
    return null;
  }

  private void parallel(Stage stage, List<Stage> stages) {
    boolean failFast =
        stage.failFast()
            || (pipeline != null && pipeline.options().flag("parallelsAlwaysFailFast"));
    Map<String, Supplier<@Nullable Object>> bodies = new LinkedHashMap<>();
    stages.forEach(s -> bodies.put(s.name(), () -> stage(s)));
    blocks.parallel(bodies, failFast);
  }

  private @Nullable Object onAgent(
      Agent agent,
      Pipeline.Options options,
      boolean checkout,
      boolean ownStage,
      Supplier<@Nullable Object> body) {
    if (!(agent instanceof Agent.Taken taken)) {
      return agent instanceof Agent.None
          ? run.within(run.branches().context().off(), body)
          : body.get();
    }
    Object label = taken.label() == null ? null : run.evaluator().eval(taken.label(), scope);
    Object workspace =
        taken.workspace() == null ? null : run.evaluator().eval(taken.workspace(), scope);
    return blocks.onNode(
        label,
        workspace,
        () -> {
          Context context = run.branches().context();
          if (!checkout) {
            return body.get();
          }
          Context there =
              options
                  .find("checkoutToSubdirectory")
                  .filter(c -> !c.args().isEmpty())
                  .map(c -> run.evaluator().text(c.args().getFirst().value(), scope))
                  .map(sub -> context.in(context.directory() + "/" + sub))
                  .orElse(context);
          Supplier<@Nullable Object> scm =
              () ->
                  run.within(
                      run.branches().context().in(there.directory()),
                      () -> run.steps().checkout(Values.Builtin.SCM, taken.at()));
          Object answer =
              ownStage ? blocks.stage("Declarative: Checkout SCM", scm, taken.at()) : scm.get();
          Map<String, String> variables = new LinkedHashMap<>();
          if (answer instanceof Map<?, ?> map) {
            map.forEach((k, v) -> variables.put(Values.text(k), Values.text(v)));
          }
          return run.within(context.with(variables), body);
        },
        taken.at());
  }

  private @Nullable Object withEnvironment(
      List<Pipeline.Variable> variables, Supplier<@Nullable Object> body) {
    if (variables.isEmpty()) {
      return body.get();
    }
    List<Object> bindings = new ArrayList<>();
    List<Pipeline.Variable> plain = new ArrayList<>();
    for (Pipeline.Variable v : variables) {
      if (v.value() instanceof Expr.Call c
          && c.target() == null
          && c.method().equals("credentials")) {
        Map<String, @Nullable Object> binding = new LinkedHashMap<>();
        binding.put("type", "environment");
        binding.put("credentialsId", run.evaluator().text(c.args().getFirst().value(), scope));
        binding.put("variable", v.name());
        bindings.add(binding);
      } else {
        plain.add(v);
      }
    }
    Supplier<@Nullable Object> rest =
        () -> {
          Context context = run.branches().context();
          EnvironmentBlock block = new EnvironmentBlock(plain, e -> run.evaluator().text(e, scope));
          Map<String, String> values = run.within(context.opening(block), block::all);
          return run.within(context.with(values), body);
        };
    return bindings.isEmpty()
        ? rest.get()
        : blocks.withCredentials(bindings, rest, variables.getFirst().at());
  }

  private @Nullable Object withOptions(Pipeline.Options options, Supplier<@Nullable Object> body) {
    Supplier<@Nullable Object> wrapped = body;
    for (Expr.Call option : options.calls().reversed()) {
      Supplier<@Nullable Object> inner = wrapped;
      switch (option.method()) {
        case "timestamps" -> wrapped = () -> run.within(run.branches().context().stamped(), inner);
        case "timeout" -> {
          Map<String, @Nullable Object> args = optionArguments(option, "time");
          wrapped =
              () ->
                  blocks.timeout(
                      Steps.millis(args, "MINUTES", option.at()),
                      Values.truth(args.get("activity")),
                      inner,
                      option.at());
        }
        case "retry" -> {
          Object count = optionArguments(option, "count").get("count");
          wrapped =
              () -> blocks.retry(count instanceof Number n ? n.intValue() : 1, inner, option.at());
        }
        default -> {}
      }
    }
    return wrapped.get();
  }

  private Map<String, @Nullable Object> optionArguments(Expr.Call option, String lone) {
    Arguments arguments = run.evaluator().arguments(option.args(), scope);
    Map<String, @Nullable Object> args = new LinkedHashMap<>(arguments.named());
    if (!arguments.positional().isEmpty()) {
      args.put(lone, arguments.positional().getFirst());
    }
    if (args.get(lone) != null) {
      args.put(lone, Operators.cast("long", args.get(lone), option.at()));
    }
    return args;
  }

  private @Nullable Object withTools(List<Pipeline.Tool> tools, Supplier<@Nullable Object> body) {
    Map<String, String> variables = new LinkedHashMap<>();
    for (Pipeline.Tool tool : tools) {
      run.steps().onAgent("tools", tool.at());
      String home =
          Values.text(
              run.call(
                  "tool",
                  Map.of("type", tool.type(), "name", run.evaluator().text(tool.name(), scope)),
                  tool.at()));
      if (!home.isEmpty()) {
        blocks.put(variables, "PATH+" + tool.type(), home + "/bin");
        if (tool.type().equals("jdk")) {
          variables.put("JAVA_HOME", home);
        }
      }
    }
    return variables.isEmpty()
        ? body.get()
        : run.within(run.branches().context().with(variables), body);
  }
}
