package dev.naru.kube;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Removes Events when they are old, as the real API does by a lease. */
final class EventExpiry implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(EventExpiry.class);
  private static final long EVERY_SECONDS = 60;

  private final Store store;
  private final Resource events;
  private final Clock clock;
  private final Duration age;
  private final CountDownLatch closed = new CountDownLatch(1);

  EventExpiry(Store store, Kinds kinds, Clock clock, Duration age, ExecutorService threads) {
    this.store = store;
    this.events = kinds.builtIn("", "v1", "events");
    this.clock = clock;
    this.age = age;
    threads.submit(this::run);
  }

  private void run() {
    try {
      while (!closed.await(EVERY_SECONDS, TimeUnit.SECONDS)) {
        trySweep();
      }
    } catch (InterruptedException e) {
      LOG.debug("the expiry of events ends");
    }
  }

  private void trySweep() {
    try {
      sweep();
    } catch (KubeException e) {
      LOG.warn("events could not be removed; tried again, seconds={}", EVERY_SECONDS, e);
    }
  }

  /** Removes what is too old now. */
  void sweep() {
    Instant oldest = clock.instant().minus(age);
    for (Stored event : store.state().list(events.table(), "")) {
      if (time(event).isBefore(oldest)) {
        store.delete(events.table(), event.key(), event, event.json().deepCopy());
      }
    }
  }

  private static Instant time(Stored event) {
    for (String path : new String[] {"lastTimestamp", "series.lastObservedTime", "eventTime"}) {
      String text = Json.at(event.json(), path).asText("");
      if (!text.isEmpty()) {
        try {
          return Instant.parse(text);
        } catch (DateTimeParseException e) {
          LOG.debug("an event has an unreadable time, event={}", event.key());
        }
      }
    }
    return Instant.parse(event.meta().path("creationTimestamp").asText());
  }

  @Override
  public void close() {
    closed.countDown();
  }
}
