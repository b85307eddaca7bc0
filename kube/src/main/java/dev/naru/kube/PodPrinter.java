package dev.naru.kube;

import com.fasterxml.jackson.databind.JsonNode;
import dev.naru.kube.Printers.Entry;
import java.time.Instant;
import java.util.List;

/** The columns of pods; the status column follows kubectl's rules. */
final class PodPrinter {
  private PodPrinter() {}

  static List<Entry> cells(Instant now) {
    return List.of(
        Entry.of("Ready", PodPrinter::ready),
        Entry.of("Status", PodPrinter::status),
        Entry.of("Restarts", o -> restarts(o, now)),
        Entry.of("Age", o -> Printers.age(o, now)),
        Entry.wide("IP", o -> Printers.orNone(Printers.text(o, "status.podIP"))),
        Entry.wide("Node", o -> Printers.orNone(Printers.text(o, "spec.nodeName"))),
        Entry.wide(
            "Nominated Node", o -> Printers.orNone(Printers.text(o, "status.nominatedNodeName"))),
        Entry.wide("Readiness Gates", o -> "<none>"));
  }

  private static String ready(JsonNode pod) {
    int ready = 0;
    for (JsonNode c : pod.path("status").path("containerStatuses")) {
      ready += c.path("ready").asBoolean(false) ? 1 : 0;
    }
    return ready + "/" + pod.path("spec").path("containers").size();
  }

  private static String restarts(JsonNode pod, Instant now) {
    long count = 0;
    String last = "";
    for (JsonNode c : pod.path("status").path("containerStatuses")) {
      count += c.path("restartCount").asLong(0);
      String finished = c.path("lastState").path("terminated").path("finishedAt").asText("");
      last = finished.compareTo(last) > 0 ? finished : last;
    }
    return count == 0 || last.isEmpty()
        ? Long.toString(count)
        : count + " (" + Printers.since(last, now) + " ago)";
  }

  static String status(JsonNode pod) {
    JsonNode status = pod.path("status");
    String reason = status.path("reason").asText(status.path("phase").asText("Unknown"));
    String init = init(pod);
    if (!init.isEmpty()) {
      reason = init;
    } else {
      boolean running = false;
      List<JsonNode> all = new java.util.ArrayList<>();
      status.path("containerStatuses").forEach(all::addFirst);
      for (JsonNode c : all) {
        JsonNode state = c.path("state");
        String waiting = state.path("waiting").path("reason").asText("");
        JsonNode terminated = state.path("terminated");
        if (!waiting.isEmpty()) {
          reason = waiting;
        } else if (terminated.isObject()) {
          reason = ended(terminated);
        } else if (c.path("ready").asBoolean(false) && state.path("running").isObject()) {
          running = true;
        }
      }
      if (reason.equals("Completed") && running) {
        reason = "Running";
      }
    }
    if (pod.path("metadata").hasNonNull("deletionTimestamp")) {
      return status.path("reason").asText().equals("NodeLost") ? "Unknown" : "Terminating";
    }
    return reason;
  }

  private static String ended(JsonNode terminated) {
    String reason = terminated.path("reason").asText("");
    if (!reason.isEmpty()) {
      return reason;
    }
    int signal = terminated.path("signal").asInt(0);
    return signal != 0 ? "Signal:" + signal : "ExitCode:" + terminated.path("exitCode").asInt();
  }

  private static String init(JsonNode pod) {
    int total = pod.path("spec").path("initContainers").size();
    int done = 0;
    for (JsonNode c : pod.path("status").path("initContainerStatuses")) {
      JsonNode state = c.path("state");
      JsonNode terminated = state.path("terminated");
      if ((terminated.isObject() && terminated.path("exitCode").asInt() == 0)
          || c.path("started").asBoolean(false)) {
        done++;
        continue;
      }
      if (terminated.isObject()) {
        return "Init:" + ended(terminated);
      }
      String waiting = state.path("waiting").path("reason").asText("");
      if (!waiting.isEmpty() && !waiting.equals("PodInitializing")) {
        return "Init:" + waiting;
      }
      return "Init:" + done + "/" + total;
    }
    return "";
  }
}
