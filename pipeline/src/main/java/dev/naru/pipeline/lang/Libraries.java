package dev.naru.pipeline.lang;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The shared libraries of a run: their files come from the host, their scripts and classes are
 * parsed when something first names them.
 */
final class Libraries {
  private static final int FILES_MAX = 5_000;
  private static final int TEXT_MAX_CHARS = 16 << 20;

  private final Run run;
  private final Map<String, String> loaded = new LinkedHashMap<>();
  // By path; of two libraries' files of one path, the first library's counts.
  private final Map<String, String> files = new LinkedHashMap<>();
  private final Map<String, String> variables = new LinkedHashMap<>();
  private final Map<String, String> classes = new LinkedHashMap<>();
  private final Map<String, Unit> units = new HashMap<>();

  Libraries(Run run) {
    this.run = run;
  }

  /** The step {@code library}. */
  Object step(Arguments arguments, Position at) {
    Map<String, @Nullable Object> args = new LinkedHashMap<>(arguments.named());
    if (!arguments.positional().isEmpty()) {
      args.put("identifier", arguments.positional().getFirst());
    }
    if (args.get("identifier") == null) {
      throw run.failed("library", "Missing required parameter: \"identifier\"", at);
    }
    load(Values.text(args.get("identifier")), args.get("retriever"), at);
    return new LibraryClasses("", this, run.evaluator().classes());
  }

  /** Loads a library by its name, with {@code @version} or without. */
  void load(String identifier, @Nullable Object retriever, Position at) {
    int separator = identifier.indexOf('@');
    String name = separator < 0 ? identifier : identifier.substring(0, separator);
    String version = separator < 0 ? "" : identifier.substring(separator + 1);
    String before = loaded.get(name);
    if (before != null) {
      if (!version.isEmpty() && !before.equals(version)) {
        run.echo(
            "Only using first definition of library " + name + ", of version '" + before + "'", at);
      }
      return;
    }
    Map<String, @Nullable Object> args = new LinkedHashMap<>();
    args.put("name", name);
    args.put("version", version);
    args.put("retriever", retriever);
    if (!(run.call("library", args, at) instanceof Map<?, ?> given)) {
      throw run.failed("library", "the host gave no files of the library '" + name + "'", at);
    }
    loaded.put(name, version);
    given.forEach((path, text) -> add(Values.text(path), Values.text(text)));
    if (files.size() > FILES_MAX
        || files.values().stream().mapToLong(String::length).sum() > TEXT_MAX_CHARS) {
      throw new Thrown.Limit(
          "libraries of more than " + FILES_MAX + " files or " + TEXT_MAX_CHARS + " characters");
    }
  }

  private void add(String path, String text) {
    if (files.putIfAbsent(path, text) != null || !path.endsWith(".groovy")) {
      return;
    }
    String simple = path.substring(path.lastIndexOf('/') + 1, path.length() - ".groovy".length());
    if (path.startsWith("vars/")) {
      variables.putIfAbsent(simple, path);
    } else if (path.startsWith("src/")) {
      classes.putIfAbsent(simple, path);
    }
  }

  /** The step {@code libraryResource}. */
  Object resource(Arguments arguments, Position at) {
    Object wanted =
        arguments.positional().isEmpty()
            ? arguments.named().get("resource")
            : arguments.positional().getFirst();
    String path = Values.text(wanted);
    String text = files.get("resources/" + path);
    if (text == null) {
      Set<String> known =
          files.keySet().stream()
              .filter(f -> f.startsWith("resources/"))
              .map(f -> f.substring("resources/".length()))
              .collect(Collectors.toCollection(TreeSet::new));
      throw run.failed(
          "libraryResource",
          "No such library resource " + path + " could be found." + Nearest.hint(path, known),
          at);
    }
    return text;
  }

  Set<String> variableNames() {
    return variables.keySet();
  }

  Set<String> classNames() {
    return classes.keySet();
  }

  /** The script {@code vars/<name>.groovy}, or null. */
  @Nullable Unit variable(String name) {
    String path = variables.get(name);
    return path == null ? null : unit(name, path);
  }

  /** The file of a {@code src} folder that is called like the class {@code name}, or null. */
  @Nullable Unit classHolder(String name) {
    String path = classes.get(name);
    return path == null ? null : unit(name, path);
  }

  private Unit unit(String name, String path) {
    Unit known = units.get(path);
    if (known != null) {
      return known;
    }
    GroovyParser.Result parsed;
    try {
      parsed = GroovyParser.parse(path, files.getOrDefault(path, ""));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while '" + path + "' was parsed", e);
    }
    Optional<Program> program = parsed.program();
    List<Diagnostic> misplaced = parsed.misplaced();
    if (program.isEmpty() || !misplaced.isEmpty()) {
      throw Thrown.Failure.of(
          "MultipleCompilationErrorsException",
          Stream.concat(parsed.diagnostics().stream(), misplaced.stream())
              .map(d -> path + ":" + d)
              .collect(Collectors.joining("\n")),
          Position.START);
    }
    Unit unit = new Unit(name, path, program.get(), new Scope(null), run.evaluator().names());
    units.put(path, unit);
    Frame frame = new Frame.InScript(unit);
    for (Stmt field : program.get().fields()) {
      run.evaluator().executor().define(field, unit.fields(), new Scope(null, frame));
    }
    List<Program.Library> more = new ArrayList<>(program.get().libraries());
    more.forEach(l -> load(l.name(), null, l.at()));
    return unit;
  }
}
