package dev.naru.gateway;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.api.model.networking.v1.Ingress;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows Ingresses, Services and EndpointSlices, and hands out a snapshot after each change;
 * changes that come while one is being put in force are handed out together.
 */
final class ClusterWatch implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(ClusterWatch.class);

  private final SharedIndexInformer<Ingress> ingresses;
  private final SharedIndexInformer<Service> services;
  private final SharedIndexInformer<EndpointSlice> slices;
  private final Consumer<ClusterSnapshot> publish;
  private final IngressStatus status;
  private final Semaphore changed = new Semaphore(0);
  private final Thread thread;
  private volatile boolean closed;

  private ClusterWatch(
      KubernetesClient client, Consumer<ClusterSnapshot> publish, List<String> statusAddresses) {
    this.publish = publish;
    this.status = new IngressStatus(client, statusAddresses);
    ResourceEventHandler<HasMetadata> handler = new Changes();
    try {
      this.ingresses = client.network().v1().ingresses().inAnyNamespace().runnableInformer(0);
      this.services = client.services().inAnyNamespace().runnableInformer(0);
      this.slices = client.discovery().v1().endpointSlices().inAnyNamespace().runnableInformer(0);
    } catch (KubernetesClientException e) {
      throw unreachable(e);
    }
    List.of(ingresses, services, slices).forEach(informer -> follow(informer, handler));
    this.thread = Thread.ofVirtual().name("gateway-routes").unstarted(this::run);
  }

  /**
   * Returns when the first snapshot was published.
   *
   * @param statusAddresses see {@link GatewayConfig#statusAddresses}
   */
  static ClusterWatch start(
      KubernetesClient client, Consumer<ClusterSnapshot> publish, List<String> statusAddresses) {
    ClusterWatch watch = new ClusterWatch(client, publish, statusAddresses);
    try {
      watch.ingresses.run();
      watch.services.run();
      watch.slices.run();
    } catch (KubernetesClientException e) {
      watch.stopInformers();
      throw unreachable(e);
    }
    watch.publishNow();
    watch.thread.start();
    return watch;
  }

  /**
   * Once started it never gives up: old routes are better than none, and the next list heals them.
   */
  private static void follow(
      SharedIndexInformer<? extends HasMetadata> informer,
      ResourceEventHandler<HasMetadata> handler) {
    informer.exceptionHandler((started, failure) -> started);
    informer.addEventHandler(handler);
  }

  private static GatewayException unreachable(KubernetesClientException e) {
    return new GatewayException(
        "GATEWAY_CLUSTER",
        "Tried to list Ingresses, Services and EndpointSlices but failed because: "
            + e.getMessage(),
        e);
  }

  private void run() {
    while (!closed) {
      try {
        changed.acquire();
        changed.drainPermits();
        publishNow();
      } catch (InterruptedException e) {
        return; // close() asks for it
      } catch (RuntimeException e) {
        log.error("new routes could not be put in force, the old ones stay", e);
      }
    }
  }

  private void publishNow() {
    ClusterSnapshot snapshot =
        new ClusterSnapshot(
            ingresses.getStore().list(), services.getStore().list(), slices.getStore().list());
    publish.accept(snapshot);
    status.write(snapshot.ingresses());
  }

  private void stopInformers() {
    ingresses.stop();
    services.stop();
    slices.stop();
  }

  @Override
  public void close() {
    closed = true;
    stopInformers();
    thread.interrupt();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private final class Changes implements ResourceEventHandler<HasMetadata> {
    @Override
    public void onAdd(HasMetadata object) {
      changed.release();
    }

    @Override
    public void onUpdate(HasMetadata before, HasMetadata now) {
      changed.release();
    }

    @Override
    public void onDelete(HasMetadata object, boolean finalStateUnknown) {
      changed.release();
    }
  }
}
