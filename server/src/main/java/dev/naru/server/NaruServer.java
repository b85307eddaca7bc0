package dev.naru.server;

import dev.naru.controllers.Controllers;
import dev.naru.controllers.ControllersConfig;
import dev.naru.delivery.Deliveries;
import dev.naru.delivery.DeliveryConfig;
import dev.naru.gateway.Gateway;
import dev.naru.gateway.GatewayConfig;
import dev.naru.git.GitConfig;
import dev.naru.git.HostedRepositories;
import dev.naru.gitops.GitOps;
import dev.naru.gitops.GitOpsConfig;
import dev.naru.gitops.HostedUrls;
import dev.naru.kube.KubeApi;
import dev.naru.kube.KubeConfig;
import dev.naru.node.Node;
import dev.naru.node.NodeConfig;
import dev.naru.node.net.ClusterDns;
import dev.naru.node.net.NetworkConfig;
import dev.naru.node.net.PodAddress;
import dev.naru.node.net.PodNetwork;
import dev.naru.node.net.ServiceCatalog;
import dev.naru.node.net.ServiceProxy;
import dev.naru.oci.Images;
import dev.naru.oci.build.BuildNetwork;
import dev.naru.oci.build.BuildRequest;
import dev.naru.oci.build.ImageBuilder;
import dev.naru.oci.machine.MachineImages;
import dev.naru.oci.registry.RegistryAccess;
import dev.naru.oci.registry.RegistryServlet;
import dev.naru.pipeline.OciImageBuilding;
import dev.naru.pipeline.Pipelines;
import dev.naru.pipeline.PipelinesConfig;
import dev.naru.server.auth.Accounts;
import dev.naru.server.auth.Keys;
import dev.naru.server.auth.LocalAuthority;
import dev.naru.server.auth.Role;
import dev.naru.server.auth.User;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one program on one machine: opens every room in the order in which they need each other.
 * Closing it, or a kill, leaves pods running; the next start takes them over.
 */
