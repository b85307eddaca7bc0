package dev.naru.pipeline;

import dev.naru.pipeline.lang.Globs;
import dev.naru.pipeline.lang.HostCall;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The steps that read and write files of the workspace. */
final class FileSteps {
  /** Ant's default excludes, as far as they matter to Git repositories. */
  private static final String DEFAULT_EXCLUDES = "**/.git/**,**/.gitignore,**/*~,**/.DS_Store";

  private static final Pattern STASH = Pattern.compile("[A-Za-z0-9._@ +=-]+");
  private static final String LIST = "cd \"$1\" && find . -type f | sed 's|^\\./||' | sort";

  private final ActiveRun run;
  private final StepRunner steps;

  FileSteps(ActiveRun run, StepRunner steps) {
    this.run = run;
    this.steps = steps;
  }

  @Nullable Object perform(HostCall call) throws IOException, InterruptedException {
    return switch (call.name()) {
      case "fileExists" -> command(call, "cd \"$1\" && [ -e \"$2\" ]", file(call)).code() == 0;
      case "readFile" -> checked(call, "cd \"$1\" && cat -- \"$2\"", file(call)).text();
      case "writeFile" -> write(call);
      case "deleteDir" -> {
        checked(call, "[ -d \"$1\" ] || exit 0; cd \"$1\" && find . -mindepth 1 -delete");
        yield null;
      }
      case "stash" -> stash(call);
      case "unstash" -> unstash(call);
      case "archiveArtifacts" -> archive(call);
      case "junit" -> junit(call);
      default -> throw new IOException("the step '" + call.name() + "' is not supported");
    };
  }

  private static String file(HostCall call) {
    return call.text("file", "");
  }

  private AgentCommand.Result command(HostCall call, String script, String... args)
      throws IOException, InterruptedException {
    return command(call, script, new byte[0], args);
  }

  private AgentCommand.Result command(HostCall call, String script, byte[] input, String... args)
      throws IOException, InterruptedException {
    List<String> all = new ArrayList<>(List.of(call.where().directory()));
    all.addAll(Arrays.asList(args));
    return AgentCommand.run(run.agent(), script, input, all.toArray(String[]::new));
  }

  private AgentCommand.Result checked(HostCall call, String script, String... args)
      throws IOException, InterruptedException {
    return checked(call.name(), command(call, script, args));
  }

  private static AgentCommand.Result checked(String step, AgentCommand.Result result)
      throws IOException {
    if (result.code() != 0) {
      throw new IOException(step + " failed: " + result.errors());
    }
    return result;
  }

  private @Nullable Object write(HostCall call) throws IOException, InterruptedException {
    byte[] text = call.text("text", "").getBytes(StandardCharsets.UTF_8);
    checked(
        call.name(),
        command(
            call,
            "mkdir -p \"$1\" && cd \"$1\" && mkdir -p \"$(dirname \"$2\")\""
                + " && head -c \"$3\" > \"$2\"",
            text,
            file(call),
            String.valueOf(text.length)));
    return null;
  }

  /** The files below the call's directory that {@code includes} means. */
  private List<String> matching(HostCall call, String includes, String excludes)
      throws IOException, InterruptedException {
    List<Pattern> in = globs(includes.isBlank() ? "**" : includes);
    List<Pattern> out = globs(excludes);
    return checked(call, LIST)
        .text()
        .lines()
        .filter(f -> in.stream().anyMatch(p -> p.matcher(f).matches()))
        .filter(f -> out.stream().noneMatch(p -> p.matcher(f).matches()))
        .toList();
  }

  private static List<Pattern> globs(String list) {
    return Arrays.stream(list.split(","))
        .map(String::strip)
        .filter(g -> !g.isEmpty())
        .map(g -> Globs.compile(g.startsWith("./") ? g.substring(2) : g, false))
        .toList();
  }

  private static byte[] lines(List<String> files) {
    return (String.join("\n", files) + "\n").getBytes(StandardCharsets.UTF_8);
  }

  private String stashPath(HostCall call) throws IOException, InterruptedException {
    String name = call.text("name", "");
    if (!STASH.matcher(name).matches()) {
      throw new IOException("'" + name + "' is no name for a stash");
    }
    return run.agent().control() + "/stash/" + name + ".tar.gz";
  }

  private @Nullable Object stash(HostCall call) throws IOException, InterruptedException {
    boolean all = Boolean.FALSE.equals(call.args().get("useDefaultExcludes"));
    String excludes = call.text("excludes", "") + (all ? "" : "," + DEFAULT_EXCLUDES);
    List<String> files = matching(call, call.text("includes", ""), excludes);
    if (files.isEmpty() && !call.flag("allowEmpty")) {
      throw new IOException("No files included in stash '" + call.text("name", "") + "'");
    }
    byte[] list = files.isEmpty() ? new byte[0] : lines(files);
    checked(
        call.name(),
        command(
            call,
            "mkdir -p \"$(dirname \"$2\")\" && cd \"$1\" && head -c \"$3\" |"
                + " tar -czf \"$2\" --no-recursion --verbatim-files-from -T -",
            list,
            stashPath(call),
            String.valueOf(list.length)));
    return steps.say(call, "Stashed " + files.size() + " file(s)\n");
  }

