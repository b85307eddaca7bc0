package dev.naru.server.cli;

import dev.naru.pipeline.lint.JsonPrinter;
import dev.naru.pipeline.lint.Linter;
import dev.naru.pipeline.lint.Manifests;
import dev.naru.pipeline.lint.Report;
import dev.naru.pipeline.lint.TextPrinter;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "lint",
    description =
        "Checks Jenkinsfiles and warns of what works but hurts; without files every Jenkinsfile"
            + " below this folder. The code is 1 when there are errors.")
final class LintCommand implements Callable<Integer> {
  enum Output {
    text,
    json,
    sarif
  }

  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(paramLabel = "FILE", arity = "0..*", description = "the files")
  private List<Path> files = new ArrayList<>();

  @Option(
      names = {"-o", "--output"},
      description = "text (default), json or sarif",
      defaultValue = "text")
  private Output output = Output.text;

  @Option(names = "--stdin", description = "read one file from standard input")
  private boolean stdin;

  @Option(
      names = "--stdin-name",
      paramLabel = "NAME",
      description = "what that file is called in the output",
      defaultValue = "Jenkinsfile")
  private String stdinName = "Jenkinsfile";

  @Option(
      names = "--manifest",
      paramLabel = "FILE",
      description = "a manifest that sed commands are compared with, by its name")
  private List<Path> manifests = new ArrayList<>();

  private Path folder = Path.of("");
  private InputStream in = System.in;

  /** Looks for manifests from {@code folder} and reads from {@code text}, for another process. */
  void within(Path callersFolder, InputStream text) {
    this.folder = callersFolder;
    this.in = text;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    List<Report> reports = reports();
    PrintWriter out = spec.commandLine().getOut();
    switch (output) {
      case text -> out.print(TextPrinter.print(reports));
      case json -> out.print(JsonPrinter.json(reports));
      case sarif -> out.print(JsonPrinter.sarif(reports, version()));
    }
    out.flush();
    return Report.errors(reports) > 0 ? 1 : 0;
  }

  private String version() {
    String[] versions = spec.root().version();
    return versions.length == 0 ? "unknown" : versions[0];
  }

  private List<Report> reports() throws IOException, InterruptedException {
    if (stdin) {
      if (!files.isEmpty()) {
        throw new ParameterException(spec.commandLine(), "--stdin takes no files");
      }
      return List.of(report(stdinName, LintFiles.text(stdinName, in)));
    }
    List<Path> all = files.isEmpty() ? LintFiles.below(Path.of("")) : files;
    if (all.isEmpty()) {
      throw new ParameterException(
          spec.commandLine(), "there is no Jenkinsfile below " + Path.of("").toAbsolutePath());
    }
    List<Report> reports = new ArrayList<>();
    for (Path file : all) {
      reports.add(report(file.toString(), LintFiles.read(file)));
    }
    return reports;
  }

  private Report report(String name, String text) throws InterruptedException {
    Linter linter = new Linter(manifests(name));
    return new Report(name, text, linter.lint(name, text));
  }

  /** The manifests that were given, by file name; else one beside the Jenkinsfile or here. */
  private Manifests manifests(String name) {
    return path -> {
      try {
        Path wanted = Path.of(path);
        for (Path given : manifests) {
          if (String.valueOf(given.getFileName()).equals(String.valueOf(wanted.getFileName()))) {
            return Optional.of(LintFiles.read(folder.resolve(given)));
          }
        }
        Path beside = Path.of(name).resolveSibling(wanted);
        for (Path candidate : List.of(folder.resolve(beside), folder.resolve(wanted))) {
          if (Files.isRegularFile(candidate) && Files.isReadable(candidate)) {
            return Optional.of(LintFiles.read(candidate));
          }
        }
      } catch (InvalidPathException e) {
        // A name that only the run can know is no path here.
        return Optional.empty();
      }
      return Optional.empty();
    };
  }
}
