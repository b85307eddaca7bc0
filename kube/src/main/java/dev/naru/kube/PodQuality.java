package dev.naru.kube;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;

/** The quality-of-service class. Source: Kubernetes documentation, "Pod Quality of Service". */
final class PodQuality {
  private PodQuality() {}

  static String of(JsonNode spec) {
    boolean any = false;
    boolean guaranteed = true;
    for (String list : List.of("initContainers", "containers")) {
      for (JsonNode c : spec.path(list)) {
        JsonNode requests = c.path("resources").path("requests");
        JsonNode limits = c.path("resources").path("limits");
        for (String resource : List.of("cpu", "memory")) {
          any |= requests.has(resource) || limits.has(resource);
          guaranteed &=
              limits.has(resource)
                  && Quantities.compare(
                          requests.path(resource).asText(limits.path(resource).asText()),
                          limits.path(resource).asText())
                      == 0;
        }
      }
    }
    if (!any) {
      return "BestEffort";
    }
    return guaranteed ? "Guaranteed" : "Burstable";
  }
}
