package dev.naru.pipeline.lang;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A parsed and checked Jenkinsfile: declarative, or scripted when it has no {@code pipeline} block.
 */
public final class Jenkinsfile {
  /**
   * What {@link #parse} gives: the file unless a diagnostic is an error, and all diagnostics in the
   * order of their places.
   *
   * @param syntax the tree, there even when the checks found errors, for readers of the text such
   *     as the linter
   */
  public record Parsed(
      Optional<Jenkinsfile> file, Optional<Program> syntax, List<Diagnostic> diagnostics) {
    public Parsed {
      diagnostics = List.copyOf(diagnostics);
    }
  }

  /**
   * A stage as the file declares it.
   *
   * @param path the names from the outermost stage to this one
   */
  public record StageOutline(List<String> path) {
    public StageOutline {
      path = List.copyOf(path);
    }
  }

  /**
   * One thing of Jenkins that the file uses, so that who runs the file can say beforehand what it
   * does not have.
   *
   * @param name of the step, option, agent type, …; of a library the identifier
   */
  public record Use(Kind kind, String name, Position at) {
    /** What is used; a {@code VARIABLE} is one that a plugin provides, such as docker. */
    public enum Kind {
      AGENT,
      CONDITION,
      INPUT,
      LIBRARY,
      OPTION,
      PARAMETER,
      STEP,
      TRIGGER,
      VARIABLE
    }
  }

  private final Program program;
  private final Optional<Pipeline> pipeline;

  private Jenkinsfile(Program program, Optional<Pipeline> pipeline) {
    this.program = program;
    this.pipeline = pipeline;
  }

  /**
   * Parses and checks {@code text} in bounded size and time.
   *
   * @param name the file's path, for messages of the parser
   */
  public static Parsed parse(String name, String text) throws InterruptedException {
    GroovyParser.Result parsed = GroovyParser.parse(name, text);
    if (parsed.program().isEmpty()) {
      return new Parsed(Optional.empty(), Optional.empty(), parsed.diagnostics());
    }
    Program program = parsed.program().get();
    List<Diagnostic> diagnostics = new ArrayList<>(parsed.diagnostics());
    StepChecker steps = new StepChecker(diagnostics, program);
    diagnostics.addAll(parsed.misplaced());
    if (!steps.takesLibraries()) {
      diagnostics.addAll(parsed.unresolved());
    }
    program.fields().forEach(s -> steps.script(List.of(s)));
    PipelineReader reader = new PipelineReader(diagnostics, steps);
    program.methods().values().forEach(m -> method(m, steps, reader));
    Optional<Pipeline> pipeline = Optional.empty();
    for (Stmt stmt : program.body()) {
      Expr.Call call = pipelineCall(stmt);
      if (call != null) {
        Position at = stmt.at();
        if (pipeline.isPresent()) {
          diagnostics.add(
              Diagnostic.error(at, "Only one pipeline { ... } block can be executed in a run."));
        } else {
          pipeline = Optional.of(reader.read(call));
        }
      } else {
        steps.script(List.of(stmt));
      }
    }
    // A matrix reads its stages once for each cell.
    List<Diagnostic> all =
        diagnostics.stream().distinct().sorted(Comparator.comparing(Diagnostic::at)).toList();
    boolean good = all.stream().noneMatch(Diagnostic::isError);
    return new Parsed(
        good ? Optional.of(new Jenkinsfile(program, pipeline)) : Optional.empty(),
        Optional.of(program),
        all);
  }

  /** A library's {@code call} may hold a whole pipeline. */
  private static void method(Program.Method method, StepChecker steps, PipelineReader reader) {
    for (Stmt stmt : method.body()) {
      Expr.Call call = method.name().equals("call") ? pipelineCall(stmt) : null;
      if (call != null) {
        reader.read(call);
      } else {
        steps.script(List.of(stmt));
      }
    }
  }

  private static Expr.@Nullable Call pipelineCall(Stmt stmt) {
    return stmt instanceof Stmt.Do(Position at, Expr expr)
            && expr instanceof Expr.Call call
            && call.target() == null
            && call.method().equals("pipeline")
        ? call
        : null;
  }

  /**
   * The declared stages in file order; empty for a scripted file, whose stages appear as it runs.
   */
  public List<StageOutline> outline() {
    List<StageOutline> all = new ArrayList<>();
    pipeline.ifPresent(p -> outline(p.stages(), List.of(), all));
    return all;
  }

  private static void outline(
      List<Pipeline.Stage> stages, List<String> parent, List<StageOutline> all) {
    for (Pipeline.Stage stage : stages) {
      List<String> path = new ArrayList<>(parent);
      path.add(stage.name());
      all.add(new StageOutline(path));
      switch (stage.body()) {
        case Pipeline.Body.Steps s -> {}
        case Pipeline.Body.Sequence s -> outline(s.stages(), path, all);
        case Pipeline.Body.Parallel s -> outline(s.stages(), path, all);
      }
    }
  }

  /** Whether {@code options { disableConcurrentBuilds() }} is set. */
  public boolean concurrentRunsDisabled() {
    return pipeline.filter(p -> p.options().flag("disableConcurrentBuilds")).isPresent();
  }

  /** What the file uses of Jenkins, in file order; each place once. */
  public List<Use> uses() {
    return Uses.of(program, pipeline);
  }

  Program program() {
    return program;
  }

  Optional<Pipeline> pipeline() {
    return pipeline;
  }
}
