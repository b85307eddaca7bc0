package dev.naru.pipeline.lang;

import java.time.Duration;
import java.util.ArrayList;
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

  private static Result parseHere(String name, String text, SourceScan scan) {
    CompilerConfiguration configuration = new CompilerConfiguration();
    ErrorCollector errors = new ErrorCollector(configuration);
    SourceUnit unit = new SourceUnit(name, text, configuration, null, errors);
    try {
      unit.parse();
      unit.completePhase();
      unit.nextPhase();
      unit.convert();
      ModuleNode module = unit.getAST();
      if (!errors.hasErrors() && module != null) {
        GroovyTree tree = new GroovyTree();
        Program program = tree.program(module);
        List<Diagnostic> diagnostics = tree.diagnostics();
        return new Result(
            diagnostics.stream().anyMatch(Diagnostic::isError)
                ? Optional.empty()
                : Optional.of(program),
            diagnostics);
      }
      return syntaxErrors(errors, scan, "the file cannot be parsed");
    } catch (CompilationFailedException e) {
      return syntaxErrors(errors, scan, String.valueOf(e.getMessage()));
    } catch (StackOverflowError e) {
      return failed(Position.START, "nested too deeply to be parsed");
    } catch (RuntimeException | AssertionError e) {
      // Groovy's parser throws several unchecked exceptions, and its own AssertionError, on text
      // that is far from Groovy.
      return failed(Position.START, "the file cannot be parsed: " + e);
    }
  }

  private static Result syntaxErrors(ErrorCollector errors, SourceScan scan, String otherwise) {
    if (scan.fault().isPresent()) {
      return new Result(Optional.empty(), List.of(scan.fault().get()));
    }
    List<Diagnostic> all = new ArrayList<>();
    for (Message message : errors.getErrors()) {
      if (message instanceof SyntaxErrorMessage syntax) {
        SyntaxException e = syntax.getCause();
        String text = e.getOriginalMessage();
        all.add(
            Diagnostic.error(
                new Position(Math.max(1, e.getStartLine()), Math.max(1, e.getStartColumn())),
                text == null ? otherwise : text.strip()));
      }
    }
    if (all.isEmpty()) {
      all.add(Diagnostic.error(Position.START, otherwise));
    }
    return new Result(Optional.empty(), all);
  }

  private static Result failed(Position at, String message) {
    return new Result(Optional.empty(), List.of(Diagnostic.error(at, message)));
  }
}
