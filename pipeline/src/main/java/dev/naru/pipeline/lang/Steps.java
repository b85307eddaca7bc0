package dev.naru.pipeline.lang;

import dev.naru.pipeline.lang.Values.Builtin;
import dev.naru.pipeline.lang.Values.Callable;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The steps: arguments by name, then either a call to the host or, with a block, {@link Blocks}.
 */
final class Steps {
  /** What can be called beside the steps of the catalog. */
  static final Set<String> FUNCTIONS =
      Set.of("println", "print", "printf", "parallel", "library", "libraryResource");

  private static final int LABEL_MAX_CHARS = 100;

  private final Run run;
  private final Blocks blocks;

  Steps(Run run) {
    this.run = run;
    this.blocks = new Blocks(run);
  }

  Blocks blocks() {
    return blocks;
  }

  @Nullable Object call(String name, Arguments arguments, Position at) {
    switch (name) {
      case "println", "print" -> {
        run.echo(
            arguments.positional().isEmpty() ? "" : Values.text(arguments.positional().getFirst()),
            at);
        return null;
      }
      case "printf" -> {
        List<@Nullable Object> args = arguments.positional();
        run.echo(
            Formatting.format(Values.text(args.getFirst()), args.subList(1, args.size()), at), at);
        return null;
      }
      case "parallel" -> {
        return blocks.parallel(arguments, at);
      }
      case "library" -> {
        return run.libraries().step(arguments, at);
      }
      case "libraryResource" -> {
        return run.libraries().resource(arguments, at);
      }
      default -> {}
    }
    Optional<StepCatalog.Step> step = StepCatalog.find(name);
    if (step.isPresent()) {
      return step(step.get(), arguments, at);
    }
    if (StepCatalog.isSymbol(name)) {
      return symbol(name, arguments);
    }
    throw Thrown.Failure.of("NoSuchMethodError", StepCatalog.unknown(name), at);
  }

  /** A described value, such as the argument of {@code withCredentials}. */
  private static Object symbol(String name, Arguments arguments) {
    Map<String, @Nullable Object> value = new LinkedHashMap<>();
    value.put("$symbol", name);
    value.putAll(arguments.named());
    if (!arguments.positional().isEmpty()) {
      value.put("value", arguments.positional().getFirst());
    }
    return value;
  }

  private @Nullable Object step(StepCatalog.Step step, Arguments arguments, Position at) {
    Callable body = null;
    List<@Nullable Object> positional = arguments.positional();
    if (step.block()
        && !positional.isEmpty()
        && positional.getLast() instanceof Callable callable) {
      body = callable;
      positional = positional.subList(0, positional.size() - 1);
    }
    Map<String, @Nullable Object> args = new LinkedHashMap<>(arguments.named());
    if (args.containsKey("$class") && !step.lone().isEmpty()) {
      Map<String, @Nullable Object> value = new LinkedHashMap<>(args);
      args.clear();
      args.put(step.lone(), value);
    }
    if (positional.size() == 1) {
      Object only = positional.getFirst();
      if (only instanceof Map<?, ?> map
          && (step.lone().isEmpty()
              || map.keySet().stream().allMatch(k -> step.parameter(Values.text(k)).isPresent()))) {
        map.forEach((k, v) -> args.put(Values.text(k), v));
      } else if (!step.lone().isEmpty()) {
        args.put(step.lone(), only);
      }
    } else if (positional.size() > 1) {
      throw run.failed(step.name(), "too many unnamed arguments", at);
    }
    for (StepCatalog.Parameter p : step.parameters()) {
      if (p.required() && args.get(p.name()) == null) {
        throw run.failed(step.name(), "Missing required parameter: \"" + p.name() + "\"", at);
      }
      if (args.get(p.name()) != null) {
        args.put(p.name(), typed(p, args.get(p.name()), at));
      }
    }
    for (String given : args.keySet()) {
      if (step.parameter(given).isEmpty()) {
        throw run.failed(
            step.name(), "Invalid parameter \"" + given + "\" of step \"" + step.name() + "\"", at);
      }
    }
    if (step.block()) {
      if (body == null && step.name().equals("stage")) {
        run.echo("Entering stage " + Values.text(args.get("name")), at);
        return null;
      }
      if (body == null) {
        throw run.failed(step.name(), "Step \"" + step.name() + "\" needs a block", at);
      }
      return blocks.call(step.name(), args, body, at);
    }
    return leaf(step.name(), args, at);
  }

  private static @Nullable Object typed(
      StepCatalog.Parameter p, @Nullable Object value, Position at) {
    return switch (p.type()) {
      case STRING -> Values.text(value);
      case NUMBER -> Operators.cast("long", value, at);
      case FLAG -> value instanceof String s ? s.equals("true") : (Object) Values.truth(value);
      case ANY -> value;
    };
  }

