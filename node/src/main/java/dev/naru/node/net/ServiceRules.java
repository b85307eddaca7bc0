package dev.naru.node.net;

import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What the nftables table is to hold for a set of Services.
 *
 * @param chains rule of each chain by its name {@code svc/<namespace>/<service>/<protocol>/<port>}
 * @param services chain by {@code <address> . <protocol> . <port>}
 * @param nodePorts chain by {@code <protocol> . <port>}
 * @param targets every endpoint address that some rule leads to
 */
record ServiceRules(
    Map<String, String> chains,
    Map<String, String> services,
    Map<String, String> nodePorts,
    Set<String> targets) {
  static final ServiceRules EMPTY = new ServiceRules(Map.of(), Map.of(), Map.of(), Set.of());

  ServiceRules {
    chains = new TreeMap<>(chains);
    services = new TreeMap<>(services);
    nodePorts = new TreeMap<>(nodePorts);
    targets = new TreeSet<>(targets);
  }

  /**
   * Rules for every Service port that has a target; the others stay out, so the guard chains refuse
   * them. An endpoint that is terminating gets no new connection even where its Service publishes
   * addresses that are not ready.
   */
  static ServiceRules of(Collection<ServiceEntry> entries) {
    Map<String, String> chains = new TreeMap<>();
    Map<String, String> services = new TreeMap<>();
    Map<String, String> nodePorts = new TreeMap<>();
    Set<String> targets = new TreeSet<>();
    for (ServiceEntry entry : entries) {
      if (entry.clusterIp().isEmpty()) {
        continue;
      }
      for (ServiceEntry.Port port : entry.ports()) {
        if (port.targets().isEmpty()) {
          continue;
        }
        String protocol = port.protocol();
        String chain =
            "svc/%s/%s/%s/%d".formatted(entry.namespace(), entry.name(), protocol, port.port());
        chains.put(chain, rule(entry, port));
        for (String ip : entry.addresses()) {
          services.put("%s . %s . %d".formatted(ip, protocol, port.port()), chain);
        }
        if (port.nodePort() > 0) {
          nodePorts.put("%s . %d".formatted(protocol, port.nodePort()), chain);
        }
        port.targets().forEach(target -> targets.add(target.ip()));
      }
    }
    return new ServiceRules(chains, services, nodePorts, targets);
  }

  private static String rule(ServiceEntry entry, ServiceEntry.Port port) {
    StringBuilder choices = new StringBuilder();
    int i = 0;
    for (ServiceEntry.Target target : port.targets()) {
      choices.append(i == 0 ? "" : ", ");
      choices.append("%d : %s . %d".formatted(i++, target.ip(), target.port()));
    }
    String pick = entry.clientAffinity() ? "jhash ip saddr" : "numgen random";
    return "meta l4proto %s dnat ip to %s mod %d map { %s }"
        .formatted(port.protocol(), pick, port.targets().size(), choices);
  }
}
