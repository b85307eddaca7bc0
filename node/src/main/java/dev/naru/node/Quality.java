package dev.naru.node;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Quantity;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Requests and limits of a pod, and the quality-of-service class that follows from them. */
final class Quality {
  private static final long CPU_PERIOD_US = 100_000;
  private static final long CPU_QUOTA_MIN_US = 1_000;
  private static final long SHARES_MIN = 2;
  private static final long SHARES_MAX = 262_144;
  private static final List<String> COUNTED = List.of("cpu", "memory");

  private Quality() {}

  /**
   * {@code Guaranteed}, {@code Burstable} or {@code BestEffort}. Source: Kubernetes, "Pod Quality
   * of Service Classes".
   */
  static String classOf(Pod pod) {
    boolean any = false;
    boolean guaranteed = true;
    for (Container container : Pods.containers(pod)) {
      for (String resource : COUNTED) {
        Optional<BigDecimal> limit = amount(limits(container), resource);
        Optional<BigDecimal> request = amount(requests(container), resource).or(() -> limit);
        any |= limit.isPresent() || request.isPresent();
        guaranteed &=
            limit.isPresent() && request.isPresent() && limit.get().compareTo(request.get()) == 0;
      }
    }
    if (!any) {
      return "BestEffort";
    }
    return guaranteed ? "Guaranteed" : "Burstable";
  }

  /**
   * How early the kernel kills it when the machine is out of memory. Source: Kubernetes,
   * "Node-pressure eviction", node out of memory behavior.
   *
   * @param machineMemory in bytes
   */
  static int oomScoreAdj(Pod pod, Container container, long machineMemory) {
    return switch (classOf(pod)) {
      case "Guaranteed" -> -997;
      case "BestEffort" -> 1000;
      default -> {
        long request = bytes(requests(container), "memory").orElse(0L);
        long score = 1000 - 1000 * request / Math.max(1, machineMemory);
        yield Math.clamp(score, 3, 999);
      }
    };
  }

  /** Bytes of memory at most; 0 without a limit. */
  static long memoryMax(Container container) {
    return bytes(limits(container), "memory").orElse(0L);
  }

  /** 1024 per requested core; at least {@value #SHARES_MIN}. */
  static long cpuShares(Container container) {
    Optional<BigDecimal> cpu =
        amount(requests(container), "cpu").or(() -> amount(limits(container), "cpu"));
    long shares = cpu.map(c -> c.multiply(BigDecimal.valueOf(1024)).longValue()).orElse(0L);
    return Math.clamp(shares, SHARES_MIN, SHARES_MAX);
  }

  /** Microseconds per 100 ms; 0 without a limit. */
  static long cpuQuota(Container container) {
    return amount(limits(container), "cpu")
        .map(c -> c.multiply(BigDecimal.valueOf(CPU_PERIOD_US)).longValue())
        .map(quota -> Math.max(CPU_QUOTA_MIN_US, quota))
        .orElse(0L);
  }

  static Map<String, Quantity> limits(Container container) {
    return container.getResources() == null
        ? Map.of()
        : Pods.map(container.getResources().getLimits());
  }

  static Map<String, Quantity> requests(Container container) {
    return container.getResources() == null
        ? Map.of()
        : Pods.map(container.getResources().getRequests());
  }

  static Optional<Long> bytes(Map<String, Quantity> of, String resource) {
    return amount(of, resource).map(BigDecimal::longValue);
  }

  /** In bytes, cores or pieces. */
  static Optional<BigDecimal> amount(Map<String, Quantity> of, String resource) {
    Quantity quantity = of.get(resource);
    return quantity == null ? Optional.empty() : Optional.of(Quantity.getAmountInBytes(quantity));
  }
}
