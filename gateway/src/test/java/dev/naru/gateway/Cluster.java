package dev.naru.gateway;

import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointBuilder;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSliceBuilder;
import io.fabric8.kubernetes.api.model.networking.v1.HTTPIngressPath;
import io.fabric8.kubernetes.api.model.networking.v1.HTTPIngressPathBuilder;
import io.fabric8.kubernetes.api.model.networking.v1.Ingress;
import io.fabric8.kubernetes.api.model.networking.v1.IngressBuilder;
import java.util.ArrayList;
import java.util.List;

/** Short words for the resources that tests need. */
final class Cluster {
  static final String NAMESPACE = "shop";

  private final List<Ingress> ingresses = new ArrayList<>();
  private final List<Service> services = new ArrayList<>();
  private final List<EndpointSlice> slices = new ArrayList<>();

  /** One pod behind a Service. */
  record Pod(String uid, String ip, int port, boolean ready, boolean terminating) {
    static Pod ready(String uid, int port) {
      return new Pod(uid, "127.0.0.1", port, true, false);
    }
  }

  static ObjectMeta meta(String name, int age) {
    return new ObjectMetaBuilder()
        .withNamespace(NAMESPACE)
        .withName(name)
        .withCreationTimestamp("2026-01-01T00:00:%02dZ".formatted(60 - age))
        .build();
  }

  /** An Ingress of one host; the older it is the more it counts. */
  Cluster ingress(String name, int age, String host, HTTPIngressPath... paths) {
    var rule = new IngressBuilder().withMetadata(meta(name, age)).withNewSpec().addNewRule();
    if (!host.isEmpty()) {
      rule.withHost(host);
    }
    ingresses.add(rule.withNewHttp().withPaths(paths).endHttp().endRule().endSpec().build());
    return this;
  }

  Cluster ingress(Ingress ingress) {
    ingresses.add(ingress);
    return this;
  }

  static HTTPIngressPath path(String type, String path, String service, int port) {
    return new HTTPIngressPathBuilder()
        .withPathType(type)
        .withPath(path)
        .withNewBackend()
        .withNewService()
        .withName(service)
        .withNewPort()
        .withNumber(port)
        .endPort()
        .endService()
        .endBackend()
        .build();
  }

  static HTTPIngressPath named(String path, String service, String port) {
    return new HTTPIngressPathBuilder()
        .withPathType("Prefix")
        .withPath(path)
        .withNewBackend()
        .withNewService()
        .withName(service)
        .withNewPort()
        .withName(port)
        .endPort()
        .endService()
        .endBackend()
        .build();
  }

  Cluster service(String name, String portName, int port) {
    services.add(
        new ServiceBuilder()
            .withMetadata(meta(name, 0))
            .withNewSpec()
            .addNewPort()
            .withName(portName)
            .withPort(port)
            .endPort()
            .endSpec()
            .build());
    return this;
  }

  /** A slice for each pod, since pods of a test share an address but not a port. */
  Cluster pods(String service, String portName, Pod... pods) {
    for (Pod pod : pods) {
      ObjectMeta meta = meta(service + "-" + pod.uid(), 0);
      meta.getLabels().put("kubernetes.io/service-name", service);
      slices.add(
          new EndpointSliceBuilder()
              .withMetadata(meta)
              .withAddressType("IPv4")
              .addNewPort()
              .withName(portName)
              .withPort(pod.port())
              .endPort()
              .withEndpoints(
                  new EndpointBuilder()
                      .withAddresses(pod.ip())
                      .withNewConditions()
                      .withReady(pod.ready())
                      .withTerminating(pod.terminating())
                      .endConditions()
                      .withNewTargetRef()
                      .withKind("Pod")
                      .withUid(pod.uid())
                      .endTargetRef()
                      .build())
              .build());
    }
    return this;
  }

  ClusterSnapshot snapshot() {
    return new ClusterSnapshot(ingresses, services, slices);
  }

  /** Host {@code shop.test}, path {@code /}, Service {@code web} with these pods. */
  static ClusterSnapshot web(Pod... pods) {
    return new Cluster()
        .ingress("web", 1, "shop.test", path("Prefix", "/", "web", 80))
        .service("web", "http", 80)
        .pods("web", "http", pods)
        .snapshot();
  }
}
