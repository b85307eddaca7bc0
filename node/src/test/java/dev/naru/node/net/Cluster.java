package dev.naru.node.net;

import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.api.model.discovery.v1.Endpoint;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointBuilder;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSliceBuilder;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Services and slices in memory: the {@link ServiceSource} of tests. */
final class Cluster implements ServiceSource {
  private final Map<String, Service> services = new ConcurrentHashMap<>();
  private final Map<String, EndpointSlice> slices = new ConcurrentHashMap<>();
  private final ServiceCatalog catalog = new ServiceCatalog(this, () -> {});

  @Override
  public Collection<Service> services() {
    return services.values();
  }

  @Override
  public Collection<EndpointSlice> slices() {
    return slices.values();
  }

  ServiceCatalog catalog() {
    return catalog;
  }

  void put(Service service) {
    services.put(service.getMetadata().getName(), service);
    catalog.changed();
  }

  void put(EndpointSlice slice) {
    slices.put(slice.getMetadata().getName(), slice);
    catalog.changed();
  }

  static ServiceBuilder service(String name, String clusterIp, int port) {
    return new ServiceBuilder()
        .withNewMetadata()
        .withNamespace("board")
        .withName(name)
        .endMetadata()
        .withNewSpec()
        .withClusterIP(clusterIp)
        .addNewPort()
        .withName("http")
        .withProtocol("TCP")
        .withPort(port)
        .endPort()
        .endSpec();
  }

  static EndpointSlice slice(String service, int port, Endpoint... endpoints) {
    return new EndpointSliceBuilder()
        .withNewMetadata()
        .withNamespace("board")
        .withName(service + "-1")
        .addToLabels("kubernetes.io/service-name", service)
        .endMetadata()
        .withAddressType("IPv4")
        .addNewPort()
        .withName("http")
        .withProtocol("TCP")
        .withPort(port)
        .endPort()
        .withEndpoints(endpoints)
        .build();
  }

  static Endpoint endpoint(String ip, boolean ready) {
    return new EndpointBuilder()
        .withAddresses(ip)
        .withNewConditions()
        .withReady(ready)
        .endConditions()
        .build();
  }

  static Endpoint named(String ip, String hostname, boolean ready) {
    return new EndpointBuilder(endpoint(ip, ready)).withHostname(hostname).build();
  }
}
