package dev.naru.pipeline.lang;

import groovyjarjarantlr4.v4.runtime.ANTLRErrorListener;
import groovyjarjarantlr4.v4.runtime.CharStream;
import groovyjarjarantlr4.v4.runtime.CharStreams;
import groovyjarjarantlr4.v4.runtime.CommonTokenStream;
import groovyjarjarantlr4.v4.runtime.LexerNoViableAltException;
import groovyjarjarantlr4.v4.runtime.Parser;
import groovyjarjarantlr4.v4.runtime.ParserRuleContext;
import groovyjarjarantlr4.v4.runtime.RecognitionException;
import groovyjarjarantlr4.v4.runtime.Recognizer;
import groovyjarjarantlr4.v4.runtime.Token;
import groovyjarjarantlr4.v4.runtime.TokenSource;
import groovyjarjarantlr4.v4.runtime.atn.PredictionMode;
import groovyjarjarantlr4.v4.runtime.misc.ParseCancellationException;
import java.util.Optional;
import org.apache.groovy.parser.antlr4.AstBuilder;
import org.apache.groovy.parser.antlr4.GroovyLangLexer;
import org.apache.groovy.parser.antlr4.GroovyLangParser;
import org.apache.groovy.parser.antlr4.GroovyParser.GroovyParserRuleContext;
import org.apache.groovy.parser.antlr4.GroovySyntaxError;
import org.apache.groovy.parser.antlr4.internal.DescriptiveErrorStrategy;
import org.apache.groovy.parser.antlr4.internal.atnmanager.AtnManager;
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
 * One run of Apache Groovy's grammar over a text, as its own {@link AstBuilder#buildAST()} does it:
 * a quick pass first, a thorough one where that fails. It is done here because every look at a
 * token has to count: the grammar looks ahead without bound, and a run of it cannot be interrupted.
 *
 * <p>No compilation unit is made, so no AST transformation (such as {@code @Grab}) ever runs.
 */
final class GroovySyntax {
  /**
   * What the grammar makes of a text: a module, or the first error.
   *
   * @param exact whether the place of the error is no guess: a bound is exceeded, or the text keeps
   *     to the grammar and something in it is not allowed where it is
   */
  record Unit(Optional<ModuleNode> module, Optional<Diagnostic> error, boolean exact) {
    private static Unit failed(Position at, String message) {
      return new Unit(Optional.empty(), Optional.of(Diagnostic.error(at, message)), false);
    }

    private static Unit exact(Position at, String message) {
      return new Unit(Optional.empty(), Optional.of(Diagnostic.error(at, message)), true);
    }
  }

  /** Tokens whose readers are counted. */
  private static final class CountedTokens extends CommonTokenStream {
    private final Effort effort;

    CountedTokens(TokenSource source, Effort effort) {
      super(source);
      this.effort = effort;
    }

    @Override
    public @Nullable Token LT(int k) {
      effort.look();
      return super.LT(k);
    }
  }

  /** The grammar's first complaint, which ends the run. */
  private static final class Refused extends RuntimeException {
    private final Position at;

    Refused(int line, int column, @Nullable String message) {
      super(message, null, false, false);
      this.at = new Position(Math.max(1, line), Math.max(1, column));
    }
  }

  private static final class Refusing implements ANTLRErrorListener<Object> {
    @Override
    public <T> void syntaxError(
        Recognizer<T, ?> by,
        @Nullable T symbol,
        int line,
        int column,
        String message,
        @Nullable RecognitionException cause) {
      throw new Refused(line, column + 1, message);
    }
  }

  private final String name;
  private final String text;
  private final GroovyLangLexer lexer;
  private final GroovyLangParser parser;

  private GroovySyntax(String name, String text, Effort effort) {
    this.name = name;
    this.text = text;
    CharStream characters = CharStreams.fromString(text, name);
    lexer = new GroovyLangLexer(characters);
    parser = new GroovyLangParser(new CountedTokens(lexer, effort));
    parser.setErrorHandler(
        new DescriptiveErrorStrategy(characters) {
          @Override
          public void reportError(Parser by, RecognitionException e) {
            if (e instanceof LexerNoViableAltException) {
              // Else it is printed; the thorough pass has its place from the lexer.
              throw new ParseCancellationException(e);
            }
            super.reportError(by, e);
          }
        });
  }

