package dev.naru.pipeline.lang;

import groovy.lang.Closure;
import groovy.lang.GString;
import groovy.lang.GroovyShell;
import groovy.lang.Range;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.codehaus.groovy.control.CompilationFailedException;
import org.codehaus.groovy.runtime.FormatHelper;
import org.codehaus.groovy.runtime.InvokerInvocationException;
import org.jspecify.annotations.Nullable;

/** What a snippet of Groovy gives, here and in Groovy itself, as text. */
final class Oracle {
  private static final int BATCH = 20;
  private static final String IMPORTS =
      "import groovy.json.*\nimport java.text.*\nimport java.math.*\nimport java.time.*\nimport java.time.format.*\nimport java.util.regex.*\n";

  /** What snippets may use of classes and methods, since they stand in closures themselves. */
  private static final String DECLARED =
      """
      enum Level { LOW, HIGH; Level next() { values()[(ordinal() + 1) % 2] } }
      class Box implements Comparable<Box> {
        int n = 1
        Level level = Level.LOW
        Box add(x) { n = (n + (x as int)) % 100; level = level.next(); this }
        def getTwice() { n * 2 }
        Box plus(Box other) { new Box(n: n + other.n) }
        boolean equals(Object o) { o instanceof Box && o.n == n }
        int hashCode() { n }
        int compareTo(Box o) { n <=> o.n }
        String toString() { "Box(${n} ${level})" }
      }
      def sum(Object... all) { all.inject(0) { x, y -> x + y } }
      def deep(n) { n <= 0 ? 0 : n + deep(n - 1) }
      """;

  private static final Limits LIMITS =
      new Limits(20_000_000, 100_000, 150, 50, 64 << 20, Duration.ofHours(1));

  private Oracle() {}

  /** By Groovy: the kind of the value, its text and how it is inspected; or the exception. */
  static List<String> groovy(List<String> snippets) {
    List<String> all = new ArrayList<>();
    for (int i = 0; i < snippets.size(); i += BATCH) {
      all.addAll(batch(snippets.subList(i, Math.min(snippets.size(), i + BATCH))));
    }
    return all;
  }

  private static List<String> batch(List<String> snippets) {
    StringBuilder script = new StringBuilder(IMPORTS).append(DECLARED).append("def __all = []\n");
    snippets.forEach(s -> script.append("__all << { ->\n").append(s).append("\n}\n"));
    script.append("__all");
    List<?> closures;
    try {
      closures = (List<?>) new GroovyShell().evaluate(script.toString());
    } catch (CompilationFailedException e) {
      if (snippets.size() == 1) {
        return List.of("! not compiled");
      }
      List<String> apart = new ArrayList<>();
      snippets.forEach(s -> apart.addAll(batch(List.of(s))));
      return apart;
    }
    return closures.stream().map(c -> printed((Closure<?>) c)).toList();
  }

  private static String printed(Closure<?> closure) {
    try {
      Object value = plain(closure.call());
      String kind =
          switch (value) {
            case Number n -> n.getClass().getSimpleName();
            case Boolean b -> "Boolean";
            case CharSequence s when !(s instanceof StringBuilder || s instanceof StringBuffer) ->
                "String";
            case null, default -> "";
          };
      return kind + "|" + FormatHelper.toString(value) + "|" + FormatHelper.inspect(value);
    } catch (InvokerInvocationException e) {
      Throwable cause = e.getCause();
      return "! " + (cause == null ? e : cause).getClass().getSimpleName();
    } catch (Exception | Error e) {
      return "! " + e.getClass().getSimpleName();
    }
  }

  /** Without Groovy's own kind of string, which its text shows as another kind of quotes. */
  private static @Nullable Object plain(@Nullable Object value) {
    return switch (value) {
      case GString s -> s.toString();
      case Range<?> r -> r;
      case ArrayList<?> list -> {
        List<@Nullable Object> copy = new ArrayList<>();
        list.forEach(o -> copy.add(plain(o)));
        yield copy;
      }
      case LinkedHashMap<?, ?> map -> {
        Map<@Nullable Object, @Nullable Object> copy = new LinkedHashMap<>();
        map.forEach((k, v) -> copy.put(plain(k), plain(v)));
        yield copy;
      }
      case null, default -> value;
    };
  }

  /** By the interpreter, in the same form. */
  static List<String> here(List<String> snippets) throws InterruptedException {
    List<String> all = new ArrayList<>();
    for (int i = 0; i < snippets.size(); i += BATCH) {
      all.addAll(run(snippets.subList(i, Math.min(snippets.size(), i + BATCH))));
    }
    return all;
  }

  private static List<String> run(List<String> snippets) throws InterruptedException {
    StringBuilder script = new StringBuilder();
    script.append(IMPORTS).append(DECLARED);
    for (String s : snippets) {
      script
          .append("try {\ndef result = { ->\n")
          .append(s)
          .append("\n}.call()\n")
          .append("def kind = result instanceof Number ? result.getClass().simpleName : ")
          .append("result instanceof Boolean ? 'Boolean' : ")
          .append("result instanceof String ? 'String' : ''\n")
          .append("echo(kind + '|' + result + '|' + result.inspect())\n")
          .append("} catch (Throwable e) { echo('! ' + e.getClass().simpleName) }\n");
    }
    Jenkinsfile.Parsed parsed = Jenkinsfile.parse("Jenkinsfile", script.toString());
    if (parsed.file().isEmpty()) {
      return snippets.size() == 1 ? List.of("! not compiled") : each(snippets);
    }
    Echoes echoes = new Echoes();
    Outcome outcome =
        Interpreter.run(
            parsed.file().get(), new RunInfo(Map.of(), Map.of(), Optional.empty()), echoes, LIMITS);
    if (echoes.said.size() == snippets.size()) {
      return echoes.said;
    }
    return snippets.size() == 1 ? List.of("! ended: " + outcome.failure()) : each(snippets);
  }

  private static List<String> each(List<String> snippets) throws InterruptedException {
    List<String> apart = new ArrayList<>();
    for (String s : snippets) {
      apart.addAll(run(List.of(s)));
    }
    return apart;
  }

  /** A host that keeps what is echoed. */
  private static final class Echoes implements Host {
    private final Deque<Answer> ready = new ArrayDeque<>();
    private final List<String> said = new ArrayList<>();

    @Override
    public void begin(HostCall call) {
      switch (call.name()) {
        case "echo" -> said.add(call.text("message", ""));
        default -> {}
      }
      ready.add(
          Answer.value(
              call.id(), call.name().equals("now") || call.name().equals("random") ? 1L : null));
    }

    @Override
    public void cancel(long id, String reason) {}

    @Override
    public Answer take() {
      return ready.remove();
    }
  }
}
