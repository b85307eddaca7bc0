package dev.naru.delivery;

import dev.naru.gitops.HostedUrls;

/**
 * How deliveries are followed.
 *
 * @param namespace where Repositories, PipelineRuns, Deliveries and Applications live
 * @param hosted which repository URLs are hosted here
 * @param kept how many deliveries of one repository are kept; older finished ones are deleted
 */
public record DeliveryConfig(String namespace, HostedUrls hosted, int kept) {
  public DeliveryConfig {
    if (kept < 1) {
      throw new IllegalArgumentException("deliveries kept is " + kept);
    }
  }
}
