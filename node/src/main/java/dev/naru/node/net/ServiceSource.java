package dev.naru.node.net;

import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import java.util.Collection;

/** Where Services and their endpoints come from. */
interface ServiceSource {
  Collection<Service> services();

  Collection<EndpointSlice> slices();
}