  private @Nullable Object leaf(String name, Map<String, @Nullable Object> args, Position at) {
    switch (name) {
      case "sh" -> {
        return sh(args, at);
      }
      case "error" -> throw run.failed("error", Values.text(args.get("message")), at);
      case "unstable" -> {
        String message = Values.text(args.get("message"));
        run.echo("WARNING: " + message, at);
        run.worsen(Result.UNSTABLE, false);
        run.noteUnstable("unstable", at, message);
        return null;
      }
      case "sleep" -> {
        args.put("millis", millis(args, "SECONDS", at));
        return run.call("sleep", args, at);
      }
      case "isUnix" -> {
        return true;
      }
      case "pwd" -> {
        onAgent(name, at);
        return Boolean.TRUE.equals(args.get("tmp"))
            ? run.variable("WORKSPACE_TMP")
            : run.branches().context().directory();
      }
      case "cleanWs" -> {
        onAgent(name, at);
        return run.call("deleteDir", Map.of(), at);
      }
      case "milestone" -> {
        run.echo("'milestone' is accepted and does nothing: runs start by pushes", at);
        return null;
      }
      case "properties" -> {
        run.echo("'properties' defines parameters; its other settings do nothing here", at);
        new BuildParameters(run).define(Operators.elements(args.get("properties"), at), at);
        return null;
      }
      case "junit" -> {
        return junit(args, at);
      }
      case "checkout" -> {
        return checkout(args.get("scm"), at);
      }
      case "tool" -> {
        onAgent(name, at);
        return run.call("tool", args, at);
      }
      case "input" -> {
        return new BuildParameters(run).ask(args, at);
      }
      case "echo",
          "build",
          "mail",
          "library",
          "waitForQualityGate",
          "slackSend",
          "emailext",
          "githubNotify",
          "updateGitlabCommitStatus",
          "httpRequest",
          "libraryResource" -> {
        return run.call(name, args, at);
      }
      default -> {
        onAgent(name, at);
        return run.call(name, args, at);
      }
    }
  }

  void onAgent(String step, Position at) {
    if (run.branches().context().node() == null) {
      throw run.failed(
          step,
          "Required context class hudson.FilePath is missing: the step '"
              + step
              + "' needs an agent, and there is none here (agent none)",
          at);
    }
  }

  private @Nullable Object sh(Map<String, @Nullable Object> args, Position at) {
    onAgent("sh", at);
    boolean wantsOutput = Boolean.TRUE.equals(args.get("returnStdout"));
    boolean wantsStatus = Boolean.TRUE.equals(args.get("returnStatus"));
    if (wantsOutput && wantsStatus) {
      throw run.failed("sh", "you may not specify both returnStdout and returnStatus", at);
    }
    String label = args.get("label") == null ? "" : Values.text(args.get("label"));
    args.put("label", label.substring(0, Math.min(LABEL_MAX_CHARS, label.length())));
    Object answer = run.call("sh", args, at);
    Map<?, ?> map = answer instanceof Map<?, ?> m ? m : Map.of();
    int status = map.get("status") instanceof Number n ? n.intValue() : -1;
    if (wantsStatus) {
      return status;
    }
    if (status != 0) {
      throw run.failed(label.isEmpty() ? "sh" : label, "script returned exit code " + status, at);
    }
    return wantsOutput ? Values.text(map.get("output")) : null;
  }

  private @Nullable Object junit(Map<String, @Nullable Object> args, Position at) {
    onAgent("junit", at);
    Object answer = run.call("junit", args, at);
    if (answer instanceof Map<?, ?> counts
        && counts.get("failCount") instanceof Number failed
        && failed.intValue() > 0
        && !Boolean.TRUE.equals(args.get("skipMarkingBuildUnstable"))) {
      run.worsen(Result.UNSTABLE, false);
      run.noteUnstable(
          "junit", at, failed + " of " + Values.text(counts.get("totalCount")) + " tests failed");
    }
    return answer;
  }

  /** {@code checkout scm}, or another repository by the Git plugin's description of it. */
  @Nullable Object checkout(@Nullable Object scm, Position at) {
    onAgent("checkout", at);
    if (scm == Builtin.SCM) {
      return run.call("checkout", Map.of(), at);
    }
    if (scm instanceof Map<?, ?> map
        && (Values.text(map.get("$class")).endsWith("GitSCM")
            || "scmGit".equals(map.get("$symbol")))) {
      Map<String, @Nullable Object> args = new LinkedHashMap<>();
      if (map.get("userRemoteConfigs") instanceof List<?> remotes
          && !remotes.isEmpty()
          && remotes.getFirst() instanceof Map<?, ?> remote) {
        args.put("url", remote.get("url"));
        args.put("credentialsId", remote.get("credentialsId"));
      }
      if (map.get("branches") instanceof List<?> all
          && !all.isEmpty()
          && all.getFirst() instanceof Map<?, ?> branch) {
        args.put("branch", Values.text(branch.get("name")).replaceFirst("^(\\*|origin)/", ""));
      }
      if (args.get("url") != null) {
        return run.call("git", args, at);
      }
    }
    throw run.failed("checkout", "only 'scm' and GitSCM with a url can be checked out", at);
  }

  /** The duration that {@code time} and {@code unit} of a step mean. */
  static long millis(Map<String, @Nullable Object> args, String unit, Position at) {
    Object time = args.get("time");
    String name = args.get("unit") == null ? unit : Values.text(args.get("unit"));
    long amount = time instanceof Number n ? n.longValue() : 0;
    return switch (name.toUpperCase(Locale.ROOT)) {
      case "NANOSECONDS" -> amount / 1_000_000;
      case "MICROSECONDS" -> amount / 1_000;
      case "MILLISECONDS" -> amount;
      case "SECONDS" -> Math.multiplyExact(amount, 1_000L);
      case "MINUTES" -> Math.multiplyExact(amount, 60_000L);
      case "HOURS" -> Math.multiplyExact(amount, 3_600_000L);
      case "DAYS" -> Math.multiplyExact(amount, 86_400_000L);
      default ->
          throw Thrown.Failure.of(
              "IllegalArgumentException",
              "'" + name + "' is no unit; known are MILLISECONDS, SECONDS, MINUTES, HOURS, DAYS",
              at);
    };
  }
}
