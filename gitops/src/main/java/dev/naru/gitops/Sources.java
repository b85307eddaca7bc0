package dev.naru.gitops;

import dev.naru.base.Digest;
import dev.naru.gitops.render.GitTree;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.eclipse.jgit.api.Git;
import org.eclipse.jgit.api.errors.GitAPIException;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.revwalk.RevWalk;
import org.eclipse.jgit.storage.file.FileRepositoryBuilder;
import org.eclipse.jgit.transport.CredentialsProvider;
import org.eclipse.jgit.transport.RefSpec;
import org.eclipse.jgit.transport.UsernamePasswordCredentialsProvider;
import org.jspecify.annotations.Nullable;

/**
 * Commits of manifest repositories: a hosted one is read where it lies, any other through a bare
 * mirror that is fetched when asked to.
 */
final class Sources implements AutoCloseable {
  private static final int TIMEOUT_SECONDS = 60;
  private static final String SECRET_LABEL = "argocd.argoproj.io/secret-type";

  private final GitOpsConfig config;
  private final KubernetesClient client;
  private final Map<Path, Repository> open = new ConcurrentHashMap<>();
  private final Map<String, Object> fetching = new ConcurrentHashMap<>();

  Sources(GitOpsConfig config, KubernetesClient client) {
    this.config = config;
    this.client = client;
  }

  /** A commit to render. */
  record Commit(String revision, GitTree tree) {}

  /**
   * The commit that the source names now.
   *
   * @param refresh whether a repository elsewhere is fetched first; it always is when new
   */
  Commit resolve(ApplicationSpec.Source source, boolean refresh) {
    String url = source.repoURL();
    Optional<String> hosted = config.hosted().repository(url);
    String target = source.targetRevision() == null ? "" : source.targetRevision();
    try {
      Repository git;
      if (hosted.isPresent()) {
        git = hosted(hosted.get());
      } else {
        git = mirror(url, refresh);
      }
      ObjectId commit = find(git, target);
      if (commit == null) {
        throw new GitOpsException(
            "GITOPS_REVISION",
            "repository %s has no %s"
                .formatted(
                    url,
                    target.isEmpty() || target.equals(Constants.HEAD)
                        ? "commit on its default branch"
                        : "branch, tag or commit '" + target + "'"),
            null);
      }
      return new Commit(commit.name(), new GitTree(git, commit));
    } catch (IOException e) {
      throw new GitOpsException(
          "GITOPS_SOURCE", "cannot read repository " + url + ": " + e.getMessage(), e);
    }
  }

  private Repository hosted(String name) {
    Path path = config.repositories().resolve(name + ".git");
    if (!Files.isDirectory(path)) {
      throw new GitOpsException(
          "GITOPS_SOURCE", "the hosted repository '" + name + "' does not exist", null);
    }
    return open.computeIfAbsent(path, Sources::openBare);
  }

  private static Repository openBare(Path path) {
    try {
      return new FileRepositoryBuilder().setGitDir(path.toFile()).setBare().build();
    } catch (IOException e) {
      throw new GitOpsException("GITOPS_SOURCE", "cannot open " + path, e);
    }
  }

  private Repository mirror(String url, boolean refresh) throws IOException {
    Path path = config.mirrors().resolve(Digest.of(url).shortHex() + ".git");
    Object turn = fetching.computeIfAbsent(url, u -> new Object());
    synchronized (turn) {
      boolean fresh = !Files.isDirectory(path);
      if (fresh) {
        Files.createDirectories(path);
        try (Repository git = openBare(path)) {
          git.create(true);
          git.getConfig().setBoolean("gc", null, "autoDetach", false);
          git.getConfig().save();
        }
      }
      Repository git = open.computeIfAbsent(path, Sources::openBare);
      if (fresh || refresh || git.exactRef(Constants.HEAD) == null) {
        fetch(git, url);
      }
      return git;
    }
  }

  private void fetch(Repository repository, String url) throws IOException {
    repository.incrementOpen();
    try (Git git = new Git(repository)) {
      var result =
          git.fetch()
              .setRemote(url)
              .setRemoveDeletedRefs(true)
              .setRefSpecs(
                  new RefSpec("+refs/heads/*:refs/heads/*"),
                  new RefSpec("+refs/tags/*:refs/tags/*"))
              .setCredentialsProvider(credentials(url))
              .setTimeout(TIMEOUT_SECONDS)
              .call();
      var head = result.getAdvertisedRef(Constants.HEAD);
      if (head != null && head.isSymbolic()) {
        repository.updateRef(Constants.HEAD).link(head.getTarget().getName());
      }
    } catch (GitAPIException e) {
      throw new GitOpsException("GITOPS_FETCH", "cannot fetch " + url + ": " + e.getMessage(), e);
    } finally {
      repository.close();
    }
  }

  /** Argo CD's convention: a Secret labelled as repository, with url, username and password. */
  private @Nullable CredentialsProvider credentials(String url) {
    for (Secret secret :
        client
            .secrets()
            .inNamespace(config.namespace())
            .withLabel(SECRET_LABEL, "repository")
            .list()
            .getItems()) {
      if (value(secret, "url").equals(url)) {
        return new UsernamePasswordCredentialsProvider(
            value(secret, "username"), value(secret, "password"));
      }
    }
    return null;
  }

  private static String value(Secret secret, String key) {
    String encoded = secret.getData() == null ? null : secret.getData().get(key);
    return encoded == null
        ? ""
        : new String(Base64.getMimeDecoder().decode(encoded), StandardCharsets.UTF_8);
  }

  private static @Nullable ObjectId find(Repository git, String target) throws IOException {
    String name = target.isEmpty() ? Constants.HEAD : target;
    try (RevWalk walk = new RevWalk(git)) {
      for (String prefix :
          java.util.List.of(Constants.R_HEADS, Constants.R_TAGS, "", Constants.R_REMOTES)) {
        var ref = git.exactRef(prefix + name);
        if (ref != null && ref.getObjectId() != null) {
          return walk.parseCommit(ref.getObjectId());
        }
      }
      if (name.matches("[0-9a-f]{7,40}")) {
        ObjectId id = git.resolve(name);
        return id == null ? null : walk.parseCommit(id);
      }
      return null;
    }
  }

  @Override
  public void close() {
    open.values().forEach(Repository::close);
    open.clear();
  }
}
