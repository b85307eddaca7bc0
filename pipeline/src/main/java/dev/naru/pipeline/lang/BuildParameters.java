package dev.naru.pipeline.lang;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Parameters of a run, given before it or by a person in the middle of it. */
final class BuildParameters {
  private final Run run;

  BuildParameters(Run run) {
    this.run = run;
  }

  /** Gives a parameter of the pipeline its value: the given one, or its default. */
  void define(Expr.Call parameter, Scope scope) {
    Map<String, @Nullable Object> described = described(parameter, scope);
    String name = Values.text(described.get("name"));
    String given = run.info().parameters().get(name);
    run.parameters().put(name, value(described, given, parameter.at()));
  }

  /**
   * Gives those among the settings of the {@code properties} step their values, as a pipeline's
   * own: what Jenkins' {@code params} holds after it.
   */
  void define(Collection<? extends @Nullable Object> properties, Position at) {
    for (Object property : properties) {
      if (property instanceof Map<?, ?> setting && "parameters".equals(setting.get("$symbol"))) {
        for (Object parameter : Operators.elements(setting.get("value"), at)) {
          if (parameter instanceof Map<?, ?> one && one.get("name") != null) {
            Map<String, @Nullable Object> described = new LinkedHashMap<>();
            one.forEach((key, value) -> described.put(Values.text(key), value));
            String name = Values.text(described.get("name"));
            String given = run.info().parameters().get(name);
            run.parameters().put(name, value(described, given, at));
          }
        }
      }
    }
  }

  private Map<String, @Nullable Object> described(Expr.Call parameter, Scope scope) {
    Map<String, @Nullable Object> described = new LinkedHashMap<>();
    described.put("$symbol", parameter.method());
    Arguments arguments = run.evaluator().arguments(parameter.args(), scope);
    described.putAll(arguments.named());
    if (arguments.named().isEmpty() && !arguments.positional().isEmpty()) {
      described.put("name", arguments.positional().getFirst());
    }
    return described;
  }

  private static Object value(
      Map<String, @Nullable Object> described, @Nullable Object given, Position at) {
    Object initial = described.get("defaultValue");
    return switch (Values.text(described.get("$symbol"))) {
      case "booleanParam" ->
          given != null
              ? Boolean.valueOf(Values.text(given).equals("true"))
              : (Object) Values.truth(initial);
      case "choice" -> {
        List<String> choices = choices(described.get("choices"), at);
        yield given != null ? Values.text(given) : choices.isEmpty() ? "" : choices.getFirst();
      }
      default -> {
        String text =
            given != null ? Values.text(given) : initial == null ? "" : Values.text(initial);
        yield Boolean.TRUE.equals(described.get("trim")) ? text.strip() : text;
      }
    };
  }

  private static List<String> choices(@Nullable Object choices, Position at) {
    return choices == null
        ? List.of()
        : choices instanceof String s
            ? s.lines().toList()
            : new ArrayList<>(Operators.elements(choices, at)).stream().map(Values::text).toList();
  }

  /** Asks what a stage's {@code input} asks; the answers are variables of the stage. */
  Map<String, String> ask(Pipeline.Input input, Scope scope) {
    Map<String, @Nullable Object> args = new LinkedHashMap<>();
    input.settings().forEach((k, v) -> args.put(k, run.evaluator().eval(v, scope)));
    List<@Nullable Object> parameters = new ArrayList<>();
    input.parameters().forEach(p -> parameters.add(described(p, scope)));
    args.put("parameters", parameters);
    Map<String, String> variables = new LinkedHashMap<>();
    answers(args, input.at()).forEach((k, v) -> variables.put(k, v == null ? "" : Values.text(v)));
    return variables;
  }

  /**
   * The {@code input} step: what was answered, as a scalar when it is one value.
   *
   * @return null without parameters
   */
  @Nullable Object ask(Map<String, @Nullable Object> args, Position at) {
    Map<String, @Nullable Object> answers = answers(args, at);
    return answers.isEmpty()
        ? null
        : answers.size() == 1 ? answers.values().iterator().next() : answers;
  }

  private Map<String, @Nullable Object> answers(Map<String, @Nullable Object> args, Position at) {
    List<Map<String, @Nullable Object>> parameters = new ArrayList<>();
    Object wanted = args.get("parameters");
    for (Object o : wanted == null ? List.of() : Operators.elements(wanted, at)) {
      if (!(o instanceof Map<?, ?> map) || map.get("name") == null) {
        throw run.failed("input", "a parameter is described by string(name: …) and its like", at);
      }
      Map<String, @Nullable Object> described = new LinkedHashMap<>();
      map.forEach((k, v) -> described.put(Values.text(k), v));
      parameters.add(described);
    }
    Map<String, @Nullable Object> call = new LinkedHashMap<>();
    args.forEach((k, v) -> call.put(k, v == null ? null : Values.text(v)));
    call.put("parameters", parameters);
    Object answer = run.call("input", call, at);
    Map<?, ?> given = answer instanceof Map<?, ?> map ? map : Map.of();
    String by = given.get("by") == null ? "" : Values.text(given.get("by"));
    if (!Boolean.TRUE.equals(given.get("approved"))) {
      throw new Thrown.Interrupt(
          Thrown.Interrupt.Cause.PERSON, "Rejected by " + (by.isEmpty() ? "a person" : by), at, 0);
    }
    Map<?, ?> values = given.get("values") instanceof Map<?, ?> map ? map : Map.of();
    Map<String, @Nullable Object> all = new LinkedHashMap<>();
    for (Map<String, @Nullable Object> p : parameters) {
      String name = Values.text(p.get("name"));
      all.put(name, value(p, values.get(name), at));
    }
    if (args.get("submitterParameter") != null) {
      all.put(Values.text(args.get("submitterParameter")), by);
    }
    return all;
  }
}
