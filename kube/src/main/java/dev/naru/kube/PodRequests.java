package dev.naru.kube;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.ExecutorService;
import org.jspecify.annotations.Nullable;

/** log, exec, attach and portforward: checked here, answered by the {@link PodAccess}. */
final class PodRequests {
  private static final int PORTS_MAX = 16;
  private static final String V5 = "v5.channel.k8s.io";
  private static final String V4 = "v4.channel.k8s.io";

  private final Objects objects;
  private final ExecutorService threads;
  private final Clock clock;
  private volatile @Nullable PodAccess access;

  PodRequests(Objects objects, ExecutorService threads, Clock clock) {
    this.objects = objects;
    this.threads = threads;
    this.clock = clock;
  }

  void access(PodAccess of) {
    this.access = of;
  }

  private PodAccess required() {
    PodAccess known = access;
    if (known == null) {
      throw StatusException.notSupported(
          "no node is connected to this API, so logs, exec, attach and port-forward have nothing to"
              + " talk to");
    }
    return known;
  }

  ApiResponse log(ApiRequest request, Resource pods, String namespace, String name) {
    JsonNode pod = objects.get(pods, namespace, name).json();
    String container = container(request, pod, name);
    PodAccess.LogOptions options =
        new PodAccess.LogOptions(
            container,
            request.flag("follow"),
            request.flag("previous"),
            request.flag("timestamps"),
            optional(request, "tailLines"),
            since(request),
            optional(request, "limitBytes"));
    try {
      return new ApiResponse.Text("text/plain", required().logs(namespace, name, options));
    } catch (IOException e) {
      throw failed(e);
    }
  }

  private OptionalLong since(ApiRequest request) {
    String time = request.query("sinceTime");
    if (time.isEmpty()) {
      return optional(request, "sinceSeconds");
    }
    try {
      long seconds = Duration.between(Instant.parse(time), clock.instant()).toSeconds();
      return OptionalLong.of(Math.max(0, seconds));
    } catch (DateTimeParseException e) {
      throw StatusException.badRequest("sinceTime is no time: '" + time + "'");
    }
  }

  private static OptionalLong optional(ApiRequest request, String name) {
    return request.query(name).isEmpty()
        ? OptionalLong.empty()
        : OptionalLong.of(request.number(name, 0));
  }

  ApiResponse exec(
      ApiRequest request, Resource pods, String namespace, String name, boolean attach) {
    JsonNode pod = objects.get(pods, namespace, name).json();
    String container = container(request, pod, name);
    List<String> command = request.query().getOrDefault("command", List.of());
    if (command.isEmpty() && !attach) {
      throw StatusException.badRequest("you must specify at least 1 command for the container");
    }
    PodAccess.ExecOptions options =
        new PodAccess.ExecOptions(
            container,
            attach ? List.of() : command,
            request.flag("stdin"),
            request.flag("stdout"),
            request.flag("stderr"),
            request.flag("tty"));
    PodAccess node = required();
    String protocol = protocol(request);
    try {
      PodAccess.Session session =
          attach ? node.attach(namespace, name, options) : node.exec(namespace, name, options);
      return new ApiResponse.Channels(protocol, new ExecSession(session, threads));
    } catch (IOException e) {
      throw failed(e);
    }
  }

  ApiResponse portForward(ApiRequest request, Resource pods, String namespace, String name) {
    objects.get(pods, namespace, name);
    PodAccess node = required();
    String protocol = protocol(request);
    List<Integer> ports = new ArrayList<>();
    for (String value : request.query().getOrDefault("ports", List.of())) {
      for (String port : value.split(",", -1)) {
        if (!port.matches("[0-9]{1,5}") || Integer.parseInt(port) > 65535) {
          throw StatusException.badRequest("'" + port + "' is no port");
        }
        ports.add(Integer.parseInt(port));
      }
    }
    if (ports.isEmpty() || ports.size() > PORTS_MAX) {
      throw StatusException.badRequest("between 1 and " + PORTS_MAX + " ports can be forwarded");
    }
    try {
      return new ApiResponse.Channels(
          protocol,
          new PortForwardSession(ports, port -> node.portForward(namespace, name, port), threads));
    } catch (IOException e) {
      throw failed(e);
    }
  }

  private static String protocol(ApiRequest request) {
    String upgrade = request.header("upgrade");
    if (!upgrade.equalsIgnoreCase("websocket")) {
      throw StatusException.badRequest(
          upgrade.isEmpty()
              ? "Upgrade request required"
              : "unable to upgrade: only WebSocket is supported, not " + upgrade);
    }
    String offered = request.header("sec-websocket-protocol");
    for (String wanted : List.of(V5, V4)) {
      for (String protocol : offered.split(",", -1)) {
        if (protocol.trim().equals(wanted)) {
          return wanted;
        }
      }
    }
    if (offered.isBlank()) {
      return "";
    }
    throw StatusException.badRequest(
        "unable to upgrade: offered is '" + offered + "', supported are " + V5 + " and " + V4);
  }

  private static String container(ApiRequest request, JsonNode pod, String name) {
    String asked = request.query("container");
    List<String> names = new ArrayList<>();
    pod.path("spec").path("containers").forEach(c -> names.add(c.path("name").asText()));
    List<String> all = new ArrayList<>(names);
    pod.path("spec").path("initContainers").forEach(c -> all.add(c.path("name").asText()));
    if (asked.isEmpty()) {
      String standard =
          pod.path("metadata")
              .path("annotations")
              .path("kubectl.kubernetes.io/default-container")
              .asText("");
      if (names.contains(standard)) {
        return standard;
      }
      if (names.size() == 1) {
        return names.getFirst();
      }
      throw StatusException.badRequest(
          "a container name must be specified for pod " + name + ", choose one of: " + names);
    }
    if (!all.contains(asked)) {
      throw StatusException.badRequest("container " + asked + " is not valid for pod " + name);
    }
    return asked;
  }

  private static StatusException failed(IOException e) {
    String message = e.getMessage() == null ? e.toString() : e.getMessage();
    return e instanceof PodAccess.NoSuchContainer
        ? StatusException.badRequest(message)
        : StatusException.of(500, "InternalError", message);
  }
}