  private @Nullable Object unstash(HostCall call) throws IOException, InterruptedException {
    AgentCommand.Result result =
        command(
            call,
            "[ -f \"$2\" ] || { echo no such stash >&2; exit 1; }"
                + "; mkdir -p \"$1\" && cd \"$1\" && tar -xzf \"$2\"",
            stashPath(call));
    if (result.code() != 0) {
      throw new IOException(
          "No such saved stash '" + call.text("name", "") + "': " + result.errors());
    }
    return null;
  }

  /** Artifacts are kept as one archive a step, below {@code artifacts} of the run. */
  private @Nullable Object archive(HostCall call) throws IOException, InterruptedException {
    String includes = call.text("artifacts", "");
    boolean all = Boolean.FALSE.equals(call.args().get("defaultExcludes"));
    List<String> files =
        matching(call, includes, call.text("excludes", "") + (all ? "" : "," + DEFAULT_EXCLUDES));
    if (files.isEmpty()) {
      String message =
          "No artifacts found that match the file pattern \""
              + includes
              + "\". Configuration error?";
      if (!call.flag("allowEmptyArchive")) {
        throw new IOException(message);
      }
      return steps.say(call, message + "\n");
    }
    Path folder = Files.createDirectories(run.directory().resolve("artifacts"));
    Path whole = folder.resolve(call.id() + ".tar.gz");
    Path part = folder.resolve(call.id() + ".part");
    byte[] list = lines(files);
    AgentCommand.Kept errors = new AgentCommand.Kept();
    try (OutputStream out = Files.newOutputStream(part);
        Agent.Execution execution =
            run.agent()
                .start(
                    List.of(
                        "/bin/sh",
                        "-c",
                        "cd \"$1\" && head -c \"$2\" |"
                            + " tar -czf - --no-recursion --verbatim-files-from -T -",
                        "naru",
                        call.where().directory(),
                        String.valueOf(list.length)),
                    list,
                    out,
                    errors)) {
      if (execution.exitCode() != 0) {
        throw new IOException("archiveArtifacts failed: " + errors);
      }
    }
    Files.move(part, whole, StandardCopyOption.ATOMIC_MOVE);
    return steps.say(call, "Archived " + files.size() + " artifact(s)\n");
  }

  private Object junit(HostCall call) throws IOException, InterruptedException {
    String pattern = call.text("testResults", "");
    List<String> files = matching(call, pattern, "");
    JUnitReports reports = new JUnitReports();
    if (files.isEmpty()) {
      String message = "No test report files were found. Configuration error?";
      if (!call.flag("allowEmptyResults")) {
        throw new IOException(message);
      }
      steps.say(call, message + "\n");
    } else {
      read(call, files, reports);
    }
    StringBuilder text = new StringBuilder("Recorded " + reports.total() + " test results");
    if (reports.failed() > 0) {
      text.append(", ").append(reports.failed()).append(" failed:");
      reports.failures().forEach(f -> text.append("\n  ").append(f));
    }
    steps.say(call, text + "\n");
    Map<String, Object> counts = new LinkedHashMap<>();
    counts.put("totalCount", reports.total());
    counts.put("failCount", reports.failed());
    counts.put("skipCount", reports.skipped());
    counts.put("passCount", reports.total() - reports.failed() - reports.skipped());
    return counts;
  }

  /** Reads all files by one command: for each its length in a line, then its bytes. */
  private void read(HostCall call, List<String> files, JUnitReports reports)
      throws IOException, InterruptedException {
    byte[] list = lines(files);
    AgentCommand.Result result =
        checked(
            call.name(),
            command(
                call,
                "cd \"$1\" && head -c \"$2\" |"
                    + " while IFS= read -r f; do wc -c < \"$f\" && cat \"$f\" || exit 1; done",
                list,
                String.valueOf(list.length)));
    byte[] all = result.output();
    int at = 0;
    for (String file : files) {
      ByteArrayOutputStream digits = new ByteArrayOutputStream();
      while (at < all.length && all[at] != '\n') {
        digits.write(all[at++]);
      }
      int length = Integer.parseInt(digits.toString(StandardCharsets.US_ASCII).strip());
      at++;
      reports.add(file, Arrays.copyOfRange(all, at, Math.min(all.length, at + length)));
      at += length;
    }
  }
}
