package dev.naru.pipeline;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.naru.base.FileTrees;
import dev.naru.base.Times;
import dev.naru.base.Workers;
import dev.naru.pipeline.lang.Diagnostic;
import dev.naru.pipeline.lang.Interpreter;
import dev.naru.pipeline.lang.Jenkinsfile;
import dev.naru.pipeline.lang.Outcome;
import dev.naru.pipeline.lang.Result;
import dev.naru.pipeline.lang.RunInfo;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One run from its start to its end, or from where its journal ends to its end. Its folder holds
 * {@code journal}, {@code log}, {@code log.index}, {@code artifacts}, and while it runs {@code
 * workspace} and {@code docker}.
 */
final class ActiveRun {
  private static final Logger LOG = LoggerFactory.getLogger(ActiveRun.class);
  static final String SOCKET = "docker.sock";
  private static final int BACKGROUND_MAX = 100;

  /** What every run of an engine shares. */
  record Engine(
      PipelinesConfig config,
      SourceReader source,
      ImageBuilding building,
      GitTokens tokens,
      Agents agents,
      Credentials credentials,
      BuildNumbers numbers,
      JobGate gate,
      RunLogs logs,
      io.fabric8.kubernetes.client.KubernetesClient client,
      Clock clock) {}

  /** The first record of a journal: what a replay must find the same. */
  record Start(
      String uid,
      int number,
      long millis,
      String text,
      Map<String, String> env,
      Map<String, String> parameters,
      @Nullable String previous) {}

  private final Engine engine;
  private final String name;
  private final String uid;
  private final PipelineRunSpec spec;
  private final Optional<Result> previous;
  private final @Nullable List<PipelineRunStatus.Image> knownImages;
  private final Path directory;
  private final Secrets secrets = new Secrets();
  private final Workers background;
  private final Object agentLock = new Object();
  private volatile @Nullable Agent agent;
  private volatile @Nullable JournalHost host;
  private volatile @Nullable String aborted;

  ActiveRun(Engine engine, PipelineRun resource, Optional<Result> previous) {
    this.engine = engine;
    this.name = resource.getMetadata().getName();
    this.uid = String.valueOf(resource.getMetadata().getUid());
    this.spec = resource.getSpec();
    this.previous = previous;
    this.knownImages = resource.getStatus() == null ? null : resource.getStatus().images();
    this.directory = engine.config().runs().resolve(name);
    this.background = new Workers("run-" + name + "-background", BACKGROUND_MAX);
  }

  String name() {
    return name;
  }

  PipelineRunSpec spec() {
    return spec;
  }

  PipelinesConfig config() {
    return engine.config();
  }

  Credentials credentials() {
    return engine.credentials();
  }

  Path directory() {
    return directory;
  }

  /** What is done beside a run's steps. */
  interface Task {
    void run() throws IOException, InterruptedException;
  }

  /** Does {@code task} beside the run; it is interrupted at the run's end. */
  void background(Task task) {
    background.submit(
        () -> {
          try {
            task.run();
          } catch (IOException | RuntimeException e) {
            LOG.warn("a task beside the run failed, run={}", name, e);
          }
          return true;
        });
  }

  /** Ends the run as Aborted, wherever it is. */
  void abort(String reason) {
    if (aborted != null) {
      return;
    }
    aborted = reason;
    engine.gate().wake();
    JournalHost h = host;
    if (h != null) {
      h.abort(reason);
      if (agent == null) {
        // Steps that wait for the agent then end.
        background(() -> engine.agents().remove(name));
      }
    }
  }

  /** The agent, waiting for it. */
  Agent agent() throws IOException, InterruptedException {
    return agent(trouble -> {});
  }

  /** The agent, waiting for it; {@code trouble} hears why it does not come. */
  Agent agent(Consumer<String> trouble) throws IOException, InterruptedException {
    Agent known = agent;
    if (known != null) {
      return known;
    }
    synchronized (agentLock) {
      known = agent;
      if (known == null) {
        known = engine.agents().await(name, trouble);
        agent = known;
      }
      return known;
    }
  }

