package dev.naru.pipeline.lint;

import dev.naru.pipeline.lint.ShellScript.Command;
import dev.naru.pipeline.lint.ShellScript.Expansion;
import dev.naru.pipeline.lint.ShellScript.Word;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Set;

/** One pass over a script; every branch moves on, so it ends with the text. */
final class ShellScanner {
  private static final Set<String> RESERVED =
      Set.of("if", "then", "else", "elif", "fi", "do", "done", "while", "until", "!", "{", "}");
  private static final int NESTING_MAX = 100;

  private final String text;
  private final List<Command> commands;
  private final Deque<String> heredocs = new ArrayDeque<>();
  private int i;
  private int loops;
  private int nesting;
  private List<Word> assignments = new ArrayList<>();
  private List<Word> words = new ArrayList<>();
  private boolean dropped;

  ShellScanner(String text, List<Command> commands) {
    this.text = text;
    this.commands = commands;
  }

  void run() {
    while (i < text.length()) {
      list('\0');
    }
  }

  /** Commands up to {@code end}, which is passed. */
  private void list(char end) {
    while (i < text.length()) {
      char c = text.charAt(i);
      if (c == end) {
        i++;
        break;
      }
      switch (c) {
        case ' ', '\t', '\r' -> i++;
        case '\n' -> {
          finish();
          i++;
          bodies();
        }
        case ';', '&', '|' -> separator(c);
        case '#' -> skipLine();
        case '(' -> parenthesis();
        case ')' -> {
          // The end of a pattern of a case.
          forget();
          i++;
        }
        case '<', '>' -> redirection();
        default -> next(end);
      }
    }
    finish();
  }

  private void separator(char c) {
    if (c == '&' && text.startsWith("&>", i)) {
      i++;
      return;
    }
    finish();
    i++;
  }

  private void skipLine() {
    int newline = text.indexOf('\n', i);
    i = newline < 0 ? text.length() : newline;
  }

  private void parenthesis() {
    if (text.startsWith("()", i)) {
      forget();
      i += 2;
    } else {
      i++;
      nested(')', 1);
    }
  }

  /** A list of its own inside of this command: a subshell or a substitution. */
  private void nested(char end, int weight) {
    List<Word> outerAssignments = assignments;
    List<Word> outerWords = words;
    boolean outerDropped = dropped;
    assignments = new ArrayList<>();
    words = new ArrayList<>();
    dropped = false;
    nesting += weight;
    if (nesting > NESTING_MAX) {
      i = text.length();
    } else {
      list(end);
    }
    nesting -= weight;
    assignments = outerAssignments;
    words = outerWords;
    dropped = outerDropped;
  }

  private void finish() {
    if (!dropped && (!words.isEmpty() || !assignments.isEmpty())) {
      commands.add(new Command(List.copyOf(assignments), List.copyOf(words), loops > 0));
    }
    forget();
  }

  private void forget() {
    assignments = new ArrayList<>();
    words = new ArrayList<>();
    dropped = false;
  }

  private void redirection() {
    boolean heredoc = text.startsWith("<<", i) && !text.startsWith("<<<", i);
    while (i < text.length() && "<>&|-".indexOf(text.charAt(i)) >= 0) {
      i++;
    }
    while (i < text.length() && (text.charAt(i) == ' ' || text.charAt(i) == '\t')) {
      i++;
    }
    if (i < text.length() && "\n;|&()".indexOf(text.charAt(i)) < 0) {
      Word target = word('\0');
      if (heredoc) {
        heredocs.add(target.text());
      }
    }
  }

  /** Passes the bodies of the here-documents that the line before has opened. */
  private void bodies() {
    while (!heredocs.isEmpty() && i < text.length()) {
      String end = heredocs.peek();
      int newline = text.indexOf('\n', i);
      String line = text.substring(i, newline < 0 ? text.length() : newline);
      if (line.strip().equals(end)) {
        heredocs.remove();
      }
      i = newline < 0 ? text.length() : newline + 1;
    }
  }

