package dev.naru.pipeline.lang;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.stream.Stream;

/**
 * Text to {@link Program}, by Apache Groovy's parser: only the parse and the syntax tree.
 *
 * <p>Size is bounded first, then nesting, then {@link Effort}; no bound depends on how busy the
 * machine is.
 */
final class GroovyParser {
  static final int SIZE_MAX_CHARS = 256 * 1024;
  static final int NESTING_MAX = 120;

  /** A parse may take tens of megabytes and a whole processor. */
  private static final int PARSES_MAX = 2;

  private static final long STACK_SIZE_BYTES = 64L << 20;
  private static final Semaphore TURNS = new Semaphore(PARSES_MAX);

  /**
   * The program is there unless a diagnostic is an error.
   *
   * @param unresolved errors of types that are nowhere, unless a library brings them
   * @param misplaced errors that Groovy's compiler finds in a tree: names declared twice, jumps to
   *     nowhere, assignments as conditions; the rest of the file can be checked beside them
   */
  record Result(
      Optional<Program> program,
      List<Diagnostic> diagnostics,
      List<Diagnostic> unresolved,
      List<Diagnostic> misplaced) {
    Result(List<Diagnostic> diagnostics) {
      this(Optional.empty(), diagnostics, List.of(), List.of());
    }
  }

  private GroovyParser() {}

  static Result parse(String name, String text) throws InterruptedException {
    return parse(name, text, Effort.usual());
  }

  static Result parse(String name, String text, Effort effort) throws InterruptedException {
    if (text.length() > SIZE_MAX_CHARS) {
      return failed(
          position(text, SIZE_MAX_CHARS),
          "the file has "
              + text.length()
              + " characters; at most "
              + SIZE_MAX_CHARS
              + ", up to here, are read: move code to other files");
    }
    SourceScan scan = SourceScan.of(text);
    if (scan.deepest().isPresent() && scan.depth() > NESTING_MAX) {
      return failed(
          scan.deepest().get(), "nested more than " + NESTING_MAX + " levels deep; split the file");
    }
    TURNS.acquire();
    BlockingQueue<Result> done = new ArrayBlockingQueue<>(1);
    Thread.ofPlatform()
        .name("jenkinsfile-parser")
        .daemon()
        // A stack of its own, because the parser descends recursively.
        .stackSize(STACK_SIZE_BYTES)
        .start(
            () -> {
              Result result = failed(Position.START, "the file cannot be parsed");
              try {
                result = parseHere(name, text, scan, effort);
              } finally {
                TURNS.release();
                done.add(result);
              }
            });
    try {
      return done.take();
    } catch (InterruptedException e) {
      effort.cancel();
      throw e;
    }
  }

  private static Position position(String text, int offset) {
    int line = 1 + (int) text.substring(0, offset).chars().filter(c -> c == '\n').count();
    return new Position(line, offset - text.lastIndexOf('\n', offset - 1));
  }

  private static Result parseHere(String name, String original, SourceScan scan, Effort effort) {
    String text = OldGroovy.rewritten(original, scan);
    GroovySyntax.Unit unit = GroovySyntax.parse(name, text, effort);
    if (unit.module().isPresent()) {
      GroovyTree tree = new GroovyTree(unit.module().get());
      Program program = tree.program();
      List<Diagnostic> diagnostics = tree.diagnostics();
      return new Result(
          diagnostics.stream().anyMatch(Diagnostic::isError)
              ? Optional.empty()
              : Optional.of(program),
          diagnostics,
          tree.unresolved(),
          Stream.of(tree.misplaced(), DeclaredOnce.check(program), Jumps.check(program))
              .flatMap(List::stream)
              .toList());
    }
    if (unit.exact()) {
      return new Result(List.of(unit.error().orElseThrow()));
    }
    if (scan.fault().isPresent()) {
      return new Result(List.of(scan.fault().get()));
    }
    Locator locator = new Locator(text, scan, part -> error(name, part, effort));
    return new Result(List.of(locator.locate(unit.error().orElseThrow())));
  }

  /**
   * What the grammar has against a part: what is not allowed in it alone, such as a {@code break},
   * may be in its place. Without effort left every part is good, so that the search ends with the
   * best so far.
   */
  private static Optional<Diagnostic> error(String name, String part, Effort effort) {
    GroovySyntax.Unit unit = GroovySyntax.parse(name, part, effort);
    return effort.spent() || unit.exact() ? Optional.empty() : unit.error();
  }

  private static Result failed(Position at, String message) {
    return new Result(List.of(Diagnostic.error(at, message)));
  }
}
