package dev.naru.gitops;

import java.nio.file.Path;
import java.time.Duration;

/**
 * How Applications are followed.
 *
 * @param namespace where Applications and Repositories live
 * @param hosted which repository URLs are hosted here
 * @param repositories folder of the hosted repositories, {@code <name>.git} each
 * @param mirrors folder for copies of other repositories
 * @param poll how often every source is looked at again, whatever happens
 */
public record GitOpsConfig(
    String namespace, HostedUrls hosted, Path repositories, Path mirrors, Duration poll) {
  /** Argo CD's own polling interval. */
  public static final Duration POLL_DEFAULT = Duration.ofMinutes(2);
}
