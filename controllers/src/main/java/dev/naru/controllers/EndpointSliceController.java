package dev.naru.controllers;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSliceBuilder;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Writes the EndpointSlices of every Service with a selector. Slices that it did not make (another
 * {@code managed-by} label) are left alone.
 */
final class EndpointSliceController implements AutoCloseable {
  private final ClusterState state;
  private final KeyedQueue queue;

  EndpointSliceController(ClusterState state) {
    this.state = state;
    this.queue = state.queue("endpointslice", 4, this::sync);
    ClusterState.follow(state.services, queue);
    state.pods.listen(this::podChanged);
    state.slices.listen(
        (before, after) -> {
          EndpointSlice slice = ClusterState.either(before, after);
          String service = Meta.labels(slice).get(EndpointSlices.SERVICE_NAME);
          if (service != null && ours(slice)) {
            queue.add(slice.getMetadata().getNamespace() + "/" + service);
          }
        });
  }

  private void podChanged(@Nullable Pod before, @Nullable Pod after) {
    String namespace = ClusterState.either(before, after).getMetadata().getNamespace();
    for (Service service : state.services.inNamespace(namespace)) {
      Map<String, String> selector = service.getSpec().getSelector();
      if (selector != null
          && !selector.isEmpty()
          && ((before != null && Labels.contains(Meta.labels(before), selector))
              || (after != null && Labels.contains(Meta.labels(after), selector)))) {
        queue.add(Meta.key(service));
      }
    }
  }

  private void sync(String key) {
    Optional<Service> found = state.services.get(key);
    if (found.isEmpty() || Meta.deleting(found.get())) {
      return;
    }
    Service service = found.get();
    Map<String, String> selector = service.getSpec().getSelector();
    if (selector == null
        || selector.isEmpty()
        || "ExternalName".equals(service.getSpec().getType())) {
      return;
    }
    String namespace = service.getMetadata().getNamespace();
    List<Pod> pods =
        state.pods.inNamespace(namespace).stream()
            .filter(pod -> Labels.contains(Meta.labels(pod), selector))
            .toList();
    Set<String> kept = new HashSet<>();
    for (EndpointSlice wanted : EndpointSlices.plan(service, pods)) {
      kept.add(Meta.name(wanted));
      write(wanted);
    }
    state.slices.inNamespace(namespace).stream()
        .filter(EndpointSliceController::ours)
        .filter(
            slice -> Meta.name(service).equals(Meta.labels(slice).get(EndpointSlices.SERVICE_NAME)))
        .filter(slice -> !kept.contains(Meta.name(slice)))
        .forEach(slice -> state.api.delete(slice, "Background"));
  }

  private void write(EndpointSlice wanted) {
    Optional<EndpointSlice> present = state.slices.get(Meta.key(wanted));
    if (present.isEmpty()) {
      if (state.api.createIfAbsent(wanted).isEmpty()) {
        // Made by an earlier run and not seen yet: what is in it is not known.
        EndpointSlice stored =
            state
                .client
                .discovery()
                .v1()
                .endpointSlices()
                .inNamespace(wanted.getMetadata().getNamespace())
                .withName(Meta.name(wanted))
                .require();
        update(stored, wanted);
      }
      return;
    }
    update(present.get(), wanted);
  }

  private void update(EndpointSlice present, EndpointSlice wanted) {
    boolean same =
        present.getEndpoints().equals(wanted.getEndpoints())
            && present.getPorts().equals(wanted.getPorts())
            && Labels.contains(Meta.labels(present), Meta.labels(wanted));
    if (!same) {
      state
          .client
          .resource(
              new EndpointSliceBuilder(present)
                  .editMetadata()
                  .withLabels(wanted.getMetadata().getLabels())
                  .endMetadata()
                  .withPorts(wanted.getPorts())
                  .withEndpoints(wanted.getEndpoints())
                  .build())
          .update();
    }
  }

  private static boolean ours(EndpointSlice slice) {
    return EndpointSlices.MANAGER.equals(Meta.labels(slice).get(EndpointSlices.MANAGED_BY));
  }

  @Override
  public void close() {
    queue.close();
  }
}
