package dev.naru.kube;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import org.eclipse.jetty.server.Handler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The built-in Kubernetes API: the store and the rules of its kinds, reached by an in-process
 * client ({@link #client}) or over HTTP.
 *
 * <p>A write that was answered has been flushed to disk. A read never waits. No controller runs in
 * here: workloads, scheduling, garbage collection and the end of namespaces are the work of
 * clients.
 */
public final class KubeApi implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(KubeApi.class);
  private static final long CLOSE_SECONDS = 10;
  private static final String SYSTEM_USER = "system:naru";

  private final Store store;
  private final Core core;
  private final PodRequests pods;
  private final EventExpiry expiry;
  private final ExecutorService threads;
  private final List<KubernetesClient> clients = new ArrayList<>();

  private KubeApi(KubeConfig config) {
    this.threads =
        Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("kube-", 0).factory());
    this.store = new Store(config.stateDb(), config.watchHistory());
    Kinds kinds = new Kinds(store);
    ServiceAddresses addresses = new ServiceAddresses(config.serviceCidr());
    for (Stored service : store.state().list(kinds.builtIn("", "v1", "services").table(), "")) {
      addresses.seen(service.json());
    }
    KindRules rules = new KindRules(store, kinds, addresses, config.clock());
    Objects objects = new Objects(store, kinds, rules, config.clock());
    Deletion deletion = new Deletion(store, objects, kinds, rules);
    Reads reads = new Reads(store, kinds, new Tables(config.clock()));
    this.pods = new PodRequests(objects, threads, config.clock());
    this.core =
        new Core(
            kinds,
            reads,
            objects,
            deletion,
            new Subresources(store, kinds, objects, deletion),
            pods,
            new Documents(kinds, new Reviews()));
    bootstrap(kinds, objects);
    Resource definitions = kinds.builtIn("apiextensions.k8s.io", "v1", "customresourcedefinitions");
    for (Stored definition : store.state().list(definitions.table(), "")) {
      deletion.cleanUp(definitions, definition.name());
    }
    this.expiry = new EventExpiry(store, kinds, config.clock(), config.eventAge(), threads);
  }

  /**
   * Opens the store and makes the namespaces that every cluster has.
   *
   * @throws KubeException {@code KUBE_STORE} when the database cannot be opened or read
   */
  public static KubeApi open(KubeConfig config) {
    return new KubeApi(config);
  }

  private static void bootstrap(Kinds kinds, Objects objects) {
    WriteOptions options =
        new WriteOptions("naru", false, WriteOptions.FieldValidation.IGNORE, false);
    for (String name : List.of("default", "kube-node-lease", "kube-public", "kube-system")) {
      Resource namespaces = kinds.namespaces();
      if (objects.find(namespaces, "", name) == null) {
        ObjectNode namespace = Json.object();
        namespace.putObject("metadata").put("name", name);
        objects.create(
            new Objects.Target(namespaces, "", name, ""), namespace, options, new ArrayList<>());
      }
    }
  }

  /**
   * A client over this API without a socket, named {@code naru} in managed fields. It lives until
   * {@link #close()}; closing it earlier is allowed.
   */
  public KubernetesClient client() {
    return client("naru");
  }

  /** As {@link #client()}, with its own name in managed fields. */
  public KubernetesClient client(String name) {
    Config config =
        new ConfigBuilder(Config.empty())
            .withMasterUrl("http://kubernetes.in-process/")
            .withNamespace("default")
            .withUserAgent(name + "/1")
            .withRequestRetryBackoffLimit(0)
            .build();
    KubernetesClient client =
        new KubernetesClientBuilder()
            .withConfig(config)
            .withHttpClientFactory(new InProcess(core, threads, SYSTEM_USER).factory())
            .withTaskExecutor(threads)
            .build();
    synchronized (clients) {
      clients.add(client);
    }
    return client;
  }

  /**
   * Serves HTTPS for kubectl and others, with HTTP/1.1 and WebSockets.
   *
   * @param address port 0 takes a free one
   * @param tls with the server's key; its trust decides which client certificates count
   * @throws KubeException {@code KUBE_SERVE} when the address cannot be bound
   */
  public KubeServer serve(InetSocketAddress address, SSLContext tls, Authenticator authenticator) {
    return KubeServer.start(address, tls, handler("", authenticator));
  }

  /**
   * The API as a Jetty handler, to be put in front of others in any server: it answers the paths
   * below {@code prefix} and leaves the rest. It blocks, so the server's threads must be virtual or
   * plenty.
   *
   * @param prefix empty, or such as {@code /kube}
   * @param authenticator the caller's own, such as the web session's
   */
  public Handler handler(String prefix, Authenticator authenticator) {
    return new HttpFront(core, prefix, authenticator);
  }

  /** Connects the node. Until then logs, exec, attach and port-forward are answered by 501. */
  public void podAccess(PodAccess access) {
    pods.access(access);
  }

  /** Ends clients and watches, finishes the writes that were taken, closes the store. */
  @Override
  public void close() {
    expiry.close();
    List<KubernetesClient> open;
    synchronized (clients) {
      open = List.copyOf(clients);
    }
    open.forEach(KubernetesClient::close);
    store.close();
    threads.shutdownNow();
    try {
      if (!threads.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS)) {
        LOG.warn("requests still run after the API was closed, waited_seconds={}", CLOSE_SECONDS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