  static Unit parse(String name, String text, Effort effort) {
    GroovySyntax syntax = new GroovySyntax(name, text, effort);
    try {
      return syntax.module(syntax.tree());
    } catch (Refused e) {
      String message = e.getMessage();
      return Unit.failed(
          e.at, message == null ? "the file cannot be parsed" : explained(message.strip()));
    } catch (Effort.Exceeded e) {
      return Unit.exact(
          syntax.place(),
          "the parser has worked for "
              + effort.max().toSeconds()
              + " s at the code that starts here and before; simplify it");
    } catch (StackOverflowError e) {
      return Unit.exact(Position.START, "nested too deeply to be parsed");
    } catch (RuntimeException | AssertionError e) {
      // Groovy's parser throws several unchecked exceptions, and its own AssertionError, on text
      // that is far from Groovy.
      return Unit.failed(Position.START, "the file cannot be parsed: " + e);
    }
  }

  /** Says what a character is that does not show, or is easily taken for another. */
  private static String explained(String message) {
    String start = "Unexpected character: '";
    if (!message.startsWith(start) || message.length() == start.length()) {
      return message;
    }
    int character = message.codePointAt(start.length());
    return message
        + switch (character) {
          case '#' -> ": a comment begins with //";
          case 0x2018, 0x2019, 0x201c, 0x201d, 0xab, 0xbb ->
              ": strings are in straight quotes, ' or \"";
          case 0xa0, 0x2007, 0x202f, 0x200b, 0xfeff, 0x3000 ->
              ": it looks like a blank and is U+%04X; write a blank".formatted(character);
          default -> "";
        };
  }

  private GroovyParserRuleContext tree() {
    // The grammar's tables are shared; Groovy replaces them now and then under the other lock.
    AtnManager.READ_LOCK.lock();
    try {
      return quick().orElseGet(this::thorough);
    } finally {
      AtnManager.READ_LOCK.unlock();
    }
  }

  /** Empty when only the thorough pass can say what is wrong, or that nothing is. */
  private Optional<GroovyParserRuleContext> quick() {
    lexer.removeErrorListeners();
    parser.removeErrorListeners();
    parser.getInterpreter().setPredictionMode(PredictionMode.SLL);
    try {
      return Optional.of(parser.compilationUnit());
    } catch (Effort.Exceeded e) {
      throw e;
    } catch (GroovySyntaxError e) {
      if (e.getSource() == GroovySyntaxError.LEXER) {
        throw new Refused(e.getLine(), e.getColumn(), e.getMessage());
      }
      return Optional.empty();
    } catch (RuntimeException | AssertionError e) {
      return Optional.empty();
    }
  }

  private GroovyParserRuleContext thorough() {
    parser.getInputStream().seek(0);
    lexer.addErrorListener(new Refusing());
    parser.addErrorListener(new Refusing());
    parser.getInterpreter().setPredictionMode(PredictionMode.LL);
    try {
      return parser.compilationUnit();
    } catch (GroovySyntaxError e) {
      throw new Refused(e.getLine(), e.getColumn(), e.getMessage());
    } catch (ParseCancellationException e) {
      throw e.getCause() instanceof RuntimeException cause ? cause : e;
    }
  }

  /** Where the rule begins that the parser is in. */
  private Position place() {
    ParserRuleContext rule = parser.getContext();
    Token start = rule == null ? null : rule.getStart();
    return start == null
        ? Position.START
        : new Position(start.getLine(), start.getCharPositionInLine() + 1);
  }

  private Unit module(GroovyParserRuleContext tree) {
    Optional<Position> deep = TreeDepth.exceeded(tree);
    if (deep.isPresent()) {
      return Unit.exact(
          deep.get(),
          "a chain of more than "
              + TreeDepth.LEVELS_MAX
              + " operators, calls or branches; split it into several statements");
    }
    CompilerConfiguration configuration = new CompilerConfiguration();
    ErrorCollector errors = new ErrorCollector(configuration);
    SourceUnit unit = new SourceUnit(name, text, configuration, null, errors);
    try {
      ModuleNode module = (ModuleNode) new AstBuilder(unit, false, false).visit(tree);
      module.setDescription(name);
      return errors.hasErrors()
          ? firstError(errors, "the file cannot be parsed")
          : new Unit(Optional.of(module), Optional.empty(), false);
    } catch (CompilationFailedException e) {
      return firstError(errors, String.valueOf(e.getMessage()));
    }
  }

  private static Unit firstError(ErrorCollector errors, String otherwise) {
    for (Message message : errors.getErrors()) {
      if (message instanceof SyntaxErrorMessage syntax) {
        SyntaxException e = syntax.getCause();
        String text = e.getOriginalMessage();
        return Unit.exact(
            new Position(Math.max(1, e.getStartLine()), Math.max(1, e.getStartColumn())),
            text == null ? otherwise : text.strip());
      }
    }
    return Unit.failed(Position.START, otherwise);
  }
}
