package dev.naru.node;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceFieldSelector;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Fields of the pod that its containers may see. Source: Kubernetes, "Downward API".
 *
 * @param podIp null before the pod has a network
 * @param cores of the machine, the cpu limit of a container that has none
 * @param memory of the machine in bytes, likewise
 */
record DownwardApi(Pod pod, String hostIp, @Nullable String podIp, int cores, long memory) {
  private static final Pattern KEYED = Pattern.compile("metadata\\.(labels|annotations)\\['(.+)']");

  /**
   * @throws PodProblem for a field that does not exist
   */
  String field(String path) {
    Matcher keyed = KEYED.matcher(path);
    if (keyed.matches()) {
      Map<String, String> all =
          keyed.group(1).equals("labels")
              ? Pods.map(pod.getMetadata().getLabels())
              : Pods.map(pod.getMetadata().getAnnotations());
      return all.getOrDefault(keyed.group(2), "");
    }
    return switch (path) {
      case "metadata.name" -> pod.getMetadata().getName();
      case "metadata.namespace" -> pod.getMetadata().getNamespace();
      case "metadata.uid" -> pod.getMetadata().getUid();
      case "metadata.labels" -> lines(Pods.map(pod.getMetadata().getLabels()));
      case "metadata.annotations" -> lines(Pods.map(pod.getMetadata().getAnnotations()));
      case "spec.nodeName" -> pod.getSpec().getNodeName();
      case "spec.serviceAccountName" ->
          Optional.ofNullable(pod.getSpec().getServiceAccountName()).orElse("default");
      case "status.hostIP", "status.hostIPs" -> hostIp;
      case "status.podIP", "status.podIPs" -> Optional.ofNullable(podIp).orElse("");
      default ->
          throw new PodProblem(
              PodProblem.CONFIG,
              "fieldPath '" + path + "' names no field that a container may see");
    };
  }

  /** As {@code key="escaped value"}, one a line, sorted. */
  private static String lines(Map<String, String> map) {
    StringBuilder out = new StringBuilder();
    new TreeMap<>(map)
        .forEach(
            (key, value) ->
                out.append(key)
                    .append("=\"")
                    .append(value.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n"))
                    .append("\"\n"));
    return out.isEmpty() ? "" : out.substring(0, out.length() - 1);
  }

  /**
   * @param container the container that asks; the selector may name another
   */
  String resource(ResourceFieldSelector selector, @Nullable Container container) {
    String name = selector.getContainerName();
    Container of =
        name == null || name.isEmpty() ? container : Pods.container(pod, name).orElse(null);
    if (of == null) {
      throw new PodProblem(
          PodProblem.CONFIG, "resourceFieldRef names container '" + name + "', which is not there");
    }
    String[] parts = selector.getResource().split("\\.", 2);
    if (parts.length != 2 || !(parts[0].equals("limits") || parts[0].equals("requests"))) {
      throw new PodProblem(
          PodProblem.CONFIG,
          "resourceFieldRef '" + selector.getResource() + "' is not limits.… or requests.…");
    }
    Map<String, Quantity> own =
        parts[0].equals("limits") ? Quality.limits(of) : Quality.requests(of);
    BigDecimal amount =
        Quality.amount(own, parts[1])
            .orElseGet(() -> parts[0].equals("limits") ? machine(parts[1]) : BigDecimal.ZERO);
    BigDecimal divisor =
        selector.getDivisor() == null
            ? BigDecimal.ONE
            : Quantity.getAmountInBytes(selector.getDivisor());
    if (divisor.signum() == 0) {
      divisor = BigDecimal.ONE;
    }
    return amount.divide(divisor, 0, RoundingMode.CEILING).toPlainString();
  }

  private BigDecimal machine(String resource) {
    return switch (resource) {
      case "cpu" -> BigDecimal.valueOf(cores);
      case "memory" -> BigDecimal.valueOf(memory);
      default -> BigDecimal.ZERO;
    };
  }
}
