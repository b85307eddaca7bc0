package dev.naru.oci.build;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.naru.oci.OciException;
import dev.naru.oci.build.Dockerfile.Stage;
import dev.naru.oci.build.DockerfileLines.Line;
import dev.naru.oci.build.Instruction.Command;
import dev.naru.oci.build.Instruction.Default;
import dev.naru.oci.build.Instruction.Heredoc;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Turns logical lines into instructions; every error names file and line. */
final class DockerfileParser {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Pattern NAME = Pattern.compile("[a-zA-Z_][a-zA-Z0-9_]*");
  private static final Pattern STAGE = Pattern.compile("[a-z][a-z0-9-_.]*");
  private static final Pattern FLAG = Pattern.compile("--([a-z][a-z-]*)(?:=(\\S*))?(?:\\s+|$)");
  private static final Pattern AS = Pattern.compile("(\\S+)(?:\\s+[aA][sS]\\s+(\\S+))?");
  private static final Pattern DURATION = Pattern.compile("(\\d+)(ms|s|m|h)");

  private final DockerfileLines lines;

  DockerfileParser(String file) {
    this.lines = new DockerfileLines(file);
  }

  Dockerfile parse(String text) {
    List<Instruction.Arg> globals = new ArrayList<>();
    List<Stage> stages = new ArrayList<>();
    List<Instruction> current = new ArrayList<>();
    for (Line line : lines.split(text)) {
      if (line.keyword().equals("FROM")) {
        closeStage(stages, current);
        stages.add(from(line, stages));
        current = new ArrayList<>();
      } else if (stages.isEmpty()) {
        if (!line.keyword().equals("ARG")) {
          throw error(line, "the first instruction must be FROM (only ARG may stand before it).");
        }
        globals.addAll(args(line));
      } else if (line.keyword().equals("ARG")) {
        current.addAll(args(line));
      } else {
        current.add(instruction(line));
      }
    }
    if (stages.isEmpty()) {
      throw lines.error(1, "the file has no FROM.");
    }
    closeStage(stages, current);
    return new Dockerfile(lines.escape(), globals, stages);
  }

  private static void closeStage(List<Stage> stages, List<Instruction> instructions) {
    if (!stages.isEmpty()) {
      Stage open = stages.removeLast();
      stages.add(new Stage(open.line(), open.text(), open.base(), open.name(), instructions));
    }
  }

  private OciException error(Line line, String what) {
    return lines.error(line.number(), what);
  }

  private Stage from(Line line, List<Stage> before) {
    Flags flags = flags(line, Set.of("platform"));
    Matcher matcher = AS.matcher(flags.rest);
    if (!matcher.matches()) {
      throw error(line, "FROM needs an image and may have 'AS <name>', not '" + flags.rest + "'.");
    }
    String name = Optional.ofNullable(matcher.group(2)).orElse("").toLowerCase(Locale.ROOT);
    if (!name.isEmpty() && !STAGE.matcher(name).matches()) {
      throw error(line, "'" + name + "' cannot be the name of a stage.");
    }
    if (!name.isEmpty() && before.stream().anyMatch(s -> s.name().equals(name))) {
      throw error(line, "there is a stage '" + name + "' already.");
    }
    return new Stage(line.number(), line.text(), matcher.group(1), name, List.of());
  }

  private Instruction instruction(Line line) {
    int n = line.number();
    String text = line.text();
    if (line.rest().isEmpty()) {
      throw error(line, line.keyword() + " needs an argument.");
    }
    return switch (line.keyword()) {
      case "ENV" -> new Instruction.Env(n, text, pairs(line, true));
      case "LABEL" -> new Instruction.Label(n, text, pairs(line, false));
      case "COPY", "ADD" -> copy(line);
      case "RUN" -> run(line);
      case "WORKDIR" -> new Instruction.Workdir(n, text, line.rest());
      case "USER" -> new Instruction.User(n, text, line.rest());
      case "EXPOSE" -> new Instruction.Expose(n, text, Words.split(line.rest(), lines.escape()));
      case "VOLUME" -> new Instruction.Volume(n, text, listOrWords(line.rest()));
      case "CMD" -> new Instruction.Cmd(n, text, command(line.rest()));
      case "ENTRYPOINT" -> new Instruction.Entrypoint(n, text, command(line.rest()));
      case "SHELL" ->
          new Instruction.Shell(
              n,
              text,
              jsonList(line.rest())
                  .orElseThrow(
                      () -> error(line, "SHELL needs a JSON list such as [\"/bin/sh\", \"-c\"].")));
      case "STOPSIGNAL" -> new Instruction.StopSignal(n, text, line.rest());
      case "HEALTHCHECK" -> healthcheck(line);
      case "MAINTAINER" -> new Instruction.Maintainer(n, text);
      case "ONBUILD" ->
          throw error(
              line, "ONBUILD is not supported; write its instruction in the images that need it.");
      default -> throw error(line, "there is no instruction '" + line.keyword() + "'.");
    };
  }

