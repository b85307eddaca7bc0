package dev.naru.pipeline.lint;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The simple commands of a shell script in the order in which they stand, those of command
 * substitutions included. It reads what people write and never fails: what it cannot tell it leaves
 * out. Source of the rules: POSIX.1-2024, Shell Command Language, 2.2 to 2.10.
 */
final class ShellScript {
  /**
   * A parameter expansion.
   *
   * @param from offset of its {@code $}
   * @param to offset after it
   * @param name the parameter's name, or its special character
   */
  record Expansion(int from, int to, String name, boolean quoted) {}

  /**
   * A word, its quotes removed.
   *
   * @param text what it says; expansions stand in it as they are written
   */
  record Word(int from, int to, String text, List<Expansion> expansions) {}

  /**
   * One simple command.
   *
   * @param assignments the words {@code NAME=value} before it
   * @param words its name and arguments, redirections left out
   * @param inLoop whether it stands in a loop, its condition included
   */
  record Command(List<Word> assignments, List<Word> words, boolean inLoop) {
    private static final Set<String> PREFIXES =
        Set.of("sudo", "env", "time", "nohup", "exec", "command");

    /** The words from the command's name on, without what only wraps it. */
    List<Word> bare() {
      int i = 0;
      while (i < words.size()
          && (PREFIXES.contains(words.get(i).text())
              || (i > 0 && ASSIGNMENT.matcher(words.get(i).text()).lookingAt()))) {
        i++;
      }
      return words.subList(i, words.size());
    }

    /** The command's name without its folder; empty when there is none. */
    String name() {
      List<Word> bare = bare();
      if (bare.isEmpty()) {
        return "";
      }
      String text = bare.getFirst().text();
      return text.substring(text.lastIndexOf('/') + 1);
    }

    /** The texts after the command's name. */
    List<String> arguments() {
      return bare().stream().skip(1).map(Word::text).toList();
    }
  }

  static final Pattern ASSIGNMENT = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*\\+?=");
  private static final Pattern OTHER_INTERPRETER =
      Pattern.compile("\\s*#!(?!.*\\b(ba|da|k|a)?sh\\b).*");

  private ShellScript() {}

  /** The commands of {@code script}; none when its first line names another interpreter. */
  static List<Command> commands(String script) {
    String first = script.stripLeading().lines().findFirst().orElse("");
    if (OTHER_INTERPRETER.matcher(first).matches()) {
      return List.of();
    }
    List<Command> all = new ArrayList<>();
    new ShellScanner(script, all).run();
    return List.copyOf(all);
  }
}
