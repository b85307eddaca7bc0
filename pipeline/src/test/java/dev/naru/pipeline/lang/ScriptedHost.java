package dev.naru.pipeline.lang;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A host whose answers are written at the head of a corpus file, in lines that start with {@code
 * //>}. Time is virtual: it moves to the next timer when every branch waits.
 */
final class ScriptedHost implements Host {
  private record Due(long at, long id) {}

  private final List<String[]> script = new ArrayList<>();
  private final Deque<Answer> ready = new ArrayDeque<>();
  private final PriorityQueue<Due> due =
      new PriorityQueue<>((a, b) -> Long.compare(a.at(), b.at()));
  private final Map<Long, HostCall> hanging = new TreeMap<>();
  private final Map<String, String> files = new LinkedHashMap<>();
  private final StringBuilder journal = new StringBuilder();
  private final List<Answer> answers = new ArrayList<>();
  private final Map<String, String> env = new LinkedHashMap<>();
  private final Map<String, String> parameters = new LinkedHashMap<>();
  private Result previous = Result.NOT_BUILT;
  private long now = 1_000_000;
  private int nodes;

  ScriptedHost(String text) {
    env.put("BRANCH_NAME", "main");
    env.put("BUILD_NUMBER", "7");
    env.put("JOB_NAME", "demo/main");
    env.put("REGISTRY", "localhost:5000");
    text.lines()
        .filter(l -> l.startsWith("//> "))
        .forEach(l -> directive(l.substring(4).split(" ", 2)));
  }

  private void directive(String[] words) {
    String rest = words.length > 1 ? words[1] : "";
    switch (words[0]) {
      case "env" -> put(rest, env);
      case "param" -> put(rest, parameters);
      case "previous" -> previous = Result.valueOf(rest);
      case "file" -> put(rest, files);
      default -> script.add(new String[] {words[0], rest});
    }
  }

  private static void put(String assignment, Map<String, String> to) {
    String[] parts = assignment.split("=", 2);
    to.put(parts[0], parts[1]);
  }

  RunInfo info() {
    return new RunInfo(
        env,
        parameters,
        previous == Result.NOT_BUILT
            ? java.util.Optional.empty()
            : java.util.Optional.of(previous));
  }

  String journal() {
    return journal.toString();
  }

  List<Answer> answers() {
    return answers;
  }

  private java.util.Optional<String> scripted(String kind, String text) {
    return script.stream()
        .filter(s -> s[0].equals(kind) && text.contains(s[1].split(" -> ", 2)[0]))
        .map(s -> s[1].contains(" -> ") ? s[1].split(" -> ", 2)[1] : "")
        .findFirst();
  }

  @Override
  public void begin(HostCall call) {
    journal.append(line(call)).append('\n');
    switch (call.name()) {
      case "timer", "sleep" -> due.add(new Due(now + call.number("millis", 0), call.id()));
      case "sh" -> sh(call);
      case "library" -> ready.add(library(call));
      case "input" -> input(call);
      default -> {
        var failure = scripted("fail", call.name());
        ready.add(
            failure.isPresent()
                ? Answer.failed(call.id(), failure.get())
                : Answer.value(call.id(), value(call)));
      }
    }
  }

  private void sh(HostCall call) {
    String text = call.text("script", "");
    if (scripted("abort", text).isPresent()) {
      ready.add(Answer.abort("Aborted by admin"));
      hanging.put(call.id(), call);
      return;
    }
    if (scripted("hang", text).isPresent()) {
      hanging.put(call.id(), call);
      return;
    }
    String[] answer = scripted("sh", text).orElse("0").split(" ", 2);
    Map<String, Object> value = new LinkedHashMap<>();
    value.put("status", Integer.parseInt(answer[0]));
    if (call.flag("returnStdout")) {
      value.put("output", answer.length > 1 ? answer[1] + "\n" : "");
    }
    ready.add(Answer.value(call.id(), value));
  }

  /** The files of a folder of the corpus that is called like the library and its version. */
  private static Answer library(HostCall call) {
    String version = call.text("version", "");
    String name = call.text("name", "") + (version.isEmpty() ? "" : "@" + version);
    Path folder = Path.of("src/test/resources/corpus/libraries", name);
    if (!Files.isDirectory(folder)) {
      return Answer.failed(call.id(), "No library named " + name + " found");
    }
    Map<String, Object> files = new TreeMap<>();
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path file : all.filter(Files::isRegularFile).toList()) {
        files.put(folder.relativize(file).toString(), Files.readString(file));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return Answer.value(call.id(), files);
  }

  /** {@code yes|no who NAME=value,…}; without a script, yes by admin. */
  private void input(HostCall call) {
    String message = call.text("message", "");
    if (scripted("hang-input", message).isPresent()) {
      hanging.put(call.id(), call);
      return;
    }
    String[] words = scripted("input", message).orElse("yes admin").split(" ", 3);
    Map<String, Object> values = new LinkedHashMap<>();
    if (words.length > 2) {
      for (String value : words[2].split(",")) {
        values.put(value.split("=", 2)[0], value.split("=", 2)[1]);
      }
    }
    ready.add(
        Answer.value(
            call.id(),
            Map.of("approved", words[0].equals("yes"), "by", words[1], "values", values)));
  }

  private Object value(HostCall call) {
    return switch (call.name()) {
      case "node" -> {
        nodes++;
        Map<String, String> node = new LinkedHashMap<>();
        node.put("PATH", "/naru/bin:/usr/bin");
        node.put("HOME", "/home/agent");
        node.put("NODE_NAME", "agent-" + nodes);
        String workspace = "/ws" + (nodes == 1 ? "" : "@" + nodes);
        node.put("WORKSPACE", workspace);
        node.put("WORKSPACE_TMP", workspace + "@tmp");
        yield Map.of("id", "n" + nodes, "workspace", workspace, "env", node);
      }
      case "bindCredentials" -> credentials(call);
      case "checkout", "git" -> Map.of("GIT_COMMIT", "c0ffee");
      case "fileExists" -> files.containsKey(call.text("file", ""));
      case "readFile" -> files.getOrDefault(call.text("file", ""), "");
      case "changedFiles" ->
          script.stream()
              .filter(s -> s[0].equals("changed"))
              .map(s -> List.of(s[1].split(",")))
              .findFirst()
              .orElse(List.of());
      case "junit" -> {
        String[] counts = scripted("junit", "").orElse("10 0").split(" ");
        yield Map.of(
            "totalCount", Integer.parseInt(counts[0]), "failCount", Integer.parseInt(counts[1]));
      }
      case "changeLog" -> script.stream().filter(s -> s[0].equals("log")).map(s -> s[1]).toList();
      case "now" -> now;
      case "random" -> 4_611_686_018_427_387_905L * call.id();
      case "tool" -> call.text("type", "").equals("jdk") ? "/opt/jdk" : "";
      default -> "";
    };
  }

  private static Map<String, String> credentials(HostCall call) {
    Map<String, String> variables = new LinkedHashMap<>();
    if (call.args().get("bindings") instanceof List<?> bindings) {
      for (Object o : bindings) {
        Map<?, ?> binding = (Map<?, ?>) o;
        switch (String.valueOf(binding.get("type"))) {
          case "environment" -> {
            String name = String.valueOf(binding.get("variable"));
            variables.put(name, "user:secret");
            variables.put(name + "_USR", "user");
            variables.put(name + "_PSW", "secret");
          }
          case "usernamePassword" -> {
            variables.put(String.valueOf(binding.get("usernameVariable")), "user");
            variables.put(String.valueOf(binding.get("passwordVariable")), "secret");
          }
          default -> variables.put(String.valueOf(binding.get("variable")), "secret");
        }
      }
    }
    return variables;
  }

  @Override
  public void cancel(long id, String reason) {
    due.removeIf(d -> d.id() == id);
    HostCall call = hanging.remove(id);
    if (call != null) {
      journal.append("   cancel ").append(id).append(" (").append(reason).append(")\n");
      ready.add(Answer.value(id, Map.of("status", 143)));
    } else if (!reason.equals("done") && ready.stream().noneMatch(a -> a.call() == id)) {
      journal.append("   cancel ").append(id).append(" (").append(reason).append(")\n");
      ready.add(Answer.value(id, null));
    }
  }

  @Override
  public Answer take() {
    Answer answer = ready.poll();
    if (answer == null) {
      Due next = due.poll();
      if (next == null) {
        throw new AssertionError("every branch waits for ever:\n" + journal);
      }
      now = Math.max(now, next.at());
      answer = Answer.value(next.id(), null);
    }
    answers.add(answer);
    return answer;
  }

  private String line(HostCall call) {
    Map<String, String> own = new TreeMap<>(call.where().env());
    own.keySet().removeAll(env.keySet());
    own.keySet().removeAll(parameters.keySet());
    List.of("HOME", "NODE_NAME", "WORKSPACE", "WORKSPACE_TMP", "STAGE_NAME", "GIT_COMMIT")
        .forEach(own::remove);
    own.remove("PATH", "/naru/bin:/usr/bin");
    boolean quiet = call.name().startsWith("stage") || call.name().equals("echo");
    String args =
        new TreeMap<>(call.args())
            .entrySet().stream()
                .filter(e -> e.getValue() != null && !"".equals(e.getValue()))
                .map(e -> e.getKey() + "=" + String.valueOf(e.getValue()).replace("\n", "\\n"))
                .collect(Collectors.joining(" "));
    String where = call.where().directory().isEmpty() ? "" : " " + call.where().directory();
    return call.id()
        + " ["
        + String.join("/", call.where().stage())
        + "]"
        + where
        + " "
        + call.name()
        + (args.isEmpty() ? "" : " " + args)
        + (quiet || own.isEmpty() ? "" : " " + own);
  }
}