  private List<Instruction.Arg> args(Line line) {
    List<Instruction.Arg> args = new ArrayList<>();
    for (String word : Words.split(line.rest(), lines.escape())) {
      int equals = word.indexOf('=');
      String name = equals < 0 ? word : word.substring(0, equals);
      if (!NAME.matcher(name).matches()) {
        throw error(line, "'" + name + "' cannot be the name of an ARG.");
      }
      Default value =
          equals < 0 ? new Default.Unset() : new Default.Value(word.substring(equals + 1));
      args.add(new Instruction.Arg(line.number(), line.text(), name, value));
    }
    if (args.isEmpty()) {
      throw error(line, "ARG needs a name.");
    }
    return args;
  }

  private List<Map.Entry<String, String>> pairs(Line line, boolean names) {
    List<String> words = Words.split(line.rest(), lines.escape());
    List<Map.Entry<String, String>> pairs = new ArrayList<>();
    if (words.getFirst().indexOf('=') < 0) {
      // The old form: ENV name and the rest of the line.
      int end = words.getFirst().length();
      String value = line.rest().substring(end).strip();
      if (value.isEmpty()) {
        throw error(line, line.keyword() + " needs name=value.");
      }
      pairs.add(Map.entry(words.getFirst(), value));
      return pairs;
    }
    for (String word : words) {
      int equals = word.indexOf('=');
      if (equals <= 0) {
        throw error(line, "'" + word + "' is not of the form name=value.");
      }
      String name = word.substring(0, equals);
      if (names && name.chars().anyMatch(c -> c == '"' || c == '\'' || c == '$')) {
        throw error(line, "'" + name + "' cannot be the name of a variable.");
      }
      pairs.add(Map.entry(name, word.substring(equals + 1)));
    }
    return pairs;
  }

  private Instruction copy(Line line) {
    boolean add = line.keyword().equals("ADD");
    Set<String> known =
        add ? Set.of("chown", "chmod", "link") : Set.of("from", "chown", "chmod", "link");
    Flags flags = flags(line, known);
    List<String> words = new ArrayList<>(listOrWords(flags.rest));
    if (words.size() < 2) {
      throw error(line, line.keyword() + " needs at least one source and a target.");
    }
    String target = words.removeLast();
    if (!line.heredocs().isEmpty()) {
      words.removeIf(w -> w.startsWith("<<"));
    }
    for (String source : words) {
      if (add && source.matches("(?i)(https?|git|ftp)://.*|git@.*")) {
        throw error(
            line,
            "ADD of '" + source + "' is not supported: fetch it in the pipeline, then COPY it.");
      }
    }
    return new Instruction.Copy(
        line.number(),
        line.text(),
        add,
        flags.values.getOrDefault("from", ""),
        flags.values.getOrDefault("chown", ""),
        flags.values.getOrDefault("chmod", ""),
        List.copyOf(words),
        line.heredocs(),
        target);
  }

  private Instruction run(Line line) {
    Flags flags = flags(line, Set.of("network"));
    String network = flags.values.getOrDefault("network", "default");
    if (!network.equals("default") && !network.equals("none")) {
      throw error(line, "RUN --network=" + network + " is not supported; use default or none.");
    }
    if (flags.rest.isEmpty()) {
      throw error(line, "RUN needs a command.");
    }
    return new Instruction.Run(
        line.number(), line.text(), runCommand(line, flags.rest), network.equals("none"));
  }

