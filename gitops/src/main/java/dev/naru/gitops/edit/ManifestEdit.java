package dev.naru.gitops.edit;

import dev.naru.base.CommitId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import org.eclipse.jgit.api.Git;
import org.eclipse.jgit.api.errors.GitAPIException;
import org.eclipse.jgit.api.errors.TransportException;
import org.eclipse.jgit.dircache.DirCache;
import org.eclipse.jgit.dircache.DirCacheEditor;
import org.eclipse.jgit.dircache.DirCacheEntry;
import org.eclipse.jgit.internal.storage.dfs.DfsRepositoryDescription;
import org.eclipse.jgit.internal.storage.dfs.InMemoryRepository;
import org.eclipse.jgit.lib.CommitBuilder;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.FileMode;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectInserter;
import org.eclipse.jgit.lib.PersonIdent;
import org.eclipse.jgit.lib.Ref;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.revwalk.RevCommit;
import org.eclipse.jgit.revwalk.RevWalk;
import org.eclipse.jgit.transport.CredentialsProvider;
import org.eclipse.jgit.transport.PushResult;
import org.eclipse.jgit.transport.RefSpec;
import org.eclipse.jgit.transport.RemoteRefUpdate;
import org.eclipse.jgit.transport.UsernamePasswordCredentialsProvider;
import org.eclipse.jgit.treewalk.TreeWalk;
import org.eclipse.jgit.util.FS;
import org.jspecify.annotations.Nullable;

/**
 * Sets image tags in a manifest repository by one commit. A push that loses a race is made again on
 * the new head, at most {@value #ATTEMPTS_MAX} times; the change is applied anew each time, so
 * nothing of the other commit is undone.
 */
public final class ManifestEdit {
  static final int ATTEMPTS_MAX = 20;
  private static final int BACKOFF_MILLIS = 40;
  private static final int TIMEOUT_SECONDS = 60;
  private static final List<String> FILES =
      List.of("kustomization.yaml", "kustomization.yml", "Kustomization");

  private final Request request;
  private final Clock clock;
  private final RandomGenerator random;

  private ManifestEdit(Request request, Clock clock, RandomGenerator random) {
    this.request = request;
    this.clock = clock;
    this.random = random;
  }

  /**
   * What to change.
   *
   * @param url of the manifest repository
   * @param branch the branch to commit to
   * @param path folder of the kustomization, such as {@code overlays/local}
   * @param sourceRepository and {@code sourceCommit}: where the images come from; becomes the
   *     trailer {@code Source-Commit:}
   * @param login how to sign in; empty for a repository that needs none
   */
  public record Request(
      String url,
      String branch,
      String path,
      List<ImageChange> images,
      String sourceRepository,
      CommitId sourceCommit,
      Login login) {
    public Request {
      images = List.copyOf(images);
      if (images.isEmpty()) {
        throw new IllegalArgumentException("no image to set");
      }
    }
  }

  /** A user and a password or token. */
  public record Login(String user, String secret) {
    public static final Login NONE = new Login("", "");

    @Override
    public String toString() {
      return "Login[user=" + user + ", secret=***]";
    }
  }

  /** How it ended. */
  public sealed interface Result {
    /** The manifests said so already; there is no new commit. */
    record Unchanged(String head) implements Result {}

    /** Pushed. */
    record Committed(String commit, int attempts) implements Result {}
  }

  /**
   * Commits and pushes the change.
   *
   * @throws EditException when nothing was pushed
   */
  public static Result apply(Request request, Clock clock, RandomGenerator random)
      throws InterruptedException {
    // In memory: a repository on disk costs JGit seconds of measuring how the disk counts time.
    try (Repository memory = memory();
        Git git = Git.wrap(memory)) {
      return new ManifestEdit(request, clock, random).run(git);
    } catch (GitAPIException e) {
      throw new EditException(
          "EDIT_GIT", "cannot edit " + request.url() + ": " + rootMessage(e), e);
    } catch (IOException e) {
      throw new EditException("EDIT_IO", "cannot edit " + request.url() + ": " + e.getMessage(), e);
    }
  }

  /** With a view of the file system, which a URL of a folder on this machine needs. */
  private static Repository memory() throws IOException {
    InMemoryRepository.Builder builder = new InMemoryRepository.Builder();
    builder.setRepositoryDescription(new DfsRepositoryDescription("manifests"));
    builder.setFS(FS.DETECTED);
    return builder.build();
  }

  private Result run(Git git) throws GitAPIException, IOException, InterruptedException {
    String refused = "";
    for (int attempt = 1; attempt <= ATTEMPTS_MAX; attempt++) {
      ObjectId head = fetch(git);
      Optional<ObjectId> commit = commit(git.getRepository(), head);
      if (commit.isEmpty()) {
        return new Result.Unchanged(head.name());
      }
      refused = push(git, commit.get(), head);
      if (refused.isEmpty()) {
        return new Result.Committed(commit.get().name(), attempt);
      }
      Thread.sleep(random.nextInt(BACKOFF_MILLIS * attempt) + 1L);
    }
    throw new EditException(
        "EDIT_RACE",
        "others kept pushing to branch '%s' of %s: gave up after %d attempts, the last: %s"
            .formatted(request.branch(), request.url(), ATTEMPTS_MAX, refused),
        null);
  }