  Optional<Agent> agentIfReady() {
    return Optional.ofNullable(agent);
  }

  String gitUrl() {
    return config().gitUrl() + spec.repository() + ".git";
  }

  GitTokens.Token token() {
    return engine.tokens().issue(name, spec.repository());
  }

  List<String> changedFiles() throws IOException {
    return spec.previousCommit().isEmpty()
        ? List.of()
        : engine.source().changedFiles(spec.repository(), spec.previousCommit(), spec.commit());
  }

  /** Folder of the workspace, as Jenkins names it for a branch. */
  String jobFolder() {
    return (spec.repository() + "-" + spec.pipeline() + "_" + spec.branch())
        .replaceAll("[^A-Za-z0-9._-]", "_");
  }

  Map<String, String> gitVariables() {
    Map<String, String> env = new LinkedHashMap<>();
    env.put("GIT_COMMIT", spec.commit());
    env.put("GIT_BRANCH", spec.branch());
    env.put("GIT_LOCAL_BRANCH", spec.branch());
    env.put("GIT_URL", gitUrl());
    if (!spec.previousCommit().isEmpty()) {
      env.put("GIT_PREVIOUS_COMMIT", spec.previousCommit());
    }
    return env;
  }

  private Map<String, String> env(int number, long millis) {
    String job = spec.repository() + "-" + spec.pipeline() + "/" + spec.branch();
    String url = config().consoleUrl();
    Map<String, String> env = new LinkedHashMap<>(config().env());
    env.put("CI", "true");
    env.put("BUILD_NUMBER", String.valueOf(number));
    env.put("BUILD_ID", String.valueOf(number));
    env.put("BUILD_DISPLAY_NAME", "#" + number);
    env.put("JOB_NAME", job);
    env.put("JOB_BASE_NAME", spec.branch());
    env.put("BUILD_TAG", "jenkins-" + job.replace('/', '-') + "-" + number);
    env.put("JENKINS_URL", url);
    env.put("HUDSON_URL", url);
    env.put("JOB_URL", url + "runs/");
    env.put("BUILD_URL", url + "runs/" + name + "/");
    env.put("RUN_DISPLAY_URL", url + "runs/" + name);
    env.put("BRANCH_NAME", spec.branch());
    env.put("NARU_RUN", name);
    env.put("NARU_REPOSITORY", spec.repository());
    env.put("NARU_STARTED_MILLIS", String.valueOf(millis));
    env.putAll(gitVariables());
    return env;
  }

  /**
   * Runs, or goes on.
   *
   * @throws InterruptedException when Naru stops; the run is left as it is, to go on later
   */
  void run() throws IOException, InterruptedException {
    Files.createDirectories(directory);
    forgetNamesake();
    try (Journal journal = Journal.open(directory.resolve("journal"));
        RunLog log = RunLog.open(directory);
        StatusBoard board = board(log)) {
      engine.logs().opened(name, log);
      boolean gated = !engine.gate().enter(job(), name);
      boolean first = journal.records().isEmpty();
      if (!first || !gated) {
        engine.agents().begin(name, spec.repository(), spec.pipeline());
      }
      if (first) {
        Start made = newStart();
        ObjectNode entry = Journal.JSON.valueToTree(made);
        journal.append(entry.put("k", "start"), true);
      }
      execute(journal, log, board, first ? Optional.empty() : Optional.of(true), gated);
    } finally {
      engine.logs().closed(name);
      engine.gate().leave(job(), name);
      background.close();
    }
  }

  private StatusBoard board(RunLog log) {
    StatusBoard board = new StatusBoard(engine.client(), config().namespace(), name, log);
    board.keepImages(knownImages);
    return board;
  }

  String job() {
    return spec.repository() + "/" + spec.pipeline() + "/" + spec.branch();
  }

