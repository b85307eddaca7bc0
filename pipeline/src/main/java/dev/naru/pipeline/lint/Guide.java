package dev.naru.pipeline.lint;

import dev.naru.pipeline.lang.GroovyLexer;
import dev.naru.pipeline.lang.Position;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What a word of a Jenkinsfile means, and what may stand at a place; for editors. */
public final class Guide {
  /**
   * A word that may stand at a place.
   *
   * @param documentation Markdown
   * @param insert what is typed for it
   */
  public record Candidate(String name, String documentation, String insert) {}

  /**
   * What the word at a place means.
   *
   * @param column from 1, of the word's start
   * @param length in UTF-16 units
   * @param documentation Markdown
   */
  public record Meaning(int column, int length, String documentation) {}

  private final SourceText text;

  /**
   * @param text a Jenkinsfile, perhaps unfinished
   */
  public Guide(String text) {
    this.text = new SourceText(text);
  }

  /** The meaning of the word at a place; empty for a word that is not the language's. */
  public Optional<Meaning> meaning(Position at) {
    int offset = text.offset(at);
    int from = wordStart(offset);
    int to = offset;
    while (to < text.text().length() && Character.isJavaIdentifierPart(text.text().charAt(to))) {
      to++;
    }
    if (from == to || silent(from)) {
      return Optional.empty();
    }
    String name = text.text().substring(from, to);
    int length = to - from;
    int column = text.position(from).column();
    return Optional.ofNullable(words(from).get(name))
        .map(w -> new Meaning(column, length, "**" + name + "**\n\n" + w.documentation()));
  }

  /** What may stand at a place, by name; those that begin as the word there does. */
  public List<Candidate> candidates(Position at) {
    int offset = text.offset(at);
    int from = wordStart(offset);
    if (silent(from)) {
      return List.of();
    }
    String begun = text.text().substring(from, offset);
    return words(from).values().stream()
        .filter(w -> w.name().startsWith(begun))
        .sorted(Comparator.comparing(Vocabulary.Word::name))
        .map(w -> new Candidate(w.name(), w.documentation(), w.insert()))
        .toList();
  }

  private int wordStart(int offset) {
    int from = offset;
    while (from > 0 && Character.isJavaIdentifierPart(text.text().charAt(from - 1))) {
      from--;
    }
    return from;
  }

  /** In a comment, in a string, and after a dot nothing of the language stands. */
  private boolean silent(int from) {
    boolean covered =
        text.token(Math.max(0, from - 1))
            .filter(
                t ->
                    (t.kind() == GroovyLexer.Kind.STRING && t.to() > from)
                        || (t.kind() == GroovyLexer.Kind.COMMENT
                            && (t.to() > from || text.text().startsWith("//", t.from()))))
            .isPresent();
    return covered || (from > 0 && text.text().charAt(from - 1) == '.');
  }

  private Map<String, Vocabulary.Word> words(int from) {
    String before = text.line(text.position(from).line());
    String head = before.substring(0, text.position(from).column() - 1).strip();
    Place around = Place.of(Blocks.around(text, from));
    boolean agent = head.equals("agent") || head.endsWith(" agent") || head.endsWith("{agent");
    boolean takesAgent =
        around == Place.PIPELINE || around == Place.STAGE || around == Place.MATRIX;
    return Vocabulary.of(agent && takesAgent ? Place.AGENT : around);
  }
}
