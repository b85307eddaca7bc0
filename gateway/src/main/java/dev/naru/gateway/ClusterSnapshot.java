package dev.naru.gateway;

import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.api.model.networking.v1.Ingress;
import java.util.List;

/** What the gateway reads from the cluster, at one moment. */
record ClusterSnapshot(
    List<Ingress> ingresses, List<Service> services, List<EndpointSlice> slices) {
  ClusterSnapshot {
    ingresses = List.copyOf(ingresses);
    services = List.copyOf(services);
    slices = List.copyOf(slices);
  }
}
