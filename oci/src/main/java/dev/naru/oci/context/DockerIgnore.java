package dev.naru.oci.context;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * What a {@code .dockerignore} leaves out of a build context. The last pattern that matches a path
 * or one of its folders decides; {@code !} takes back in. Uses nothing but the JDK.
 *
 * <p>Source: Docker's "Dockerfile reference", ".dockerignore file".
 */
public final class DockerIgnore {
  /** Leaves nothing out. */
  public static final DockerIgnore NOTHING = new DockerIgnore(List.of());

  private final List<Rule> rules;

  private record Rule(Pattern pattern, boolean takesBack) {}

  private DockerIgnore(List<Rule> rules) {
    this.rules = List.copyOf(rules);
  }

  /**
   * @throws IllegalArgumentException naming the line that is no pattern
   */
  public static DockerIgnore parse(String text) {
    List<Rule> rules = new ArrayList<>();
    String[] lines = text.replace("\uFEFF", "").split("\r?\n", -1);
    for (int i = 0; i < lines.length; i++) {
      String line = lines[i];
      if (line.startsWith("#") || line.isBlank()) {
        continue;
      }
      String glob = line.strip();
      boolean takesBack = glob.startsWith("!");
      if (takesBack) {
        glob = glob.substring(1).strip();
      }
      glob = clean(glob);
      if (glob.isEmpty()) {
        continue;
      }
      try {
        rules.add(new Rule(PathPattern.compile(glob), takesBack));
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException(".dockerignore:" + (i + 1) + ": " + e.getMessage(), e);
      }
    }
    return new DockerIgnore(rules);
  }

  /** As Go's {@code filepath.Clean}, without leading slashes; {@code .} is empty. */
  private static String clean(String glob) {
    List<String> parts = new ArrayList<>();
    for (String part : glob.split("/")) {
      if (part.equals("..")) {
        if (!parts.isEmpty()) {
          parts.removeLast();
        }
      } else if (!part.isEmpty() && !part.equals(".")) {
        parts.add(part);
      }
    }
    return String.join("/", parts);
  }

  /**
   * @param path relative to the context, with {@code /}
   */
  public boolean excludes(String path) {
    boolean excluded = false;
    for (Rule rule : rules) {
      if (rule.takesBack == excluded && matchesPathOrFolder(rule.pattern, path)) {
        excluded = !rule.takesBack;
      }
    }
    return excluded;
  }

  private static boolean matchesPathOrFolder(Pattern pattern, String path) {
    for (int end = path.length(); end > 0; end = path.lastIndexOf('/', end - 1)) {
      if (pattern.matcher(path.substring(0, end)).matches()) {
        return true;
      }
    }
    return false;
  }

  /** Whether nothing below an excluded folder can come back, so that it need not be looked into. */
  public boolean canSkipExcludedFolders() {
    return rules.stream().noneMatch(Rule::takesBack);
  }
}
