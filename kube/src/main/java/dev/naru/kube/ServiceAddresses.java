package dev.naru.kube;

import static dev.naru.kube.Json.objectAt;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.naru.kube.StatusException.Cause;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The cluster addresses and node ports of Services: reserved here before the Service is written,
 * given back when it was not or when it goes.
 */
final class ServiceAddresses {
  private static final int NODE_PORT_FIRST = 30000;
  private static final int NODE_PORT_LAST = 32767;

  private final long first;
  private final int size;
  private final String cidr;
  private final Object lock = new Object();

  // Guarded by lock.
  private final Set<String> addresses = new HashSet<>();
  private final Set<Integer> ports = new HashSet<>();
  private int next;

  /**
   * @param cidr such as {@code 10.96.0.0/16}; addresses below the 256th are left for those who name
   *     one
   */
  ServiceAddresses(String cidr) {
    this.cidr = cidr;
    String[] parts = cidr.split("[./]", -1);
    if (parts.length != 5) {
      throw new IllegalArgumentException("no IPv4 range: '" + cidr + "'");
    }
    long base = 0;
    for (int i = 0; i < 4; i++) {
      base = base << 8 | Integer.parseInt(parts[i]);
    }
    int bits = Integer.parseInt(parts[4]);
    if (bits < 12 || bits > 28) {
      throw new IllegalArgumentException(
          "the service range " + cidr + " must have between 12 and 28 bits of prefix");
    }
    this.size = 1 << (32 - bits);
    this.first = base & -size;
    this.next = Math.min(256, size / 4);
  }

  /** Notes what a stored Service uses. */
  void seen(JsonNode service) {
    synchronized (lock) {
      String ip = service.path("spec").path("clusterIP").asText("");
      if (isAddress(ip)) {
        addresses.add(ip);
      }
      for (JsonNode port : service.path("spec").path("ports")) {
        if (port.path("nodePort").asInt(0) > 0) {
          ports.add(port.path("nodePort").asInt());
        }
      }
    }
  }

  void allocate(Resource kind, ObjectNode service, @Nullable ObjectNode live, boolean dryRun) {
    ObjectNode spec = objectAt(service, "spec");
    String type = spec.path("type").asText("ClusterIP");
    if (type.equals("ExternalName")) {
      return;
    }
    String name = service.path("metadata").path("name").asText();
    JsonNode before = live == null ? Json.missing() : live.path("spec");
    synchronized (lock) {
      address(kind, name, spec, before, dryRun);
      if (type.equals("NodePort") || type.equals("LoadBalancer")) {
        nodePorts(kind, name, spec, before, dryRun);
      }
    }
  }

  private void address(
      Resource kind, String name, ObjectNode spec, JsonNode before, boolean dryRun) {
    String wanted = spec.path("clusterIP").asText("");
    if (wanted.isEmpty() && spec.path("clusterIPs").size() > 0) {
      wanted = spec.path("clusterIPs").get(0).asText();
    }
    if (wanted.isEmpty()) {
      wanted = free(kind, name);
    } else if (isAddress(wanted)
        && !wanted.equals(before.path("clusterIP").asText(""))
        && (!inRange(wanted) || addresses.contains(wanted))) {
      String why =
          inRange(wanted)
              ? "failed to allocate IP " + wanted + ": provided IP is already allocated"
              : "failed to allocate IP "
                  + wanted
                  + ": the provided IP is not in the valid range "
                  + cidr;
      throw StatusException.invalid(
          kind, name, List.of(Cause.invalid("spec.clusterIPs", "[" + wanted + "]", why)));
    }
    spec.put("clusterIP", wanted);
    spec.putArray("clusterIPs").add(wanted);
    if (isAddress(wanted) && !dryRun) {
      addresses.add(wanted);
    }
  }

  private String free(Resource kind, String name) {
    for (int tried = 0; tried < size; tried++) {
      int offset = next;
      next = next + 1 >= size - 1 ? 1 : next + 1;
      String ip = text(first + offset);
      if (offset > 0 && !addresses.contains(ip)) {
        return ip;
      }
    }
    throw StatusException.of(
        500,
        "InternalError",
        "no address is left in " + cidr + " for " + kind.groupResource() + " \"" + name + "\"");
  }

  private void nodePorts(
      Resource kind, String name, ObjectNode spec, JsonNode before, boolean dryRun) {
    for (JsonNode p : spec.path("ports")) {
      if (!(p instanceof ObjectNode port)) {
        continue;
      }
      int wanted = port.path("nodePort").asInt(0);
      if (wanted == 0) {
        wanted = freePort();
        port.put("nodePort", wanted);
      } else if (ports.contains(wanted) && !has(before, wanted)) {
        throw StatusException.invalid(
            kind,
            name,
            List.of(
                Cause.invalid(
                    "spec.ports[0].nodePort", wanted, "provided port is already allocated")));
      } else if (wanted < NODE_PORT_FIRST || wanted > NODE_PORT_LAST) {
        throw StatusException.invalid(
            kind,
            name,
            List.of(
                Cause.invalid(
                    "spec.ports[0].nodePort",
                    wanted,
                    "provided port is not in the valid range. The range of valid ports is "
                        + NODE_PORT_FIRST
                        + "-"
                        + NODE_PORT_LAST)));
      }
      if (!dryRun) {
        ports.add(wanted);
      }
    }
  }

  private static boolean has(JsonNode spec, int nodePort) {
    for (JsonNode port : spec.path("ports")) {
      if (port.path("nodePort").asInt(0) == nodePort) {
        return true;
      }
    }
    return false;
  }

  private int freePort() {
    for (int port = NODE_PORT_FIRST; port <= NODE_PORT_LAST; port++) {
      if (!ports.contains(port)) {
        return port;
      }
    }
    throw StatusException.of(500, "InternalError", "no node port is left");
  }

  void release(ObjectNode service, @Nullable ObjectNode kept) {
    JsonNode spec = service.path("spec");
    JsonNode still = kept == null ? Json.missing() : kept.path("spec");
    synchronized (lock) {
      String ip = spec.path("clusterIP").asText("");
      if (!ip.equals(still.path("clusterIP").asText(""))) {
        addresses.remove(ip);
      }
      for (JsonNode port : spec.path("ports")) {
        int nodePort = port.path("nodePort").asInt(0);
        if (nodePort > 0 && !has(still, nodePort)) {
          ports.remove(nodePort);
        }
      }
    }
  }

  private static boolean isAddress(String ip) {
    return !ip.isEmpty() && !ip.equals("None");
  }

  private boolean inRange(String ip) {
    String[] parts = ip.split("\\.", -1);
    long value = 0;
    for (String part : parts) {
      if (parts.length != 4 || !part.matches("[0-9]{1,3}") || Integer.parseInt(part) > 255) {
        return false;
      }
      value = value << 8 | Integer.parseInt(part);
    }
    return value > first && value < first + size - 1;
  }

  private static String text(long ip) {
    return (ip >> 24 & 255) + "." + (ip >> 16 & 255) + "." + (ip >> 8 & 255) + "." + (ip & 255);
  }
}
