package dev.naru.pipeline.lang;

import dev.naru.pipeline.lang.Context.StageState;
import dev.naru.pipeline.lang.Thrown.Interrupt;
import dev.naru.pipeline.lang.Values.Callable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The steps that run a block: they change what surrounds it, or what its end means. */
final class Blocks {
  private final Run run;

  Blocks(Run run) {
    this.run = run;
  }

  @Nullable Object call(
      String name, Map<String, @Nullable Object> args, Callable block, Position at) {
    Supplier<@Nullable Object> body = () -> block.call(List.of());
    Context context = run.branches().context();
    return switch (name) {
      case "script", "ansiColor" -> body.get();
      case "timestamps" -> run.within(context.stamped(), body);
      case "dir" -> {
        run.steps().onAgent(name, at);
        yield run.within(context.in(resolve(context, Values.text(args.get("path")))), body);
      }
      case "ws" -> {
        run.steps().onAgent(name, at);
        yield run.within(context.in(resolve(context, Values.text(args.get("dir")))), body);
      }
      case "withEnv" -> run.within(context.with(assignments(args.get("overrides"), at)), body);
      case "withCredentials" -> withCredentials(bindings(args.get("bindings")), body, at);
      case "timeout" ->
          timeout(
              Steps.millis(args, "MINUTES", at),
              Boolean.TRUE.equals(args.get("activity")),
              body,
              at);
      case "retry" ->
          retry(
              args.get("count") instanceof Number n ? n.intValue() : 1,
              args.get("conditions") instanceof List<?> list && !list.isEmpty(),
              body,
              at);
      case "waitUntil" -> waitUntil(args, body, at);
      case "catchError" -> catchError(args, body, at);
      case "warnError" -> {
        args.put("buildResult", "UNSTABLE");
        args.put("stageResult", "UNSTABLE");
        yield catchError(args, body, at);
      }
      case "stage" -> stage(Values.text(args.get("name")), body, at);
      case "node" -> onNode(args.get("label"), null, null, body, at);
      default -> entered(name, args, body, at);
    };
  }

  private static String resolve(Context context, String path) {
    String joined = path.startsWith("/") ? path : context.directory() + "/" + path;
    List<String> parts = new ArrayList<>();
    for (String part : joined.split("/")) {
      if (part.equals("..") && !parts.isEmpty()) {
        parts.removeLast();
      } else if (!part.isEmpty() && !part.equals(".") && !part.equals("..")) {
        parts.add(part);
      }
    }
    return "/" + String.join("/", parts);
  }

  private Map<String, String> assignments(@Nullable Object overrides, Position at) {
    Map<String, String> all = new LinkedHashMap<>();
    for (Object o : Operators.elements(overrides, at)) {
      String text = Values.text(o);
      int equals = text.indexOf('=');
      if (equals <= 0) {
        throw run.failed("withEnv", "'" + text + "' is not NAME=value", at);
      }
      put(all, text.substring(0, equals), text.substring(equals + 1));
    }
    return all;
  }

  /** {@code PATH+ANY=x} puts x in front of the PATH. */
  void put(Map<String, String> all, String name, String value) {
    int plus = name.indexOf('+');
    if (plus <= 0) {
      all.put(name, value);
      return;
    }
    String real = name.substring(0, plus);
    String before = all.containsKey(real) ? all.get(real) : run.variable(real);
    all.put(real, before == null || before.isEmpty() ? value : value + ":" + before);
  }

  private static List<Object> bindings(@Nullable Object value) {
    List<Object> all = new ArrayList<>();
    for (Object o : value instanceof List<?> list ? list : java.util.Arrays.asList(value)) {
      Map<String, @Nullable Object> binding = new LinkedHashMap<>();
      if (o instanceof Map<?, ?> map) {
        map.forEach((k, v) -> binding.put(Values.text(k), v == null ? null : Values.text(v)));
        Object symbol = map.get("$symbol");
        binding.remove("$symbol");
        String type = symbol == null ? Values.text(binding.remove("$class")) : Values.text(symbol);
        binding.put(
            "type",
            switch (type) {
              case "UsernamePasswordMultiBinding" -> "usernamePassword";
              case "StringBinding" -> "string";
              case "UsernamePasswordBinding" -> "usernameColonPassword";
              case "FileBinding" -> "file";
              default -> type;
            });
      }
      all.add(binding);
    }
    return all;
  }

  /** Runs {@code body} with the variables that the host binds. */
  @Nullable Object withCredentials(
      List<Object> bindings, Supplier<@Nullable Object> body, Position at) {
    Map<String, String> variables = new LinkedHashMap<>();
    Object answer = run.call("bindCredentials", Map.of("bindings", bindings), at);
    long call = run.branches().lastAnswered();
    if (answer instanceof Map<?, ?> map) {
      map.forEach((k, v) -> variables.put(Values.text(k), Values.text(v)));
    }
    return cleaning(
        () -> run.within(run.branches().context().with(variables), body),
        () -> run.call("unbindCredentials", Map.of("call", call), at));
  }

