package dev.naru.delivery;

import dev.naru.git.RepositorySpec.Pipeline;
import dev.naru.git.RepositoryStatus.Push;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Which pipelines a push starts. */
final class Pipelines {
  private Pipelines() {}

  /**
   * The pipelines whose paths the push touches.
   *
   * @param declared of the repository; empty means one for each Jenkinsfile in the tree
   */
  static List<Pipeline> touched(List<Pipeline> declared, Push push) {
    List<Pipeline> all = declared.isEmpty() ? found(push.jenkinsfiles()) : declared;
    return all.stream().filter(p -> touches(p, push)).toList();
  }

  private static List<Pipeline> found(List<String> jenkinsfiles) {
    List<Pipeline> all = new ArrayList<>();
    for (String file : jenkinsfiles) {
      int slash = file.lastIndexOf('/');
      String folder = slash < 0 ? "" : file.substring(0, slash);
      String name =
          folder.isEmpty()
              ? "main"
              : folder.toLowerCase(java.util.Locale.ROOT).replaceAll("[^a-z0-9]+", "-");
      all.add(new Pipeline(name, file, folder.isEmpty() ? List.of() : List.of(folder + "/")));
    }
    return all;
  }

  private static boolean touches(Pipeline pipeline, Push push) {
    return push.allPaths()
        || pipeline.paths().isEmpty()
        || push.paths().stream()
            .anyMatch(file -> pipeline.paths().stream().anyMatch(p -> matches(p, file)));
  }

  /** A folder (with or without its slash), a file, or a glob. */
  static boolean matches(String pattern, String file) {
    String plain = pattern.startsWith("./") ? pattern.substring(2) : pattern;
    String folder = plain.endsWith("/") ? plain : plain + "/";
    if (file.equals(plain) || file.startsWith(folder)) {
      return true;
    }
    return FileSystems.getDefault().getPathMatcher("glob:" + plain).matches(Path.of(file));
  }
}