  private Command runCommand(Line line, String rest) {
    if (line.heredocs().isEmpty()) {
      return command(rest);
    }
    Heredoc first = line.heredocs().getFirst();
    if (line.heredocs().size() == 1 && rest.matches("<<-?[\"']?" + first.name() + "[\"']?")) {
      if (first.content().startsWith("#!")) {
        throw error(line, "RUN with a heredoc that starts with #! is not supported.");
      }
      return new Command.Shell(first.content());
    }
    StringBuilder script = new StringBuilder(rest);
    for (Heredoc heredoc : line.heredocs()) {
      script.append('\n').append(heredoc.content()).append(heredoc.name());
    }
    return new Command.Shell(script.append('\n').toString());
  }

  private Instruction healthcheck(Line line) {
    Flags flags =
        flags(line, Set.of("interval", "timeout", "start-period", "start-interval", "retries"));
    ObjectNode json = JSON.createObjectNode();
    if (flags.rest.equalsIgnoreCase("NONE")) {
      json.putArray("Test").add("NONE");
      return new Instruction.Healthcheck(line.number(), line.text(), json.toString());
    }
    if (!flags.rest.regionMatches(true, 0, "CMD ", 0, 4)) {
      throw error(line, "HEALTHCHECK needs 'CMD <command>' or 'NONE'.");
    }
    switch (command(flags.rest.substring(4).strip())) {
      case Command.Exec(List<String> arguments) -> {
        var test = json.putArray("Test").add("CMD");
        arguments.forEach(test::add);
      }
      case Command.Shell(String script) -> json.putArray("Test").add("CMD-SHELL").add(script);
    }
    flags.values.forEach(
        (key, value) -> {
          switch (key) {
            case "retries" -> json.put("Retries", number(line, value));
            case "interval" -> json.put("Interval", nanos(line, value));
            case "timeout" -> json.put("Timeout", nanos(line, value));
            case "start-period" -> json.put("StartPeriod", nanos(line, value));
            default -> json.put("StartInterval", nanos(line, value));
          }
        });
    return new Instruction.Healthcheck(line.number(), line.text(), json.toString());
  }

  private int number(Line line, String text) {
    if (!text.matches("\\d{1,9}")) {
      throw error(line, "'" + text + "' is not a number.");
    }
    return Integer.parseInt(text);
  }

  private long nanos(Line line, String text) {
    Matcher matcher = DURATION.matcher(text);
    Duration total = Duration.ZERO;
    int end = 0;
    while (matcher.find() && matcher.start() == end) {
      long n = number(line, matcher.group(1));
      total =
          total.plus(
              switch (matcher.group(2)) {
                case "ms" -> Duration.ofMillis(n);
                case "s" -> Duration.ofSeconds(n);
                case "m" -> Duration.ofMinutes(n);
                default -> Duration.ofHours(n);
              });
      end = matcher.end();
    }
    if (end == 0 || end != text.length()) {
      throw error(line, "'" + text + "' is not a duration such as 30s.");
    }
    return total.toNanos();
  }

  private record Flags(Map<String, String> values, String rest) {}

  private Flags flags(Line line, Set<String> known) {
    Map<String, String> values = new LinkedHashMap<>();
    String rest = line.rest();
    Matcher matcher = FLAG.matcher(rest);
    while (matcher.lookingAt()) {
      String name = matcher.group(1);
      if (!known.contains(name)) {
        throw error(line, line.keyword() + " --" + name + " is not supported.");
      }
      values.put(name, Optional.ofNullable(matcher.group(2)).orElse("true"));
      rest = rest.substring(matcher.end());
      matcher.reset(rest);
    }
    return new Flags(values, rest);
  }

  private List<String> listOrWords(String rest) {
    return jsonList(rest).orElseGet(() -> Words.split(rest, lines.escape()));
  }

  private static Command command(String rest) {
    return jsonList(rest).<Command>map(Command.Exec::new).orElseGet(() -> new Command.Shell(rest));
  }

  /** A JSON list of texts; anything else that begins with a bracket is a shell's business. */
  private static Optional<List<String>> jsonList(String text) {
    if (!text.startsWith("[")) {
      return Optional.empty();
    }
    try {
      JsonNode node =
          JSON.reader()
              .with(com.fasterxml.jackson.databind.DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
              .readTree(text);
      List<String> list = new ArrayList<>();
      for (JsonNode element : node) {
        if (!element.isTextual()) {
          return Optional.empty();
        }
        list.add(element.asText());
      }
      return Optional.of(list);
    } catch (JsonProcessingException e) {
      return Optional.empty();
    }
  }
}
