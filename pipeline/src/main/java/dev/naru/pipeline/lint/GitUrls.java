package dev.naru.pipeline.lint;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Git commands whose URL has a password, written out or from a variable. */
final class GitUrls implements Linter.Check {
  private static final Pattern WITH_LOGIN = Pattern.compile("https?://([^/@\\s]+)@");
  private static final Pattern SECRET_VARIABLE =
      Pattern.compile("(?i)\\$\\{?\\w*(token|pass|passwd|password|psw|secret|pat)\\w*}?");

  @Override
  public void check(Source source, Findings findings) {
    for (Source.Script script : source.scripts()) {
      for (ShellScript.Command command : script.commands()) {
        if (command.name().equals("git")) {
          command.bare().forEach(w -> word(source, script, w, findings));
        }
      }
    }
  }

  private static void word(
      Source source, Source.Script script, ShellScript.Word word, Findings findings) {
    String raw = script.value().substring(word.from(), word.to());
    Matcher m = WITH_LOGIN.matcher(raw);
    if (!m.find()) {
      return;
    }
    String login = m.group(1);
    int first = word.from() + m.start(1);
    int last = word.from() + m.end(1);
    String written =
        script.text().holes().stream()
            .filter(h -> first <= h.index() && h.index() < last)
            .map(h -> source.text().text().substring(h.from(), h.to()))
            .reduce(login, String::concat);
    boolean pair = login.replaceAll("\\$\\{[^}]*}", "").contains(":");
    if (pair || SECRET_VARIABLE.matcher(written).find()) {
      findings.warn(
          Rule.PASSWORD_IN_GIT_URL,
          script,
          first,
          last,
          "the URL carries a password: it shows in the list of processes, in git's messages and in"
              + " .git/config");
    }
  }
}
