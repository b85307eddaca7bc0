package dev.naru.gitops;

import dev.naru.base.Workers;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Clock;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the cluster as the manifest repositories say: one thread for each Application, woken by a
 * push to a hosted repository, by a change of the Application or of an object of it, and by the
 * poll interval.
 */
public final class GitOps implements AutoCloseable {
  private static final int APPLICATIONS_MAX = 1000;

  private final GitOpsConfig config;
  private final Cluster cluster;
  private final Clock clock;
  private final Sources sources;
  private final Watches watches;
  private final Workers threads = new Workers("gitops", APPLICATIONS_MAX);
  private final Map<String, AppLoop> loops = new ConcurrentHashMap<>();
  private final Map<String, String> repositoryOf = new ConcurrentHashMap<>();
  private @Nullable SharedIndexInformer<Application> applications;
  private @Nullable SharedIndexInformer<GenericKubernetesResource> repositories;

  private GitOps(KubernetesClient client, GitOpsConfig config, Clock clock) {
    this.config = config;
    this.cluster = new Cluster(client);
    this.clock = clock;
    this.sources = new Sources(config, client);
    this.watches = new Watches(cluster, this::noticed);
  }

  /**
   * Starts following the Applications of the configured namespace. Their kind must be known to the
   * API. Where kind Repository is not known, polling alone finds new commits.
   */
  public static GitOps start(KubernetesClient client, GitOpsConfig config, Clock clock)
      throws IOException {
    Files.createDirectories(config.mirrors());
    GitOps gitops = new GitOps(client, config, clock);
    gitops.watch(client);
    return gitops;
  }

  private void watch(KubernetesClient client) {
    applications =
        client
            .resources(Application.class)
            .inNamespace(config.namespace())
            .inform(new Applications());
    Optional<ResourceDefinitionContext> kind = cluster.kind("naru.dev/v1alpha1", "Repository");
    if (kind.isPresent()) {
      repositories =
          cluster.all(kind.get()).inNamespace(config.namespace()).inform(new Repositories());
    }
  }

  private void noticed(String application) {
    AppLoop loop = loops.get(application);
    if (loop != null) {
      loop.notice();
    }
  }

  private void follow(Application app) {
    String name = app.getMetadata().getName();
    ApplicationSpec.Source source = app.getSpec() == null ? null : app.getSpec().source();
    Optional<String> hosted =
        source == null ? Optional.empty() : config.hosted().repository(source.repoURL());
    if (hosted.isPresent()) {
      repositoryOf.put(name, hosted.get());
    } else {
      repositoryOf.remove(name);
    }
    loops
        .computeIfAbsent(
            name,
            n -> {
              AppLoop loop =
                  new AppLoop(n, new AppPass(n, config, cluster, sources, watches, clock));
              threads.run(loop);
              return loop;
            })
        .hurry();
  }

  /** Stops; a sync in the middle goes on where it was at the next start. */
  @Override
  public void close() {
    if (applications != null) {
      applications.close();
    }
    if (repositories != null) {
      repositories.close();
    }
    loops.values().forEach(AppLoop::stop);
    threads.close();
    watches.close();
    sources.close();
  }

  private final class Applications implements ResourceEventHandler<Application> {
    @Override
    public void onAdd(Application app) {
      follow(app);
    }

    @Override
    public void onUpdate(Application before, Application app) {
      // A new status is our own word.
      if (!Objects.equals(before.getSpec(), app.getSpec())
          || !Objects.equals(before.getOperation(), app.getOperation())
          || !Objects.equals(
              before.getMetadata().getAnnotations(), app.getMetadata().getAnnotations())
          || !Objects.equals(
              before.getMetadata().getDeletionTimestamp(),
              app.getMetadata().getDeletionTimestamp())) {
        follow(app);
      }
    }

    @Override
    public void onDelete(Application app, boolean unknown) {
      String name = app.getMetadata().getName();
      repositoryOf.remove(name);
      AppLoop loop = loops.remove(name);
      if (loop != null) {
        loop.stop();
      }
    }
  }

  private final class Repositories implements ResourceEventHandler<GenericKubernetesResource> {
    @Override
    public void onAdd(GenericKubernetesResource repository) {
      pushed(repository);
    }

    @Override
    public void onUpdate(GenericKubernetesResource before, GenericKubernetesResource repository) {
      pushed(repository);
    }

    @Override
    public void onDelete(GenericKubernetesResource repository, boolean unknown) {
      pushed(repository);
    }

    private void pushed(GenericKubernetesResource repository) {
      String name = repository.getMetadata().getName();
      repositoryOf.forEach(
          (app, hosted) -> {
            AppLoop loop = loops.get(app);
            if (hosted.equals(name) && loop != null) {
              loop.hurry();
            }
          });
    }
  }
}
