package dev.naru.node.net;

import java.util.regex.Pattern;

/**
 * Everything that names this pod network on the machine. Two configurations without a value in
 * common (apart from {@code domain}) run beside each other.
 *
 * @param instance prefix of the network namespaces {@code /run/netns/<instance>-<pod uid>}
 * @param bridge interface that carries the gateway and the DNS address, at most 15 characters
 * @param gateway address of the machine as pods see it, inside {@code podCidr}
 * @param podCidr addresses of pods
 * @param serviceCidr addresses of Services; what no rule takes is refused, never sent out
 * @param nftTable name of the nftables table, family {@code ip}
 * @param dnsAddress where the cluster DNS listens, port 53
 * @param domain the cluster's domain, such as {@code cluster.local}
 */
public record NetworkConfig(
    String instance,
    String bridge,
    String gateway,
    String podCidr,
    String serviceCidr,
    String nftTable,
    String dnsAddress,
    String domain) {
  private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9_-]{0,30}");
  private static final Pattern INTERFACE = Pattern.compile("[a-z][a-z0-9_-]{0,14}");

  /** The network of the one Naru of a machine, as ARCHITECTURE.md names it. */
  public static final NetworkConfig DEFAULT =
      new NetworkConfig(
          "naru",
          "naru0",
          "10.88.0.1",
          "10.88.0.0/16",
          "10.96.0.0/16",
          "naru",
          "10.96.0.10",
          "cluster.local");

  /**
   * @throws IllegalArgumentException when a value has the wrong shape or they do not fit together
   */
  public NetworkConfig {
    check(NAME.matcher(instance).matches(), "instance", instance);
    check(INTERFACE.matcher(bridge).matches(), "bridge", bridge);
    check(NAME.matcher(nftTable).matches(), "nftTable", nftTable);
    check(Cidr.parse(podCidr).contains(gateway), "gateway (outside of podCidr)", gateway);
    check(Cidr.isAddress(dnsAddress), "dnsAddress", dnsAddress);
    check(!Cidr.parse(serviceCidr).contains(gateway), "serviceCidr (holds gateway)", serviceCidr);
    check(!domain.isEmpty() && !domain.startsWith(".") && !domain.endsWith("."), "domain", domain);
  }

  Cidr pods() {
    return Cidr.parse(podCidr);
  }

  Cidr services() {
    return Cidr.parse(serviceCidr);
  }

  private static void check(boolean good, String what, String value) {
    if (!good) {
      throw new IllegalArgumentException("network " + what + " cannot be '" + value + "'");
    }
  }
}
