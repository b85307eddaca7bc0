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
  private static final Map<String, String> CHANGE =
      Map.of(
          "id", "CHANGE_ID",
          "target", "CHANGE_TARGET",
          "branch", "CHANGE_BRANCH",
          "fork", "CHANGE_FORK",
          "url", "CHANGE_URL",
          "title", "CHANGE_TITLE",
          "author", "CHANGE_AUTHOR",
          "authorDisplayName", "CHANGE_AUTHOR_DISPLAY_NAME",
          "authorEmail", "CHANGE_AUTHOR_EMAIL");

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
      case "branch" -> matches(args, run.variable("BRANCH_NAME"), c.at(), "GLOB");
      case "tag" ->
          run.variable("TAG_NAME") != null
              && (args.get("pattern") == null
                  || matches(args, run.variable("TAG_NAME"), c.at(), "GLOB"));
      case "buildingTag" -> run.variable("TAG_NAME") != null;
      case "changeRequest" -> changeRequest(args, c.at());
      case "isRestartedRun" -> false;
      case "triggeredBy" -> triggeredBy(args);
      case "environment" -> environment(args);
      case "equals" -> Values.equal(args.get("expected"), args.get("actual"));
      case "changeset" -> changeset(args, c.at());
      case "changelog" -> changelog(args, c.at());
      default -> throw run.failed("when", "unknown condition " + c.name(), c.at());
    };
  }

  /** Each given attribute must match; without any, every change request does. */
  private boolean changeRequest(Map<String, @Nullable Object> args, Position at) {
    if (run.variable("CHANGE_ID") == null) {
      return false;
    }
    for (Map.Entry<String, String> attribute : CHANGE.entrySet()) {
      Object wanted = args.get(attribute.getKey());
      if (wanted != null) {
        Map<String, @Nullable Object> one = new LinkedHashMap<>();
        one.put("pattern", wanted);
        one.put("comparator", args.get("comparator"));
        if (!matches(one, run.variableOr(attribute.getValue(), ""), at, "EQUALS")) {
          return false;
        }
      }
    }
    return true;
  }

  /** The causes of the run are class names without package, as Jenkins' classes are called. */
  private boolean triggeredBy(Map<String, @Nullable Object> args) {
    String wanted = Values.text(args.getOrDefault("cause", args.get("pattern")));
    String last = wanted.substring(wanted.lastIndexOf('.') + 1);
    String type = last.substring(last.lastIndexOf('$') + 1);
    String causes = run.variable("NARU_CAUSES");
    boolean caused =
        causes == null
            ? PUSH_CAUSES.contains(type)
            : List.of(causes.split(",")).stream()
                .anyMatch(c -> c.equals(type) || c.equals(type + "Cause"));
    Object detail = args.get("detail");
    return caused
        && (detail == null
            || Values.text(detail).equalsIgnoreCase(run.variableOr("NARU_CAUSE_USER", "")));
  }

  /** A regular expression that some line of some message holds, or some message as a whole. */
  private boolean changelog(Map<String, @Nullable Object> args, Position at) {
    String text = Values.text(args.get("pattern"));
    Pattern pattern;
    try {
      pattern = Pattern.compile("(?m)(?s)^[^\\r\\n]*?" + text + "[^\\r\\n]*?$");
    } catch (PatternSyntaxException e) {
      throw run.failed("when", "not a pattern: " + text, at);
    }
    Object messages = run.call("changeLog", Map.of(), at);
    return Operators.elements(messages, at).stream()
        .anyMatch(
            m ->
                pattern
                    .matcher(new Operators.CountedText(Values.text(m), run.evaluator()::tick))
                    .find());
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
    Object files = run.call("changedFiles", Map.of(), at);
    return Operators.elements(files, at).stream()
        .anyMatch(file -> matches(args, Values.text(file), at, "GLOB"));
  }

  /** Globs ignore case unless {@code caseSensitive}; the other comparators never do. */
  private boolean matches(
      Map<String, @Nullable Object> args, @Nullable String value, Position at, String otherwise) {
    if (value == null || args.get("pattern") == null) {
      return false;
    }
    String pattern = Values.text(args.get("pattern"));
    String comparator =
        args.get("comparator") == null
            ? otherwise
            : Values.text(args.get("comparator")).toUpperCase(Locale.ROOT);
    return switch (comparator) {
      case "EQUALS" -> value.equals(pattern);
      case "REGEXP" -> {
        try {
          yield Pattern.compile(pattern)
              .matcher(new Operators.CountedText(value, run.evaluator()::tick))
              .matches();
        } catch (PatternSyntaxException e) {
          throw run.failed("when", "not a pattern: " + pattern, at);
        }
      }
      case "GLOB" ->
          Globs.compile(pattern, !Boolean.TRUE.equals(args.get("caseSensitive")))
              .matcher(value)
              .matches();
      default -> throw run.failed("when", "unknown comparator " + comparator, at);
    };
  }
}
