package dev.naru.pipeline.lang;

import dev.naru.pipeline.lang.Pipeline.Condition;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/** Decides the conditions of a {@code when}. */
final class Conditions {
  private static final Set<String> PUSH_CAUSES =
      Set.of("SCMTrigger", "SCMTriggerCause", "BranchEventCause", "GitHubPushCause", "PushCause");

  private final Run run;
  private final Scope scope;

  Conditions(Run run, Scope scope) {
    this.run = run;
    this.scope = scope;
  }

  boolean hold(Pipeline.When when) {
    return when.conditions().stream().allMatch(this::holds);
  }

  private boolean holds(Condition condition) {
    return switch (condition) {
      case Condition.AllOf c -> c.all().stream().allMatch(this::holds);
      case Condition.AnyOf c -> c.any().stream().anyMatch(this::holds);
      case Condition.Not c -> !holds(c.condition());
      case Condition.Expression c -> expression(c);
      case Condition.Asked c -> asked(c);
    };
  }

  /** Jenkins takes a returned text as true only when it is not empty and not "false". */
  private boolean expression(Condition.Expression c) {
    Object value = new ClosureValue(run.evaluator(), c.closure(), scope).call(List.of());
    return value instanceof String s
        ? !s.isEmpty() && !s.equalsIgnoreCase("false")
        : Values.truth(value);
  }

  private boolean asked(Condition.Asked c) {
    Arguments arguments = run.evaluator().arguments(c.args(), scope);
    Map<String, @Nullable Object> args = new LinkedHashMap<>(arguments.named());
    if (!arguments.positional().isEmpty()) {
      args.putIfAbsent("pattern", arguments.positional().getFirst());
    }
    return switch (c.name()) {
      case "branch" -> matches(args, run.variable("BRANCH_NAME"), c.at(), false);
      case "tag" ->
          args.get("pattern") == null
              ? run.variable("TAG_NAME") != null
              : matches(args, run.variable("TAG_NAME"), c.at(), false);
      case "buildingTag" -> run.variable("TAG_NAME") != null;
      case "changeRequest" -> run.variable("CHANGE_ID") != null;
      case "isRestartedRun" -> false;
      case "triggeredBy" ->
          PUSH_CAUSES.contains(Values.text(args.getOrDefault("cause", args.get("pattern"))));
      case "environment" -> environment(args);
      case "equals" -> Values.equal(args.get("expected"), args.get("actual"));
      case "changeset" -> changeset(args, c.at());
      default -> throw run.failed("when", "unknown condition " + c.name(), c.at());
    };
  }

  private boolean environment(Map<String, @Nullable Object> args) {
    String actual = run.variable(Values.text(args.get("name")));
    String wanted = Values.text(args.get("value"));
    String value = actual == null ? "" : actual;
    return Values.truth(args.get("ignoreCase"))
        ? value.equalsIgnoreCase(wanted)
        : value.equals(wanted);
  }

  private boolean changeset(Map<String, @Nullable Object> args, Position at) {
    if (args.get("glob") != null) {
      args.putIfAbsent("pattern", args.get("glob"));
    }
    boolean exact = Values.truth(args.get("caseSensitive"));
    Object files = run.call("changedFiles", Map.of(), at);
    return Operators.elements(files, at).stream()
        .anyMatch(file -> matches(args, Values.text(file), at, !exact));
  }

  private boolean matches(
      Map<String, @Nullable Object> args, @Nullable String value, Position at, boolean anyCase) {
    if (value == null || args.get("pattern") == null) {
      return false;
    }
    String pattern = Values.text(args.get("pattern"));
    String comparator =
        args.get("comparator") == null
            ? "GLOB"
            : Values.text(args.get("comparator")).toUpperCase(Locale.ROOT);
    return switch (comparator) {
      case "EQUALS" -> anyCase ? value.equalsIgnoreCase(pattern) : value.equals(pattern);
      case "REGEXP" -> {
        try {
          yield Pattern.compile(pattern, anyCase ? Pattern.CASE_INSENSITIVE : 0)
              .matcher(new Operators.CountedText(value, run.evaluator()::tick))
              .matches();
        } catch (PatternSyntaxException e) {
          throw run.failed("when", "not a pattern: " + pattern, at);
        }
      }
      case "GLOB" -> Globs.compile(pattern, anyCase).matcher(value).matches();
      default -> throw run.failed("when", "unknown comparator " + comparator, at);
    };
  }
}
