package dev.naru.gateway;

import io.fabric8.kubernetes.api.model.networking.v1.Ingress;
import io.fabric8.kubernetes.api.model.networking.v1.IngressBuilder;
import io.fabric8.kubernetes.api.model.networking.v1.IngressLoadBalancerIngress;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes the gateway's addresses to {@code status.loadBalancer.ingress}, by which others (Argo CD's
 * health of Ingress among them) see that an Ingress is served.
 */
final class IngressStatus {
  private static final Logger log = LoggerFactory.getLogger(IngressStatus.class);
  private static final int CONFLICT = 409;
  private static final int NOT_FOUND = 404;

  private final KubernetesClient client;
  private final List<IngressLoadBalancerIngress> addresses;

  IngressStatus(KubernetesClient client, List<String> addresses) {
    this.client = client;
    this.addresses = addresses.stream().map(IngressStatus::entry).toList();
  }

  private static IngressLoadBalancerIngress entry(String address) {
    IngressLoadBalancerIngress entry = new IngressLoadBalancerIngress();
    if (Addresses.isLiteral(address)) {
      entry.setIp(address);
    } else {
      entry.setHostname(address);
    }
    return entry;
  }

  /** Writes where it differs; a conflict is left to the event that the other write brings. */
  void write(List<Ingress> ingresses) {
    if (addresses.isEmpty()) {
      return;
    }
    for (Ingress ingress : ingresses) {
      if (TableBuilder.isOurs(ingress) && !isWritten(ingress)) {
        write(ingress);
      }
    }
  }

  private boolean isWritten(Ingress ingress) {
    return ingress.getStatus() != null
        && ingress.getStatus().getLoadBalancer() != null
        && addresses.equals(ingress.getStatus().getLoadBalancer().getIngress());
  }

  private void write(Ingress ingress) {
    Ingress changed =
        new IngressBuilder(ingress)
            .editOrNewStatus()
            .withNewLoadBalancer()
            .withIngress(addresses)
            .endLoadBalancer()
            .endStatus()
            .build();
    try {
      client.network().v1().ingresses().resource(changed).updateStatus();
    } catch (KubernetesClientException e) {
      if (e.getCode() != CONFLICT && e.getCode() != NOT_FOUND) {
        log.warn(
            "status of an Ingress could not be written ingress={}/{}",
            ingress.getMetadata().getNamespace(),
            ingress.getMetadata().getName(),
            e);
      }
    }
  }
}