  /** Runs {@code last} after {@code body}; the first exception is the one that is thrown. */
  private @Nullable Object cleaning(Supplier<@Nullable Object> body, Runnable last) {
    Object value;
    try {
      value = body.get();
    } catch (RuntimeException e) {
      try {
        last.run();
      } catch (Thrown second) {
        e.addSuppressed(second);
      }
      throw e;
    }
    last.run();
    return value;
  }

  @Nullable Object timeout(
      long millis, boolean activity, Supplier<@Nullable Object> body, Position at) {
    Map<String, @Nullable Object> args = new LinkedHashMap<>();
    args.put("millis", millis);
    args.put("activity", activity);
    String message = "Timeout has been exceeded (" + duration(millis) + ")";
    long timer = run.branches().startTimer(args, run.where(), at, message);
    try {
      return body.get();
    } catch (Interrupt e) {
      if (e.timer() == timer) {
        throw new Interrupt(Interrupt.Cause.TIMEOUT, e.text(), at, 0);
      }
      throw e;
    } finally {
      run.branches().stopTimer(timer);
    }
  }

  private static String duration(long millis) {
    return millis % 60_000 == 0
        ? millis / 60_000 + " min"
        : millis % 1_000 == 0 ? millis / 1_000 + " s" : millis + " ms";
  }

  /**
   * @param conditional with conditions, which all are of a lost agent or controller: other failures
   *     then are not tried again
   */
  @Nullable Object retry(
      int count, boolean conditional, Supplier<@Nullable Object> body, Position at) {
    for (int attempt = 1; ; attempt++) {
      try {
        return body.get();
      } catch (Thrown e) {
        boolean again =
            (e instanceof Thrown.Failure && !conditional)
                || (e instanceof Interrupt i
                    && i.cause() == Interrupt.Cause.TIMEOUT
                    && i.timer() == 0);
        if (!again || attempt >= count) {
          throw e;
        }
        run.echo(
            "ERROR: " + e.text() + "\nRetrying (attempt " + (attempt + 1) + " of " + count + ")",
            at);
      }
    }
  }

  private @Nullable Object waitUntil(
      Map<String, @Nullable Object> args, Supplier<@Nullable Object> body, Position at) {
    long pause = args.get("initialRecurrencePeriod") instanceof Number n ? n.longValue() : 250;
    while (!Values.truth(body.get())) {
      run.call("sleep", Map.of("millis", pause), at);
      pause = Math.min(15_000, pause * 6 / 5);
    }
    return null;
  }

  private @Nullable Object catchError(
      Map<String, @Nullable Object> args, Supplier<@Nullable Object> body, Position at) {
    Result build = resultArgument(args, "buildResult", Result.FAILURE, at);
    Result stage = resultArgument(args, "stageResult", Result.SUCCESS, at);
    try {
      return body.get();
    } catch (Thrown e) {
      boolean interrupted = e instanceof Interrupt;
      if (e instanceof Thrown.Limit
          || (interrupted && Boolean.FALSE.equals(args.get("catchInterruptions")))) {
        throw e;
      }
      if (args.get("message") != null) {
        run.echo(Values.text(args.get("message")), at);
      }
      run.echo("ERROR: " + e.text(), at);
      run.worsenRun(interrupted ? e.result() : build);
      run.worsen(interrupted ? e.result() : stage, true);
      if (run.result() != Result.SUCCESS) {
        run.noteFailure(e, run.branches().context().stagePath());
      }
      return null;
    }
  }

  private Result resultArgument(
      Map<String, @Nullable Object> args, String name, Result otherwise, Position at) {
    if (args.get(name) == null) {
      return otherwise;
    }
    try {
      return Result.valueOf(Values.text(args.get(name)));
    } catch (IllegalArgumentException e) {
      throw run.failed("catchError", name + " is no result: " + Values.text(args.get(name)), at);
    }
  }

  /** A stage of a script: begun and ended around {@code body}. */
  @Nullable Object stage(String name, Supplier<@Nullable Object> body, Position at) {
    StageState state = new StageState(name);
    return run.within(
        run.branches().context().inStage(state),
        () -> {
          beginStage(at);
          try {
            Object value = body.get();
            endStage(state.result(), "", at);
            return value;
          } catch (Thrown e) {
            run.noteFailure(e, run.branches().context().stagePath());
            endStage(state.result().and(e.result()), e.text(), at);
            throw e;
          }
        });
  }

  void beginStage(Position at) {
    run.call("stageBegin", Map.of("path", run.branches().context().stagePath()), at);
  }

