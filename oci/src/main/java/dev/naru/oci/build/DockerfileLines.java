package dev.naru.oci.build;

import dev.naru.oci.OciException;
import dev.naru.oci.build.Instruction.Heredoc;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Cuts a Dockerfile into logical lines: directives, comments, continuations, heredocs. */
final class DockerfileLines {
  private static final Pattern DIRECTIVE =
      Pattern.compile("#\\s*([a-zA-Z][a-zA-Z0-9]*)\\s*=\\s*(.+?)\\s*");
  private static final Pattern HEREDOC =
      Pattern.compile("(?<![<\\w])<<(-?)([\"']?)([a-zA-Z_][a-zA-Z0-9_.]*)\\2(?=\\s|$)");
  private static final Set<String> WITH_HEREDOC = Set.of("RUN", "COPY", "ADD");
  private static final int LINES_MAX = 100_000;

  private final String file;
  private char escape = '\\';

  DockerfileLines(String file) {
    this.file = file;
  }

  /**
   * One logical line.
   *
   * @param keyword in upper case
   * @param rest what follows it
   */
  record Line(int number, String keyword, String rest, List<Heredoc> heredocs) {
    String text() {
      return rest.isEmpty() ? keyword : keyword + " " + rest;
    }
  }

  /** The escape character, known after {@link #split}. */
  char escape() {
    return escape;
  }

  OciException error(int line, String what) {
    return new OciException(OciException.DOCKERFILE_INVALID, file + ":" + line + ": " + what);
  }

  List<Line> split(String text) {
    List<String> lines = text.replace("\uFEFF", "").lines().toList();
    if (lines.size() > LINES_MAX) {
      throw error(LINES_MAX, "the file has more than " + LINES_MAX + " lines.");
    }
    int at = directives(lines);
    List<Line> result = new ArrayList<>();
    while (at < lines.size()) {
      String line = lines.get(at).strip();
      if (line.isEmpty() || line.startsWith("#")) {
        at++;
        continue;
      }
      int number = at + 1;
      StringBuilder logical = new StringBuilder();
      at = join(lines, at, logical);
      String joined = logical.toString().strip();
      int space = 0;
      while (space < joined.length() && !Character.isWhitespace(joined.charAt(space))) {
        space++;
      }
      String keyword = joined.substring(0, space).toUpperCase(Locale.ROOT);
      String rest = joined.substring(space).strip();
      List<Heredoc> heredocs = new ArrayList<>();
      if (WITH_HEREDOC.contains(keyword) && !rest.startsWith("[")) {
        at = heredocs(lines, at, number, rest, heredocs);
      }
      result.add(new Line(number, keyword, rest, heredocs));
    }
    return result;
  }

  private int directives(List<String> lines) {
    int at = 0;
    for (; at < lines.size(); at++) {
      Matcher matcher = DIRECTIVE.matcher(lines.get(at).strip());
      if (!matcher.matches()) {
        break;
      }
      if (matcher.group(1).equalsIgnoreCase("escape")) {
        String value = matcher.group(2);
        if (!value.equals("\\") && !value.equals("`")) {
          throw error(at + 1, "the escape character must be \\ or `, not '" + value + "'.");
        }
        escape = value.charAt(0);
      }
    }
    return at;
  }

  /** Appends the physical lines that make one logical line; returns the index after them. */
  private int join(List<String> lines, int start, StringBuilder into) {
    int at = start;
    boolean more = true;
    while (more && at < lines.size()) {
      String line = lines.get(at++);
      String stripped = line.strip();
      if (at - 1 > start && (stripped.isEmpty() || stripped.startsWith("#"))) {
        continue;
      }
      String trimmed = line.stripTrailing();
      more = !trimmed.isEmpty() && trimmed.charAt(trimmed.length() - 1) == escape;
      into.append(more ? trimmed.substring(0, trimmed.length() - 1) : trimmed);
    }
    return at;
  }

  private int heredocs(List<String> lines, int start, int number, String rest, List<Heredoc> into) {
    int at = start;
    Matcher matcher = HEREDOC.matcher(rest);
    while (matcher.find()) {
      boolean stripTabs = !matcher.group(1).isEmpty();
      String name = matcher.group(3);
      StringBuilder content = new StringBuilder();
      boolean closed = false;
      while (at < lines.size() && !closed) {
        String line = lines.get(at++);
        if (stripTabs) {
          line = line.replaceFirst("^\t+", "");
        }
        closed = line.equals(name);
        if (!closed) {
          content.append(line).append('\n');
        }
      }
      if (!closed) {
        throw error(number, "the heredoc <<" + name + " has no line '" + name + "' at its end.");
      }
      into.add(new Heredoc(name, content.toString(), matcher.group(2).isEmpty()));
    }
    return at;
  }
}