  private ObjectId fetch(Git git) throws GitAPIException, IOException {
    String tracking = "refs/remotes/origin/" + request.branch();
    try {
      git.fetch()
          .setRemote(request.url())
          .setRefSpecs(new RefSpec("+" + Constants.R_HEADS + request.branch() + ":" + tracking))
          .setCredentialsProvider(credentials())
          .setTimeout(TIMEOUT_SECONDS)
          .call();
    } catch (TransportException e) {
      throw new EditException(
          "EDIT_FETCH",
          "cannot fetch branch '%s' of %s: %s"
              .formatted(request.branch(), request.url(), rootMessage(e)),
          e);
    }
    Ref ref = git.getRepository().exactRef(tracking);
    if (ref == null || ref.getObjectId() == null) {
      throw new EditException(
          "EDIT_BRANCH", request.url() + " has no branch '" + request.branch() + "'", null);
    }
    return ref.getObjectId();
  }

  private @Nullable CredentialsProvider credentials() {
    Login login = request.login();
    return login.secret().isEmpty()
        ? null
        : new UsernamePasswordCredentialsProvider(login.user(), login.secret());
  }

  /** The commit that makes the change on {@code head}; empty when it changes nothing. */
  private Optional<ObjectId> commit(Repository repository, ObjectId head) throws IOException {
    try (RevWalk walk = new RevWalk(repository);
        ObjectInserter inserter = repository.newObjectInserter()) {
      RevCommit parent = walk.parseCommit(head);
      String path = kustomization(repository, parent);
      String before = read(repository, parent, path);
      String after = before;
      for (ImageChange change : request.images()) {
        after = ImagesEdit.apply(after, change);
      }
      if (after.equals(before)) {
        return Optional.empty();
      }
      ObjectId blob = inserter.insert(Constants.OBJ_BLOB, after.getBytes(StandardCharsets.UTF_8));
      DirCache index = DirCache.read(walk.getObjectReader(), parent.getTree());
      DirCacheEditor editor = index.editor();
      editor.add(
          new DirCacheEditor.PathEdit(path) {
            @Override
            public void apply(DirCacheEntry entry) {
              entry.setFileMode(FileMode.REGULAR_FILE);
              entry.setObjectId(blob);
            }
          });
      editor.finish();
      PersonIdent who = new PersonIdent("naru", "naru@localhost", clock.instant(), ZoneOffset.UTC);
      CommitBuilder commit = new CommitBuilder();
      commit.setTreeId(index.writeTree(inserter));
      commit.setParentId(parent);
      commit.setAuthor(who);
      commit.setCommitter(who);
      commit.setMessage(message());
      ObjectId id = inserter.insert(commit);
      inserter.flush();
      return Optional.of(id);
    }
  }

  private String message() {
    String images =
        request.images().stream().map(ImageChange::text).collect(Collectors.joining(", "));
    return """
        %s: %s

        Set by the pipeline of %s at commit %s.

        Source-Commit: %s@%s
        """
        .formatted(
            request.path().isEmpty() ? "manifests" : request.path(),
            images,
            request.sourceRepository(),
            request.sourceCommit().shortHex(),
            request.sourceRepository(),
            request.sourceCommit());
  }

  private String kustomization(Repository repository, RevCommit commit) throws IOException {
    String folder = request.path().replaceAll("^/+|/+$", "");
    for (String name : FILES) {
      String path = folder.isEmpty() || folder.equals(".") ? name : folder + "/" + name;
      try (TreeWalk at = TreeWalk.forPath(repository, path, commit.getTree())) {
        if (at != null && at.getFileMode().getObjectType() == Constants.OBJ_BLOB) {
          return path;
        }
      }
    }
    throw new EditException(
        "EDIT_PATH",
        "%s has no kustomization.yaml in '%s' on branch '%s'"
            .formatted(request.url(), request.path(), request.branch()),
        null);
  }

  private static String read(Repository repository, RevCommit commit, String path)
      throws IOException {
    try (TreeWalk at = TreeWalk.forPath(repository, path, commit.getTree())) {
      return new String(repository.open(at.getObjectId(0)).getBytes(), StandardCharsets.UTF_8);
    }
  }

  /** Pushes; says why not when the branch has moved meanwhile. */
  private String push(Git git, ObjectId commit, ObjectId expected)
      throws GitAPIException, IOException {
    String ref = Constants.R_HEADS + request.branch();
    Iterable<PushResult> results;
    try {
      results =
          git.push()
              .setRemote(request.url())
              .setRefSpecs(new RefSpec(commit.name() + ":" + ref))
              .setCredentialsProvider(credentials())
              .setTimeout(TIMEOUT_SECONDS)
              .call();
    } catch (TransportException e) {
      throw new EditException(
          "EDIT_PUSH", "cannot push to %s: %s".formatted(request.url(), rootMessage(e)), e);
    }
    for (PushResult result : results) {
      RemoteRefUpdate update = result.getRemoteUpdate(ref);
      switch (update.getStatus()) {
        case OK, UP_TO_DATE -> {
          return "";
        }
        case REJECTED_NONFASTFORWARD, REJECTED_REMOTE_CHANGED -> {
          return "the branch had moved";
        }
        default -> {
          // The server's own words differ from server to server; whether the branch moved does not.
          if (!fetch(git).equals(expected)) {
            return "the branch had moved";
          }
          throw new EditException(
              "EDIT_REJECTED",
              "%s rejected the push to '%s': %s"
                  .formatted(
                      request.url(),
                      request.branch(),
                      update.getMessage() == null ? update.getStatus() : update.getMessage()),
              null);
        }
      }
    }
    throw new EditException("EDIT_PUSH", request.url() + " gave no answer to the push", null);
  }

  private static String rootMessage(Throwable e) {
    Throwable root = e;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return root.getMessage() == null ? root.toString() : root.getMessage();
  }
}
