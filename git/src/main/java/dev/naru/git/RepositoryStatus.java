package dev.naru.git;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a hosted repository holds. Written after the refs are durable and before the push is
 * answered, so a reader of the status never sees less than a client that was told "pushed".
 *
 * @param url where the repository is cloned from
 * @param branches heads by branch name
 * @param commits what was pushed, newest first, at most {@value #COMMITS_MAX}. One commit can be
 *     there once for each branch that it was pushed to.
 */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@JsonIgnoreProperties(ignoreUnknown = true)
public record RepositoryStatus(String url, Map<String, Branch> branches, List<Commit> commits) {
  /** How many commits the status lists. */
  public static final int COMMITS_MAX = 100;

  /** How many changed paths a push lists before it says {@code allPaths}. */
  public static final int PATHS_MAX = 200;

  /** How many Jenkinsfiles a push lists. */
  public static final int JENKINSFILES_MAX = 50;

  static final RepositoryStatus EMPTY = new RepositoryStatus(null, null, null);

  public RepositoryStatus(
      @Nullable String url,
      @Nullable Map<String, Branch> branches,
      @Nullable List<Commit> commits) {
    this.url = url == null ? "" : url;
    this.branches =
        branches == null ? Map.of() : Collections.unmodifiableMap(new TreeMap<>(branches));
    this.commits = commits == null ? List.of() : List.copyOf(commits);
  }

  /** The commit that the branch names; empty when there is no such branch. */
  public String head(String branch) {
    Branch found = branches.get(branch);
    return found == null ? "" : found.commit();
  }

  /** The entry of {@code commit}, of any branch. */
  public Optional<Commit> commit(String commit) {
    return commits.stream().filter(c -> c.commit().equals(commit)).findFirst();
  }

  /**
   * The head of a branch.
   *
   * @param commit full id
   * @param pushedAt RFC 3339 with milliseconds
   * @param pusher the user who pushed it; "unknown" when the repository no longer tells
   */
  @JsonInclude(JsonInclude.Include.NON_EMPTY)
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record Branch(String commit, String pushedAt, String pusher) {}

  /**
   * A pushed commit.
   *
   * @param parents full ids
   * @param author name of the author
   * @param time author time, RFC 3339 with milliseconds
   * @param sourceCommits {@code <repository>@<commit>} of each trailer {@code Source-Commit:}
   * @param push present exactly when this commit was the tip of a push
   */
  @JsonInclude(JsonInclude.Include.NON_EMPTY)
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record Commit(
      String commit,
      String branch,
      List<String> parents,
      String subject,
      String author,
      String time,
      String pushedAt,
      List<String> sourceCommits,
      @Nullable Push push) {
    public Commit(
        String commit,
        String branch,
        @Nullable List<String> parents,
        @Nullable String subject,
        @Nullable String author,
        String time,
        String pushedAt,
        @Nullable List<String> sourceCommits,
        @Nullable Push push) {
      this.commit = commit;
      this.branch = branch;
      this.parents = parents == null ? List.of() : List.copyOf(parents);
      this.subject = subject == null ? "" : subject;
      this.author = author == null ? "" : author;
      this.time = time;
      this.pushedAt = pushedAt;
      this.sourceCommits = sourceCommits == null ? List.of() : List.copyOf(sourceCommits);
      this.push = push;
    }
  }

  /**
   * One push of a branch.
   *
   * @param previousCommit the branch's head before; for a new branch where it leaves the default
   *     branch; absent when there is no such commit
   * @param paths files that differ from {@code previousCommit}, sorted
   * @param allPaths true when every file counts as changed: no previous commit, or more than
   *     {@value #PATHS_MAX} files differ
   * @param jenkinsfiles paths of the files named Jenkinsfile in the tree, at most {@value
   *     #JENKINSFILES_MAX}
   */
  @JsonInclude(JsonInclude.Include.NON_EMPTY)
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record Push(
      String pusher,
      @Nullable String previousCommit,
      List<String> paths,
      boolean allPaths,
      List<String> jenkinsfiles) {
    public Push(
        @Nullable String pusher,
        @Nullable String previousCommit,
        @Nullable List<String> paths,
        boolean allPaths,
        @Nullable List<String> jenkinsfiles) {
      this.pusher = pusher == null ? "unknown" : pusher;
      this.previousCommit = previousCommit;
      this.paths = paths == null ? List.of() : List.copyOf(paths);
      this.allPaths = allPaths;
      this.jenkinsfiles = jenkinsfiles == null ? List.of() : List.copyOf(jenkinsfiles);
    }
  }
}
