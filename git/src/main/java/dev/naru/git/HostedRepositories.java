package dev.naru.git;

import dev.naru.base.Workers;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import jakarta.servlet.http.HttpServlet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.eclipse.jgit.transport.ReceivePack;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The hosted repositories: one bare repository on disk for each resource of kind {@link
 * Repository}, and a status that always follows the refs. At start, and every {@value
 * #SWEEP_SECONDS} s, refs and status are compared, so a push whose process died before it could
 * tell is told then.
 */
public final class HostedRepositories implements AutoCloseable {
  static final Logger LOG = LoggerFactory.getLogger(HostedRepositories.class);
  private static final long SWEEP_SECONDS = 30;
  private static final long RETRY_SECONDS = 1;

  private final Path directory;
  private final KubernetesClient client;
  private final Clock clock;
  private final GitConfig config;
  private final Map<String, HostedRepository> open = new ConcurrentHashMap<>();
  private final LinkedBlockingQueue<String> changed = new LinkedBlockingQueue<>();
  private final Set<String> failed = ConcurrentHashMap.newKeySet();
  private final SharedIndexInformer<Repository> declared;
  private final Workers loop = new Workers("git", 1);
  private final Workers repacking = new Workers("git-repack", 1);

  private HostedRepositories(
      Path directory, KubernetesClient client, Clock clock, GitConfig config) {
    this.directory = directory;
    this.client = client;
    this.clock = clock;
    this.config = config;
    this.declared =
        client
            .resources(Repository.class)
            .inNamespace(config.namespace())
            .inform(new Changes(), TimeUnit.SECONDS.toMillis(SWEEP_SECONDS));
    loop.run(this::follow);
  }

  /**
   * Starts serving what is declared. The kind must be known to the API. When this returns, the
   * repositories declared by then exist on disk or are being created.
   *
   * @param directory holds {@code <name>.git} of each repository
   */
  public static HostedRepositories open(
      Path directory, KubernetesClient client, Clock clock, GitConfig config) throws IOException {
    return new HostedRepositories(Files.createDirectories(directory), client, clock, config);
  }

  /** The endpoint, to be mounted at {@code /git/*}. Requests for other paths are 404. */
  public HttpServlet servlet(GitAccess access) {
    return new GitEndpoint(this, access);
  }

  /** Where a hosted repository is, or would be, on disk. */
  public static Path pathOf(Path directory, String repository) {
    return directory.resolve(repository + ".git");
  }

  Instant now() {
    return clock.instant();
  }

  /** The repository, created now when it is declared but not yet there. */
  Optional<HostedRepository> find(String name) {
    return declaration(name).map(this::ensure);
  }

  private Optional<Repository> declaration(String name) {
    Repository cached = declared.getIndexer().getByKey(config.namespace() + "/" + name);
    return cached != null
        ? Optional.of(cached)
        : Optional.ofNullable(
            client
                .resources(Repository.class)
                .inNamespace(config.namespace())
                .withName(name)
                .get());
  }

  private HostedRepository ensure(Repository declaration) {
    String name = declaration.getMetadata().getName();
    String branch = specOf(declaration).defaultBranch();
    try {
      HostedRepository repository =
          open.computeIfAbsent(
              name,
              n -> {
                try {
                  return HostedRepository.open(pathOf(directory, n), n, branch);
                } catch (IOException e) {
                  throw new java.io.UncheckedIOException(e);
                }
              });
      repository.setDefaultBranch(branch);
      return repository;
    } catch (IOException | java.io.UncheckedIOException e) {
      throw new GitException(
          "GIT_OPEN", "cannot open repository '" + name + "' in " + directory, e);
    }
  }

  /** Ready to receive one push; the quarantine goes to {@code closer}, who must close it. */
  ReceivePack receiver(String name, String pusher, Consumer<Quarantine> closer) throws IOException {
    Repository declaration =
        declaration(name)
            .orElseThrow(() -> new IOException("repository '" + name + "' is not declared"));
    HostedRepository repository = ensure(declaration);
    Quarantine quarantine = Quarantine.open(repository.directory());
    closer.accept(quarantine);
    return new Receiver(this, repository, quarantine, specOf(declaration), pusher, config)
        .receivePack();
  }

  /**
   * Brings the status up to the refs. Needs the repository's turn.
   *
   * @return false when the API did not take it; it is tried again until it does
   */
  boolean writeStatus(HostedRepository repository) {
    String name = repository.name();
    try {
      var resource =
          client.resources(Repository.class).inNamespace(config.namespace()).withName(name);
      Repository current = resource.get();
      if (current == null) {
        failed.remove(name);
        return false;
      }
      RepositoryStatus last =
          current.getStatus() == null ? RepositoryStatus.EMPTY : current.getStatus();
      RepositoryStatus next =
          repository.status(last, specOf(current), config.urlOf(name), clock.instant());
      if (!next.equals(last)) {
        resource.editStatus(
            r -> {
              r.setStatus(next);
              return r;
            });
      }
      failed.remove(name);
      if (repository.hasManyPacks()) {
        repacking.run(() -> repack(repository));
      }
      return true;
    } catch (IOException | KubernetesClientException e) {
      LOG.warn("status not written, tried again, repository={}", name, e);
      failed.add(name);
      return false;
    }
  }

  private static void repack(HostedRepository repository) {
    if (!repository.hasManyPacks()) {
      return;
    }
    try {
      repository.collectGarbage();
    } catch (GitException e) {
      LOG.warn("repository not repacked, repository={}", repository.name(), e);
    }
  }

  private void follow() {
    while (true) {
      try {
        String name = changed.poll(RETRY_SECONDS, TimeUnit.SECONDS);
        for (String each : name == null ? Set.copyOf(failed) : Set.of(name)) {
          reconcile(each);
        }
      } catch (InterruptedException stop) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }

  private void reconcile(String name) throws InterruptedException {
    try {
      Optional<HostedRepository> repository = find(name);
      if (repository.isEmpty()) {
        failed.remove(name);
        HostedRepository gone = open.remove(name);
        if (gone != null) {
          gone.close();
        }
        return;
      }
      if (!repository.get().takeTurn(Duration.ofSeconds(SWEEP_SECONDS))) {
        failed.add(name);
        return;
      }
      try {
        writeStatus(repository.get());
      } finally {
        repository.get().endTurn();
      }
    } catch (GitException | KubernetesClientException e) {
      LOG.warn("repository not brought up to date, tried again, repository={}", name, e);
      failed.add(name);
    }
  }

  private static RepositorySpec specOf(Repository resource) {
    return resource.getSpec() == null ? RepositorySpec.DEFAULT : resource.getSpec();
  }

  /** Stops following and closes the repositories; their files stay. */
  @Override
  public void close() {
    declared.close();
    loop.close();
    repacking.close();
    open.values().forEach(HostedRepository::close);
    open.clear();
  }

  private final class Changes implements ResourceEventHandler<Repository> {
    @Override
    public void onAdd(Repository resource) {
      changed.add(resource.getMetadata().getName());
    }

    @Override
    public void onUpdate(Repository before, Repository resource) {
      changed.add(resource.getMetadata().getName());
    }

    @Override
    public void onDelete(Repository resource, boolean unknown) {
      changed.add(resource.getMetadata().getName());
    }
  }
}
