package dev.naru.pipeline.lint;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** What the linter looks for. The ids are stable: comments and baselines of users name them. */
public enum Rule {
  VALIDITY(
      "validity",
      "The file does not run, or a part of it has no effect",
      "It is what a run would say before its first step.",
      "Do what the message says."),
  SECRET_IN_FILE(
      "secret-in-file",
      "A secret stands in the file",
      "Everyone who can read the repository, now or later, has the secret; removing the line does"
          + " not remove it from the history.",
      "Revoke it, store a new one as a credential, and bind it with withCredentials or"
          + " credentials()."),
  DOCKER_SOCKET(
      "docker-socket",
      "The Docker socket is mounted into a container",
      "Whoever reaches the socket is root on the machine.",
      "Build with the 'docker' command of the agent, without mounting the socket."),
  MUTABLE_IMAGE(
      "mutable-image",
      "An image is named without a fixed tag",
      "The same commit gives another result tomorrow, and a rollback finds the wrong image.",
      "Name a version, a commit or a digest."),
  NO_TIMEOUT(
      "no-timeout",
      "Nothing ends the run when it hangs",
      "A hanging step holds its agent until someone notices.",
      "Add options { timeout(time: 30, unit: 'MINUTES') } to the pipeline or to each stage."),
  MANIFEST_SED(
      "manifest-sed",
      "sed rewrites the image tag of a manifest",
      "sed does not know YAML: it ends well when nothing matched, and matches what it should not.",
      "Use 'naru manifest set-image' or 'kustomize edit set image'."),
  SED_NO_MATCH(
      "sed-no-match",
      "A sed pattern matches no line of its manifest",
      "sed changes nothing and still ends well, so the old version is deployed.",
      "Correct the pattern, or use 'naru manifest set-image', which fails when nothing is there."),
  PASSWORD_IN_GIT_URL(
      "password-in-git-url",
      "A git command has a password in its URL",
      "The password shows in the list of processes, in git's messages and in .git/config.",
      "Let git ask for it: a credential helper or GIT_ASKPASS that reads the bound variables."),
  INTERPOLATED_SECRET(
      "interpolated-secret",
      "Groovy writes a secret into a shell script",
      "The secret becomes part of the script: it shows in the list of processes, and its special"
          + " characters are run by the shell.",
      "Use single quotes, so that the shell reads the variable from its environment."),
  UNQUOTED_VARIABLE(
      "unquoted-variable",
      "A shell variable is not quoted",
      "A value with a space or * becomes several words, an empty one none.",
      "Write it in double quotes."),
  SLEEP_FOR_READINESS(
      "sleep-for-readiness",
      "A fixed sleep waits for something to be ready",
      "It is too short on a busy day and too long on all others.",
      "Ask until it answers: a loop with a bound, 'kubectl wait', 'kubectl rollout status', or"
          + " waitUntil inside timeout."),
  UNREACHABLE_STAGE(
      "unreachable-stage",
      "A stage can never run",
      "Its conditions contradict each other, so what it does is never done.",
      "Use anyOf for alternatives, or remove the stage."),
  UNKNOWN_RULE(
      "unknown-rule",
      "A naru-lint comment does not do what it says",
      "It switches nothing off.",
      "Write // naru-lint disable=RULE or // naru-lint disable-file=RULE with the id of a rule.");

  private final String id;
  private final String title;
  private final String reason;
  private final String fix;

  Rule(String id, String title, String reason, String fix) {
    this.id = id;
    this.title = title;
    this.reason = reason;
    this.fix = fix;
  }

  public String id() {
    return id;
  }

  /** What the rule finds, as one clause. */
  public String title() {
    return title;
  }

  /** Why it hurts. */
  public String reason() {
    return reason;
  }

  /** What to do instead. */
  public String fix() {
    return fix;
  }

  static Optional<Rule> of(String id) {
    return Arrays.stream(values()).filter(r -> r.id.equals(id)).findFirst();
  }

  static List<String> ids() {
    return Arrays.stream(values()).map(Rule::id).toList();
  }
}
