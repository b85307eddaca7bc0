package dev.naru.pipeline.lint;

import dev.naru.pipeline.lint.ShellScript.Command;
import dev.naru.pipeline.lint.ShellScript.Expansion;
import dev.naru.pipeline.lint.ShellScript.Word;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Unquoted expansions among a command's arguments. Left out is what is meant to be split (options
 * and lists by their names), what cannot be (numbers, ids, values that the script sets itself
 * without a space), and what only prints.
 */
final class UnquotedVariables implements Linter.Check {
  private static final Set<String> HARMLESS_COMMANDS =
      Set.of(
          "echo",
          "printf",
          "[[",
          "export",
          "local",
          "declare",
          "readonly",
          "set",
          "eval",
          "exit",
          "return",
          "shift",
          "unset",
          "read",
          "kill",
          "wait",
          "sleep",
          ":");
  private static final Set<String> ONE_WORD =
      Set.of(
          "BUILD_NUMBER",
          "BUILD_ID",
          "EXECUTOR_NUMBER",
          "GIT_COMMIT",
          "GIT_PREVIOUS_COMMIT",
          "GIT_PREVIOUS_SUCCESSFUL_COMMIT",
          "UID",
          "PPID",
          "RANDOM",
          "SECONDS",
          "LINENO",
          "OPTIND");
  private static final Pattern MEANT_TO_SPLIT =
      Pattern.compile(
          "(?i).*(OPTS?|OPTIONS|ARGS?|ARGUMENTS|FLAGS|PARAMS|FILES|LIST|MODULES|TARGETS|PROFILES"
              + "|PACKAGES|CMD|COMMAND)");
  private static final Pattern PLAIN_VALUE = Pattern.compile("[A-Za-z0-9_./:@%+,-]+");

  @Override
  public void check(Source source, Findings findings) {
    for (Source.Script script : source.scripts()) {
      Map<String, Boolean> plain = new HashMap<>();
      for (Command command : script.commands()) {
        command.assignments().forEach(w -> assigned(w, plain));
        if (Set.of("export", "local", "readonly", "declare").contains(command.name())) {
          command.words().stream()
              .filter(w -> ShellScript.ASSIGNMENT.matcher(w.text()).lookingAt())
              .forEach(w -> assigned(w, plain));
        }
      }
      for (Command command : script.commands()) {
        if (!HARMLESS_COMMANDS.contains(command.name())) {
          arguments(script, command, plain, findings);
        }
      }
    }
  }

  private static void assigned(Word word, Map<String, Boolean> plain) {
    int equals = word.text().indexOf('=');
    String name = word.text().substring(0, equals).replace("+", "");
    String value = word.text().substring(equals + 1);
    plain.merge(name, PLAIN_VALUE.matcher(value).matches(), Boolean::logicalAnd);
  }

  private static void arguments(
      Source.Script script, Command command, Map<String, Boolean> plain, Findings findings) {
    List<Word> bare = command.bare();
    for (Word word : bare.subList(Math.min(1, bare.size()), bare.size())) {
      for (Expansion e : word.expansions()) {
        if (!e.quoted() && splits(script, e, plain)) {
          findings.warn(
              Rule.UNQUOTED_VARIABLE,
              script,
              e.from(),
              e.to(),
              "$"
                  + e.name()
                  + " is not quoted: a value with a space or * becomes several words, an empty one"
                  + " none");
        }
      }
    }
  }

  private static boolean splits(Source.Script script, Expansion e, Map<String, Boolean> plain) {
    String raw = script.value().substring(e.from(), e.to());
    return !e.name().isEmpty()
        && "#?$!-0".indexOf(e.name().charAt(0)) < 0
        && !raw.startsWith("${#")
        && !raw.contains(":+")
        && !ONE_WORD.contains(e.name())
        && !MEANT_TO_SPLIT.matcher(e.name()).matches()
        && !plain.getOrDefault(e.name(), false);
  }
}
