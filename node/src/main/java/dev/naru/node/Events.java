package dev.naru.node;

import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.EventBuilder;
import io.fabric8.kubernetes.api.model.ObjectReference;
import io.fabric8.kubernetes.api.model.ObjectReferenceBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What {@code kubectl describe} shows below "Events". Written by one thread behind a bounded queue,
 * so that nothing waits for it; the same event again counts up the first one.
 */
final class Events implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Events.class);
  private static final int QUEUE_MAX = 2048;
  private static final int REMEMBERED_MAX = 1024;

  private final KubernetesClient client;
  private final String node;
  private final InstantSource clock;
  private final BlockingQueue<Happening> queue = new ArrayBlockingQueue<>(QUEUE_MAX);
  private final Thread writer;

  /** Touched by the writer only. */
  private final Map<Happening, Event> written =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Happening, Event> eldest) {
          return size() > REMEMBERED_MAX;
        }
      };

  private record Happening(ObjectReference about, String type, String reason, String message) {}

  Events(KubernetesClient client, String node, InstantSource clock) {
    this.client = client;
    this.node = node;
    this.clock = clock;
    this.writer = Thread.ofVirtual().name("node-events").start(this::run);
  }

  /**
   * @param container empty for the pod as a whole
   */
  void normal(Pod pod, String container, String reason, String message) {
    add(pod, container, "Normal", reason, message);
  }

  void warning(Pod pod, String container, String reason, String message) {
    add(pod, container, "Warning", reason, message);
  }

  private void add(Pod pod, String container, String type, String reason, String message) {
    ObjectReferenceBuilder about =
        new ObjectReferenceBuilder()
            .withApiVersion("v1")
            .withKind("Pod")
            .withNamespace(pod.getMetadata().getNamespace())
            .withName(pod.getMetadata().getName())
            .withUid(pod.getMetadata().getUid());
    if (!container.isEmpty()) {
      boolean init =
          Pods.container(pod, container)
              .map(c -> Pods.kind(pod, c) != ContainerKind.APP)
              .orElse(false);
      about.withFieldPath((init ? "spec.initContainers{" : "spec.containers{") + container + "}");
    }
    String shortened = message.length() > 1024 ? message.substring(0, 1024) : message;
    if (!queue.offer(new Happening(about.build(), type, reason, shortened))) {
      LOG.atWarn().addKeyValue("reason", reason).log("event dropped, too many are waiting");
    }
  }

  private void run() {
    try {
      while (true) {
        Happening entry = queue.take();
        try {
          write(entry);
        } catch (KubernetesClientException e) {
          // An event is a courtesy: its namespace may just be ending.
          LOG.atDebug().addKeyValue("reason", entry.reason()).setCause(e).log("event not written");
        }
      }
    } catch (InterruptedException e) {
      LOG.debug("events closed");
    }
  }

  private void write(Happening entry) {
    String now = PodStatuses.time(clock.instant());
    Event before = written.get(entry);
    if (before != null) {
      before.setCount(before.getCount() + 1);
      before.setLastTimestamp(now);
      before.getMetadata().setResourceVersion(null);
      before.getMetadata().setManagedFields(null);
      written.put(entry, client.resource(before).update());
      return;
    }
    Event event =
        new EventBuilder()
            .withNewMetadata()
            .withNamespace(entry.about().getNamespace())
            .withName(
                entry.about().getName()
                    + "."
                    + Long.toHexString(clock.instant().toEpochMilli() << 16 | next()))
            .endMetadata()
            .withInvolvedObject(entry.about())
            .withType(entry.type())
            .withReason(entry.reason())
            .withMessage(entry.message())
            .withFirstTimestamp(now)
            .withLastTimestamp(now)
            .withCount(1)
            .withNewSource()
            .withComponent("naru-node")
            .withHost(node)
            .endSource()
            .withReportingComponent("naru-node")
            .withReportingInstance(node)
            .build();
    written.put(entry, client.resource(event).create());
  }

  private int number;

  private int next() {
    number = (number + 1) & 0xffff;
    return number;
  }

  @Override
  public void close() {
    writer.interrupt();
  }
}
