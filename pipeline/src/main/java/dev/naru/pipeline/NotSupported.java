package dev.naru.pipeline;

import dev.naru.pipeline.lang.Diagnostic;
import dev.naru.pipeline.lang.Diagnostic.Severity;
import dev.naru.pipeline.lang.Jenkinsfile;
import dev.naru.pipeline.lang.Jenkinsfile.Use;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What a valid Jenkinsfile may use and a run does not have, said before the run begins. */
final class NotSupported {
  private static final Set<String> STEPS =
      Set.of(
          "echo",
          "error",
          "unstable",
          "sh",
          "sleep",
          "stash",
          "unstash",
          "archiveArtifacts",
          "junit",
          "deleteDir",
          "cleanWs",
          "fileExists",
          "readFile",
          "writeFile",
          "isUnix",
          "pwd",
          "tool",
          "checkout",
          "git",
          "milestone",
          "properties",
          "dir",
          "ws",
          "withEnv",
          "withCredentials",
          "timeout",
          "retry",
          "waitUntil",
          "catchError",
          "warnError",
          "script",
          "stage",
          "node",
          "timestamps",
          "ansiColor");
  private static final Set<String> PARAMETERS =
      Set.of("booleanParam", "choice", "password", "string", "text");
  private static final Map<String, String> INSTEAD =
      Map.ofEntries(
          Map.entry("input", "a run cannot wait for a person; gate with 'when' or a branch"),
          Map.entry("build", "a push starts the pipelines of its repository; push there instead"),
          Map.entry("bat", "agents are Linux; use 'sh'"),
          Map.entry("powershell", "agents are Linux; use 'sh'"),
          Map.entry("pwsh", "agents are Linux; use 'sh'"),
          Map.entry("library", "shared libraries are not loaded"),
          Map.entry("libraryResource", "shared libraries are not loaded"),
          Map.entry("load", "Groovy files are not loaded; define methods in the Jenkinsfile"),
          Map.entry("container", "an agent has one container"),
          Map.entry("lock", "locks are not kept; use options { disableConcurrentBuilds() }"),
          Map.entry("withDockerRegistry", "call 'docker login' in an 'sh' step instead"),
          Map.entry("withMaven", "Maven is on the agent; call 'mvn' in an 'sh' step"),
          Map.entry("sshagent", "bind the key by withCredentials and call 'ssh' in an 'sh' step"));

  private NotSupported() {}

  /** Adds what is not supported to the diagnostics; an error among these withholds the file. */
  static Jenkinsfile.Parsed check(Jenkinsfile.Parsed parsed) {
    if (parsed.file().isEmpty()) {
      return parsed;
    }
    List<Diagnostic> all = new ArrayList<>(parsed.diagnostics());
    parsed.file().get().uses().forEach(use -> of(use).ifPresent(all::add));
    all.sort(Comparator.comparing(Diagnostic::at));
    boolean runs = all.stream().noneMatch(Diagnostic::isError);
    return new Jenkinsfile.Parsed(runs ? parsed.file() : Optional.empty(), parsed.syntax(), all);
  }

  private static Optional<Diagnostic> of(Use use) {
    String name = use.name();
    return switch (use.kind()) {
      case AGENT ->
          error(
              use,
              "the agent type \""
                  + name
                  + "\" is not supported: use 'agent any', and 'docker' in an 'sh' step to build"
                  + " images");
      case CONDITION ->
          name.equals("changelog")
              ? error(use, "the condition \"changelog\" is not supported; use changeset or branch")
              : Optional.empty();
      case INPUT -> error(use, "\"input\" is not supported: " + INSTEAD.get("input"));
      case LIBRARY ->
          error(use, "the library " + name + " is not loaded: shared libraries are not supported");
      case OPTION -> Optional.empty();
      case PARAMETER ->
          PARAMETERS.contains(name)
              ? Optional.empty()
              : error(use, "the parameter type \"" + name + "\" is not supported");
      case STEP ->
          STEPS.contains(name)
              ? Optional.empty()
              : error(
                  use,
                  "the step '"
                      + name
                      + "' is not supported: "
                      + INSTEAD.getOrDefault(name, "there is no plugin for it"));
      case TRIGGER ->
          Optional.of(
              new Diagnostic(
                  Severity.WARNING,
                  use.at(),
                  "the trigger \"" + name + "\" does not fire: runs start by pushes"));
      case VARIABLE ->
          error(
              use,
              "the variable '"
                  + name
                  + "' is not supported: "
                  + (name.equals("docker")
                      ? "call the 'docker' command in an 'sh' step instead"
                      : "there is no plugin for it"));
    };
  }

  private static Optional<Diagnostic> error(Use use, String message) {
    return Optional.of(new Diagnostic(Severity.ERROR, use.at(), message));
  }
}
