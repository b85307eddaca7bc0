package dev.naru.git;

import java.time.Duration;

/**
 * How repositories are hosted.
 *
 * @param namespace where Repository resources live
 * @param baseUrl what clients put before {@code /git/<name>.git}, without a slash at the end
 * @param packSizeMax bytes of one push
 * @param objectSizeMax bytes of one file in a push
 * @param queueTimeout how long a push waits for another one of the same repository to be stored
 */
public record GitConfig(
    String namespace, String baseUrl, long packSizeMax, long objectSizeMax, Duration queueTimeout) {
  public GitConfig {
    if (packSizeMax <= 0 || objectSizeMax <= 0) {
      throw new IllegalArgumentException("a size limit of hosted repositories is not positive");
    }
    baseUrl = baseUrl.endsWith("/") ? baseUrl.substring(0, baseUrl.length() - 1) : baseUrl;
  }

  /** The defaults: 1 GiB a push, 512 MiB a file, 60 s in the queue. */
  public static GitConfig of(String namespace, String baseUrl) {
    return new GitConfig(namespace, baseUrl, 1L << 30, 1L << 29, Duration.ofSeconds(60));
  }

  String urlOf(String repository) {
    return baseUrl + "/git/" + repository + ".git";
  }
}
