package dev.naru.pipeline;

import dev.naru.pipeline.lang.Jenkinsfile;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.net.HttpURLConnection;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The status of one run. A change is written at once by a thread of its own; changes that come
 * while a write is under way go together into the next one. New log lines alone wait for {@link
 * #LOG_PAUSE}.
 */
final class StatusBoard implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(StatusBoard.class);
  private static final Duration LOG_PAUSE = Duration.ofSeconds(1);
  private static final Duration RETRY_PAUSE = Duration.ofMillis(500);
  private static final int LAST_WRITES_MAX = 20;

  private final KubernetesClient client;
  private final String namespace;
  private final String run;
  private final RunLog log;
  private final Map<String, PipelineRunStatus.Stage> stages = new LinkedHashMap<>();
  private final Map<String, PipelineRunStatus.Image> images = new LinkedHashMap<>();
  private final Thread writer;
  private String phase = "Pending";
  private @Nullable String startedAt;
  private @Nullable String finishedAt;
  private @Nullable String message;
  private @Nullable String failedStage;
  private @Nullable String agentPod;
  private @Nullable Integer number;
  private long version;
  private long written;
  private boolean closed;

  StatusBoard(KubernetesClient client, String namespace, String run, RunLog log) {
    this.client = client;
    this.namespace = namespace;
    this.run = run;
    this.log = log;
    this.writer = Thread.ofVirtual().name("status-" + run).start(this::write);
  }

  /** Images are built outside of the journal, so what the resource says of them is kept. */
  synchronized void keepImages(@Nullable List<PipelineRunStatus.Image> known) {
    if (known != null) {
      known.forEach(i -> images.put(i.image(), i));
    }
  }

  private void changed() {
    version++;
    notifyAll();
  }

  synchronized void outline(List<Jenkinsfile.StageOutline> outline) {
    outline.forEach(s -> stage(s.path(), "Waiting", null, null, null));
    changed();
  }

  synchronized void started(String phaseNow, String at, String pod, int buildNumber) {
    phase = phaseNow;
    startedAt = at;
    agentPod = pod;
    number = buildNumber;
    changed();
  }

  synchronized void waiting(@Nullable String forWhat) {
    message = forWhat;
    changed();
  }

  synchronized void stageBegan(List<String> path, String at) {
    stage(path, "Running", at, null, null);
    changed();
  }

  synchronized void stageEnded(List<String> path, String state, String at, @Nullable String why) {
    PipelineRunStatus.Stage before = stages.get(String.join("/", path));
    stage(path, state, before == null ? at : before.startedAt(), at, why);
    changed();
  }

  private void stage(
      List<String> path,
      String state,
      @Nullable String from,
      @Nullable String to,
      @Nullable String why) {
    stages.put(
        String.join("/", path),
        new PipelineRunStatus.Stage(
            path.getLast(),
            path.size() == 1 ? null : String.join("/", path.subList(0, path.size() - 1)),
            state,
            from,
            to,
            why == null || why.isEmpty() ? null : why));
  }

  synchronized void image(PipelineRunStatus.Image image) {
    images.put(image.image(), image);
    changed();
  }

  synchronized void finished(
      String phaseNow, String at, @Nullable String why, @Nullable String stage) {
    phase = phaseNow;
    finishedAt = at;
    message = why;
    failedStage = stage;
    for (Map.Entry<String, PipelineRunStatus.Stage> e : stages.entrySet()) {
      PipelineRunStatus.Stage s = e.getValue();
      if (s.state().equals("Waiting") || s.state().equals("Running")) {
        e.setValue(
            new PipelineRunStatus.Stage(
                s.name(),
                s.parent(),
                s.state().equals("Waiting") ? "Skipped" : "Aborted",
                s.startedAt(),
                s.state().equals("Waiting") ? null : at,
                s.message()));
      }
    }
    changed();
  }

  synchronized PipelineRunStatus snapshot() {
    return new PipelineRunStatus(
        phase,
        startedAt,
        finishedAt,
        message,
        failedStage,
        log.tail(),
        agentPod,
        number,
        List.copyOf(stages.values()),
        List.copyOf(images.values()));
  }

  private void write() {
    long logged = 0;
    int failures = 0;
    try {
      while (true) {
        long taken;
        synchronized (this) {
          if (version == written && !closed) {
            wait(LOG_PAUSE.toMillis());
          }
          if (version == written && (closed || log.length() == logged)) {
            if (closed) {
              return;
            }
            continue;
          }
          taken = version;
          logged = log.length();
        }
        boolean good = patch(snapshot());
        synchronized (this) {
          written = good ? Math.max(written, taken) : written;
          failures = good ? 0 : failures + 1;
          if (closed && failures > LAST_WRITES_MAX) {
            return;
          }
        }
        if (!good) {
          Thread.sleep(RETRY_PAUSE);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean patch(PipelineRunStatus status) {
    try {
      Map<String, @Nullable Object> all =
          Journal.JSON.convertValue(
              status,
              new com.fasterxml.jackson.core.type.TypeReference<
                  Map<String, @Nullable Object>>() {});
      if (status.message() == null) {
        all.put("message", null);
      }
      client
          .resources(PipelineRun.class)
          .inNamespace(namespace)
          .withName(run)
          .subresource("status")
          .patch(
              PatchContext.of(PatchType.JSON_MERGE),
              Journal.JSON.writeValueAsString(Map.of("status", all)));
      return true;
    } catch (KubernetesClientException e) {
      if (e.getCode() == HttpURLConnection.HTTP_NOT_FOUND) {
        return true;
      }
      LOG.warn("status not written, tried again, run={}", run, e);
      return false;
    } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
      throw new IllegalStateException("a status is always JSON", e);
    }
  }

  /** Writes what is left, in bounded time. */
  @Override
  public void close() {
    synchronized (this) {
      closed = true;
      notifyAll();
    }
    boolean interrupted = false;
    try {
      writer.join(Duration.ofSeconds(15));
    } catch (InterruptedException e) {
      interrupted = true;
    }
    writer.interrupt();
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
