package dev.naru.delivery;

import dev.naru.git.Repository;
import dev.naru.git.RepositorySpec;
import dev.naru.git.RepositoryStatus.Commit;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** Names and labels that follow from a push, so that making a thing twice makes it once. */
final class Names {
  private static final String COMMIT = "naru.dev/commit";
  private static final String REPOSITORY = "naru.dev/repository";
  private static final String BRANCH = "naru.dev/branch";

  private Names() {}

  static String delivery(Repository repository, Commit tip) {
    String plain = repository.getMetadata().getName() + "-" + tip.commit().substring(0, 7);
    RepositorySpec spec = repository.getSpec();
    return spec == null || spec.defaultBranch().equals(tip.branch())
        ? plain
        : plain + "-" + label(tip.branch()).toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-");
  }

  static Map<String, String> labels(String repository, String branch, String commit) {
    Map<String, String> labels = new LinkedHashMap<>();
    labels.put(REPOSITORY, repository);
    labels.put(COMMIT, commit);
    labels.put(BRANCH, label(branch));
    return labels;
  }

  /** A branch name as a label value. */
  private static String label(String branch) {
    String plain = branch.replaceAll("[^A-Za-z0-9_.-]", "-").replaceAll("^[^A-Za-z0-9]+", "");
    String cut = plain.substring(0, Math.min(40, plain.length())).replaceAll("[^A-Za-z0-9]+$", "");
    return cut.isEmpty() ? "branch" : cut;
  }
}
