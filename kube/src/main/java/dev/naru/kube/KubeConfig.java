package dev.naru.kube;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;

/**
 * How the API runs.
 *
 * @param stateDb the SQLite file; created when absent, with mode 0600
 * @param clock the time that objects get
 * @param serviceCidr the range of Service addresses, IPv4; its first 256 addresses are given only
 *     to Services that name one
 * @param watchHistory changes kept in memory per kind for watches that come back; an older one gets
 *     410 Expired and lists again
 * @param eventAge how long an Event is kept
 */
public record KubeConfig(
    Path stateDb, Clock clock, String serviceCidr, int watchHistory, Duration eventAge) {
  public KubeConfig {
    if (watchHistory < 1) {
      throw new IllegalArgumentException("watchHistory is " + watchHistory);
    }
  }

  /** The defaults: system clock, 10.96.0.0/16, 2048 changes, one hour. */
  public static KubeConfig of(Path stateDb) {
    return new KubeConfig(stateDb, Clock.systemUTC(), "10.96.0.0/16", 2048, Duration.ofHours(1));
  }

  public KubeConfig withClock(Clock other) {
    return new KubeConfig(stateDb, other, serviceCidr, watchHistory, eventAge);
  }

  public KubeConfig withServiceCidr(String other) {
    return new KubeConfig(stateDb, clock, other, watchHistory, eventAge);
  }
}
