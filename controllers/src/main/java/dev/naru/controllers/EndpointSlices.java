package dev.naru.controllers;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServicePort;
import io.fabric8.kubernetes.api.model.discovery.v1.Endpoint;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointBuilder;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointPort;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointPortBuilder;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSliceBuilder;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The slices that a Service should have, from the pods that its selector matches.
 *
 * <p>Source: Kubernetes documentation, EndpointSlices, "Conditions": ready = serving and not
 * terminating (or the Service publishes addresses that are not ready); serving = the pod's Ready
 * condition.
 */
final class EndpointSlices {
  static final String SERVICE_NAME = "kubernetes.io/service-name";
  static final String MANAGED_BY = "endpointslice.kubernetes.io/managed-by";
  static final String MANAGER = "endpointslice-controller.k8s.io";
  private static final String HEADLESS = "service.kubernetes.io/headless";

  /** Limit of the API for one slice. */
  static final int ENDPOINTS_MAX = 1000;

  private EndpointSlices() {}

  /** Pods whose named ports resolve to different numbers go to different slices. */
  static List<EndpointSlice> plan(Service service, Collection<Pod> pods) {
    Map<List<EndpointPort>, List<Endpoint>> groups = new LinkedHashMap<>();
    pods.stream()
        .filter(pod -> !Pods.finished(pod))
        .filter(pod -> pod.getStatus() != null)
        .filter(pod -> Pods.text(pod.getStatus().getPodIP()).isPresent())
        .sorted(Comparator.comparing(Meta::name))
        .forEach(
            pod ->
                groups
                    .computeIfAbsent(ports(service, Optional.of(pod)), key -> new ArrayList<>())
                    .add(endpoint(service, pod)));
    if (groups.isEmpty()) {
      groups.put(ports(service, Optional.empty()), List.of());
    }
    List<EndpointSlice> slices = new ArrayList<>();
    groups.forEach(
        (ports, endpoints) -> {
          int part = 0;
          do {
            int from = part * ENDPOINTS_MAX;
            int to = Math.min(endpoints.size(), from + ENDPOINTS_MAX);
            slices.add(slice(service, ports, endpoints.subList(from, to), part));
            part++;
          } while (part * ENDPOINTS_MAX < endpoints.size());
        });
    return slices;
  }

  private static EndpointSlice slice(
      Service service, List<EndpointPort> ports, List<Endpoint> endpoints, int part) {
    // The same set of ports has the same name for ever, so a repeated creation meets itself.
    String suffix =
        TemplateHash.ofText(Meta.uid(service) + TemplateHash.canonical(Map.of("p", ports)) + part);
    Map<String, String> labels = new HashMap<>(Meta.labels(service));
    labels.put(SERVICE_NAME, Meta.name(service));
    labels.put(MANAGED_BY, MANAGER);
    if ("None".equals(service.getSpec().getClusterIP())) {
      labels.put(HEADLESS, "");
    }
    return new EndpointSliceBuilder()
        .withNewMetadata()
        .withNamespace(service.getMetadata().getNamespace())
        .withName(Meta.name(service) + "-" + suffix)
        .withLabels(labels)
        .withOwnerReferences(Meta.controllerReference(service))
        .endMetadata()
        .withAddressType("IPv4")
        .withPorts(ports)
        .withEndpoints(endpoints)
        .build();
  }

  private static Endpoint endpoint(Service service, Pod pod) {
    boolean serving = Pods.ready(pod);
    boolean terminating = Meta.deleting(pod);
    boolean publishAll = Boolean.TRUE.equals(service.getSpec().getPublishNotReadyAddresses());
    boolean named =
        Pods.text(pod.getSpec().getHostname()).isPresent()
            && Meta.name(service).equals(pod.getSpec().getSubdomain());
    return new EndpointBuilder()
        .withAddresses(pod.getStatus().getPodIP())
        .withNewConditions()
        .withReady(publishAll || (serving && !terminating))
        .withServing(serving)
        .withTerminating(terminating)
        .endConditions()
        .withHostname(named ? pod.getSpec().getHostname() : null)
        .withNodeName(pod.getSpec().getNodeName())
        .withNewTargetRef()
        .withKind("Pod")
        .withNamespace(pod.getMetadata().getNamespace())
        .withName(Meta.name(pod))
        .withUid(Meta.uid(pod))
        .endTargetRef()
        .build();
  }

  private static List<EndpointPort> ports(Service service, Optional<Pod> pod) {
    List<EndpointPort> ports = new ArrayList<>();
    for (ServicePort port : service.getSpec().getPorts()) {
      Optional<Integer> number = target(port, pod);
      if (number.isEmpty()) {
        continue;
      }
      ports.add(
          new EndpointPortBuilder()
              .withName(port.getName() == null ? "" : port.getName())
              .withProtocol(protocol(port.getProtocol()))
              .withPort(number.get())
              .withAppProtocol(port.getAppProtocol())
              .build());
    }
    return ports;
  }

  /** The number behind a Service port; empty for a name that the pod does not have. */
  private static Optional<Integer> target(ServicePort port, Optional<Pod> pod) {
    IntOrString target = port.getTargetPort();
    if (target == null) {
      return Optional.of(port.getPort());
    }
    if (target.getStrVal() == null) {
      return Optional.of(target.getIntVal() == 0 ? port.getPort() : target.getIntVal());
    }
    return pod.stream()
        .flatMap(
            p ->
                Stream.concat(
                    p.getSpec().getContainers().stream(),
                    p.getSpec().getInitContainers().stream()
                        .filter(c -> "Always".equals(c.getRestartPolicy()))))
        .map(Container::getPorts)
        .flatMap(List::stream)
        .filter(candidate -> target.getStrVal().equals(candidate.getName()))
        .filter(candidate -> protocol(candidate.getProtocol()).equals(protocol(port.getProtocol())))
        .map(ContainerPort::getContainerPort)
        .findFirst();
  }

  private static String protocol(@Nullable String protocol) {
    return protocol == null ? "TCP" : protocol;
  }
}
