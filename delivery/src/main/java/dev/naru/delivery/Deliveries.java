package dev.naru.delivery;

import dev.naru.base.Times;
import dev.naru.base.Workers;
import dev.naru.delivery.DeliveryStatus.Phase;
import dev.naru.delivery.DeliveryStatus.StepName;
import dev.naru.git.Repository;
import dev.naru.git.RepositorySpec;
import dev.naru.git.RepositoryStatus;
import dev.naru.git.RepositoryStatus.Commit;
import dev.naru.gitops.Application;
import dev.naru.pipeline.PipelineRun;
import dev.naru.pipeline.PipelineRunSpec;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.Informable;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.net.HttpURLConnection;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes a Delivery for each push and a PipelineRun for each pipeline that the push touches, and
 * keeps the deliveries' status. One thread looks at everything whenever something changed; all that
 * it knows is in the cluster, so it may be stopped at any instruction.
 */
public final class Deliveries implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Deliveries.class);
  private static final Duration LOOK = Duration.ofSeconds(10);
  private static final Duration RETRY = Duration.ofSeconds(1);

  private final KubernetesClient client;
  private final DeliveryConfig config;
  private final Clock clock;
  private final List<SharedIndexInformer<?>> informers = new ArrayList<>();
  private final Workers thread = new Workers("delivery", 1);
  private final Wake wake = new Wake();

  private Deliveries(KubernetesClient client, DeliveryConfig config, Clock clock) {
    this.client = client;
    this.config = config;
    this.clock = clock;
  }

  /** Starts following. Repository, PipelineRun, Delivery and Application must be known kinds. */
  public static Deliveries start(KubernetesClient client, DeliveryConfig config, Clock clock) {
    Deliveries deliveries = new Deliveries(client, config, clock);
    deliveries.watch();
    deliveries.thread.run(deliveries::follow);
    return deliveries;
  }

  private void watch() {
    String namespace = config.namespace();
    watch(client.resources(Repository.class).inNamespace(namespace));
    watch(client.resources(PipelineRun.class).inNamespace(namespace));
    watch(client.resources(Delivery.class).inNamespace(namespace));
    watch(client.resources(Application.class).inNamespace(namespace));
    watch(client.resources(Deployment.class).inAnyNamespace());
    watch(client.resources(StatefulSet.class).inAnyNamespace());
    watch(client.resources(Pod.class).inAnyNamespace());
    watch(client.resources(EndpointSlice.class).inAnyNamespace());
  }

  private <T extends HasMetadata> void watch(Informable<T> kind) {
    informers.add(kind.inform(new Changes<>()));
  }

  private void follow() {
    Duration next = Duration.ZERO;
    try {
      while (wake.await(next)) {
        try {
          look();
          next = LOOK;
        } catch (RuntimeException e) {
          if (wake.isStopped()) {
            return;
          }
          LOG.warn("deliveries not brought up to date, tried again", e);
          next = RETRY;
        }
      }
    } catch (InterruptedException stop) {
      Thread.currentThread().interrupt();
    }
  }

  /** Looks at everything once. */
  private void look() {
    World world = new World(client, config);
    boolean created = false;
    for (Repository repository : world.repositories()) {
      created |= create(world, repository);
    }
    if (created) {
      world = new World(client, config);
    }
    for (Repository repository : world.repositories()) {
      String name = repository.getMetadata().getName();
      List<Delivery> all = world.deliveries(name, "");
      Set<String> branches =
          all.stream().map(d -> d.getSpec().branch()).collect(Collectors.toSet());
      for (String branch : branches) {
        follow(world, repository, world.deliveries(name, branch));
      }
      forget(all);
    }
  }

  // -- new pushes

  private boolean create(World world, Repository repository) {
    RepositoryStatus status = repository.getStatus();
    if (status == null) {
      return false;
    }
    boolean created = false;
    for (String branch : status.branches().keySet()) {
      List<Delivery> known = world.deliveries(repository.getMetadata().getName(), branch);
      for (Commit tip : newTips(status, branch, known)) {
        if (!world.isManifestRepository(repository.getMetadata().getName())
            || tip.sourceCommits().isEmpty()) {
          created |= create(repository, tip);
        }
      }
    }
    return created;
  }

  /** Pushed tips without a delivery, oldest first; of a branch never followed only the head. */
  private static List<Commit> newTips(
      RepositoryStatus status, String branch, List<Delivery> known) {
    List<Commit> tips =
        status.commits().stream()
            .filter(c -> c.branch().equals(branch) && c.push() != null)
            .toList();
    if (known.isEmpty()) {
      return tips.stream().limit(1).toList();
    }
    String newest = known.getFirst().getSpec().pushedAt();
    Set<String> have = known.stream().map(d -> d.getSpec().commit()).collect(Collectors.toSet());
    return tips.stream()
        .filter(t -> t.pushedAt().compareTo(newest) >= 0 && !have.contains(t.commit()))
        .toList()
        .reversed();
  }

  private boolean create(Repository repository, Commit tip) {
    String name = repository.getMetadata().getName();
    Delivery delivery = new Delivery();
    delivery.setMetadata(
        new ObjectMetaBuilder()
            .withName(Names.delivery(repository, tip))
            .withNamespace(config.namespace())
            .withLabels(Names.labels(name, tip.branch(), tip.commit()))
            .build());
    RepositoryStatus.Push push = tip.push();
    delivery.setSpec(
        new DeliverySpec(
            name,
            tip.branch(),
            tip.commit(),
            push == null ? "" : push.previousCommit(),
            tip.subject(),
            tip.author(),
            tip.pushedAt()));
    return createOnce(delivery);
  }

  /** False when it was there already: somebody was faster, or died after it. */
  private boolean createOnce(HasMetadata resource) {
    try {
      client.resource(resource).create();
      return true;
    } catch (KubernetesClientException e) {
      if (e.getCode() == HttpURLConnection.HTTP_CONFLICT) {
        return false;
      }
      throw e;
    }
  }

  // -- following

  /**
   * @param deliveries of one branch, newest first
   */
  private void follow(World world, Repository repository, List<Delivery> deliveries) {
    List<Delivery> newer = new ArrayList<>();
    for (Delivery delivery : deliveries) {
      Phase phase = delivery.getStatus() == null ? Phase.RUNNING : delivery.getStatus().phase();
      // A failed one may still be mended (a run made again) while nothing newer has been pushed.
      boolean open = phase == Phase.RUNNING || (phase == Phase.FAILED && newer.isEmpty());
      if (open) {
        follow(world, repository, delivery, newer);
      }
      newer.add(delivery);
    }
  }

  private void follow(World world, Repository repository, Delivery delivery, List<Delivery> newer) {
    boolean manifests = world.isManifestRepository(delivery.getSpec().repository());
    Set<String> pipelines = manifests ? Set.of() : pipelines(world, repository, delivery.getSpec());
    if (!manifests) {
      startRuns(world, repository, delivery, pipelines);
    }
    Way way = new Way(world, delivery, manifests, pipelines, clock.instant());
    DeliveryStatus next = way.status();
    Optional<Delivery> by = superseding(world, repository, next, pipelines, newer);
    boolean over =
        next.phase() == Phase.LIVE || (next.phase() == Phase.NOTHING_TO_DO && !reached(next));
    if (by.isPresent() && !over) {
      next = superseded(next, by.get());
      abortRuns(world, delivery.getSpec());
    }
    if (!next.equals(delivery.getStatus())) {
      DeliveryStatus written = next;
      Delivery updated =
          client
              .resource(delivery)
              .editStatus(
                  d -> {
                    d.setStatus(written);
                    return d;
                  });
      if (!states(delivery.getStatus()).equals(states(next))) {
        // What older deliveries do depends on it.
        wake.signal();
      }
      delivery.setStatus(updated.getStatus());
    }
  }

  private static List<DeliveryStatus.State> states(@Nullable DeliveryStatus status) {
    return status == null
        ? List.of()
        : status.steps().stream().map(DeliveryStatus.Step::state).toList();
  }

  private Set<String> pipelines(World world, Repository repository, DeliverySpec spec) {
    RepositoryStatus status = repository.getStatus();
    Optional<Commit> tip =
        status == null
            ? Optional.empty()
            : status.commits().stream()
                .filter(c -> c.commit().equals(spec.commit()) && c.branch().equals(spec.branch()))
                .findFirst();
    RepositoryStatus.Push push = tip.map(Commit::push).orElse(null);
    return push == null
        ? world.runs(spec).keySet()
        : Pipelines.touched(declared(repository), push).stream()
            .map(RepositorySpec.Pipeline::name)
            .collect(Collectors.toSet());
  }

  private static List<RepositorySpec.Pipeline> declared(Repository repository) {
    return repository.getSpec() == null ? List.of() : repository.getSpec().pipelines();
  }

  private void startRuns(
      World world, Repository repository, Delivery delivery, Set<String> pipelines) {
    DeliverySpec spec = delivery.getSpec();
    Map<String, PipelineRun> runs = world.runs(spec);
    if (runs.keySet().containsAll(pipelines) || repository.getStatus() == null) {
      return;
    }
    RepositoryStatus.Push push =
        repository.getStatus().commits().stream()
            .filter(c -> c.commit().equals(spec.commit()) && c.branch().equals(spec.branch()))
            .findFirst()
            .map(Commit::push)
            .orElse(null);
    if (push == null) {
      return;
    }
    for (RepositorySpec.Pipeline pipeline : Pipelines.touched(declared(repository), push)) {
      if (!runs.containsKey(pipeline.name())) {
        startRun(world, delivery, pipeline);
      }
    }
  }

  private void startRun(World world, Delivery delivery, RepositorySpec.Pipeline pipeline) {
    DeliverySpec spec = delivery.getSpec();
    String plain = "%s-%s-%s".formatted(spec.repository(), pipeline.name(), spec.shortCommit());
    // The plain name belongs to the run of another branch when the commit came there first.
    String name = plain;
    for (int n = 2; world.hasRun(name); n++) {
      name = plain + "-" + n;
    }
    PipelineRun run = new PipelineRun();
    run.setMetadata(
        new ObjectMetaBuilder()
            .withName(name)
            .withNamespace(config.namespace())
            .withLabels(Names.labels(spec.repository(), spec.branch(), spec.commit()))
            .withOwnerReferences(
                new OwnerReferenceBuilder()
                    .withApiVersion(delivery.getApiVersion())
                    .withKind(delivery.getKind())
                    .withName(delivery.getMetadata().getName())
                    .withUid(delivery.getMetadata().getUid())
                    .build())
            .build());
    run.setSpec(
        new PipelineRunSpec(
            spec.repository(),
            spec.branch(),
            spec.commit(),
            spec.previousCommit(),
            pipeline.name(),
            pipeline.jenkinsfile(),
            null,
            false));
    createOnce(run);
    wake.signal();
  }

  /**
   * The newer delivery that takes over: it runs every pipeline that this one runs, and either this
   * one has not reached the manifests or the newer one has, too. Also any newer one that is live.
   */
  private Optional<Delivery> superseding(
      World world,
      Repository repository,
      DeliveryStatus status,
      Set<String> pipelines,
      List<Delivery> newer) {
    boolean reached = reached(status);
    return newer.stream()
        .filter(
            n -> {
              DeliveryStatus other = n.getStatus();
              if (other != null && other.phase() == Phase.LIVE) {
                return true;
              }
              boolean covers = pipelines(world, repository, n.getSpec()).containsAll(pipelines);
              return covers && (!reached || (other != null && reached(other)));
            })
        .findFirst();
  }

  private static boolean reached(DeliveryStatus status) {
    return status.steps().stream()
        .anyMatch(s -> s.name() == StepName.MANIFEST && s.state() == DeliveryStatus.State.DONE);
  }

  private DeliveryStatus superseded(DeliveryStatus status, Delivery by) {
    return new DeliveryStatus(
        Phase.SUPERSEDED,
        "superseded by " + by.getSpec().shortCommit(),
        status.startedAt(),
        Times.text(clock.instant()),
        status.steps());
  }

  /** A run that goes on could set an older image after the newer one. */
  private void abortRuns(World world, DeliverySpec spec) {
    for (PipelineRun run : world.runs(spec).values()) {
      String phase = run.getStatus() == null ? null : run.getStatus().phase();
      boolean open = phase == null || phase.equals("Pending") || phase.equals("Running");
      if (open && !run.getSpec().abort()) {
        client
            .resource(run)
            .edit(
                r -> {
                  PipelineRunSpec s = r.getSpec();
                  r.setSpec(
                      new PipelineRunSpec(
                          s.repository(),
                          s.branch(),
                          s.commit(),
                          s.previousCommit(),
                          s.pipeline(),
                          s.jenkinsfile(),
                          s.parameters(),
                          true));
                  return r;
                });
      }
    }
  }

  private void forget(List<Delivery> newestFirst) {
    for (Delivery old : newestFirst.stream().skip(config.kept()).toList()) {
      if (old.getStatus() != null && old.getStatus().phase() != Phase.RUNNING) {
        client.resource(old).delete();
      }
    }
  }

  @Override
  public void close() {
    wake.stop();
    informers.forEach(SharedIndexInformer::close);
    thread.close();
  }

  private final class Changes<T> implements ResourceEventHandler<T> {
    @Override
    public void onAdd(T resource) {
      wake.signal();
    }

    @Override
    public void onUpdate(T before, T resource) {
      // A new status of a delivery is our own word.
      if (!(before instanceof Delivery b)
          || !(resource instanceof Delivery d)
          || !Objects.equals(b.getSpec(), d.getSpec())) {
        wake.signal();
      }
    }

    @Override
    public void onDelete(T resource, boolean unknown) {
      wake.signal();
    }
  }
}
