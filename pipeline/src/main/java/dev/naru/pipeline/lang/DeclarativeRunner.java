package dev.naru.pipeline.lang;

import dev.naru.pipeline.lang.Context.StageState;
import dev.naru.pipeline.lang.Pipeline.Body;
import dev.naru.pipeline.lang.Pipeline.Stage;
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
  private final Surroundings around;
  private final BuildParameters parameters;
  private @Nullable Pipeline pipeline;

  DeclarativeRunner(Run run, Scope scope) {
    this.run = run;
    this.scope = scope;
    this.blocks = run.steps().blocks();
    this.conditions = new Conditions(run, scope);
    this.around = new Surroundings(run, scope);
    this.parameters = new BuildParameters(run);
  }

  void run(Pipeline declared) {
    pipeline = declared;
    declared.parameters().forEach(p -> parameters.define(p, scope));
    boolean checkout = !declared.options().flag("skipDefaultCheckout");
    declared.libraries().forEach(this::library);
    around.onAgent(
        declared.agent(),
        declared.options(),
        checkout,
        true,
        () ->
            around.withEnvironment(
                declared.environment(),
                () ->
                    around.withOptions(
                        declared.options(),
                        () -> around.withTools(declared.tools(), () -> stagesAndPost(declared)))));
  }

  private void library(Expr.Call lib) {
    run.steps().call("library", run.evaluator().arguments(lib.args(), scope), lib.at());
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
            when(stage, Moment.OPTIONS);
            around.withOptions(stage.options(), () -> asked(stage, state));
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

  /** When a stage's conditions are asked: before its options, input or agent, or after these. */
  private enum Moment {
    OPTIONS,
    INPUT,
    AGENT,
    BODY;

    static Moment of(Pipeline.When when) {
      return when.beforeOptions()
          ? OPTIONS
          : when.beforeInput() ? INPUT : when.beforeAgent() ? AGENT : BODY;
    }
  }

  private void when(Stage stage, Moment now) {
    if (stage.when().filter(w -> Moment.of(w) == now && !conditions.hold(w)).isPresent()) {
      throw new NotWanted();
    }
  }

  private @Nullable Object asked(Stage stage, StageState state) {
    when(stage, Moment.INPUT);
    Map<String, String> answers = stage.input().map(i -> parameters.ask(i, scope)).orElse(Map.of());
    return run.within(
        run.branches().context().with(answers),
        () -> {
          when(stage, Moment.AGENT);
          return staged(stage, state);
        });
  }

  private @Nullable Object staged(Stage stage, StageState state) {
    boolean checkout =
        !stage.options().flag("skipDefaultCheckout")
            && (pipeline == null || !pipeline.options().flag("skipDefaultCheckout"));
    return around.onAgent(
        stage.agent(),
        stage.options(),
        checkout,
        false,
        () -> {
          when(stage, Moment.BODY);
          return around.withEnvironment(
              stage.environment(),
              () -> around.withTools(stage.tools(), () -> bodyAndPost(stage, state)));
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
}