public final class NaruServer implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(NaruServer.class);
  private static final String NODE = "naru";
  private static final int BUILDS_MAX = 2;
  private static final int DELIVERIES_KEPT = 50;
  private static final int[] HTTP_FALLBACK = {8080, 8081};

  private final DataDir data;
  private final NaruConfig config;
  private final Path home;
  private final Clock clock = Clock.systemUTC();

  /** What is open, the last first; closed in this order. */
  private final Deque<AutoCloseable> open = new ArrayDeque<>();

  private NaruServer(DataDir data, NaruConfig config, Path home) {
    this.data = data;
    this.config = config;
    this.home = home;
  }

  /**
   * Starts everything and says so in {@code server.json}.
   *
   * @param home the installation: lib/, images/, console/
   * @throws ServerException or another room's, one sentence; what was opened is closed again
   */
  public static NaruServer start(DataDir data, Path home) throws Exception {
    data.create();
    NaruServer server = new NaruServer(data, NaruConfig.read(data.root()), home);
    try {
      server.lock();
      server.open();
      return server;
    } catch (Exception e) {
      server.close();
      throw e;
    }
  }

  /** The node that a server with this configuration runs. */
  public static NodeConfig nodeConfig(DataDir data, NaruConfig config) {
    String name = config.instance();
    NodeConfig usual = NodeConfig.of(NODE, data.root());
    return new NodeConfig(
        NODE,
        data.root(),
        Path.of("/run/" + name),
        "/" + name,
        networkConfig(config),
        usual.drainMax(),
        usual.startsMax(),
        usual.logMaxBytes(),
        usual.hostScratchMaxBytes(),
        usual.podsMax());
  }

  private static NetworkConfig networkConfig(NaruConfig config) {
    String name = config.instance();
    return new NetworkConfig(
        name,
        name + "0",
        config.bridgeAddress(),
        config.podCidr(),
        config.serviceCidr(),
        name,
        config.dnsAddress(),
        "cluster.local");
  }

  private void lock() throws IOException {
    FileChannel channel =
        FileChannel.open(data.lock(), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    FileLock lock = channel.tryLock();
    if (lock == null) {
      channel.close();
      throw new ServerException(
          "SERVER_RUNS", "Another Naru runs on " + data.root() + "; stop it with: naru down");
    }
    open.push(channel);
    RunningServer.claim(channel);
  }

  private void open() throws Exception {
    SecureRandom random = new SecureRandom();
    Keys keys = new Keys(data.keys(), random);
    Accounts accounts =
        new Accounts(
            keys.adminPassword(), keys.secret("admin-token"), keys.secret("accounts"), clock);
    SignIn signIn = new SignIn(accounts, clock);

    Images images =
        opened(
            Images.open(
                data.root(),
                Set.of(
                    "localhost:" + config.registryPort(), "127.0.0.1:" + config.registryPort())));
    MachineImages machine =
        MachineImages.register(
            images, Path.of(System.getProperty("java.home")), home.resolve("images"));
    Thread.ofPlatform().name("base-images").daemon().start(() -> ensure(machine));

    KubeApi api =
        opened(
            KubeApi.open(
                new KubeConfig(
                    data.stateDb(), clock, config.serviceCidr(), 4096, Duration.ofHours(1))));
    KubernetesClient client = api.client();
    ClusterSetup cluster = new ClusterSetup(client);
    cluster.namespace();
    cluster.kinds();
    cluster.credentials(accounts);

    int httpPort = Preflight.freePort("gateway", withFallback(config.httpPort()));
    Gateway gateway =
        opened(
            Gateway.start(
                client,
                GatewayConfig.defaults()
                    .withListen(new InetSocketAddress(httpPort))
                    .withStatusAddresses(List.of("127.0.0.1"))));
    NetworkConfig network = networkConfig(config);
    PodNetwork pods = PodNetwork.open(network);
    ServiceCatalog catalog = opened(ServiceCatalog.start(client));
    ServiceProxy services = opened(ServiceProxy.start(network, catalog));
    opened(ClusterDns.start(network, catalog));
    opened(Controllers.start(client, clock, new ControllersConfig(data.volumes())));
    Node node =
        opened(
            Node.start(
                client,
                nodeConfig(data, config),
                images,
                pods,
                services,
                (podIp, podUid, max) -> {
                  if (!gateway.drain(podIp, podUid, max)) {
                    log.warn("pod not drained in time ip={} max={}", podIp, max);
                  }
                }));
    api.podAccess(new NodeAccess(node.streams()));

    String podUrl = "http://naru." + ClusterSetup.NAMESPACE;
    String webUrl = config.url("naru.localhost", httpPort);
    HostedUrls hosted =
        new HostedUrls(
            List.of(
                webUrl,
                "http://naru.localhost",
                podUrl,
                podUrl + ".svc",
                podUrl + ".svc.cluster.local"));
    RunTokens tokens = new RunTokens(accounts);
    HostedRepositories repositories =
        opened(
            HostedRepositories.open(
                data.repos(), client, clock, GitConfig.of(ClusterSetup.NAMESPACE, webUrl)));
    ImageBuilder builder =
        ImageBuilder.open(
            images,
            data.root().resolve("build-cache"),
            () -> attach(pods, network),
            BuildRequest.Limits.DEFAULT,
            BUILDS_MAX);
    Pipelines pipelines =
        opened(
            Pipelines.start(
                client,
                pipelinesConfig(podUrl, webUrl),
                new GitSource(data.repos()),
                new OciImageBuilding(images, builder, clock),
                tokens,
                clock));
    ControlPlane.Mounts mounts =
        new ControlPlane.Mounts(
            api.handler("/api/k8s", sender -> administrator(signIn, sender::header)),
            repositories.servlet(tokens),
            new RegistryServlet(images, registryAccess(accounts), clock));
    opened(
        ControlPlane.start(
            List.of("127.0.0.1", config.bridgeAddress()),
            config.controlPort(),
            home.resolve("console"),
            signIn,
            mounts,
            (run, offset, follow) -> pipelines.logs().log(run, offset, follow)));
    opened(
        ControlPlane.registry(
            config.registryPort(), new RegistryServlet(images, registryAccess(accounts), clock)));
    cluster.controlPlane(config.bridgeAddress(), config.controlPort());

    LocalAuthority authority = LocalAuthority.open(keys, random, clock);
    opened(
        api.serve(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), config.apiPort()),
            ApiTls.context(authority, random),
            sender -> administrator(signIn, sender::header)));
    ApiTls.writeKubeconfig(data, config, authority, accounts.adminToken());

    opened(
        GitOps.start(
            client,
            new GitOpsConfig(
                ClusterSetup.NAMESPACE,
                hosted,
                data.repos(),
                data.root().resolve("mirrors"),
                GitOpsConfig.POLL_DEFAULT),
            clock));
    opened(
        Deliveries.start(
            client, new DeliveryConfig(ClusterSetup.NAMESPACE, hosted, DELIVERIES_KEPT), clock));

    RunningServer.here(config, httpPort, build()).write(data);
    open.push(() -> Files.deleteIfExists(RunningServer.file(data)));
    if (httpPort != config.httpPort()) {
      log.warn(
          "port taken, the gateway listens elsewhere wanted={} port={}",
          config.httpPort(),
          httpPort);
    }
    log.info("ready url={} data={}", webUrl, data.root());
  }

  private PipelinesConfig pipelinesConfig(String podUrl, String webUrl) {
    PipelinesConfig usual = PipelinesConfig.of(data.root(), home, System.getProperty("java.home"));
    Map<String, String> env = new HashMap<>(usual.env());
    env.put("REGISTRY", "localhost:" + config.registryPort());
    return new PipelinesConfig(
        usual.namespace(),
        usual.runs(),
        usual.caches(),
        usual.installation(),
        usual.agentImage(),
        usual.agentUser(),
        usual.agentCpu(),
        usual.agentMemory(),
        usual.javaHome(),
        podUrl + "/git/",
        webUrl + "/",
        env,
        usual.labels(),
        usual.concurrentRunsMax(),
        usual.agentStartMax(),
        usual.killAfter(),
        usual.limits());
  }

  /** A RUN step has the network that a pod has. */
  private static BuildNetwork.Attachment attach(PodNetwork pods, NetworkConfig network) {
    String uid = "build-" + UUID.randomUUID();
    PodAddress address = pods.attach(uid);
    return new BuildNetwork.Attachment(
        Optional.of(address.netns()), List.of(network.dnsAddress()), () -> pods.detach(uid));
  }

  private static Optional<String> administrator(
      SignIn signIn, java.util.function.Function<String, String> header) {
    return signIn.user(header).filter(u -> u.role().may(Role.ADMIN)).map(User::name);
  }

  /** Everybody on this machine may pull; pushing needs a user who may write. */
  private static RegistryAccess registryAccess(Accounts accounts) {
    return (login, repository, write) -> {
      Optional<User> user = login.flatMap(l -> accounts.byPassword(l.username(), l.password()));
      if (login.isPresent() && user.isEmpty()) {
        return RegistryAccess.Decision.LOGIN_NEEDED;
      }
      if (!write || user.filter(u -> u.role().may(Role.WRITE)).isPresent()) {
        return RegistryAccess.Decision.ALLOWED;
      }
      return user.isEmpty() ? RegistryAccess.Decision.LOGIN_NEEDED : RegistryAccess.Decision.DENIED;
    };
  }

  private static void ensure(MachineImages machine) {
    try {
      machine.ensure();
    } catch (dev.naru.oci.OciException e) {
      log.error("base images not made; pods that need one say so", e);
    }
  }

  private static int[] withFallback(int port) {
    return port == 80 ? new int[] {80, HTTP_FALLBACK[0], HTTP_FALLBACK[1]} : new int[] {port};
  }

  private String build() throws IOException {
    Path stamp = home.resolve(".built");
    return Files.exists(stamp) ? Files.getLastModifiedTime(stamp).toString() : "development";
  }

  private <T extends AutoCloseable> T opened(T part) {
    open.push(part);
    return part;
  }

  /** Closes in the reverse order of opening; a part that fails does not keep the others open. */
  @Override
  public void close() {
    while (!open.isEmpty()) {
      AutoCloseable part = open.pop();
      try {
        part.close();
      } catch (Exception e) {
        log.warn("part not closed part={}", part.getClass().getSimpleName(), e);
      }
    }
  }
}
