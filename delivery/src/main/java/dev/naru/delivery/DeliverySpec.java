package dev.naru.delivery;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/**
 * Which push is followed.
 *
 * @param commit full id of the pushed tip
 * @param previousCommit the branch's head before; empty when there was none
 * @param pushedAt RFC 3339 with milliseconds
 */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@JsonIgnoreProperties(ignoreUnknown = true)
public record DeliverySpec(
    String repository,
    String branch,
    String commit,
    String previousCommit,
    String subject,
    String author,
    String pushedAt) {
  public DeliverySpec(
      String repository,
      @Nullable String branch,
      String commit,
      @Nullable String previousCommit,
      @Nullable String subject,
      @Nullable String author,
      String pushedAt) {
    this.repository = repository;
    this.branch = branch == null ? "main" : branch;
    this.commit = commit;
    this.previousCommit = previousCommit == null ? "" : previousCommit;
    this.subject = subject == null ? "" : subject;
    this.author = author == null ? "" : author;
    this.pushedAt = pushedAt;
  }

  /** The first 7 digits. */
  String shortCommit() {
    return commit.substring(0, Math.min(7, commit.length()));
  }
}
