package dev.naru.controllers;

import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.EventBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes core/v1 Events beside the work, in order, by one thread. A repeated event raises the count
 * of the first. With more than {@value #QUEUE_MAX} waiting, further ones are dropped: events are
 * news, never state.
 */
final class Events implements AutoCloseable {
  private static final int QUEUE_MAX = 1000;
  private static final int REMEMBERED_MAX = 500;
  private static final Logger log = LoggerFactory.getLogger(Events.class);

  private record Occurrence(
      HasMetadata about, String type, String reason, String message, String component) {
    String identity() {
      return Meta.uid(about) + "|" + type + "|" + reason + "|" + message;
    }
  }

  private final KubernetesClient client;
  private final Clock clock;
  private final BlockingQueue<Occurrence> queue = new ArrayBlockingQueue<>(QUEUE_MAX);
  private final Thread writer;
  // Used by the writer only.
  private final Map<String, Event> recent =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Event> eldest) {
          return size() > REMEMBERED_MAX;
        }
      };

  Events(KubernetesClient client, Clock clock) {
    this.client = client;
    this.clock = clock;
    this.writer = Thread.ofVirtual().name("events").start(this::write);
  }

  void normal(HasMetadata about, String component, String reason, String message) {
    offer(new Occurrence(about, "Normal", reason, message, component));
  }

  void warning(HasMetadata about, String component, String reason, String message) {
    offer(new Occurrence(about, "Warning", reason, message, component));
  }

  private void offer(Occurrence occurrence) {
    if (!queue.offer(occurrence)) {
      log.atDebug().addKeyValue("reason", occurrence.reason()).log("event dropped, queue is full");
    }
  }

  private void write() {
    try {
      while (true) {
        Occurrence occurrence = queue.take();
        try {
          write(occurrence);
        } catch (KubernetesClientException e) {
          // A namespace that goes away takes no events.
          log.atDebug().setCause(e).addKeyValue("reason", occurrence.reason()).log("event lost");
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void write(Occurrence occurrence) {
    String now = Meta.now(clock);
    Event known = recent.get(occurrence.identity());
    if (known != null) {
      int count = known.getCount() + 1;
      try {
        Event repeated =
            client
                .v1()
                .events()
                .inNamespace(known.getMetadata().getNamespace())
                .withName(Meta.name(known))
                .edit(e -> new EventBuilder(e).withCount(count).withLastTimestamp(now).build());
        recent.put(occurrence.identity(), repeated);
        return;
      } catch (KubernetesClientException | NullPointerException e) {
        recent.remove(occurrence.identity());
        log.atTrace().setCause(e).log("the first event has gone, writing a new one");
      }
    }
    HasMetadata about = occurrence.about();
    String namespace = about.getMetadata().getNamespace();
    Event event =
        new EventBuilder()
            .withNewMetadata()
            .withNamespace(namespace == null ? "default" : namespace)
            .withGenerateName(Meta.name(about) + ".")
            .endMetadata()
            .withInvolvedObject(Meta.reference(about))
            .withType(occurrence.type())
            .withReason(occurrence.reason())
            .withMessage(occurrence.message())
            .withNewSource()
            .withComponent(occurrence.component())
            .endSource()
            .withReportingComponent(occurrence.component())
            .withReportingInstance("naru")
            .withFirstTimestamp(now)
            .withLastTimestamp(now)
            .withCount(1)
            .build();
    recent.put(occurrence.identity(), client.resource(event).create());
  }

  @Override
  public void close() {
    writer.interrupt();
  }
}
