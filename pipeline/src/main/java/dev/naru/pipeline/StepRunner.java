package dev.naru.pipeline;

import dev.naru.base.Times;
import dev.naru.pipeline.lang.Answer;
import dev.naru.pipeline.lang.HostCall;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Performs the calls of one run: on its agent, in its log, in its status. */
final class StepRunner implements JournalHost.Performer {
  private static final Duration END_AGAIN = Duration.ofSeconds(1);

  private static final String AGENT_WAIT = "waits for its agent pod to be ready";

  private final ActiveRun run;
  private final Clock clock;
  private final SecureRandom random = new SecureRandom();
  private final RunLog log;
  private final StatusBoard board;
  private final Secrets secrets;
  private final FileSteps files;
  private final CredentialSteps credentials;
  private final Map<Long, ShellStep> shells = new ConcurrentHashMap<>();
  private final Map<Long, Integer> workspaces = new HashMap<>();
  private final AtomicReference<String> obsolete = new AtomicReference<>("");
  private volatile long lastOutputNanos = System.nanoTime();

  StepRunner(ActiveRun run, Clock clock, RunLog log, StatusBoard board, Secrets secrets) {
    this.run = run;
    this.clock = clock;
    this.log = log;
    this.board = board;
    this.secrets = secrets;
    this.files = new FileSteps(run, this);
    this.credentials = new CredentialSteps(run, secrets);
  }

  @Override
  public Answer.Reply perform(HostCall call, long begunMillis) throws InterruptedException {
    try {
      return new Answer.Value(value(call, begunMillis));
    } catch (IOException e) {
      return new Answer.Failed(secrets.mask(String.valueOf(e.getMessage())));
    }
  }

  private @Nullable Object value(HostCall call, long begunMillis)
      throws IOException, InterruptedException {
    return switch (call.name()) {
      case "echo" -> say(call, call.text("message", "") + "\n");
      case "stageBegin" -> say(call, "[Pipeline] { (" + last(call) + ")\n");
      case "stageEnd" -> stageEnd(call);
      case "build" -> null;
      case "now" -> clock.millis();
      case "random" -> random.nextLong();
      case "timer" -> timer(call, begunMillis);
      case "sleep" -> sleep(call, begunMillis);
      case "node" -> node(call);
      case "releaseNode" -> null;
      case "sh" -> sh(call);
      case "checkout" -> checkout(call);
      case "git" -> git(call);
      case "bindCredentials" -> credentials.bind(call);
      case "unbindCredentials" -> credentials.unbind(call);
      case "changedFiles" -> run.changedFiles();
      case "tool" -> tool(call);
      case "library" ->
          throw new IOException(
              "not supported: the library '"
                  + call.text("name", "")
                  + "' is not loaded, because runs have no source of shared libraries");
      default -> files.perform(call);
    };
  }

  private static String last(HostCall call) {
    List<String> path = call.texts("path");
    return path.isEmpty() ? "" : path.getLast();
  }

  private @Nullable Object stageEnd(HostCall call) throws IOException {
    String state = call.text("state", "");
    return say(
        call,
        "[Pipeline] } ("
            + last(call)
            + ")"
            + (state.equals("Succeeded") ? "" : " " + state)
            + "\n");
  }

  /** Writes text into the log, unless a run of Naru before this one has. */
  @Nullable Object say(HostCall call, String text) throws IOException {
    if (log.read(call.id()).isEmpty()) {
      LineStamps stamps = new LineStamps(call.where().timestamps(), clock);
      byte[] bytes = stamps.take(secrets.mask(text).getBytes(StandardCharsets.UTF_8));
      log.append(call.id(), call.where().stage(), bytes, 0, clock.millis());
      lastOutputNanos = System.nanoTime();
    }
    return null;
  }

  /** With {@code activity}, the time runs from the last output. */
  private @Nullable Object timer(HostCall call, long begunMillis) throws InterruptedException {
    long millis = call.number("millis", 0);
    if (!call.flag("activity")) {
      return sleep(call, begunMillis);
    }
    while (true) {
      long idle = (System.nanoTime() - lastOutputNanos) / 1_000_000;
      if (idle >= millis) {
        return null;
      }
      Thread.sleep(millis - idle);
    }
  }

  private @Nullable Object sleep(HostCall call, long begunMillis) throws InterruptedException {
    long left = begunMillis + call.number("millis", 0) - clock.millis();
    if (left > 0) {
      Thread.sleep(left);
    }
    return null;
  }

  private Object node(HostCall call) throws IOException, InterruptedException {
    String label = call.text("label", "");
    if (!Labels.match(label, run.config().labels())) {
      throw new IOException(
          "there are no agents with the label '"
              + label
              + "'; the labels here are "
              + run.config().labels().stream().sorted().toList());
    }
    boolean ready = run.agentIfReady().isPresent();
    if (!ready) {
      board.waiting(AGENT_WAIT);
    }
    Agent agent = run.agent(trouble -> board.waiting(AGENT_WAIT + ": " + trouble));
    if (!ready) {
      board.waiting(null);
    }
    int index;
    synchronized (workspaces) {
      index = 1;
      while (workspaces.containsValue(index)) {
        index++;
      }
      Integer mine = workspaces.putIfAbsent(call.id(), index);
      index = mine == null ? index : mine;
    }
    String custom = call.text("workspace", "");
    String workspace =
        custom.startsWith("/")
            ? custom
            : agent.workspaces()
                + "/"
                + (custom.isEmpty() ? run.jobFolder() : custom)
                + (index == 1 ? "" : "@" + index);
    Map<String, String> env = new LinkedHashMap<>(agent.env());
    env.put("NODE_NAME", agent.name());
    env.put("NODE_LABELS", String.join(" ", run.config().labels().stream().sorted().toList()));
    env.put("EXECUTOR_NUMBER", String.valueOf(index - 1));
    env.put("WORKSPACE", workspace);
    env.put("WORKSPACE_TMP", workspace + "@tmp");
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("id", String.valueOf(call.id()));
    answer.put("workspace", workspace);
    answer.put("index", index);
    answer.put("env", env);
    return answer;
  }

