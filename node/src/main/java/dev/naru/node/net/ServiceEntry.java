package dev.naru.node.net;

import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServicePort;
import io.fabric8.kubernetes.api.model.ServiceSpec;
import io.fabric8.kubernetes.api.model.discovery.v1.Endpoint;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointPort;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One Service with its endpoints, as the data plane needs it: parsed once, IPv4 only.
 *
 * @param clusterIp empty for headless and ExternalName Services
 * @param externalIps {@code spec.externalIPs}, reached like the ClusterIP
 * @param externalName empty unless of type ExternalName
 * @param ports with the targets that may get new connections
 * @param hosts every address that DNS publishes for a headless Service
 */
record ServiceEntry(
    String namespace,
    String name,
    String clusterIp,
    List<String> externalIps,
    String externalName,
    boolean clientAffinity,
    List<Port> ports,
    List<Host> hosts) {

  record Target(String ip, int port) {}

  /**
   * @param name empty for the only port of a Service
   * @param protocol {@code tcp}, {@code udp} or {@code sctp}
   * @param nodePort 0 when there is none
   */
  record Port(String name, String protocol, int port, int nodePort, List<Target> targets) {
    Port {
      targets = List.copyOf(targets);
    }
  }

  /**
   * @param hostname the pod's hostname within the Service's domain, or its address with dashes
   */
  record Host(String ip, String hostname) {}

  ServiceEntry {
    externalIps = List.copyOf(externalIps);
    ports = List.copyOf(ports);
    hosts = List.copyOf(hosts);
  }

  boolean headless() {
    return clusterIp.isEmpty() && externalName.isEmpty();
  }

  List<String> addresses() {
    return Stream.concat(Stream.of(clusterIp), externalIps.stream()).toList();
  }

  /** Joins a Service with the slices that carry its name in {@code kubernetes.io/service-name}. */
  static ServiceEntry of(Service service, Collection<EndpointSlice> slices) {
    ServiceSpec spec = Objects.requireNonNullElseGet(service.getSpec(), ServiceSpec::new);
    String ip = text(spec.getClusterIP());
    boolean external = "ExternalName".equals(spec.getType());
    List<Port> ports = new ArrayList<>();
    for (ServicePort port : spec.getPorts()) {
      ports.add(
          new Port(
              text(port.getName()),
              protocol(port.getProtocol()),
              port.getPort(),
              Objects.requireNonNullElse(port.getNodePort(), 0),
              targets(port, slices)));
    }
    return new ServiceEntry(
        service.getMetadata().getNamespace(),
        service.getMetadata().getName(),
        Cidr.isAddress(ip) ? ip : "",
        spec.getExternalIPs().stream().filter(Cidr::isAddress).toList(),
        external ? text(spec.getExternalName()) : "",
        "ClientIP".equals(spec.getSessionAffinity()),
        ports,
        hosts(Boolean.TRUE.equals(spec.getPublishNotReadyAddresses()), slices));
  }

  private static List<Target> targets(ServicePort port, Collection<EndpointSlice> slices) {
    SortedSet<Target> found =
        new TreeSet<>(Comparator.comparing(Target::ip).thenComparing(Target::port));
    for (EndpointSlice slice : slices) {
      Optional<EndpointPort> match =
          slice.getPorts().stream()
              .filter(candidate -> text(candidate.getName()).equals(text(port.getName())))
              .filter(
                  candidate ->
                      protocol(candidate.getProtocol()).equals(protocol(port.getProtocol())))
              .filter(candidate -> candidate.getPort() != null)
              .findFirst();
      match.ifPresent(
          endpointPort ->
              slice.getEndpoints().stream()
                  .filter(endpoint -> ready(endpoint) && !terminating(endpoint))
                  .flatMap(endpoint -> endpoint.getAddresses().stream())
                  .filter(Cidr::isAddress)
                  .forEach(ip -> found.add(new Target(ip, endpointPort.getPort()))));
    }
    return List.copyOf(found);
  }

  private static List<Host> hosts(boolean publishAll, Collection<EndpointSlice> slices) {
    SortedSet<Host> found =
        new TreeSet<>(Comparator.comparing(Host::ip).thenComparing(Host::hostname));
    for (EndpointSlice slice : slices) {
      for (Endpoint endpoint : slice.getEndpoints()) {
        if (!publishAll && !ready(endpoint)) {
          continue;
        }
        for (String ip : endpoint.getAddresses()) {
          if (Cidr.isAddress(ip)) {
            String hostname = text(endpoint.getHostname());
            found.add(new Host(ip, hostname.isEmpty() ? ip.replace('.', '-') : hostname));
          }
        }
      }
    }
    return List.copyOf(found);
  }

  /** A condition that is not given counts as ready (API reference, EndpointConditions.ready). */
  private static boolean ready(Endpoint endpoint) {
    return endpoint.getConditions() == null
        || !Boolean.FALSE.equals(endpoint.getConditions().getReady());
  }

  private static boolean terminating(Endpoint endpoint) {
    return endpoint.getConditions() != null
        && Boolean.TRUE.equals(endpoint.getConditions().getTerminating());
  }

  private static String protocol(@Nullable String protocol) {
    return protocol == null ? "tcp" : protocol.toLowerCase(Locale.ROOT);
  }

  private static String text(@Nullable String value) {
    return value == null ? "" : value;
  }

  /** Name of the Service that a slice belongs to; empty when it names none. */
  static String serviceOf(EndpointSlice slice) {
    Map<String, String> labels = slice.getMetadata().getLabels();
    return labels == null ? "" : labels.getOrDefault("kubernetes.io/service-name", "");
  }
}
