package dev.naru.gitops;

import java.util.List;
import java.util.Optional;

/**
 * Tells which repository URLs are hosted here.
 *
 * @param bases what stands before {@code /git/<name>.git}, such as {@code http://naru.localhost}
 */
public record HostedUrls(List<String> bases) {
  public HostedUrls {
    bases = bases.stream().map(b -> b.endsWith("/") ? b.substring(0, b.length() - 1) : b).toList();
  }

  /** Name of the hosted repository that {@code url} means; empty when it is elsewhere. */
  public Optional<String> repository(String url) {
    for (String base : bases) {
      String prefix = base + "/git/";
      if (url.startsWith(prefix)) {
        String name = url.substring(prefix.length()).replaceAll("/+$", "");
        String plain = name.endsWith(".git") ? name.substring(0, name.length() - 4) : name;
        if (plain.matches("[a-z0-9]([-a-z0-9.]*[a-z0-9])?")) {
          return Optional.of(plain);
        }
      }
    }
    return Optional.empty();
  }
}