  private Object sh(HostCall call) throws IOException, InterruptedException {
    String label = call.text("label", "");
    ShellStep.Result result =
        script(
            call,
            call.text("script", ""),
            Map.of(),
            call.flag("returnStdout"),
            label.isEmpty() ? "" : "[Pipeline] sh (" + label + ")\n");
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("status", result.status());
    if (call.flag("returnStdout")) {
      answer.put("output", result.output());
    }
    return answer;
  }

  /** Runs a script in the call's surroundings, its output into the log. */
  ShellStep.Result script(
      HostCall call, String text, Map<String, String> more, boolean keepStdout, String title)
      throws IOException, InterruptedException {
    Agent agent = run.agent();
    Map<String, String> env = new LinkedHashMap<>(call.where().env());
    env.putAll(more);
    StepOutput output =
        new StepOutput(
            log,
            call,
            new Masker(secrets),
            new LineStamps(call.where().timestamps(), clock),
            clock);
    long known = output.begin(secrets.mask(title));
    ShellStep step =
        new ShellStep(
            agent,
            new ShellStep.Request(
                agent.control() + "/steps/" + call.id(),
                text,
                call.where().directory(),
                env,
                keepStdout),
            (bytes, offset, length) -> {
              lastOutputNanos = System.nanoTime();
              output.take(bytes, offset, length);
            },
            obsolete);
    shells.put(call.id(), step);
    try {
      return step.run(known);
    } finally {
      shells.remove(call.id());
      output.finish();
    }
  }

  private Object checkout(HostCall call) throws IOException, InterruptedException {
    GitTokens.Token token = run.token();
    secrets.add(token.password());
    PipelineRunSpec spec = run.spec();
    String url = run.gitUrl();
    ShellStep.Result result =
        script(
            call,
            GitScripts.CHECKOUT,
            GitScripts.env(url, spec.branch(), spec.commit(), token.user(), token.password()),
            false,
            "Checking out " + spec.commit() + " (" + spec.branch() + ") of " + url + "\n");
    if (result.status() != 0) {
      throw new IOException("git ended with exit code " + result.status());
    }
    return run.gitVariables();
  }

  private Object git(HostCall call) throws IOException, InterruptedException {
    String user = "";
    String password = "";
    String id = call.text("credentialsId", "");
    if (!id.isEmpty()) {
      if (!(run.credentials().find(id) instanceof Credentials.Credential.UserPassword found)) {
        throw new IOException("credentials '" + id + "' are no user name with password");
      }
      user = found.user();
      password = found.password();
      secrets.add(password);
    }
    String url = call.text("url", "");
    String branch = call.text("branch", "master");
    ShellStep.Result result =
        script(
            call,
            GitScripts.CLONE,
            GitScripts.env(url, branch, "", user, password),
            false,
            "Checking out " + branch + " of " + url + "\n");
    if (result.status() != 0) {
      throw new IOException("git ended with exit code " + result.status());
    }
    return Map.of("GIT_URL", url, "GIT_BRANCH", branch);
  }

  private Object tool(HostCall call) throws IOException, InterruptedException {
    String type = call.text("type", "");
    String name = call.text("name", "");
    if (type.equals("jdk")) {
      return run.config().javaHome();
    }
    String command =
        switch (type) {
          case "maven" -> "mvn";
          case "nodejs" -> "node";
          case "" -> name;
          default -> type;
        };
    if (!Pattern.matches("[A-Za-z0-9._+-]+", command)
        || AgentCommand.run(
                    run.agent(),
                    "PATH=$2; export PATH; command -v \"$1\"",
                    new byte[0],
                    command,
                    call.where().env().getOrDefault("PATH", "/usr/bin:/bin"))
                .code()
            != 0) {
      throw new IOException(
          "the tool '"
              + name
              + "' of type '"
              + type
              + "' is not on the agent: there is no command '"
              + command
              + "'");
    }
    return "";
  }

  @Override
  public void cancel(HostCall call, String reason) {
    ShellStep step = shells.get(call.id());
    if (step == null) {
      return;
    }
    run.background(
        () -> {
          // The script may be about to start, so it is told until it has ended.
          while (shells.get(call.id()) == step) {
            try {
              step.end(run.config().killAfter());
            } catch (IOException e) {
              if (run.agentIfReady().map(Agent::isGone).orElse(true)) {
                return;
              }
            }
            Thread.sleep(END_AGAIN);
          }
        });
  }

  @Override
  public void applied(HostCall call, Answer.Reply reply, long millis) {
    switch (call.name()) {
      case "stageBegin" -> board.stageBegan(call.texts("path"), Times.text(millis));
      case "stageEnd" ->
          board.stageEnded(
              call.texts("path"),
              call.text("state", ""),
              Times.text(millis),
              secrets.mask(call.text("message", "")));
      case "node" -> {
        if (reply instanceof Answer.Value v
            && v.value() instanceof Map<?, ?> map
            && map.get("index") instanceof Number index) {
          synchronized (workspaces) {
            workspaces.put(call.id(), index.intValue());
          }
        }
      }
      case "releaseNode" -> {
        synchronized (workspaces) {
          workspaces.remove(Long.parseLong(call.text("id", "0")));
        }
      }
      case "sh", "checkout", "git" ->
          run.agentIfReady().ifPresent(a -> obsolete.set(a.control() + "/steps/" + call.id()));
      default -> {}
    }
  }
}
