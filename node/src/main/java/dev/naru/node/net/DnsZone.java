package dev.naru.node.net;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.CNAMERecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Name;
import org.xbill.DNS.PTRRecord;
import org.xbill.DNS.Record;
import org.xbill.DNS.SOARecord;
import org.xbill.DNS.SRVRecord;
import org.xbill.DNS.TextParseException;
import org.xbill.DNS.Type;

/**
 * Answers for the cluster's own names.
 *
 * <p>Source: Kubernetes DNS-based service discovery, version 1.1.0 (kubernetes/dns
 * docs/specification.md). Pod names {@code a-b-c-d.<namespace>.pod.<domain>} are answered for every
 * address of the pod network without asking whether such a pod lives.
 */
final class DnsZone {
  static final long TTL_SECONDS = 5;

  /** What this zone knows about a question. */
  sealed interface Answer {
    /** The name exists; {@code records} may be empty (NODATA). */
    record Found(List<Record> records, List<Record> additional) implements Answer {
      public Found {
        records = List.copyOf(records);
        additional = List.copyOf(additional);
      }
    }

    /** The name belongs to this zone and does not exist. */
    record Unknown() implements Answer {}

    /** The name is an alias of one outside this zone, which has to be asked for. */
    record Alias(CNAMERecord record) implements Answer {}

    /** The name belongs to somebody else. */
    record Elsewhere() implements Answer {}
  }

  private static final Answer UNKNOWN = new Answer.Unknown();
  private static final Answer NODATA = new Answer.Found(List.of(), List.of());

  private final Name domain;
  private final Name reverse = Name.fromConstantString("in-addr.arpa.");
  private final Cidr pods;
  private final Cidr services;
  private final Supplier<Map<String, ServiceEntry>> entries;

  DnsZone(NetworkConfig config, Supplier<Map<String, ServiceEntry>> entries) {
    this.domain = name(config.domain() + ".");
    this.pods = config.pods();
    this.services = config.services();
    this.entries = entries;
  }

  /** The record that goes with a negative answer; its minimum bounds how long that is believed. */
  SOARecord authority() {
    return new SOARecord(
        domain,
        DClass.IN,
        TTL_SECONDS,
        name("ns.dns." + domain),
        name("hostmaster." + domain),
        1,
        7200,
        1800,
        86400,
        TTL_SECONDS);
  }

  Answer answer(Name question, int type) {
    if (question.subdomain(domain)) {
      return forward(question, type);
    }
    if (question.subdomain(reverse) && question.labels() == reverse.labels() + 4) {
      return reverse(question, type);
    }
    return new Answer.Elsewhere();
  }

  private Answer forward(Name question, int type) {
    // Labels below the domain, outermost first: svc, <namespace>, <service>, …
    List<String> path = new ArrayList<>();
    for (int i = question.labels() - domain.labels() - 1; i >= 0; i--) {
      path.add(question.getLabelString(i).toLowerCase(Locale.ROOT));
    }
    if (path.isEmpty()) {
      return NODATA;
    }
    return switch (path.getFirst()) {
      case "svc" -> service(question, type, path);
      case "pod" -> pod(question, type, path);
      default -> UNKNOWN;
    };
  }

  private Answer pod(Name question, int type, List<String> path) {
    if (path.size() < 3) {
      return NODATA;
    }
    String ip = path.get(2).replace('-', '.');
    if (path.size() > 3 || !pods.contains(ip)) {
      return UNKNOWN;
    }
    return type == Type.A || type == Type.ANY ? found(List.of(a(question, ip))) : NODATA;
  }

  private Answer service(Name question, int type, List<String> path) {
    if (path.size() < 3) {
      boolean exists =
          path.size() == 1
              || entries.get().values().stream().anyMatch(e -> e.namespace().equals(path.get(1)));
      return exists ? NODATA : UNKNOWN;
    }
    ServiceEntry entry = entries.get().get(path.get(1) + "/" + path.get(2));
    if (entry == null) {
      return UNKNOWN;
    }
    if (!entry.externalName().isEmpty()) {
      return path.size() == 3 ? external(question, type, entry) : UNKNOWN;
    }
    return switch (path.size()) {
      case 3 -> whole(question, type, entry);
      case 4 -> host(question, type, entry, path.get(3));
      case 5 -> port(question, type, entry, path.get(4), path.get(3));
      default -> UNKNOWN;
    };
  }

  private Answer external(Name question, int type, ServiceEntry entry) {
    String target = entry.externalName();
    CNAMERecord alias =
        new CNAMERecord(
            question, DClass.IN, TTL_SECONDS, name(target.endsWith(".") ? target : target + "."));
    if (type == Type.CNAME) {
      return found(List.of(alias));
    }
    if (alias.getTarget().equals(question)
        || !(answer(alias.getTarget(), type) instanceof Answer.Found resolved)) {
      return new Answer.Alias(alias);
    }
    List<Record> records = new ArrayList<>(List.of(alias));
    records.addAll(resolved.records());
    return found(records);
  }

