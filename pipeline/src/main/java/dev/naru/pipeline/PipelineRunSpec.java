package dev.naru.pipeline;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What shall run.
 *
 * @param previousCommit the branch's head before the push; empty for a new branch
 * @param pipeline the pipeline's name in the repository
 * @param jenkinsfile path of the file in the tree
 * @param parameters values for the file's parameters
 * @param abort set to true, the run ends as Aborted
 */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@JsonIgnoreProperties(ignoreUnknown = true)
public record PipelineRunSpec(
    String repository,
    String branch,
    String commit,
    String previousCommit,
    String pipeline,
    String jenkinsfile,
    Map<String, String> parameters,
    boolean abort) {
  public PipelineRunSpec(
      @Nullable String repository,
      @Nullable String branch,
      @Nullable String commit,
      @Nullable String previousCommit,
      @Nullable String pipeline,
      @Nullable String jenkinsfile,
      @Nullable Map<String, String> parameters,
      boolean abort) {
    this.repository = text(repository, "");
    this.branch = text(branch, "main");
    this.commit = text(commit, "");
    this.previousCommit = text(previousCommit, "");
    this.pipeline = text(pipeline, "main");
    this.jenkinsfile = text(jenkinsfile, "Jenkinsfile");
    this.parameters = parameters == null ? Map.of() : Map.copyOf(parameters);
    this.abort = abort;
  }

  private static String text(@Nullable String value, String otherwise) {
    return value == null || value.isBlank() ? otherwise : value;
  }
}