  void endStage(Result result, String message, Position at) {
    endStage(
        switch (result) {
          case SUCCESS -> "Succeeded";
          case UNSTABLE -> "Unstable";
          case FAILURE -> "Failed";
          case NOT_BUILT -> "Skipped";
          case ABORTED -> "Aborted";
        },
        message,
        at);
  }

  void endStage(String state, String message, Position at) {
    run.call(
        "stageEnd",
        Map.of("path", run.branches().context().stagePath(), "state", state, "message", message),
        at);
  }

  /** Runs {@code body} inside of what the host enters: a lock, a container, a tool's settings. */
  @Nullable Object entered(
      String name,
      Map<String, @Nullable Object> settings,
      Supplier<@Nullable Object> body,
      Position at) {
    Map<String, @Nullable Object> args = new LinkedHashMap<>();
    args.put("what", name);
    args.put("settings", settings);
    Object answer = run.call("enter", args, at);
    long call = run.branches().lastAnswered();
    Map<String, String> variables = new LinkedHashMap<>();
    if (answer instanceof Map<?, ?> map) {
      map.forEach((k, v) -> variables.put(Values.text(k), Values.text(v)));
    }
    return cleaning(
        () -> run.within(run.branches().context().with(variables), body),
        () -> run.call("leave", Map.of("call", call), at));
  }

  /**
   * Runs {@code body} on an agent that is taken for it.
   *
   * @param pod the settings of a Kubernetes agent, or null
   */
  @Nullable Object onNode(
      @Nullable Object label,
      @Nullable Object workspace,
      @Nullable Map<String, @Nullable Object> pod,
      Supplier<@Nullable Object> body,
      Position at) {
    Map<String, @Nullable Object> args = new LinkedHashMap<>();
    args.put("label", label == null ? null : Values.text(label));
    args.put("workspace", workspace == null ? null : Values.text(workspace));
    if (pod != null) {
      args.put("pod", pod);
    }
    Object answer = run.call("node", args, at);
    if (!(answer instanceof Map<?, ?> map) || !(map.get("env") instanceof Map<?, ?> given)) {
      throw run.failed("node", "the host gave no agent", at);
    }
    Map<String, String> env = new LinkedHashMap<>();
    given.forEach((k, v) -> env.put(Values.text(k), Values.text(v)));
    Context.Node node =
        new Context.Node(Values.text(map.get("id")), Values.text(map.get("workspace")), env);
    return cleaning(
        () -> run.within(run.branches().context().on(node), body),
        () -> run.call("releaseNode", Map.of("id", node.id()), at));
  }

  @Nullable Object parallel(Arguments arguments, Position at) {
    Map<String, @Nullable Object> all = new LinkedHashMap<>(arguments.named());
    for (Object o : arguments.positional()) {
      if (o instanceof Map<?, ?> map) {
        map.forEach((k, v) -> all.put(Values.text(k), v));
      }
    }
    boolean failFast = Values.truth(all.remove("failFast"));
    Map<String, Supplier<@Nullable Object>> bodies = new LinkedHashMap<>();
    all.forEach(
        (name, body) -> {
          if (!(body instanceof Callable callable)) {
            throw run.failed("parallel", "the branch '" + name + "' is no block", at);
          }
          bodies.put(name, () -> stage(name, () -> callable.call(List.of()), at));
        });
    return parallel(bodies, failFast);
  }

  /** Runs all; throws what the first failed one threw, when all have ended. */
  Map<String, @Nullable Object> parallel(
      Map<String, Supplier<@Nullable Object>> bodies, boolean failFast) {
    Context context = run.branches().context();
    List<Context> contexts = bodies.keySet().stream().map(k -> context).toList();
    List<Branches.Branch> ended =
        run.branches().fork(contexts, new ArrayList<>(bodies.values()), failFast);
    Thrown worst = null;
    Map<String, @Nullable Object> values = new LinkedHashMap<>();
    int i = 0;
    for (String name : bodies.keySet()) {
      Branches.Branch branch = ended.get(i++);
      values.put(name, branch.value());
      switch (branch.failure()) {
        case null -> {}
        case Thrown e -> worst = worst == null || rank(e) > rank(worst) ? e : worst;
        case RuntimeException e -> throw e;
        case Error e -> throw e;
        default -> throw new IllegalStateException(branch.failure());
      }
    }
    if (worst != null) {
      throw worst;
    }
    return values;
  }

  /** What ended all branches from outside counts most, a sibling's failFast least. */
  private static int rank(Thrown e) {
    return switch (e) {
      case Thrown.Limit l -> 4;
      case Interrupt i when i.cause() == Interrupt.Cause.FAIL_FAST -> 0;
      case Interrupt i -> 3;
      case Thrown.Failure f -> 1;
    };
  }
}
