package dev.naru.node.net;

import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The Services of the cluster with their endpoints, kept current by watches and shared by {@link
 * ServiceProxy} and {@link ClusterDns}.
 */
public final class ServiceCatalog implements AutoCloseable {
  /** The entries at one moment, by {@code <namespace>/<name>}. */
  record Snapshot(long version, Map<String, ServiceEntry> entries) {
    Snapshot {
      entries = Map.copyOf(entries);
    }
  }

  private final ServiceSource source;
  private final Runnable close;
  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
  private final AtomicLong version = new AtomicLong();
  private volatile Snapshot last = new Snapshot(-1, Map.of());

  ServiceCatalog(ServiceSource source, Runnable close) {
    this.source = source;
    this.close = close;
  }

  /** Lists and watches through {@code client}; returns when the first list is in. */
  public static ServiceCatalog start(KubernetesClient client) {
    SharedIndexInformer<Service> services = client.services().inAnyNamespace().runnableInformer(0);
    SharedIndexInformer<EndpointSlice> slices =
        client.discovery().v1().endpointSlices().inAnyNamespace().runnableInformer(0);
    ServiceSource source =
        new ServiceSource() {
          @Override
          public Collection<Service> services() {
            return services.getStore().list();
          }

          @Override
          public Collection<EndpointSlice> slices() {
            return slices.getStore().list();
          }
        };
    ServiceCatalog catalog =
        new ServiceCatalog(
            source,
            () -> {
              services.close();
              slices.close();
            });
    services.addEventHandler(catalog.new Changed<>());
    slices.addEventHandler(catalog.new Changed<>());
    services.run();
    slices.run();
    return catalog;
  }

  /** The present state; computed again only when something changed. */
  Snapshot snapshot() {
    Snapshot known = last;
    long current = version.get();
    if (known.version() == current) {
      return known;
    }
    Map<String, List<EndpointSlice>> byService = new HashMap<>();
    for (EndpointSlice slice : source.slices()) {
      String service = ServiceEntry.serviceOf(slice);
      if (!service.isEmpty()) {
        byService
            .computeIfAbsent(
                slice.getMetadata().getNamespace() + "/" + service, key -> new ArrayList<>())
            .add(slice);
      }
    }
    Map<String, ServiceEntry> entries = new HashMap<>();
    for (Service service : source.services()) {
      String key = service.getMetadata().getNamespace() + "/" + service.getMetadata().getName();
      entries.put(key, ServiceEntry.of(service, byService.getOrDefault(key, List.of())));
    }
    Snapshot fresh = new Snapshot(current, entries);
    last = fresh;
    return fresh;
  }

  /** {@code listener} is called after each change, on the watch's thread; it must not block. */
  void onChange(Runnable listener) {
    listeners.add(listener);
  }

  void changed() {
    version.incrementAndGet();
    listeners.forEach(Runnable::run);
  }

  @Override
  public void close() {
    close.run();
  }

  private final class Changed<T> implements ResourceEventHandler<T> {
    @Override
    public void onAdd(T object) {
      changed();
    }

    @Override
    public void onUpdate(T before, T after) {
      changed();
    }

    @Override
    public void onDelete(T object, boolean finalStateUnknown) {
      changed();
    }
  }
}