  /** A run of the same name was deleted and made anew: its files are not this run's. */
  private void forgetNamesake() throws IOException {
    Optional<Start> start = readStart();
    if (start.isPresent() && !start.get().uid().equals(uid)) {
      FileTrees.delete(directory);
      Files.createDirectories(directory);
    }
  }

  private Optional<Start> readStart() throws IOException {
    Path file = directory.resolve("journal");
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    try (Journal journal = Journal.open(file)) {
      return journal.records().isEmpty()
          ? Optional.empty()
          : Optional.of(start(journal.records().getFirst()));
    }
  }

  private static Start start(ObjectNode node) {
    ObjectNode copy = node.deepCopy();
    copy.remove("k");
    return Journal.JSON.convertValue(copy, new TypeReference<Start>() {});
  }

  private Start newStart() throws IOException {
    String text =
        engine.source().read(spec.repository(), spec.commit(), spec.jenkinsfile()).orElse("");
    int number = engine.numbers().next(spec.repository(), spec.pipeline());
    long millis = engine.clock().millis();
    return new Start(
        uid,
        number,
        millis,
        text,
        env(number, millis),
        spec.parameters(),
        previous.map(Result::name).orElse(null));
  }

  private void execute(
      Journal journal, RunLog log, StatusBoard board, Optional<Boolean> resumed, boolean gated)
      throws IOException, InterruptedException {
    Start start = readStart().orElseThrow(() -> new IOException("the journal has no start"));
    board.started(
        gated ? "Pending" : "Running",
        Times.text(start.millis()),
        engine.agents().nameOf(name),
        start.number());
    Jenkinsfile.Parsed valid = Jenkinsfile.parse(spec.jenkinsfile(), start.text());
    valid.file().ifPresent(f -> board.outline(f.outline()));
    Jenkinsfile.Parsed parsed = NotSupported.check(valid);
    if (resumed.isEmpty()) {
      head(log, parsed, start);
    }
    if (parsed.file().isEmpty() || start.text().isBlank()) {
      String why = firstError(parsed, start);
      finish(log, board, new Outcome(Result.FAILURE, Optional.empty()), why);
      return;
    }
    if (gated && !awaitTurn(parsed.file().get(), board)) {
      finish(log, board, new Outcome(Result.ABORTED, Optional.empty()), String.valueOf(aborted));
      return;
    }
    if (gated) {
      board.started(
          "Running", Times.text(start.millis()), engine.agents().nameOf(name), start.number());
      engine.agents().begin(name, spec.repository(), spec.pipeline());
    }
    Path docker = Files.createDirectories(directory.resolve("docker"));
    ImageBuilding.Session images =
        engine.building().open(name, docker.resolve(SOCKET), board::image);
    try {
      Outcome outcome = interpret(journal, log, board, parsed.file().get(), start);
      finish(log, board, outcome, sentence(outcome));
    } finally {
      images.close();
    }
  }

  private Outcome interpret(
      Journal journal, RunLog log, StatusBoard board, Jenkinsfile file, Start start)
      throws InterruptedException {
    StepRunner steps = new StepRunner(this, engine.clock(), log, board, secrets);
    JournalHost journaled = new JournalHost(journal, name, secrets, steps, engine.clock());
    host = journaled;
    String already = aborted;
    if (already != null) {
      journaled.abort(already);
    }
    background(() -> endInTime(start.millis()));
    RunInfo info =
        new RunInfo(
            start.env(),
            start.parameters(),
            Optional.ofNullable(start.previous()).map(Result::valueOf));
    try {
      return Interpreter.run(file, info, journaled, config().limits());
    } finally {
      host = null;
      journaled.close();
    }
  }

  /** Waits for the end of the time that a run may take, and ends it then. */
  private void endInTime(long startMillis) throws InterruptedException {
    Duration max = config().limits().timeMax();
    long left = startMillis + max.toMillis() - engine.clock().millis();
    if (left > 0) {
      Thread.sleep(left);
    }
    abort("the run took longer than " + max.toString().substring(2).toLowerCase(Locale.ROOT));
  }

