package dev.naru.node.net;

import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;

/**
 * Renders nftables transactions. Each script is applied by one {@code nft -f -}, which the kernel
 * takes wholly or not at all; base chains are never deleted, so connections that are translated
 * already go on.
 */
final class NftScript {
  private NftScript() {}

  /**
   * The table with its base chains. A packet to a Service address that no rule translated meets the
   * guard chains behind the translation and is refused there, so a Service without endpoints
   * answers at once. TCP gets a reset: an ICMP error that arrives while the client is still inside
   * connect(2) counts as a soft error only and costs a retransmission of one second.
   */
  static String base(NetworkConfig config) {
    return """
    add table ip $T
    add map ip $T services { type ipv4_addr . inet_proto . inet_service : verdict; }
    add map ip $T nodeports { type inet_proto . inet_service : verdict; }
    add set ip $T hairpin { type ipv4_addr . ipv4_addr; }
    add chain ip $T prerouting { type nat hook prerouting priority -100; policy accept; }
    add chain ip $T output { type nat hook output priority -100; policy accept; }
    add chain ip $T postrouting { type nat hook postrouting priority 100; policy accept; }
    add chain ip $T guard-in { type filter hook prerouting priority -90; policy accept; }
    add chain ip $T guard-out { type filter hook output priority -90; policy accept; }
    flush chain ip $T prerouting
    flush chain ip $T output
    flush chain ip $T postrouting
    flush chain ip $T guard-in
    flush chain ip $T guard-out
    add rule ip $T prerouting ip daddr . meta l4proto . th dport vmap @services
    add rule ip $T prerouting fib daddr type local meta l4proto . th dport vmap @nodeports
    add rule ip $T output ip daddr . meta l4proto . th dport vmap @services
    add rule ip $T output ip daddr != 127.0.0.0/8 fib daddr type local \
    meta l4proto . th dport vmap @nodeports
    add rule ip $T postrouting ip saddr . ip daddr @hairpin snat to $G
    add rule ip $T postrouting ip saddr $P ip daddr != $P masquerade
    add rule ip $T guard-in ip daddr $S ip daddr != $D meta l4proto tcp reject with tcp reset
    add rule ip $T guard-in ip daddr $S ip daddr != $D reject with icmp port-unreachable
    add rule ip $T guard-out ip daddr $S ip daddr != $D meta l4proto tcp reject with tcp reset
    add rule ip $T guard-out ip daddr $S ip daddr != $D reject with icmp port-unreachable
    """
        .replace("$T", config.nftTable())
        .replace("$P", config.podCidr())
        .replace("$S", config.serviceCidr())
        .replace("$G", config.gateway())
        .replace("$D", config.dnsAddress());
  }

  /** Replaces whatever an earlier process left by {@code rules}. */
  static String replace(String table, Set<String> chainsFound, ServiceRules rules) {
    StringBuilder script = new StringBuilder();
    for (String collection :
        new String[] {"map %s services", "map %s nodeports", "set %s hairpin"}) {
      script.append("flush ").append(collection.formatted("ip " + table)).append('\n');
    }
    chainsFound.forEach(chain -> line(script, "flush chain ip %s %s".formatted(table, chain)));
    chainsFound.forEach(chain -> line(script, "delete chain ip %s %s".formatted(table, chain)));
    return script + change(table, ServiceRules.EMPTY, rules);
  }

  /** What turns {@code from} into {@code to}; empty when they are equal. */
  static String change(String table, ServiceRules from, ServiceRules to) {
    StringBuilder script = new StringBuilder();
    to.chains()
        .forEach(
            (chain, rule) -> {
              String before = from.chains().get(chain);
              if (rule.equals(before)) {
                return;
              }
              line(
                  script,
                  (before == null ? "add chain ip %s %s" : "flush chain ip %s %s")
                      .formatted(table, chain));
              line(script, "add rule ip %s %s %s".formatted(table, chain, rule));
            });
    elements(script, table, "services", from.services(), to.services());
    elements(script, table, "nodeports", from.nodePorts(), to.nodePorts());
    for (String ip : minus(from.targets(), to.targets())) {
      line(script, "delete element ip %s hairpin { %s . %s }".formatted(table, ip, ip));
    }
    for (String ip : minus(to.targets(), from.targets())) {
      line(script, "add element ip %s hairpin { %s . %s }".formatted(table, ip, ip));
    }
    for (String chain : minus(from.chains().keySet(), to.chains().keySet())) {
      line(script, "flush chain ip %s %s".formatted(table, chain));
      line(script, "delete chain ip %s %s".formatted(table, chain));
    }
    return script.toString();
  }

  private static void elements(
      StringBuilder script,
      String table,
      String map,
      Map<String, String> from,
      Map<String, String> to) {
    from.forEach(
        (key, chain) -> {
          if (!Objects.equals(chain, to.get(key))) {
            line(script, "delete element ip %s %s { %s }".formatted(table, map, key));
          }
        });
    to.forEach(
        (key, chain) -> {
          if (!Objects.equals(chain, from.get(key))) {
            line(script, "add element ip %s %s { %s : goto %s }".formatted(table, map, key, chain));
          }
        });
  }

  private static Set<String> minus(Set<String> all, Set<String> without) {
    Set<String> left = new TreeSet<>(all);
    left.removeAll(without);
    return left;
  }

  private static void line(StringBuilder script, String command) {
    script.append(command).append('\n');
  }
}
