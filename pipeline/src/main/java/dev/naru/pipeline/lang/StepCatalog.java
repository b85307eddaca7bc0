package dev.naru.pipeline.lang;

import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/**
 * The steps that are known: their parameters, which of them a lone argument fills, and whether they
 * take a block. Names and parameters are those of the Jenkins plugins that define the steps.
 */
final class StepCatalog {
  enum Type {
    STRING,
    NUMBER,
    FLAG,
    ANY
  }

  record Parameter(String name, Type type, boolean required) {}

  /**
   * @param lone the parameter that a single unnamed argument means; empty when there is none
   */
  record Step(String name, String lone, boolean block, List<Parameter> parameters) {
    Optional<Parameter> parameter(String wanted) {
      return parameters.stream().filter(p -> p.name().equals(wanted)).findFirst();
    }

    List<String> parameterNames() {
      return parameters.stream().map(Parameter::name).toList();
    }
  }

  private static final Map<String, Step> STEPS = new LinkedHashMap<>();
  private static final Map<String, String> ELSEWHERE = new LinkedHashMap<>();
  private static final TreeSet<String> SYMBOLS = new TreeSet<>();

  static {
    step("echo", "message", "message!");
    step("error", "message", "message!");
    step("unstable", "message", "message!");
    step("sh", "script", "script!", "returnStdout?", "returnStatus?", "label", "encoding");
    step("sleep", "time", "time!#", "unit");
    step("stash", "name", "name!", "includes", "excludes", "useDefaultExcludes?", "allowEmpty?");
    step("unstash", "name", "name!");
    step(
        "archiveArtifacts",
        "artifacts",
        "artifacts!",
        "excludes",
        "allowEmptyArchive?",
        "fingerprint?",
        "onlyIfSuccessful?",
        "caseSensitive?",
        "defaultExcludes?",
        "followSymlinks?");
    step(
        "junit",
        "testResults",
        "testResults!",
        "allowEmptyResults?",
        "keepLongStdio?",
        "keepProperties?",
        "keepTestNames?",
        "skipMarkingBuildUnstable?",
        "skipOldReports?",
        "skipPublishingChecks?",
        "checksName",
        "healthScaleFactor#",
        "testDataPublishers*");
    step("deleteDir", "");
    step(
        "cleanWs",
        "",
        "cleanWhenAborted?",
        "cleanWhenFailure?",
        "cleanWhenNotBuilt?",
        "cleanWhenSuccess?",
        "cleanWhenUnstable?",
        "cleanupMatrixParent?",
        "deleteDirs?",
        "disableDeferredWipeout?",
        "externalDelete",
        "notFailBuild?",
        "patterns*",
        "skipWhenFailed?");
    step("fileExists", "file", "file!");
    step("readFile", "file", "file!", "encoding");
    step("writeFile", "file", "file!", "text!", "encoding");
    step("isUnix", "");
    step("pwd", "", "tmp?");
    step("tool", "name", "name!", "type");
    step("checkout", "scm", "scm!*", "changelog?", "poll?");
    step("git", "url", "url!", "branch", "credentialsId", "changelog?", "poll?");
    step("milestone", "ordinal", "ordinal#", "label", "unsafe?");
    step("properties", "properties", "properties!*");
    block("dir", "path", "path!");
    block("ws", "dir", "dir!");
    block("withEnv", "overrides", "overrides!*");
    block("withCredentials", "bindings", "bindings!*");
    block("timeout", "time", "time!#", "unit", "activity?");
    block("retry", "count", "count!#", "conditions*");
    block("waitUntil", "", "initialRecurrencePeriod#", "quiet?");
    block("catchError", "", "buildResult", "stageResult", "message", "catchInterruptions?");
    block("warnError", "message", "message!", "catchInterruptions?");
    block("script", "");
    block("stage", "name", "name!", "concurrency#");
    block("node", "label", "label");
    block("timestamps", "");
    block("ansiColor", "colorMapName", "colorMapName");

    String none = "Naru runs declarative files whole and has no plugin for it";
    elsewhere("input", "a run cannot wait for a person yet; gate with 'when' or a branch");
    elsewhere("build", "a push starts the pipelines of its repository; push there instead");
    elsewhere("bat", "agents are Linux; use 'sh'");
    elsewhere("powershell", "agents are Linux; use 'sh'");
    elsewhere("pwsh", "agents are Linux; use 'sh'");
    elsewhere("library", "shared libraries are not loaded");
    elsewhere("load", "Groovy files are not loaded; define methods in the Jenkinsfile");
    elsewhere("container", "an agent has one container");
    elsewhere("lock", "locks are not kept; use options { disableConcurrentBuilds() }");
    elsewhere("docker", "call the 'docker' command in an 'sh' step instead");
    elsewhere("withDockerRegistry", "call 'docker login' in an 'sh' step instead");
    elsewhere("withMaven", "Maven is on the agent; call 'mvn' in an 'sh' step");
    elsewhere("sshagent", "bind the key by withCredentials and call 'ssh' in an 'sh' step");
    for (String plugin :
        List.of(
            "emailext",
            "mail",
            "slackSend",
            "publishHTML",
            "recordIssues",
            "withSonarQubeEnv",
            "waitForQualityGate",
            "step",
            "readMavenPom",
            "readYaml",
            "readJSON",
            "writeJSON",
            "writeYaml",
            "readProperties",
            "zip",
            "unzip",
            "configFileProvider",
            "githubNotify",
            "kubernetesDeploy",
            "jacoco",
            "libraryResource",
            "httpRequest",
            "nodejs")) {
      elsewhere(plugin, none);
    }
    SYMBOLS.addAll(
        List.of(
            "usernamePassword",
            "usernameColonPassword",
            "string",
            "file",
            "sshUserPrivateKey",
            "logRotator",
            "booleanParam",
            "choice",
            "text",
            "password",
            "run",
            "cron",
            "pollSCM",
            "upstream",
            "scmGit",
            "parameters",
            "pipelineTriggers",
            "buildDiscarder",
            "disableConcurrentBuilds",
            "agent",
            "nonresumable",
            "kubernetesAgent"));
  }

