package dev.naru.pipeline.lang;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.codehaus.groovy.ast.ModuleNode;
import org.codehaus.groovy.control.CompilationFailedException;
import org.codehaus.groovy.control.CompilerConfiguration;
import org.codehaus.groovy.control.ErrorCollector;
import org.codehaus.groovy.control.SourceUnit;
import org.codehaus.groovy.control.messages.Message;
import org.codehaus.groovy.control.messages.SyntaxErrorMessage;
import org.codehaus.groovy.syntax.SyntaxException;
import org.jspecify.annotations.Nullable;

/**
 * Text to {@link Program}, by Apache Groovy's parser: only the parse and the syntax tree. No
 * compilation unit is made, so no AST transformation (such as {@code @Grab}) ever runs.
 *
 * <p>Size, nesting and time are bounded. Groovy's parser cannot be interrupted, so a parse that
 * takes too long keeps its thread, and one of {@link #PARSES_MAX} turns, until it ends.
 */
final class GroovyParser {
  static final int SIZE_MAX_CHARS = 256 * 1024;
  static final int NESTING_MAX = 120;
  static final Duration PARSE_MAX = Duration.ofSeconds(20);
  private static final int PARSES_MAX = 2;
  private static final long STACK_SIZE_BYTES = 64L << 20;
  private static final Semaphore TURNS = new Semaphore(PARSES_MAX);

  /** The program is there unless a diagnostic is an error. */
  record Result(Optional<Program> program, List<Diagnostic> diagnostics) {}

  private GroovyParser() {}

  static Result parse(String name, String text) throws InterruptedException {
    if (text.length() > SIZE_MAX_CHARS) {
      return failed(
          Position.START,
          "the file has " + text.length() + " characters; at most " + SIZE_MAX_CHARS + " are read");
    }
    SourceScan scan = SourceScan.of(text);
    if (scan.deepest().isPresent() && scan.depth() > NESTING_MAX) {
      return failed(
          scan.deepest().get(), "nested more than " + NESTING_MAX + " levels deep; split the file");
    }
    if (!TURNS.tryAcquire(PARSE_MAX.toSeconds(), TimeUnit.SECONDS)) {
      return failed(Position.START, "not parsed: other parses hold every parser; try again");
    }
    BlockingQueue<Result> done = new ArrayBlockingQueue<>(1);
    Thread.ofPlatform()
        .name("jenkinsfile-parser")
        .daemon()
        // A stack of its own, because the parser descends recursively.
        .stackSize(STACK_SIZE_BYTES)
        .start(
            () -> {
              Result result;
              try {
                result = parseHere(name, text, scan);
              } finally {
                TURNS.release();
              }
              done.offer(result);
            });
    Result result = poll(done);
    return result != null
        ? result
        : failed(Position.START, "not parsed within " + PARSE_MAX.toSeconds() + " s; simplify it");
  }

  private static @Nullable Result poll(BlockingQueue<Result> done) throws InterruptedException {
    return done.poll(PARSE_MAX.toMillis(), TimeUnit.MILLISECONDS);
  }

  private static Result parseHere(String name, String original, SourceScan scan) {
    String text = OldGroovy.rewritten(original, scan);
    Unit unit = unit(name, text);
    if (unit.module().isPresent()) {
      GroovyTree tree = new GroovyTree();
      Program program = tree.program(unit.module().get());
      List<Diagnostic> diagnostics = tree.diagnostics();
      return new Result(
          diagnostics.stream().anyMatch(Diagnostic::isError)
              ? Optional.empty()
              : Optional.of(program),
          diagnostics);
    }
    if (scan.fault().isPresent()) {
      return new Result(Optional.empty(), List.of(scan.fault().get()));
    }
    Locator locator = new Locator(text, scan, part -> unit(name, part).error());
    return new Result(Optional.empty(), List.of(locator.locate(unit.error().orElseThrow())));
  }

  /** What Groovy's parser makes of a text: a module, or the first error. */
  private record Unit(Optional<ModuleNode> module, Optional<Diagnostic> error) {
    static Unit failed(Position at, String message) {
      return new Unit(Optional.empty(), Optional.of(Diagnostic.error(at, message)));
    }
  }

  private static Unit unit(String name, String text) {
    CompilerConfiguration configuration = new CompilerConfiguration();
    ErrorCollector errors = new ErrorCollector(configuration);
    SourceUnit unit = new SourceUnit(name, text, configuration, null, errors);
    try {
      unit.parse();
      unit.completePhase();
      unit.nextPhase();
      unit.convert();
      ModuleNode module = unit.getAST();
      return errors.hasErrors() || module == null
          ? firstError(errors, "the file cannot be parsed")
          : new Unit(Optional.of(module), Optional.empty());
    } catch (CompilationFailedException e) {
      return firstError(errors, String.valueOf(e.getMessage()));
    } catch (StackOverflowError e) {
      return Unit.failed(Position.START, "nested too deeply to be parsed");
    } catch (RuntimeException | AssertionError e) {
      // Groovy's parser throws several unchecked exceptions, and its own AssertionError, on text
      // that is far from Groovy.
      return Unit.failed(Position.START, "the file cannot be parsed: " + e);
    }
  }

  private static Unit firstError(ErrorCollector errors, String otherwise) {
    for (Message message : errors.getErrors()) {
      if (message instanceof SyntaxErrorMessage syntax) {
        SyntaxException e = syntax.getCause();
        String text = e.getOriginalMessage();
        return Unit.failed(
            new Position(Math.max(1, e.getStartLine()), Math.max(1, e.getStartColumn())),
            text == null ? otherwise : text.strip());
      }
    }
    return Unit.failed(Position.START, otherwise);
  }

  private static Result failed(Position at, String message) {
    return new Result(Optional.empty(), List.of(Diagnostic.error(at, message)));
  }
}
