package dev.naru.gateway;

import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Where a rule leads: a Service port and its ready endpoints.
 *
 * @param name {@code namespace/service}
 * @param listed how many addresses the Service's slices list, ready or not
 * @param problem why there can be no endpoint (no such Service, no such port), or null
 */
record Backend(String name, List<Endpoint> ready, int listed, @Nullable String problem) {
  Backend {
    ready = List.copyOf(ready);
  }

  /** One sentence for a person about why nothing serves. */
  String whyNothingServes() {
    if (problem != null) {
      return problem;
    }
    if (listed == 0) {
      return "Service " + name + " has no endpoints.";
    }
    return "Service " + name + " has no ready endpoints (" + listed + " not ready).";
  }

  /**
   * Claims the less busy of two random endpoints, or any other that takes requests when neither
   * does. Endpoints that just refused a connect are passed over, and {@code avoid} is taken only if
   * nothing else is there.
   *
   * @return a claimed endpoint, or null when none takes requests now
   */
  @Nullable Endpoint claim(RandomGenerator random, @Nullable Endpoint avoid, long nowNanos) {
    int n = ready.size();
    if (n == 0) {
      return null;
    }
    int first = n == 1 ? 0 : random.nextInt(n);
    if (n > 1 && avoid == null) {
      int second = random.nextInt(n - 1);
      if (second >= first) {
        second++;
      }
      if (ready.get(second).inFlight() < ready.get(first).inFlight()) {
        first = second;
      }
    }
    for (int i = 0; i < n; i++) {
      Endpoint endpoint = ready.get((first + i) % n);
      if (endpoint != avoid && !endpoint.skipped(nowNanos) && endpoint.claim()) {
        return endpoint;
      }
    }
    return avoid != null && ready.contains(avoid) && !avoid.skipped(nowNanos) && avoid.claim()
        ? avoid
        : null;
  }
}
