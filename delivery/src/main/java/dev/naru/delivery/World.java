package dev.naru.delivery;

import dev.naru.git.Repository;
import dev.naru.git.RepositoryStatus;
import dev.naru.gitops.Application;
import dev.naru.gitops.ApplicationSpec;
import dev.naru.gitops.HostedUrls;
import dev.naru.pipeline.PipelineRun;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The cluster as one look at the deliveries sees it. Lists are read once, when asked for; the runs
 * are read before the repositories, so that whoever sees a run finished sees the manifest commit
 * that it pushed.
 */
final class World {
  private static final int LOG_LINES = 20;

  private final KubernetesClient client;
  private final HostedUrls hosted;
  private final List<Delivery> deliveries;
  private final List<PipelineRun> runs;
  private final List<Repository> repositories;
  private final List<Application> applications;
  private final Map<String, Namespace> namespaces = new HashMap<>();

  World(KubernetesClient client, DeliveryConfig config) {
    this.client = client;
    this.hosted = config.hosted();
    String namespace = config.namespace();
    this.deliveries = client.resources(Delivery.class).inNamespace(namespace).list().getItems();
    this.runs = client.resources(PipelineRun.class).inNamespace(namespace).list().getItems();
    this.repositories = client.resources(Repository.class).inNamespace(namespace).list().getItems();
    this.applications =
        client.resources(Application.class).inNamespace(namespace).list().getItems();
  }

  List<Repository> repositories() {
    return repositories;
  }

  Optional<Repository> repository(String name) {
    return repositories.stream().filter(r -> r.getMetadata().getName().equals(name)).findFirst();
  }

  /** Newest push first. */
  List<Delivery> deliveries(String repository, String branch) {
    return deliveries.stream()
        .filter(d -> d.getSpec() != null)
        .filter(d -> d.getSpec().repository().equals(repository))
        .filter(d -> branch.isEmpty() || d.getSpec().branch().equals(branch))
        .sorted(Comparator.comparing((Delivery d) -> d.getSpec().pushedAt()).reversed())
        .toList();
  }

  /** Applications whose manifests are in the repository. */
  List<Application> applicationsOf(String repository) {
    return applications.stream()
        .filter(
            a ->
                source(a)
                    .flatMap(s -> hosted.repository(s.repoURL()))
                    .filter(repository::equals)
                    .isPresent())
        .toList();
  }

  private static Optional<ApplicationSpec.Source> source(Application app) {
    return app.getSpec() == null ? Optional.empty() : Optional.ofNullable(app.getSpec().source());
  }

  boolean isManifestRepository(String repository) {
    return !applicationsOf(repository).isEmpty();
  }

  /**
   * The latest run of each pipeline for the commit on the branch. A later run of the same pipeline
   * replaces an earlier one.
   */
  Map<String, PipelineRun> runs(DeliverySpec spec) {
    Map<String, PipelineRun> latest = new java.util.TreeMap<>();
    runs.stream()
        .filter(r -> r.getSpec() != null)
        .filter(r -> r.getSpec().repository().equals(spec.repository()))
        .filter(r -> r.getSpec().commit().equals(spec.commit()))
        .filter(r -> r.getSpec().branch().equals(spec.branch()))
        .sorted(
            Comparator.comparing((PipelineRun r) -> r.getMetadata().getCreationTimestamp())
                .thenComparing(r -> r.getMetadata().getName().length())
                .thenComparing(r -> r.getMetadata().getName()))
        .forEach(r -> latest.put(r.getSpec().pipeline(), r));
    return latest;
  }

  boolean hasRun(String name) {
    return runs.stream().anyMatch(r -> r.getMetadata().getName().equals(name));
  }

  /** The newest commit of a manifest repository that names this commit as its source. */
  Optional<ManifestCommit> manifestCommit(DeliverySpec spec) {
    String source = spec.repository() + "@" + spec.commit();
    return repositories.stream()
        .filter(r -> r.getStatus() != null)
        .flatMap(
            r ->
                r.getStatus().commits().stream()
                    .filter(c -> c.sourceCommits().contains(source))
                    .map(c -> new ManifestCommit(r.getMetadata().getName(), c)))
        .max(Comparator.comparing(m -> m.commit().pushedAt()));
  }

  /** A commit in a manifest repository. */
  record ManifestCommit(String repository, RepositoryStatus.Commit commit) {
    String ref() {
      return repository + "@" + commit.commit().substring(0, 7);
    }
  }

  /**
   * Whether {@code revision} has {@code commit} in it: it is the same, or was pushed later to the
   * same branch. A commit that is no longer listed is older than all that are.
   */
  boolean contains(String repository, String revision, RepositoryStatus.Commit commit) {
    if (revision.equals(commit.commit())) {
      return true;
    }
    List<RepositoryStatus.Commit> branch =
        repository(repository).map(Repository::getStatus).stream()
            .flatMap(s -> s.commits().stream())
            .filter(c -> c.branch().equals(commit.branch()))
            .toList();
    List<String> ids = branch.stream().map(RepositoryStatus.Commit::commit).toList();
    int at = ids.indexOf(revision);
    int wanted = ids.indexOf(commit.commit());
    return at >= 0 && (wanted < 0 || at < wanted);
  }

  Namespace namespace(String name) {
    return namespaces.computeIfAbsent(name, n -> new Namespace(client, n));
  }

  /** What runs in one namespace. */
  static final class Namespace {
    private final KubernetesClient client;
    private final String name;
    private final List<Deployment> deployments;
    private final List<ReplicaSet> replicaSets;
    private final List<StatefulSet> statefulSets;
    private final List<EndpointSlice> endpoints;
    private final List<Service> services;
    private final List<Pod> pods;

    private Namespace(KubernetesClient client, String name) {
      this.client = client;
      this.name = name;
      this.deployments = client.apps().deployments().inNamespace(name).list().getItems();
      this.replicaSets = client.apps().replicaSets().inNamespace(name).list().getItems();
      this.statefulSets = client.apps().statefulSets().inNamespace(name).list().getItems();
      this.endpoints = client.discovery().v1().endpointSlices().inNamespace(name).list().getItems();
      this.services = client.services().inNamespace(name).list().getItems();
      this.pods = client.pods().inNamespace(name).list().getItems();
    }

    Optional<Deployment> deployment(String wanted) {
      return deployments.stream().filter(d -> d.getMetadata().getName().equals(wanted)).findFirst();
    }

    Optional<StatefulSet> statefulSet(String wanted) {
      return statefulSets.stream()
          .filter(d -> d.getMetadata().getName().equals(wanted))
          .findFirst();
    }

    List<ReplicaSet> replicaSets() {
      return replicaSets;
    }

    List<Pod> pods() {
      return pods;
    }

    List<Service> services() {
      return services;
    }

    List<EndpointSlice> endpoints() {
      return endpoints;
    }

    /** The last lines of a container's log; none when it has no log (yet, or any more). */
    List<String> logTail(Pod pod, String container, boolean previous) {
      try {
        var log =
            client
                .pods()
                .inNamespace(name)
                .withName(pod.getMetadata().getName())
                .inContainer(container);
        String text =
            previous
                ? log.terminated().tailingLines(LOG_LINES).getLog()
                : log.tailingLines(LOG_LINES).getLog();
        return text == null || text.isBlank() ? List.of() : text.strip().lines().toList();
      } catch (KubernetesClientException noLog) {
        return List.of();
      }
    }
  }
}
