package dev.naru.pipeline.lint;

import dev.naru.pipeline.lint.ShellScript.Command;
import dev.naru.pipeline.lint.ShellScript.Word;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** {@code sed -i} on a manifest's image, and one whose pattern is in no line of the manifest. */
final class ManifestSed implements Linter.Check {
  private static final Pattern IMAGE =
      Pattern.compile("(?is).*(image|tag\\b|:[^ ]*(\\$|\\uFFFC)|version).*");
  private static final Pattern IN_PLACE = Pattern.compile("--in-place(=.*)?|-[nEru]*i.*");
  private static final Pattern EXTENDED = Pattern.compile("--regexp-extended|-[niu]*[Er][niu]*");

  /** {@code s/pattern/replacement/flags}, perhaps behind a block's brace. */
  private record Substitution(String pattern, String replacement, String flags) {}

  private final Manifests manifests;

  ManifestSed(Manifests manifests) {
    this.manifests = manifests;
  }

  @Override
  public void check(Source source, Findings findings) {
    for (Source.Script script : source.scripts()) {
      for (Command command : script.commands()) {
        if (command.name().equals("sed")) {
          sed(script, command, findings);
        }
      }
    }
  }

  private void sed(Source.Script script, Command command, Findings findings) {
    List<Word> words = command.bare();
    List<Word> scripts = new ArrayList<>();
    List<Word> files = new ArrayList<>();
    boolean inPlace = false;
    boolean extended = false;
    for (int i = 1; i < words.size(); i++) {
      String text = words.get(i).text();
      if (text.equals("-e") || text.equals("--expression")) {
        if (i + 1 < words.size()) {
          scripts.add(words.get(++i));
        }
      } else if (text.startsWith("-") && text.length() > 1) {
        inPlace |= IN_PLACE.matcher(text).matches();
        extended |= EXTENDED.matcher(text).matches();
      } else {
        files.add(words.get(i));
      }
    }
    if (scripts.isEmpty() && !files.isEmpty()) {
      scripts.add(files.removeFirst());
    }
    List<String> yaml =
        files.stream().map(Word::text).filter(f -> f.matches("(?s).*\\.ya?ml")).toList();
    if (!inPlace || yaml.isEmpty()) {
      return;
    }
    for (Word word : scripts) {
      Optional<Substitution> s = substitution(word.text());
      if (s.isPresent()) {
        report(script, command, word, s.get(), extended, yaml, findings);
      }
    }
  }

  private void report(
      Source.Script script,
      Command command,
      Word word,
      Substitution s,
      boolean extended,
      List<String> files,
      Findings findings) {
    Word sed = command.bare().getFirst();
    if (IMAGE.matcher(s.pattern() + " " + s.replacement()).matches()) {
      findings.warn(
          Rule.MANIFEST_SED,
          script,
          sed.from(),
          word.to(),
          "sed rewrites an image in '"
              + shown(files.getFirst())
              + "': it ends well when nothing matched, and it does not know YAML");
    }
    boolean anyCase = s.flags().contains("I") || s.flags().contains("i");
    for (String file : files) {
      Optional<String> manifest = manifests.find(file);
      if (manifest.isPresent()
          && SedPattern.matchesNothing(s.pattern(), extended, anyCase, manifest.get())) {
        findings.warn(
            Rule.SED_NO_MATCH,
            script,
            word.from(),
            word.to(),
            "no line of '" + shown(file) + "' matches this pattern, so sed changes nothing");
      }
    }
  }

  private static String shown(String file) {
    return file.replace(String.valueOf(GroovyText.HOLE), "${…}");
  }

  /** The one substitution of a sed script; empty for anything else. */
  private static Optional<Substitution> substitution(String text) {
    if (text.length() < 4 || text.charAt(0) != 's' || Character.isLetterOrDigit(text.charAt(1))) {
      return Optional.empty();
    }
    char mark = text.charAt(1);
    int middle = next(text, 2, mark);
    int end = middle < 0 ? -1 : next(text, middle + 1, mark);
    if (end < 0) {
      return Optional.empty();
    }
    String pattern = text.substring(2, middle);
    return Optional.of(
        new Substitution(
            mark == '/' ? pattern : pattern.replace("\\" + mark, String.valueOf(mark)),
            text.substring(middle + 1, end),
            text.substring(end + 1)));
  }

  private static int next(String text, int from, char mark) {
    for (int i = from; i < text.length(); i++) {
      if (text.charAt(i) == '\\') {
        i++;
      } else if (text.startsWith("${", i)) {
        i = Braces.end(text, i + 1) - 1;
      } else if (text.charAt(i) == mark) {
        return i;
      }
    }
    return -1;
  }
}
