package dev.naru.pipeline;

import dev.naru.base.DiskFull;
import dev.naru.base.Times;
import dev.naru.base.Workers;
import dev.naru.pipeline.lang.Jenkinsfile;
import dev.naru.pipeline.lang.Result;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Clock;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs every {@link PipelineRun} once. A bounded number runs at a time, the oldest first; the
 * others are Pending and say what they wait for. Closing, or a kill, leaves runs to be gone on with
 * by the next start.
 */
public final class Pipelines implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Pipelines.class);
  private static final long RESYNC_SECONDS = 30;
  private static final Duration DISK_PAUSE = Duration.ofSeconds(5);
  private static final int RUNS_MAX = 1_000;
  private static final String WARM_UP =
      "pipeline { agent any\n environment { A = \"${env.B ?: 'c'}\" }\n"
          + " stages { stage('a') { steps { sh 'a'\n script { def x = [a: 1] } } } } }";

  private final ActiveRun.Engine engine;
  private final KubernetesClient client;
  private final PipelinesConfig config;
  private final SharedIndexInformer<PipelineRun> declared;
  private final Workers runs = new Workers("pipeline-run", RUNS_MAX);
  private final Workers loop = new Workers("pipelines", 2);
  private final Semaphore changed = new Semaphore(0);
  private final Map<String, ActiveRun> active = new ConcurrentHashMap<>();
  private final Set<String> ended = ConcurrentHashMap.newKeySet();
  private final Set<String> told = ConcurrentHashMap.newKeySet();
  private volatile boolean closed;

  private Pipelines(ActiveRun.Engine engine) {
    this.engine = engine;
    this.client = engine.client();
    this.config = engine.config();
    this.declared =
        client
            .resources(PipelineRun.class)
            .inNamespace(config.namespace())
            .inform(new Changes(), TimeUnit.SECONDS.toMillis(RESYNC_SECONDS));
    engine.agents().removeOthers(unfinished());
    loop.run(this::follow);
    loop.run(Pipelines::warmUp);
  }

  /**
   * Starts watching. The kind {@link PipelineRun} must be known to the API; runs that were cut off
   * by the end of an earlier engine go on.
   *
   * @throws IOException when the folder of runs cannot be made
   */
  public static Pipelines start(
      KubernetesClient client,
      PipelinesConfig config,
      SourceReader source,
      ImageBuilding building,
      GitTokens tokens,
      Clock clock)
      throws IOException {
    return start(client, config, source, building, tokens, new AgentPods(client, config), clock);
  }

  static Pipelines start(
      KubernetesClient client,
      PipelinesConfig config,
      SourceReader source,
      ImageBuilding building,
      GitTokens tokens,
      Agents agents,
      Clock clock)
      throws IOException {
    Files.createDirectories(config.runs());
    return new Pipelines(
        new ActiveRun.Engine(
            config,
            source,
            building,
            tokens,
            agents,
            new Credentials(client, config.namespace()),
            new BuildNumbers(config.runs().resolve(".numbers")),
            new JobGate(),
            new RunLogs(config.runs()),
            client,
            clock));
  }

  /** The logs of all runs. */
  public RunLogs logs() {
    return engine.logs();
  }

  /** The first parse in a process takes seconds, most of which is loading and compiling. */
  private static void warmUp() {
    try {
      Jenkinsfile.parse("warm-up", WARM_UP);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private Set<String> unfinished() {
    Set<String> names = new HashSet<>();
    for (PipelineRun run : declared.getIndexer().list()) {
      if (run.getStatus() == null || !run.getStatus().isFinished()) {
        names.add(run.getMetadata().getName());
      }
    }
    return names;
  }

  private final class Changes implements ResourceEventHandler<PipelineRun> {
    @Override
    public void onAdd(PipelineRun run) {
      changed.release();
    }

    @Override
    public void onUpdate(PipelineRun before, PipelineRun now) {
      changed.release();
    }

    @Override
    public void onDelete(PipelineRun run, boolean unknown) {
      ActiveRun running = active.get(run.getMetadata().getUid());
      if (running != null) {
        running.abort("the run was deleted");
      }
      changed.release();
    }
  }

  private void follow() {
    try {
      while (true) {
        try {
          reconcile();
        } catch (KubernetesClientException e) {
          LOG.warn("runs not looked at, tried again", e);
        }
        if (changed.tryAcquire(RESYNC_SECONDS, TimeUnit.SECONDS)) {
          changed.drainPermits();
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void reconcile() {
    List<PipelineRun> all =
        declared.getIndexer().list().stream()
            .sorted(
                Comparator.comparing((PipelineRun r) -> !isRunning(r))
                    .thenComparing(r -> String.valueOf(r.getMetadata().getCreationTimestamp()))
                    .thenComparing(r -> r.getMetadata().getName()))
            .toList();
    for (PipelineRun run : all) {
      String uid = run.getMetadata().getUid();
      ActiveRun running = active.get(uid);
      if (running != null) {
        if (run.getSpec().abort()) {
          running.abort("Aborted by request");
        }
      } else if (run.getStatus() != null && run.getStatus().isFinished()) {
        ended.remove(uid);
      } else if (!ended.contains(uid)) {
        if (active.size() < config.concurrentRunsMax()) {
          start(run, previousOf(run, all));
        } else {
          wait(run);
        }
      }
    }
  }

  private static boolean isRunning(PipelineRun run) {
    return run.getStatus() != null && "Running".equals(run.getStatus().phase());
  }

  private void wait(PipelineRun run) {
    if (!told.add(run.getMetadata().getUid())) {
      return;
    }
    String message =
        "waits for a free place: "
            + active.size()
            + " of at most "
            + config.concurrentRunsMax()
            + " runs are running";
    client
        .resources(PipelineRun.class)
        .inNamespace(config.namespace())
        .withName(run.getMetadata().getName())
        .subresource("status")
        .patch(
            io.fabric8.kubernetes.client.dsl.base.PatchContext.of(
                io.fabric8.kubernetes.client.dsl.base.PatchType.JSON_MERGE),
            "{\"status\":{\"phase\":\"Pending\",\"message\":\"" + message + "\"}}");
  }

  /** The result of the last ended run of the same pipeline and branch before {@code run}. */
  private static Optional<Result> previousOf(PipelineRun run, List<PipelineRun> all) {
    PipelineRunSpec spec = run.getSpec();
    return all.stream()
        .filter(r -> !r.getMetadata().getUid().equals(run.getMetadata().getUid()))
        .filter(r -> r.getStatus() != null && r.getStatus().isFinished())
        .filter(
            r ->
                r.getSpec().repository().equals(spec.repository())
                    && r.getSpec().pipeline().equals(spec.pipeline())
                    && r.getSpec().branch().equals(spec.branch()))
        .max(Comparator.comparing(r -> String.valueOf(r.getStatus().finishedAt())))
        .map(
            r ->
                switch (String.valueOf(r.getStatus().phase())) {
                  case "Succeeded" -> Result.SUCCESS;
                  case "Unstable" -> Result.UNSTABLE;
                  case "Aborted" -> Result.ABORTED;
                  default -> Result.FAILURE;
                });
  }

  private void start(PipelineRun resource, Optional<Result> previous) {
    String uid = resource.getMetadata().getUid();
    ActiveRun run = new ActiveRun(engine, resource, previous);
    active.put(uid, run);
    if (resource.getSpec().abort()) {
      run.abort("Aborted by request");
    }
    runs.submit(
        () -> {
          try {
            run.run();
            ended.add(uid);
            run.tidy();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          } catch (IOException | RuntimeException e) {
            if (closed) {
              // Files and connections end with the interrupt; the next start goes on.
              LOG.debug("the run is left as it is, run={}", run.name(), e);
            } else if (DiskFull.is(e)) {
              awaitRoom(run);
            } else {
              LOG.error("the run broke off, run={}", run.name(), e);
              ended.add(uid);
              broken(run, e);
            }
          } finally {
            active.remove(uid);
            told.clear();
            changed.release();
          }
          return true;
        });
  }

  /**
   * Its journal cannot be written: the run is left as it is, with its agent, and goes on from its
   * journal after a pause, as it does after a restart. Free space has no event to wait for.
   */
  private static void awaitRoom(ActiveRun run) {
    LOG.warn(
        "{} The run goes on when there is room, run={}",
        DiskFull.sentence("keep the run's journal and log", run.directory()),
        run.name());
    try {
      Thread.sleep(DISK_PAUSE);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** The engine itself could not go on: the run says so, and its agent is removed. */
  private void broken(ActiveRun run, Exception e) {
    try (RunLog log = RunLog.open(run.directory());
        StatusBoard board = new StatusBoard(client, config.namespace(), run.name(), log)) {
      board.finished(
          "Failed",
          Times.text(engine.clock().millis()),
          "Naru could not run it: " + e.getMessage(),
          null);
      engine.agents().remove(run.name());
    } catch (IOException | RuntimeException second) {
      LOG.error("a broken run could not be marked, run={}", run.name(), second);
    }
  }

  /** Stops; runs that have not ended are gone on with by the next start. */
  @Override
  public void close() {
    closed = true;
    declared.close();
    loop.close();
    runs.close();
  }
}