  private Answer whole(Name question, int type, ServiceEntry entry) {
    if (type == Type.SRV) {
      return ports(question, entry, entry.ports());
    }
    if (!entry.headless()) {
      return type == Type.A || type == Type.ANY
          ? found(List.of(a(question, entry.clusterIp())))
          : NODATA;
    }
    if (entry.hosts().isEmpty()) {
      return UNKNOWN;
    }
    return type == Type.A || type == Type.ANY ? addresses(question, entry.hosts()) : NODATA;
  }

  private Answer host(Name question, int type, ServiceEntry entry, String hostname) {
    List<ServiceEntry.Host> hosts =
        entry.hosts().stream()
            .filter(host -> host.hostname().toLowerCase(Locale.ROOT).equals(hostname))
            .toList();
    if (hosts.isEmpty()) {
      return hostname.startsWith("_") ? NODATA : UNKNOWN;
    }
    return type == Type.A || type == Type.ANY ? addresses(question, hosts) : NODATA;
  }

  private Answer port(
      Name question, int type, ServiceEntry entry, String portLabel, String protocolLabel) {
    List<ServiceEntry.Port> ports =
        entry.ports().stream()
            .filter(port -> portLabel.equals("_" + port.name()))
            .filter(port -> protocolLabel.equals("_" + port.protocol()))
            .toList();
    if (ports.isEmpty()) {
      return UNKNOWN;
    }
    return type == Type.SRV || type == Type.ANY ? ports(question, entry, ports) : NODATA;
  }

  private Answer ports(Name question, ServiceEntry entry, List<ServiceEntry.Port> ports) {
    Name service = serviceName(entry);
    List<Record> records = new ArrayList<>();
    List<Record> additional = new ArrayList<>();
    for (ServiceEntry.Port port : ports) {
      if (!entry.headless()) {
        records.add(srv(question, port.port(), service));
        continue;
      }
      for (ServiceEntry.Host host : entry.hosts()) {
        Name target = name(host.hostname() + "." + service);
        int number =
            port.targets().stream()
                .filter(candidate -> candidate.ip().equals(host.ip()))
                .mapToInt(ServiceEntry.Target::port)
                .findFirst()
                .orElse(port.port());
        records.add(srv(question, number, target));
        additional.add(a(target, host.ip()));
      }
    }
    if (!entry.headless() && !records.isEmpty()) {
      additional.add(a(service, entry.clusterIp()));
    }
    return new Answer.Found(records, additional.stream().distinct().toList());
  }

  private Answer reverse(Name question, int type) {
    StringBuilder ip = new StringBuilder();
    for (int i = 3; i >= 0; i--) {
      ip.append(question.getLabelString(i)).append(i > 0 ? "." : "");
    }
    String address = ip.toString();
    if (!pods.contains(address) && !services.contains(address)) {
      return new Answer.Elsewhere();
    }
    List<Record> names = new ArrayList<>();
    for (ServiceEntry entry : entries.get().values()) {
      Name service = serviceName(entry);
      if (entry.clusterIp().equals(address)) {
        names.add(new PTRRecord(question, DClass.IN, TTL_SECONDS, service));
      }
      entry.hosts().stream()
          .filter(host -> host.ip().equals(address))
          .map(host -> name(host.hostname() + "." + service))
          .forEach(target -> names.add(new PTRRecord(question, DClass.IN, TTL_SECONDS, target)));
    }
    if (names.isEmpty()) {
      return UNKNOWN;
    }
    return type == Type.PTR || type == Type.ANY ? found(names) : NODATA;
  }

  private Name serviceName(ServiceEntry entry) {
    return name(entry.name() + "." + entry.namespace() + ".svc." + domain);
  }

  /** In an order of its own each time, so that clients that take the first spread out. */
  private static Answer addresses(Name question, List<ServiceEntry.Host> hosts) {
    List<Record> records = new ArrayList<>();
    hosts.stream()
        .map(ServiceEntry.Host::ip)
        .distinct()
        .forEach(ip -> records.add(a(question, ip)));
    Collections.shuffle(records);
    return found(records);
  }

  private static Answer found(List<? extends Record> records) {
    return new Answer.Found(List.copyOf(records), List.of());
  }

  private static ARecord a(Name owner, String ip) {
    return new ARecord(owner, DClass.IN, TTL_SECONDS, Cidr.inet(ip));
  }

  private static SRVRecord srv(Name owner, int port, Name target) {
    return new SRVRecord(owner, DClass.IN, TTL_SECONDS, 0, 100, port, target);
  }

  /** A name from parts that the API has validated. */
  private static Name name(String text) {
    try {
      return Name.fromString(text);
    } catch (TextParseException e) {
      throw new IllegalArgumentException("not a domain name: '" + text + "'", e);
    }
  }
}
