package dev.naru.node;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodStatus;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.net.HttpURLConnection;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes one pod's status, always the latest, on a thread of its own: starting a container does not
 * wait for the API. Written as a strategic merge patch with the pod's uid as its condition, so that
 * conditions of others stay and a successor of the same name is not touched.
 */
final class StatusWriter implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(StatusWriter.class);
  private static final Duration RETRY = Duration.ofMillis(500);
  private static final int UNPROCESSABLE = 422;
  private static final ObjectMapper JSON = new ObjectMapper();

  private final KubernetesClient client;
  private final KubernetesSerialization serialization;
  private final Pod pod;
  private final Thread thread;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  // Guarded by lock.
  private @Nullable PodStatus wanted;
  private @Nullable PodStatus writtenLast;
  private boolean gone;

  StatusWriter(KubernetesClient client, Pod pod) {
    this.client = client;
    this.serialization = client.getKubernetesSerialization();
    this.pod = pod;
    this.writtenLast = pod.getStatus();
    this.thread = Thread.ofVirtual().name("status-" + pod.getMetadata().getName()).start(this::run);
  }

  /** Replaces what is to be written next. */
  void write(PodStatus status) {
    lock.lock();
    try {
      boolean same = wanted == null ? status.equals(writtenLast) : status.equals(wanted);
      if (!same) {
        wanted = status;
        changed.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Waits until all is written, or the pod is gone, or {@code max} has passed. */
  void flush(Duration max) throws InterruptedException {
    long nanos = max.toNanos();
    lock.lockInterruptibly();
    try {
      while (wanted != null && !gone && nanos > 0) {
        nanos = changed.awaitNanos(nanos);
      }
    } finally {
      lock.unlock();
    }
  }

  private void run() {
    try {
      for (Optional<PodStatus> next = next(); next.isPresent(); next = next()) {
        boolean done = patch(next.get());
        finish(next.get(), done);
      }
    } catch (InterruptedException e) {
      // Closed; what was not written is found again by the next process.
      Thread.currentThread().interrupt();
    }
  }

  private Optional<PodStatus> next() throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (wanted == null && !gone) {
        changed.await();
      }
      return gone ? Optional.empty() : Optional.ofNullable(wanted);
    } finally {
      lock.unlock();
    }
  }

  private void finish(PodStatus status, boolean done) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      if (done) {
        writtenLast = status;
        if (status.equals(wanted)) {
          wanted = null;
        }
        changed.signalAll();
      }
    } finally {
      lock.unlock();
    }
    if (!done) {
      Thread.sleep(RETRY);
    }
  }

  /** False when it is to be tried again. */
  private boolean patch(PodStatus status) {
    try {
      client
          .pods()
          .inNamespace(pod.getMetadata().getNamespace())
          .withName(pod.getMetadata().getName())
          .subresource("status")
          .patch(PatchContext.of(PatchType.STRATEGIC_MERGE), body(status));
      return true;
    } catch (KubernetesClientException e) {
      boolean over =
          e.getCode() == HttpURLConnection.HTTP_NOT_FOUND
              || e.getCode() == HttpURLConnection.HTTP_CONFLICT
              || e.getCode() == UNPROCESSABLE;
      if (over && isGone()) {
        markGone();
        return true;
      }
      LOG.atWarn()
          .addKeyValue("pod", Pods.title(pod))
          .addKeyValue("cause", e.getMessage())
          .log("pod status not written, trying again");
      return false;
    }
  }

  private boolean isGone() {
    try {
      Pod now =
          client
              .pods()
              .inNamespace(pod.getMetadata().getNamespace())
              .withName(pod.getMetadata().getName())
              .get();
      return now == null || !now.getMetadata().getUid().equals(pod.getMetadata().getUid());
    } catch (KubernetesClientException e) {
      LOG.atDebug().setCause(e).log("the API is away");
      return false;
    }
  }

  private void markGone() {
    lock.lock();
    try {
      gone = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private String body(PodStatus status) {
    ObjectNode root = JSON.createObjectNode();
    root.putObject("metadata").put("uid", pod.getMetadata().getUid());
    ObjectNode json;
    try {
      json = (ObjectNode) JSON.readTree(serialization.asJson(status));
    } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
      throw new AssertionError("a serialized status is JSON", e);
    }
    // A merge keeps what is not named: reasons of before have to go by name.
    json.path("conditions")
        .forEach(
            condition -> {
              for (String field : new String[] {"reason", "message"}) {
                if (!condition.has(field)) {
                  ((ObjectNode) condition).putNull(field);
                }
              }
            });
    root.set("status", json);
    return root.toString();
  }

  @Override
  public void close() {
    markGone();
    thread.interrupt();
  }
}
