package dev.naru.node.net;

import static dev.naru.node.net.Cluster.endpoint;
import static dev.naru.node.net.Cluster.named;
import static dev.naru.node.net.Cluster.service;
import static dev.naru.node.net.Cluster.slice;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.fabric8.kubernetes.api.model.ServiceBuilder;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/** With real namespaces, real nftables and real connections; names and addresses of its own. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
final class PodNetworkIT {
  private static final NetworkConfig CONFIG =
      new NetworkConfig(
          "narunettest",
          "nnettest0",
          "10.200.0.1",
          "10.200.0.0/16",
          "10.201.0.0/16",
          "naru-net-test",
          "10.201.0.10",
          "cluster.test");
  private static final Duration SOON = Duration.ofSeconds(10);

  @TempDir private Path directory;

  private final List<Process> processes = new ArrayList<>();
  private final Cluster cluster = new Cluster();

  @BeforeEach
  void clean() throws IOException {
    assumeTrue(
        Files.isWritable(Path.of("/run")) && Files.isExecutable(Path.of("/usr/sbin/nft")),
        "needs root and nftables");
    PodNetwork.purge(CONFIG);
    Files.writeString(directory.resolve("resolv.conf"), ClusterDns.resolvConf(CONFIG, "board"));
  }

  @AfterEach
  void purge() {
    processes.forEach(Process::destroyForcibly);
    PodNetwork.purge(CONFIG);
  }

  @Test
  void podsReachEachOtherAndTheMachineReachesThem() throws Exception {
    PodNetwork network = PodNetwork.open(CONFIG);
    PodAddress a = network.attach("a");
    PodAddress b = network.attach("b");
    serve("b", b, 8080);
    assertThat(say(a, b.ip(), 8080)).isEqualTo("b " + a.ip());
    assertThat(run(List.of("bash", "-c", talk(b.ip(), 8080)))).isEqualTo("b 10.200.0.1");
    assertThat(say(b, "127.0.0.1", 8080)).isEqualTo("b 127.0.0.1");
    assertThat(say(a, "10.200.77.77", 8080)).contains("No route to host");
  }

  @Test
  void aServiceSpreadsOverReadyEndpointsAndKeepsOpenConnections() throws Exception {
    PodNetwork network = PodNetwork.open(CONFIG);
    PodAddress client = network.attach("client");
    PodAddress one = network.attach("one");
    PodAddress two = network.attach("two");
    serve("one", one, 8080);
    serve("two", two, 8080);
    cluster.put(service("web", "10.201.0.80", 80).build());
    cluster.put(slice("web", 8080, endpoint(one.ip(), true), endpoint(two.ip(), false)));
    try (ServiceProxy proxy = ServiceProxy.start(CONFIG, cluster.catalog())) {
      try (Conversation open = converse(client, "10.201.0.80", 80)) {
        assertThat(open.say("hello")).isEqualTo("one " + client.ip());
        cluster.put(slice("web", 8080, endpoint(one.ip(), true), endpoint(two.ip(), true)));
        assertThat(proxy.awaitCurrent(SOON)).isTrue();
        Set<String> answers = new HashSet<>();
        while (answers.size() < 2) {
          answers.add(say(client, "10.201.0.80", 80));
        }
        assertThat(answers).containsExactlyInAnyOrder("one " + client.ip(), "two " + client.ip());

        assertThat(proxy.awaitRemoved(one.ip(), Duration.ofMillis(20))).isFalse();
        cluster.put(slice("web", 8080, endpoint(two.ip(), true)));
        assertThat(proxy.awaitRemoved(one.ip(), SOON)).isTrue();
        for (int i = 0; i < 5; i++) {
          assertThat(say(client, "10.201.0.80", 80)).isEqualTo("two " + client.ip());
        }
        assertThat(open.say("still there?")).isEqualTo("one " + client.ip());
      }
      assertThat(run(List.of("bash", "-c", talk("10.201.0.80", 80)))).isEqualTo("two 10.200.0.1");
      assertThat(say(two, "10.201.0.80", 80)).as("hairpin").startsWith("two 10.200.0.1");
    }
  }

  @Test
  void aServiceWithoutEndpointsRefusesAndDropsNothing() throws Exception {
    PodNetwork network = PodNetwork.open(CONFIG);
    PodAddress client = network.attach("client");
    cluster.put(service("web", "10.201.0.80", 80).build());
    try (ServiceProxy proxy = ServiceProxy.start(CONFIG, cluster.catalog())) {
      assertThat(proxy.awaitCurrent(SOON)).isTrue();
      assertThat(say(client, "10.201.0.80", 80)).contains("Connection refused");
      assertThat(run(List.of("bash", "-c", talk("10.201.0.80", 80))))
          .contains("Connection refused");
    }
  }

  @Test
  void aServiceMayNameTheMachineItselfAndANodePort() throws Exception {
    PodNetwork network = PodNetwork.open(CONFIG);
    PodAddress client = network.attach("client");
    start("listening", List.of(), "naru", 18080);
    cluster.put(
        new ServiceBuilder(service("naru", "10.201.0.81", 80).build())
            .editSpec()
            .editFirstPort()
            .withNodePort(31999)
            .endPort()
            .endSpec()
            .build());
    cluster.put(slice("naru", 18080, endpoint("10.200.0.1", true)));
    try (ServiceProxy proxy = ServiceProxy.start(CONFIG, cluster.catalog())) {
      assertThat(proxy.awaitCurrent(SOON)).isTrue();
      assertThat(say(client, "10.201.0.81", 80)).isEqualTo("naru " + client.ip());
      assertThat(run(List.of("bash", "-c", talk("10.201.0.81", 80)))).isEqualTo("naru 10.200.0.1");
      assertThat(say(client, "10.200.0.1", 31999)).isEqualTo("naru " + client.ip());
      assertThat(run(List.of("bash", "-c", talk("10.200.0.1", 31999)))).startsWith("naru ");
    }
  }

  @Test
  void namesResolveInsideThePod() throws Exception {
    PodNetwork network = PodNetwork.open(CONFIG);
    PodAddress client = network.attach("client");
    cluster.put(service("web", "10.201.0.80", 80).build());
    cluster.put(
        new ServiceBuilder(service("mongo", "None", 27017).build())
            .editSpec()
            .withPublishNotReadyAddresses(true)
            .endSpec()
            .build());
    cluster.put(slice("mongo", 27017, named("10.200.0.50", "mongo-0", false)));
    try (ClusterDns dns = ClusterDns.start(CONFIG, cluster.catalog())) {
      assertThat(getent(client, "web")).contains("10.201.0.80");
      assertThat(getent(client, "web.board")).contains("10.201.0.80");
      assertThat(getent(client, "web.board.svc.cluster.test")).contains("10.201.0.80");
      assertThat(getent(client, "mongo-0.mongo.board.svc.cluster.test")).contains("10.200.0.50");
      assertThat(getent(client, "mongo")).contains("10.200.0.50");
      assertThat(getent(client, "10.201.0.80")).contains("web.board.svc.cluster.test");
      assertThat(getent(client, "nothing.board.svc.cluster.test")).isEmpty();
      assertThat(dns).isNotNull();
    }
  }

  @Test
  void forwardsOtherNamesAndSurvivesGarbage() throws Exception {
    PodNetwork.open(CONFIG);
    DnsZone outside =
        new DnsZone(
            new NetworkConfig(
                "o", "o0", "10.202.0.1", "10.202.0.0/16", "10.203.0.0/16", "o", "127.0.0.1", "org"),
            () -> Map.of());
    try (DatagramSocket resolver =
            new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        ClusterDns dns =
            ClusterDns.start(
                CONFIG,
                cluster.catalog(),
                new DnsUpstream(List.of((InetSocketAddress) resolver.getLocalSocketAddress())));
        DatagramSocket client = new DatagramSocket()) {
      assertThat(dns).isNotNull();
      Thread.ofVirtual().start(() -> answerOnce(resolver, outside));
      client.setSoTimeout((int) SOON.toMillis());
      client.connect(new InetSocketAddress(CONFIG.dnsAddress(), 53));
      client.send(new DatagramPacket(new byte[] {1, 2, 3}, 3));
      client.send(new DatagramPacket(new byte[600], 600));
      Message question =
          Message.newQuery(Record.newRecord(Name.fromString("example.org."), Type.A, DClass.IN));
      byte[] bytes = question.toWire();
      client.send(new DatagramPacket(bytes, bytes.length));
      while (true) {
        DatagramPacket packet = new DatagramPacket(new byte[1500], 1500);
        client.receive(packet);
        Message answer = new Message(Arrays.copyOf(packet.getData(), packet.getLength()));
        if (answer.getHeader().getID() == question.getHeader().getID()) {
          assertThat(answer.getSection(Section.AUTHORITY)).hasSize(1);
          return;
        }
      }
    }
  }

  /** An upstream resolver that knows only who is responsible. */
  private static void answerOnce(DatagramSocket resolver, DnsZone zone) {
    try {
      DatagramPacket packet = new DatagramPacket(new byte[1500], 1500);
      resolver.receive(packet);
      Message answer = new Message(Arrays.copyOf(packet.getData(), packet.getLength()));
      answer.getHeader().setFlag(Flags.QR);
      answer.addRecord(zone.authority(), Section.AUTHORITY);
      byte[] bytes = answer.toWire();
      resolver.send(new DatagramPacket(bytes, bytes.length, packet.getSocketAddress()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void aRestartAdoptsPodsAndRulesAndConnectionsGoOn() throws Exception {
    PodNetwork first = PodNetwork.open(CONFIG);
    PodAddress client = first.attach("client");
    PodAddress one = first.attach("one");
    serve("one", one, 8080);
    cluster.put(service("web", "10.201.0.80", 80).build());
    cluster.put(slice("web", 8080, endpoint(one.ip(), true)));
    ServiceProxy.start(CONFIG, cluster.catalog()).close();
    try (Conversation open = converse(client, "10.201.0.80", 80)) {
      assertThat(open.say("before")).startsWith("one ");
      // Half-made by a process that died in between: a namespace without a route.
      run(List.of("ip", "netns", "add", "narunettest-half"));

      PodNetwork second = PodNetwork.open(CONFIG);
      assertThat(second.attached()).isEqualTo(first.attached());
      assertThat(second.attach("one")).isEqualTo(one);
      assertThat(Files.exists(Path.of("/run/netns/narunettest-half"))).isFalse();
      assertThat(second.attach("new").ip()).isNotIn(client.ip(), one.ip());
      ServiceProxy.start(CONFIG, cluster.catalog()).close();
      assertThat(open.say("after")).startsWith("one ");
      assertThat(say(client, "10.201.0.80", 80)).startsWith("one ");

      second.detach("new");
      second.detach("new");
      assertThat(second.attached()).containsOnlyKeys("client", "one");
    }
  }

  @Test
  void aNetworkWhoseInnerEndWasNeverSetUpIsMadeAnew() throws Exception {
    PodNetwork first = PodNetwork.open(CONFIG);
    first.attach("half");
    PodAddress whole = first.attach("whole");
    // As the first of the two programs leaves it.
    run(List.of("ip", "-n", "narunettest-half", "link", "set", "eth0", "down"));

    PodNetwork second = PodNetwork.open(CONFIG);
    assertThat(second.attached()).containsExactly(Map.entry("whole", whole));
    PodAddress half = second.attach("half");
    serve("half", half, 8080);
    assertThat(say(whole, half.ip(), 8080)).startsWith("half ");
  }

  @Test
  void purgeLeavesNothing() throws Exception {
    PodNetwork network = PodNetwork.open(CONFIG);
    network.attach("a");
    PodNetwork.purge(CONFIG);
    assertThat(run(List.of("ip", "link"))).doesNotContain(CONFIG.bridge());
    assertThat(run(List.of("ip", "netns", "list"))).doesNotContain(CONFIG.instance());
    assertThat(run(List.of("ip", "route"))).doesNotContain("10.200.").doesNotContain("10.201.");
    assertThat(run(List.of("nft", "list", "tables"))).doesNotContain(CONFIG.nftTable());
  }

  @Test
  void attachesManyPodsEachWithAnAddressOfItsOwn() {
    PodNetwork network = PodNetwork.open(CONFIG);
    Set<String> addresses = new HashSet<>();
    for (int i = 0; i < 21; i++) {
      addresses.add(network.attach("pod-" + i).ip());
    }
    assertThat(addresses).hasSize(21);
    assertThat(network.attached()).hasSize(21);
  }

  private void serve(String name, PodAddress pod, int port) throws IOException {
    start("listening", inside(pod), name, port);
  }

  private void start(String sign, List<String> prefix, String name, int port) throws IOException {
    List<String> command = new ArrayList<>(prefix);
    command.addAll(
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xshare:auto",
            "-cp",
            Path.of("target", "test-classes").toAbsolutePath().toString(),
            Peer.class.getName(),
            name,
            String.valueOf(port)));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    processes.add(process);
    BufferedReader out =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    assertThat(out.readLine()).isEqualTo(sign);
  }

  private static List<String> inside(PodAddress pod) {
    return List.of("ip", "netns", "exec", pod.netns().getFileName().toString());
  }

  private static String talk(String ip, int port) {
    return "exec 3<>/dev/tcp/%s/%d && echo hello >&3 && read -t 5 line <&3 && echo $line"
        .formatted(ip, port);
  }

  private static String say(PodAddress from, String ip, int port) throws Exception {
    List<String> command = new ArrayList<>(inside(from));
    command.addAll(List.of("bash", "-c", talk(ip, port)));
    return run(command);
  }

  /** As the pod's C library resolves it, with the pod's resolv.conf mounted for this process. */
  private String getent(PodAddress from, String name) throws Exception {
    List<String> command = new ArrayList<>(inside(from));
    command.addAll(
        List.of(
            "sh",
            "-c",
            "mount --bind %s /etc/resolv.conf && getent hosts %s"
                .formatted(directory.resolve("resolv.conf"), name)));
    return run(command);
  }

  private static String run(List<String> command) throws Exception {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getOutputStream().close();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    process.waitFor();
    return output.strip();
  }

  private Conversation converse(PodAddress from, String ip, int port) throws IOException {
    List<String> command = new ArrayList<>(inside(from));
    command.addAll(
        List.of(
            "bash",
            "-c",
            "exec 3<>/dev/tcp/%s/%d; while read l; do echo $l >&3; read -t 5 r <&3; echo $r; done"
                .formatted(ip, port)));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    processes.add(process);
    return new Conversation(
        process,
        new PrintStream(process.getOutputStream(), true, StandardCharsets.UTF_8),
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8)));
  }

  /** One TCP connection held open. */
  private record Conversation(Process process, PrintStream in, BufferedReader out)
      implements AutoCloseable {
    String say(String line) throws IOException {
      in.println(line);
      return out.readLine();
    }

    @Override
    public void close() {
      in.close();
      process.destroy();
    }
  }
}
