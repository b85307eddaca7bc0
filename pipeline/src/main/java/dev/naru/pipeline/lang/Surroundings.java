package dev.naru.pipeline.lang;

import dev.naru.pipeline.lang.Pipeline.Agent;
import dev.naru.pipeline.lang.Values.Callable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What a declarative pipeline or stage puts around its body: an agent with the checkout,
 * credentials and environment, options that are block steps, tools.
 */
final class Surroundings {
  private final Run run;
  private final Scope scope;
  private final Blocks blocks;

  Surroundings(Run run, Scope scope) {
    this.run = run;
    this.scope = scope;
    this.blocks = run.steps().blocks();
  }

  /**
   * Runs {@code body} where {@code agent} says, after the checkout.
   *
   * @param ownStage whether the checkout is shown as a stage of its own
   */
  @Nullable Object onAgent(
      Agent agent,
      Pipeline.Options options,
      boolean checkout,
      boolean ownStage,
      Supplier<@Nullable Object> body) {
    return switch (agent) {
      case Agent.Inherited a -> body.get();
      case Agent.None a -> run.within(run.branches().context().off(), body);
      case Agent.Taken a ->
          blocks.onNode(
              value(a.label()),
              value(a.workspace()),
              null,
              () -> checkedOut(options, checkout, ownStage, body, a.at()),
              a.at());
      case Agent.Made a -> made(a, options, checkout, ownStage, body);
    };
  }

  private @Nullable Object value(@Nullable Expr expr) {
    return expr == null ? null : run.evaluator().eval(expr, scope);
  }

  private @Nullable Object made(
      Agent.Made agent,
      Pipeline.Options options,
      boolean checkout,
      boolean ownStage,
      Supplier<@Nullable Object> body) {
    Map<String, @Nullable Object> settings = new LinkedHashMap<>();
    agent.settings().forEach((k, v) -> settings.put(k, plain(value(v))));
    Object label = settings.remove("label");
    Object workspace = settings.remove("customWorkspace");
    if (agent.type().equals("kubernetes")) {
      return blocks.onNode(
          label,
          workspace,
          settings,
          () -> checkedOut(options, checkout, ownStage, body, agent.at()),
          agent.at());
    }
    Supplier<@Nullable Object> inside =
        () -> blocks.entered(agent.type(), settings, body, agent.at());
    if (settings.remove("reuseNode") == Boolean.TRUE && run.branches().context().node() != null) {
      return inside.get();
    }
    return blocks.onNode(
        label,
        workspace,
        null,
        () -> checkedOut(options, checkout, ownStage, inside, agent.at()),
        agent.at());
  }

  /** A value as a host may get it. */
  private static @Nullable Object plain(@Nullable Object value) {
    return value == null || value instanceof Boolean || value instanceof Number
        ? value
        : value instanceof Map<?, ?> || value instanceof List<?> ? value : Values.text(value);
  }

  private @Nullable Object checkedOut(
      Pipeline.Options options,
      boolean checkout,
      boolean ownStage,
      Supplier<@Nullable Object> body,
      Position at) {
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
                () -> run.steps().checkout(Values.Builtin.SCM, at));
    Object answer = ownStage ? blocks.stage("Declarative: Checkout SCM", scm, at) : scm.get();
    Map<String, String> variables = new LinkedHashMap<>();
    if (answer instanceof Map<?, ?> map) {
      map.forEach((k, v) -> variables.put(Values.text(k), Values.text(v)));
    }
    return run.within(context.with(variables), body);
  }

  @Nullable Object withEnvironment(
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

  /** The first option is the outermost. */
  @Nullable Object withOptions(Pipeline.Options options, Supplier<@Nullable Object> body) {
    Supplier<@Nullable Object> wrapped = body;
    for (Expr.Call option : options.calls().reversed()) {
      if (Directives.WRAPPERS.contains(option.method())) {
        Supplier<@Nullable Object> inner = wrapped;
        wrapped = () -> withOption(option, inner);
      }
    }
    return wrapped.get();
  }

  private @Nullable Object withOption(Expr.Call option, Supplier<@Nullable Object> body) {
    Arguments given = run.evaluator().arguments(option.args(), scope);
    List<@Nullable Object> positional = new ArrayList<>(given.positional());
    positional.add(
        new Callable() {
          @Override
          public @Nullable Object call(List<@Nullable Object> args) {
            return body.get();
          }

          @Override
          public int parameterCount() {
            return 0;
          }
        });
    return run.steps().call(option.method(), new Arguments(given.named(), positional), option.at());
  }

  @Nullable Object withTools(List<Pipeline.Tool> tools, Supplier<@Nullable Object> body) {
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