  private StepCatalog() {}

  private static void step(String name, String lone, String... parameters) {
    STEPS.put(name, new Step(name, lone, false, parameters(parameters)));
  }

  private static void block(String name, String lone, String... parameters) {
    STEPS.put(name, new Step(name, lone, true, parameters(parameters)));
  }

  private static void elsewhere(String name, String why) {
    ELSEWHERE.put(name, why);
  }

  /** {@code !} required, then {@code #} a number, {@code ?} a flag, {@code *} anything. */
  private static List<Parameter> parameters(String... texts) {
    return Arrays.stream(texts)
        .map(
            t -> {
              String name = t.replaceAll("[!#?*]", "");
              Type type =
                  t.endsWith("#")
                      ? Type.NUMBER
                      : t.endsWith("?") ? Type.FLAG : t.endsWith("*") ? Type.ANY : Type.STRING;
              return new Parameter(name, type, t.contains("!"));
            })
        .toList();
  }

  static Optional<Step> find(String name) {
    return Optional.ofNullable(STEPS.get(name));
  }

  /** Why a step of Jenkins that people use does not exist here. */
  static Optional<String> whyNot(String name) {
    return Optional.ofNullable(ELSEWHERE.get(name));
  }

  /** Names that make a described value, such as {@code usernamePassword(…)}. */
  static boolean isSymbol(String name) {
    return SYMBOLS.contains(name);
  }

  static Collection<String> names() {
    TreeSet<String> all = new TreeSet<>(STEPS.keySet());
    all.add("parallel");
    return all;
  }

  /** The sentence that says that {@code name} is no step. */
  static String unknown(String name) {
    String why = ELSEWHERE.get(name);
    return why != null
        ? "the step '" + name + "' is not supported: " + why
        : "No such DSL method '" + name + "' found among steps" + Nearest.hint(name, names());
  }
}
