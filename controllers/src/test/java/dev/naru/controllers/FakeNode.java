package dev.naru.controllers;

import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;

/** A node without containers: pods bound to it run and turn ready at once, or never. */
final class FakeNode implements AutoCloseable {
  static final String NAME = "test-node";

  private final KubernetesClient client;
  private final Predicate<Pod> turnsReady;
  private final SharedIndexInformer<Pod> pods;
  private final ExecutorService worker =
      Executors.newSingleThreadExecutor(Thread.ofVirtual().factory());
  private final AtomicInteger addresses = new AtomicInteger();
  private final Set<String> started = ConcurrentHashMap.newKeySet();

  FakeNode(KubernetesClient client, Predicate<Pod> turnsReady) {
    this.client = client;
    this.turnsReady = turnsReady;
    if (client.nodes().withName(NAME).get() == null) {
      client
          .resource(
              new NodeBuilder()
                  .withNewMetadata()
                  .withName(NAME)
                  .addToLabels("kubernetes.io/hostname", NAME)
                  .endMetadata()
                  .build())
          .create();
      client
          .nodes()
          .withName(NAME)
          .editStatus(
              node ->
                  new NodeBuilder(node)
                      .withNewStatus()
                      .withAllocatable(
                          Map.of(
                              "cpu", new Quantity("8"),
                              "memory", new Quantity("16Gi"),
                              "pods", new Quantity("110")))
                      .addNewCondition()
                      .withType("Ready")
                      .withStatus("True")
                      .endCondition()
                      .endStatus()
                      .build());
    }
    this.pods = client.pods().inAnyNamespace().runnableInformer(0);
    pods.addEventHandler(
        new ResourceEventHandler<>() {
          @Override
          public void onAdd(Pod pod) {
            worker.execute(() -> drive(pod));
          }

          @Override
          public void onUpdate(Pod before, Pod after) {
            worker.execute(() -> drive(after));
          }

          @Override
          public void onDelete(Pod pod, boolean unknown) {}
        });
    pods.run();
  }

  private void drive(Pod pod) {
    if (!NAME.equals(pod.getSpec().getNodeName())) {
      return;
    }
    try {
      if (pod.getMetadata().getDeletionTimestamp() != null) {
        client.resource(pod).withGracePeriod(0).delete();
      } else if (started.add(pod.getMetadata().getUid())) {
        setReady(pod, turnsReady.test(pod));
      }
    } catch (KubernetesClientException e) {
      if (e.getCode() != 404 && e.getCode() != 409) {
        throw e;
      }
    }
  }

  /** Reports the pod as running, ready or not. */
  void setReady(Pod pod, boolean ready) {
    int n = addresses.incrementAndGet();
    String now = Instant.now().toString();
    client
        .pods()
        .inNamespace(pod.getMetadata().getNamespace())
        .withName(pod.getMetadata().getName())
        .editStatus(
            p ->
                new PodBuilder(p)
                    .editOrNewStatus()
                    .withPhase("Running")
                    .withPodIP(
                        p.getStatus().getPodIP() == null
                            ? "10.88." + n / 250 + "." + (n % 250 + 2)
                            : p.getStatus().getPodIP())
                    .removeMatchingFromConditions(c -> c.getType().equals("Ready"))
                    .addNewCondition()
                    .withType("Ready")
                    .withStatus(ready ? "True" : "False")
                    .withLastTransitionTime(now)
                    .endCondition()
                    .endStatus()
                    .build());
  }

  @Override
  public void close() {
    pods.close();
    worker.shutdownNow();
  }
}
