package dev.naru.controllers;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.apps.ControllerRevision;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What all controllers share: the client, the clock, a timer, and one cache for each kind. */
final class ClusterState implements AutoCloseable {
  final KubernetesClient client;
  final Api api;
  final Clock clock;
  final Events events;
  final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("controllers-timer").factory());

  final Cache<Pod> pods;
  final Cache<Node> nodes;
  final Cache<Namespace> namespaces;
  final Cache<Service> services;
  final Cache<ServiceAccount> serviceAccounts;
  final Cache<EndpointSlice> slices;
  final Cache<PersistentVolumeClaim> claims;
  final Cache<PersistentVolume> volumes;
  final Cache<Deployment> deployments;
  final Cache<ReplicaSet> replicaSets;
  final Cache<StatefulSet> statefulSets;
  final Cache<ControllerRevision> revisions;

  private final List<Cache<?>> all = new ArrayList<>();
  private final List<KeyedQueue> queues = new ArrayList<>();

  ClusterState(KubernetesClient client, Clock clock) {
    this.client = client;
    this.api = new Api(client);
    this.clock = clock;
    this.events = new Events(client, clock);
    this.pods = add(new Cache<>(client.pods().inAnyNamespace().runnableInformer(0)));
    this.nodes = add(new Cache<>(client.nodes().runnableInformer(0)));
    this.namespaces = add(new Cache<>(client.namespaces().runnableInformer(0)));
    this.services = add(new Cache<>(client.services().inAnyNamespace().runnableInformer(0)));
    this.serviceAccounts =
        add(new Cache<>(client.serviceAccounts().inAnyNamespace().runnableInformer(0)));
    this.slices =
        add(
            new Cache<>(
                client.discovery().v1().endpointSlices().inAnyNamespace().runnableInformer(0)));
    this.claims =
        add(new Cache<>(client.persistentVolumeClaims().inAnyNamespace().runnableInformer(0)));
    this.volumes = add(new Cache<>(client.persistentVolumes().runnableInformer(0)));
    this.deployments =
        add(new Cache<>(client.apps().deployments().inAnyNamespace().runnableInformer(0)));
    this.replicaSets =
        add(new Cache<>(client.apps().replicaSets().inAnyNamespace().runnableInformer(0)));
    this.statefulSets =
        add(new Cache<>(client.apps().statefulSets().inAnyNamespace().runnableInformer(0)));
    this.revisions =
        add(new Cache<>(client.apps().controllerRevisions().inAnyNamespace().runnableInformer(0)));
  }

  private <T extends HasMetadata> Cache<T> add(Cache<T> cache) {
    all.add(cache);
    return cache;
  }

  /**
   * Starts every cache and, when all are filled, the work: what is decided on half of the state
   * would be wrong. Listeners have to be in place before.
   */
  void start() {
    all.forEach(Cache::start);
    queues.forEach(KeyedQueue::start);
  }

  KeyedQueue queue(String name, int workers, KeyedQueue.Sync sync) {
    KeyedQueue queue = new KeyedQueue(name, workers, timer, sync);
    queues.add(queue);
    return queue;
  }

  /** Nothing can be made in a namespace that goes away. */
  boolean ending(HasMetadata object) {
    return namespaces.get(object.getMetadata().getNamespace()).filter(Meta::deleting).isPresent();
  }

  /** Has {@code queue} look at the object of {@code cache}'s kind whenever it changes. */
  static <T extends HasMetadata> void follow(Cache<T> cache, KeyedQueue queue) {
    cache.listen((before, after) -> queue.add(Meta.key(either(before, after))));
  }

  /** Has {@code queue} look at the controller, of {@code kind}, of every object that changes. */
  static <T extends HasMetadata> void followControlled(
      Cache<T> cache, String kind, KeyedQueue queue) {
    cache.listen((before, after) -> addControllers(before, after, kind, queue));
  }

  /** The same, and what the controller awaits of the object is told before. */
  static <T extends HasMetadata> void followControlled(
      Cache<T> cache, String kind, KeyedQueue queue, Expectations expectations) {
    cache.listen(
        (before, after) -> {
          if (after != null) {
            controllerKey(after, kind).ifPresent(key -> expectations.seen(key, after));
          } else if (before != null) {
            controllerKey(before, kind).ifPresent(key -> expectations.forget(key, before));
          }
          addControllers(before, after, kind, queue);
        });
  }

  private static <T extends HasMetadata> void addControllers(
      @Nullable T before, @Nullable T after, String kind, KeyedQueue queue) {
    if (before != null) {
      controllerKey(before, kind).ifPresent(queue::add);
    }
    if (after != null) {
      controllerKey(after, kind).ifPresent(queue::add);
    }
  }

  /**
   * Has {@code queue} look at those whose {@code selector} an object without controller matches.
   */
  static <T extends HasMetadata, O extends HasMetadata> void followOrphans(
      Cache<T> cache, Cache<O> owners, Function<O, LabelSelector> selector, KeyedQueue queue) {
    cache.listen(
        (before, after) -> {
          if (after != null && Meta.controller(after).isEmpty()) {
            owners.inNamespace(after.getMetadata().getNamespace()).stream()
                .filter(owner -> Labels.matches(selector.apply(owner), Meta.labels(after)))
                .forEach(owner -> queue.add(Meta.key(owner)));
          }
        });
  }

  static <T extends HasMetadata> Optional<String> controllerKey(T object, String kind) {
    return Meta.controller(object)
        .filter(owner -> owner.getKind().equals(kind))
        .map(OwnerReference::getName)
        .map(name -> object.getMetadata().getNamespace() + "/" + name);
  }

  static <T> T either(@Nullable T before, @Nullable T after) {
    if (after != null) {
      return after;
    }
    if (before != null) {
      return before;
    }
    throw new IllegalArgumentException("a change without an object");
  }

  @Override
  public void close() {
    all.forEach(Cache::close);
    timer.shutdownNow();
    events.close();
  }
}
