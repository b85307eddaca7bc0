package dev.naru.node.net;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.naru.base.Digest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives each pod a network namespace of its own with one address.
 *
 * <p>Pods are routed, not bridged: each has a veth pair whose host side carries a /32 route, and
 * the gateway address is on-link in the pod. So every packet passes the machine's IP layer once,
 * whatever {@code net.bridge.bridge-nf-call-iptables} says, a pod cannot take another's address,
 * and Service addresses need no masquerading. The bridge interface only carries the gateway and the
 * DNS address.
 *
 * <p>The kernel is the only record: a pod is attached when its namespace and its route (protocol
 * {@value #ROUTE_PROTOCOL}) exist and its link has a carrier, which says that the inner end is set
 * up too. So nothing can disagree with it after a crash, and a reboot leaves nothing behind.
 * Namespaces are made first and removed last; what is half made is removed by {@link #open}.
 *
 * <p>Thread-safe. One lock guards the address pool and the map of pods; commands run outside of it.
 */
public final class PodNetwork {
  static final int ROUTE_PROTOCOL = 78;
  private static final Path NETNS = Path.of("/run/netns");
  private static final Path LINKS = Path.of("/sys/class/net");
  private static final Logger log = LoggerFactory.getLogger(PodNetwork.class);

  private final NetworkConfig config;
  private final AddressPool pool;
  private final Map<String, PodAddress> pods = new TreeMap<>();

  private PodNetwork(NetworkConfig config) {
    this.config = config;
    this.pool =
        new AddressPool(
            config.pods(),
            config.gateway(),
            RandomGenerator.getDefault().nextInt(),
            InstantSource.system());
    pool.adopt(Cidr.address(config.dnsAddress()));
  }

  /**
   * Makes the bridge, the routes and the nftables table, or takes over what is there, and adopts
   * the pods that are attached. Switches on {@code net.ipv4.ip_forward}.
   *
   * @throws NetworkException when this needs rights, a tool or a name that is not to be had
   */
  public static PodNetwork open(NetworkConfig config) {
    PodNetwork network = new PodNetwork(config);
    network.openBridge();
    Tool.run(List.of("nft", "-f", "-"), NftScript.base(config));
    network.adopt();
    return network;
  }

  public NetworkConfig config() {
    return config;
  }

  /**
   * The pod's place, made when it is not there yet. After a failure nothing of it remains.
   *
   * @param podUid metadata.uid, unique for ever
   */
  public PodAddress attach(String podUid) {
    checkUid(podUid);
    int address;
    synchronized (pods) {
      PodAddress known = pods.get(podUid);
      if (known != null) {
        return known;
      }
      address =
          pool.take()
              .orElseThrow(
                  () ->
                      new NetworkException(
                          "NET_ADDRESSES_EXHAUSTED",
                          "Tried to give pod "
                              + podUid
                              + " an address but all of "
                              + config.podCidr()
                              + " are in use",
                          null));
    }
    PodAddress place = new PodAddress(netns(podUid), Cidr.text(address));
    try {
      make(podUid, place.ip());
    } catch (NetworkException e) {
      remove(podUid);
      synchronized (pods) {
        pool.free(address);
      }
      throw e;
    }
    synchronized (pods) {
      pods.put(podUid, place);
    }
    return place;
  }

  /** Removes the pod's namespace and address; a pod that has none is no failure. */
  public void detach(String podUid) {
    checkUid(podUid);
    remove(podUid);
    synchronized (pods) {
      PodAddress place = pods.remove(podUid);
      if (place != null) {
        pool.free(Cidr.address(place.ip()));
      }
    }
  }

  /** The attached pods by uid, also those of an earlier process. */
  public Map<String, PodAddress> attached() {
    synchronized (pods) {
      return Map.copyOf(pods);
    }
  }

  /** Removes all pods' namespaces, the bridge, the routes and the nftables table. */
  public static void purge(NetworkConfig config) {
    PodNetwork network = new PodNetwork(config);
    network.uidsOfNamespaces().forEach(network::remove);
    String route = Tool.run(List.of("ip", "route", "show", "type", "unreachable"), "");
    if (route.contains("unreachable " + config.podCidr() + " ")) {
      Tool.run(List.of("ip", "route", "del", "unreachable", config.podCidr()), "");
    }
    if (Files.exists(LINKS.resolve(config.bridge()))) {
      Tool.run(List.of("ip", "link", "del", config.bridge()), "");
    }
    Tool.run(
        List.of("nft", "-f", "-"),
        "add table ip %1$s\ndelete table ip %1$s\n".formatted(config.nftTable()));
  }

  private void openBridge() {
    StringBuilder batch = new StringBuilder();
    if (!Files.exists(LINKS.resolve(config.bridge()))) {
      batch.append("link add ").append(config.bridge()).append(" type bridge\n");
    } else if (!Files.exists(LINKS.resolve(config.bridge()).resolve("bridge"))) {
      throw new NetworkException(
          "NET_NOT_A_BRIDGE",
          "Tried to use interface " + config.bridge() + " but it is not a bridge; remove it",
          null);
    }
    batch.append(
        """
        link set %1$s up
        addr replace %2$s/32 dev %1$s
        addr replace %3$s/32 dev %1$s
        route replace %4$s dev %1$s src %2$s proto %6$d
        route replace unreachable %5$s proto %6$d
        """
            .formatted(
                config.bridge(),
                config.gateway(),
                config.dnsAddress(),
                config.serviceCidr(),
                config.podCidr(),
                ROUTE_PROTOCOL));
    Tool.run(List.of("ip", "-batch", "-"), batch.toString());
    Path forward = Path.of("/proc/sys/net/ipv4/ip_forward");
    try {
      if (!Files.readString(forward).strip().equals("1")) {
        Files.writeString(forward, "1\n");
      }
    } catch (IOException e) {
      throw new NetworkException(
          "NET_IP_FORWARD", "Tried to set net.ipv4.ip_forward=1 but it failed: " + e, e);
    }
  }

  /** Two programs: each of them ends what it has begun, also when this process dies. */
  private void make(String podUid, String ip) {
    String namespace = namespaceName(podUid);
    String link = linkName(podUid);
    Tool.run(
        List.of("ip", "-batch", "-"),
        """
        netns add %1$s
        link add %2$s type veth peer name eth0 netns %1$s
        link set %2$s up
        route replace %3$s/32 dev %2$s src %4$s proto %5$d
        """
            .formatted(namespace, link, ip, config.gateway(), ROUTE_PROTOCOL));
    Tool.run(
        List.of("ip", "-n", namespace, "-batch", "-"),
        """
        link set lo up
        addr add %1$s/32 dev eth0
        link set eth0 up
        route add %2$s dev eth0 scope link
        route add default via %2$s dev eth0
        """
            .formatted(ip, config.gateway()));
  }

  private void remove(String podUid) {
    StringBuilder batch = new StringBuilder();
    if (Files.exists(LINKS.resolve(linkName(podUid)))) {
      batch.append("link del ").append(linkName(podUid)).append('\n');
    }
    if (Files.exists(netns(podUid))) {
      batch.append("netns del ").append(namespaceName(podUid)).append('\n');
    }
    if (!batch.isEmpty()) {
      Tool.run(List.of("ip", "-batch", "-"), batch.toString());
    }
  }

  private void adopt() {
    Map<String, String> addressOfLink = addressesByLink();
    for (String uid : uidsOfNamespaces()) {
      Optional<String> ip = Optional.ofNullable(addressOfLink.get(linkName(uid)));
      if (ip.isPresent() && hasCarrier(linkName(uid))) {
        pods.put(uid, new PodAddress(netns(uid), ip.get()));
        pool.adopt(Cidr.address(ip.get()));
      } else {
        log.atWarn().addKeyValue("pod", uid).log("removing a half-made pod network");
        remove(uid);
      }
    }
  }

  private static boolean hasCarrier(String link) {
    try {
      return Files.readString(LINKS.resolve(link).resolve("carrier")).strip().equals("1");
    } catch (IOException e) {
      // A link that is down has none to be read.
      return false;
    }
  }

  private Map<String, String> addressesByLink() {
    String json =
        Tool.run(List.of("ip", "-j", "route", "show", "proto", String.valueOf(ROUTE_PROTOCOL)), "");
    Map<String, String> found = new HashMap<>();
    try {
      for (JsonNode route : new ObjectMapper().readTree(json.isBlank() ? "[]" : json)) {
        String destination = route.path("dst").asText();
        if (config.pods().contains(destination)) {
          found.put(route.path("dev").asText(), destination);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("unreadable output of ip -j route", e);
    }
    return found;
  }

  private List<String> uidsOfNamespaces() {
    if (!Files.isDirectory(NETNS)) {
      return List.of();
    }
    String prefix = config.instance() + "-";
    List<String> uids = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(NETNS, prefix + "*")) {
      entries.forEach(path -> uids.add(path.getFileName().toString().substring(prefix.length())));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot list " + NETNS, e);
    }
    return uids;
  }

  private Path netns(String podUid) {
    return NETNS.resolve(namespaceName(podUid));
  }

  private String namespaceName(String podUid) {
    return config.instance() + "-" + podUid;
  }

  /** At most 15 characters, the limit of the kernel (IFNAMSIZ). */
  private String linkName(String podUid) {
    return "nv" + Digest.of(config.instance() + "/" + podUid).shortHex();
  }

  private static void checkUid(String podUid) {
    if (!podUid.matches("[A-Za-z0-9][A-Za-z0-9-]{0,62}")) {
      throw new IllegalArgumentException("not a pod uid: '" + podUid + "'");
    }
  }
}