  private boolean awaitTurn(Jenkinsfile file, StatusBoard board) throws InterruptedException {
    if (!file.concurrentRunsDisabled()) {
      return aborted == null;
    }
    engine
        .gate()
        .await(
            job(),
            name,
            () -> aborted != null,
            before -> board.waiting("waits for run '" + before + "' of the same branch to end"));
    board.waiting(null);
    return aborted == null;
  }

  private void head(RunLog log, Jenkinsfile.Parsed parsed, Start start) throws IOException {
    StringBuilder text =
        new StringBuilder("Run ")
            .append(start.number())
            .append(" of ")
            .append(job())
            .append(" at ")
            .append(spec.commit())
            .append('\n');
    List<String> lines = start.text().lines().toList();
    for (Diagnostic d : parsed.diagnostics()) {
      text.append(spec.jenkinsfile()).append(':').append(d).append('\n');
      if (d.isError() && d.at().line() <= lines.size()) {
        text.append("    ").append(lines.get(d.at().line() - 1)).append('\n');
        text.append("    ").append(" ".repeat(d.at().column() - 1)).append("^\n");
      }
    }
    log.append(
        0, List.of(), text.toString().getBytes(StandardCharsets.UTF_8), 0, engine.clock().millis());
  }

  private String firstError(Jenkinsfile.Parsed parsed, Start start) {
    if (start.text().isBlank()) {
      return "commit " + spec.commit() + " has no '" + spec.jenkinsfile() + "', or it is empty";
    }
    long errors = parsed.diagnostics().stream().filter(Diagnostic::isError).count();
    Diagnostic first =
        parsed.diagnostics().stream().filter(Diagnostic::isError).findFirst().orElseThrow();
    return spec.jenkinsfile()
        + ":"
        + first.at()
        + ": "
        + first.message()
        + (errors > 1 ? " (and " + (errors - 1) + " more errors)" : "");
  }

  private @Nullable String sentence(Outcome outcome) {
    return outcome
        .failure()
        .map(
            f -> {
              String where =
                  f.stage().isEmpty() ? "" : " of stage '" + String.join("/", f.stage()) + "'";
              String at = " (" + spec.jenkinsfile() + ":" + f.at() + ")";
              if (f.step().isEmpty()) {
                return (where.isEmpty() ? "the run" : where.substring(4))
                    + (outcome.result() == Result.ABORTED ? " was aborted: " : " failed: ")
                    + f.message()
                    + at;
              }
              return "'"
                  + f.step()
                  + "'"
                  + where
                  + (outcome.result() == Result.UNSTABLE ? ": " : " failed: ")
                  + f.message()
                  + at;
            })
        .map(secrets::mask)
        .orElse(null);
  }

  private void finish(RunLog log, StatusBoard board, Outcome outcome, @Nullable String message)
      throws IOException {
    String text =
        (message == null
                ? ""
                : (outcome.result() == Result.UNSTABLE ? "" : "ERROR: ") + message + "\n")
            + "Finished: "
            + outcome.result()
            + "\n";
    if (log.read(Long.MAX_VALUE).isEmpty()) {
      log.append(
          Long.MAX_VALUE,
          List.of(),
          text.getBytes(StandardCharsets.UTF_8),
          0,
          engine.clock().millis());
    }
    board.finished(
        switch (outcome.result()) {
          case SUCCESS -> "Succeeded";
          case UNSTABLE -> "Unstable";
          case FAILURE, NOT_BUILT -> "Failed";
          case ABORTED -> "Aborted";
        },
        Times.text(engine.clock().millis()),
        message,
        outcome
            .failure()
            .filter(f -> !f.stage().isEmpty())
            .map(f -> String.join("/", f.stage()))
            .orElse(null));
    engine.tokens().revoke(name);
    engine.agents().remove(name);
  }

  /** Removes what only a running run needs; called when the run has ended. */
  void tidy() throws IOException {
    FileTrees.delete(directory.resolve("workspace"));
    FileTrees.delete(directory.resolve("docker"));
  }
}
