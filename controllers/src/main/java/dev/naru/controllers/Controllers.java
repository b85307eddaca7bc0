package dev.naru.controllers;

import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;

/**
 * The controllers that make a Kubernetes API a cluster: scheduling, workloads, endpoints, volumes,
 * garbage collection and namespaces.
 *
 * <p>Each looks at what is wanted and what is there, and takes the next step; none remembers
 * anything that the API does not hold. They may be stopped at any moment and started again.
 */
public final class Controllers implements AutoCloseable {
  private final ClusterState state;
  private final ObjectGraph graph;
  private final List<AutoCloseable> controllers = new ArrayList<>();

  private Controllers(KubernetesClient client, Clock clock, ControllersConfig config) {
    this.state = new ClusterState(client, clock);
    this.graph = new ObjectGraph(client);
    VolumeController volumes = new VolumeController(state, config.volumes());
    controllers.add(volumes);
    controllers.add(new EndpointSliceController(state));
    controllers.add(new ReplicaSetController(state));
    controllers.add(new DeploymentController(state));
    controllers.add(new StatefulSetController(state));
    controllers.add(new Scheduler(state));
    controllers.add(new GarbageCollector(state, graph));
    controllers.add(new NamespaceController(state, graph));
    graph.refresh();
    volumes.bootstrap();
    state.start();
  }

  /**
   * Starts all controllers; returns when they know the state of the cluster and work.
   *
   * @param client stays the caller's; it has to outlive this
   */
  public static Controllers start(KubernetesClient client, Clock clock, ControllersConfig config) {
    return new Controllers(client, clock, config);
  }

  /** Ends what runs, at most after its present step. */
  @Override
  public void close() {
    for (AutoCloseable controller : controllers) {
      try {
        controller.close();
      } catch (Exception e) {
        throw new IllegalStateException("a controller did not stop", e);
      }
    }
    graph.close();
    state.close();
  }
}
