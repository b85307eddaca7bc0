package dev.naru.git;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a hosted repository shall be.
 *
 * @param defaultBranch the branch that HEAD names, {@code main} unless given
 * @param allowForcePush whether the default branch may be rewritten or deleted by a push; false
 *     unless given, since its history is what went live. Other branches and tags are free.
 * @param pipelines the pipelines of the repository; empty means every Jenkinsfile in the tree,
 *     started by changes under its folder
 */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@JsonIgnoreProperties(ignoreUnknown = true)
public record RepositorySpec(
    String defaultBranch, boolean allowForcePush, List<Pipeline> pipelines) {
  static final RepositorySpec DEFAULT = new RepositorySpec(null, false, null);

  public RepositorySpec(
      @Nullable String defaultBranch, boolean allowForcePush, @Nullable List<Pipeline> pipelines) {
    this.defaultBranch = defaultBranch == null || defaultBranch.isBlank() ? "main" : defaultBranch;
    this.allowForcePush = allowForcePush;
    this.pipelines = pipelines == null ? List.of() : List.copyOf(pipelines);
  }

  /**
   * One pipeline.
   *
   * @param name unique in the repository, a DNS label
   * @param jenkinsfile path of the Jenkinsfile in the tree
   * @param paths globs or folders whose changes start it; empty means any change
   */
  @JsonInclude(JsonInclude.Include.NON_EMPTY)
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record Pipeline(String name, String jenkinsfile, List<String> paths) {
    public Pipeline(String name, @Nullable String jenkinsfile, @Nullable List<String> paths) {
      this.name = name;
      this.jenkinsfile = jenkinsfile == null || jenkinsfile.isBlank() ? "Jenkinsfile" : jenkinsfile;
      this.paths = paths == null ? List.of() : List.copyOf(paths);
    }
  }
}
