package dev.naru.pipeline.lang;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A declarative pipeline, read and checked. */
record Pipeline(
    Position at,
    Agent agent,
    List<Expr.Call> libraries,
    List<Variable> environment,
    Options options,
    List<Expr.Call> parameters,
    List<Expr.Call> triggers,
    List<Tool> tools,
    List<Stage> stages,
    List<Post> post) {

  /** Where steps run. */
  sealed interface Agent {
    /** A stage without an agent of its own uses the one around it. */
    record Inherited() implements Agent {}

    record None(Position at) implements Agent {}

    /** Any agent, or one with {@code label}. */
    record Taken(Position at, @Nullable Expr label, @Nullable Expr workspace) implements Agent {}

    /** An agent that is made from an image or a pod: docker, dockerfile, kubernetes. */
    record Made(Position at, String type, Map<String, Expr> settings) implements Agent {
      public Made {
        settings = Collections.unmodifiableMap(new LinkedHashMap<>(settings));
      }

      /** Whether a stage's agent is made on the machine of the agent around it. */
      boolean reusesNode() {
        return settings.get("reuseNode") instanceof Expr.Literal l
            && Boolean.TRUE.equals(l.value());
      }
    }
  }

  /** What a person is asked before a stage. */
  record Input(Position at, Map<String, Expr> settings, List<Expr.Call> parameters) {
    public Input {
      settings = Collections.unmodifiableMap(new LinkedHashMap<>(settings));
      parameters = List.copyOf(parameters);
    }
  }

  record Variable(Position at, String name, Expr value) {}

  record Tool(Position at, String type, Expr name) {}

  record Options(List<Expr.Call> calls) {
    Optional<Expr.Call> find(String name) {
      return calls.stream().filter(c -> c.method().equals(name)).findFirst();
    }

    /** An option that is a flag: there, and not given {@code false}. */
    boolean flag(String name) {
      return find(name)
          .filter(
              c ->
                  c.args().isEmpty()
                      || !(c.args().getFirst().value() instanceof Expr.Literal l
                          && Boolean.FALSE.equals(l.value())))
          .isPresent();
    }
  }

  /**
   * One stage, or one cell of a matrix.
   *
   * @param cell the axes' values of a cell
   */
  record Stage(
      Position at,
      String name,
      Map<String, String> cell,
      Agent agent,
      Optional<When> when,
      Optional<Input> input,
      Options options,
      List<Variable> environment,
      List<Tool> tools,
      Body body,
      boolean failFast,
      List<Post> post) {}

  /** What a stage does. */
  sealed interface Body {
    record Steps(List<Stmt> steps) implements Body {}

    record Sequence(List<Stage> stages) implements Body {}

    record Parallel(List<Stage> stages) implements Body {}
  }

  record When(
      List<Condition> conditions,
      boolean beforeAgent,
      boolean beforeInput,
      boolean beforeOptions) {}

  /** One condition of a {@code when}. */
  sealed interface Condition {
    record AllOf(List<Condition> all) implements Condition {}

    record AnyOf(List<Condition> any) implements Condition {}

    record Not(Condition condition) implements Condition {}

    record Expression(Position at, Expr.Closure closure) implements Condition {}

    /** A condition that is a call with arguments: branch, tag, environment, equals, … */
    record Asked(Position at, String name, List<Expr.Argument> args) implements Condition {}
  }

  record Post(Position at, PostKind kind, List<Stmt> steps) {}
}