  private void next(char end) {
    int from = i;
    Word word = word(end);
    boolean number = !word.text().isEmpty() && word.text().chars().allMatch(Character::isDigit);
    if (number && i < text.length() && (text.charAt(i) == '<' || text.charAt(i) == '>')) {
      return;
    }
    String raw = text.substring(from, i);
    if (!words.isEmpty() || dropped) {
      words.add(word);
    } else if (ShellScript.ASSIGNMENT.matcher(raw).lookingAt()) {
      assignments.add(word);
    } else if (RESERVED.contains(raw)) {
      reserved(raw);
    } else {
      if (raw.equals("for") || raw.equals("case") || raw.equals("select")) {
        dropped = true;
        loops += raw.equals("case") ? 0 : 1;
      }
      words.add(word);
      if (raw.equals("case")) {
        caseHead(end);
      }
    }
  }

  private void reserved(String word) {
    switch (word) {
      case "while", "until" -> loops++;
      case "done" -> loops = Math.max(0, loops - 1);
      default -> {}
    }
  }

  /** {@code case word in}: what follows is a pattern, not a command. */
  private void caseHead(char end) {
    for (int n = 0; n < 2; n++) {
      while (i < text.length() && Character.isWhitespace(text.charAt(i))) {
        i++;
      }
      if (i < text.length() && ";|&()".indexOf(text.charAt(i)) < 0) {
        word(end);
      }
    }
    forget();
  }

  private Word word(char end) {
    int from = i;
    StringBuilder said = new StringBuilder();
    List<Expansion> expansions = new ArrayList<>();
    while (i < text.length()) {
      char c = text.charAt(i);
      if (c == end || " \t\r\n;|&()<>".indexOf(c) >= 0) {
        break;
      }
      switch (c) {
        case '\'' -> {
          int close = text.indexOf('\'', i + 1);
          int stop = close < 0 ? text.length() : close;
          said.append(text, i + 1, stop);
          i = Math.min(text.length(), stop + 1);
        }
        case '"' -> quoted(said, expansions);
        case '\\' -> escaped(said);
        case '$' -> dollar(said, expansions, false);
        case '`' -> backquoted(said);
        default -> {
          said.append(c);
          i++;
        }
      }
    }
    if (i == from) {
      i++;
    }
    return new Word(from, i, said.toString(), List.copyOf(expansions));
  }

  private void escaped(StringBuilder said) {
    if (i + 1 < text.length() && text.charAt(i + 1) != '\n') {
      said.append(text.charAt(i + 1));
    }
    i = Math.min(text.length(), i + 2);
  }

  private void quoted(StringBuilder said, List<Expansion> expansions) {
    i++;
    while (i < text.length() && text.charAt(i) != '"') {
      switch (text.charAt(i)) {
        case '\\' -> {
          if (i + 1 < text.length() && "$`\"\\\n".indexOf(text.charAt(i + 1)) < 0) {
            said.append('\\');
          }
          escaped(said);
        }
        case '$' -> dollar(said, expansions, true);
        case '`' -> backquoted(said);
        default -> said.append(text.charAt(i++));
      }
    }
    i = Math.min(text.length(), i + 1);
  }

  private void backquoted(StringBuilder said) {
    int from = i++;
    nested('`', 1);
    said.append(text, from, i);
  }

  private void dollar(StringBuilder said, List<Expansion> expansions, boolean quoted) {
    int from = i++;
    if (text.startsWith("((", i)) {
      int close = text.indexOf("))", i);
      i = close < 0 ? text.length() : close + 2;
    } else if (text.startsWith("(", i)) {
      i++;
      nested(')', 1);
    } else if (text.startsWith("{", i)) {
      int start = i + 1;
      i = Braces.end(text, i);
      int nameEnd = nameEnd(start);
      expansions.add(new Expansion(from, i, text.substring(start, nameEnd), quoted));
    } else {
      int nameEnd = nameEnd(i);
      if (nameEnd == i && i < text.length() && "@*#?$!-0123456789".indexOf(text.charAt(i)) >= 0) {
        nameEnd = i + 1;
      }
      if (nameEnd > i) {
        expansions.add(new Expansion(from, nameEnd, text.substring(i, nameEnd), quoted));
      }
      i = nameEnd;
    }
    said.append(text, from, i);
  }

  private int nameEnd(int from) {
    int to = from;
    while (to < text.length()
        && (text.charAt(to) == '_'
            || (text.charAt(to) < 128
                && (to == from
                    ? Character.isLetter(text.charAt(to))
                    : Character.isLetterOrDigit(text.charAt(to)))))) {
      to++;
    }
    return to;
  }
}
