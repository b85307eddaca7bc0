package dev.naru.gitops;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What an Application asks for, with Argo CD's defaults filled in.
 *
 * @param unsupported the first thing that it asks for and that is not supported; empty is none
 */
record Policy(
    boolean automated,
    boolean prune,
    boolean selfHeal,
    boolean allowEmpty,
    boolean createNamespace,
    boolean pruneLast,
    boolean validate,
    int retryLimit,
    Duration retryFirst,
    int retryFactor,
    Duration retryMax,
    int historyLimit,
    String unsupported) {
  private static final Set<String> IGNORED_OPTIONS =
      Set.of(
          "ServerSideApply=true",
          "ServerSideApply=false",
          "ApplyOutOfSyncOnly=true",
          "ApplyOutOfSyncOnly=false",
          "SkipDryRunOnMissingResource=true",
          "SkipDryRunOnMissingResource=false",
          "Validate=true",
          "PruneLast=false",
          "CreateNamespace=false",
          "Replace=false",
          "Force=false",
          "Prune=true",
          "PrunePropagationPolicy=background",
          "PrunePropagationPolicy=foreground",
          "FailOnSharedResource=false",
          "RespectIgnoreDifferences=false");
  private static final Set<String> OPTIONS =
      Set.of("CreateNamespace=true", "PruneLast=true", "Validate=false");
  private static final Pattern DURATION = Pattern.compile("([0-9]{1,9})(ms|s|m|h)");

  static Policy of(ApplicationSpec spec) {
    ApplicationSpec.SyncPolicy policy = spec.syncPolicy();
    ApplicationSpec.Automated automated = policy == null ? null : policy.automated();
    List<String> options =
        policy == null || policy.syncOptions() == null ? List.of() : policy.syncOptions();
    ApplicationSpec.Retry retry = policy == null ? null : policy.retry();
    ApplicationSpec.Backoff backoff = retry == null ? null : retry.backoff();
    boolean on = automated != null && !Boolean.FALSE.equals(automated.enabled());
    return new Policy(
        on,
        automated != null && automated.prune(),
        automated != null && automated.selfHeal(),
        automated != null && automated.allowEmpty(),
        options.contains("CreateNamespace=true"),
        options.contains("PruneLast=true"),
        !options.contains("Validate=false"),
        retry == null || retry.limit() == null ? 5 : retry.limit(),
        duration(backoff == null ? null : backoff.duration(), Duration.ofSeconds(5)),
        backoff == null || backoff.factor() == null ? 2 : Math.max(1, backoff.factor()),
        duration(backoff == null ? null : backoff.maxDuration(), Duration.ofMinutes(3)),
        spec.revisionHistoryLimit() == null ? 10 : Math.max(0, spec.revisionHistoryLimit()),
        unsupported(spec, options));
  }

  private static String unsupported(ApplicationSpec spec, List<String> options) {
    if (spec.sources() != null && !spec.sources().isEmpty()) {
      return "spec.sources (several sources) is not supported; use spec.source";
    }
    ApplicationSpec.Source source = spec.source();
    if (source == null) {
      return "spec.source is missing";
    }
    if (source.chart() != null || source.helm() != null) {
      return "Helm charts (spec.source.chart, spec.source.helm) are not supported";
    }
    if (source.plugin() != null || source.ref() != null) {
      return "spec.source.plugin and spec.source.ref are not supported";
    }
    if (source.directory() != null && source.directory().jsonnet() != null) {
      return "spec.source.directory.jsonnet is not supported";
    }
    ApplicationSpec.Destination destination = spec.destination();
    if (destination != null && !isThisCluster(destination)) {
      return "a destination other than this cluster (https://kubernetes.default.svc, in-cluster) is"
          + " not supported";
    }
    Optional<String> option =
        options.stream()
            .filter(o -> !OPTIONS.contains(o) && !IGNORED_OPTIONS.contains(o))
            .findFirst();
    if (option.isPresent()) {
      return "the sync option '" + option.get() + "' is not supported";
    }
    for (ApplicationSpec.IgnoreDifference ignore :
        spec.ignoreDifferences() == null
            ? List.<ApplicationSpec.IgnoreDifference>of()
            : spec.ignoreDifferences()) {
      if (ignore.jqPathExpressions() != null || ignore.managedFieldsManagers() != null) {
        return "ignoreDifferences knows jsonPointers only";
      }
    }
    return "";
  }

  private static boolean isThisCluster(ApplicationSpec.Destination destination) {
    String server = destination.server() == null ? "" : destination.server();
    String name = destination.name() == null ? "" : destination.name();
    return Set.of("", "https://kubernetes.default.svc").contains(server)
        && Set.of("", "in-cluster").contains(name);
  }

  private static Duration duration(@Nullable String text, Duration otherwise) {
    Matcher matcher = DURATION.matcher(text == null ? "" : text);
    if (!matcher.matches()) {
      return otherwise;
    }
    long count = Long.parseLong(matcher.group(1));
    return switch (matcher.group(2)) {
      case "ms" -> Duration.ofMillis(count);
      case "s" -> Duration.ofSeconds(count);
      case "m" -> Duration.ofMinutes(count);
      default -> Duration.ofHours(count);
    };
  }

  /** How long after the failure of attempt {@code done} (from 0) the next one starts. */
  Duration backoff(int done) {
    Duration wait = retryFirst;
    for (int i = 0; i < done && wait.compareTo(retryMax) < 0; i++) {
      wait = wait.multipliedBy(retryFactor);
    }
    return wait.compareTo(retryMax) > 0 ? retryMax : wait;
  }
}
