package dev.naru.git;

import dev.naru.base.AtomicFiles;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.eclipse.jgit.api.Git;
import org.eclipse.jgit.api.errors.GitAPIException;
import org.eclipse.jgit.lib.BatchRefUpdate;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.NullProgressMonitor;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.PersonIdent;
import org.eclipse.jgit.lib.Ref;
import org.eclipse.jgit.lib.RefUpdate;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.lib.StoredConfig;
import org.eclipse.jgit.revwalk.RevWalk;
import org.eclipse.jgit.storage.file.FileRepositoryBuilder;
import org.eclipse.jgit.transport.ReceiveCommand;
import org.eclipse.jgit.transport.ReceiveCommand.Result;

/**
 * One bare repository on disk. Its refs have one writer at a time: whoever holds {@link #turn}.
 * Fetches need no turn.
 */
final class HostedRepository implements AutoCloseable {
  private static final int PACKS_MAX = 50;
  private static final String STALE =
      "somebody else pushed to it meanwhile: fetch, then push again";

  private final String name;
  private final Path directory;
  private final Repository git;
  // Held while refs change and while the status that tells of it is written. First come, first
  // served; no other lock is taken while it is held.
  private final ReentrantLock turn = new ReentrantLock(true);

  private HostedRepository(String name, Path directory, Repository git) {
    this.name = name;
    this.directory = directory;
    this.git = git;
  }

  /** Opens the repository, creating it when it is not there. It is wholly there or not at all. */
  static HostedRepository open(Path directory, String name, String defaultBranch)
      throws IOException {
    if (!Files.exists(directory)) {
      create(directory, defaultBranch);
    }
    Quarantine.sweep(directory);
    Repository git =
        new FileRepositoryBuilder()
            .setGitDir(directory.toFile())
            .setBare()
            .setMustExist(true)
            .build();
    HostedRepository opened = new HostedRepository(name, directory, git);
    opened.setDefaultBranch(defaultBranch);
    return opened;
  }

  private static void create(Path directory, String defaultBranch) throws IOException {
    Path parent = Files.createDirectories(directory.toAbsolutePath().getParent());
    Path temporary = Files.createTempDirectory(parent, ".new-");
    try (Repository fresh =
        new FileRepositoryBuilder().setGitDir(temporary.toFile()).setBare().build()) {
      fresh.create(true);
      fresh.updateRef(Constants.HEAD).link(Constants.R_HEADS + defaultBranch);
      StoredConfig config = fresh.getConfig();
      config.setBoolean("core", null, "logAllRefUpdates", true);
      config.setBoolean("core", null, "fsyncObjectFiles", true);
      config.setBoolean("core", null, "fsyncRefFiles", true);
      config.setBoolean("receive", null, "autogc", false);
      config.setInt("gc", null, "auto", 0);
      config.setBoolean("uploadpack", null, "allowReachableSHA1InWant", true);
      config.setBoolean("uploadpack", null, "allowFilter", true);
      config.save();
    }
    Files.move(temporary, directory, StandardCopyOption.ATOMIC_MOVE);
    AtomicFiles.fsyncDirectory(parent);
  }

  String name() {
    return name;
  }

  Path directory() {
    return directory;
  }

  /** Opened once more; the caller closes it. */
  Repository share() {
    git.incrementOpen();
    return git;
  }

  void setDefaultBranch(String branch) throws IOException {
    Ref head = git.exactRef(Constants.HEAD);
    String wanted = Constants.R_HEADS + branch;
    if (head == null || !head.isSymbolic() || !head.getTarget().getName().equals(wanted)) {
      RefUpdate update = git.updateRef(Constants.HEAD);
      update.disableRefLog();
      update.link(wanted);
    }
  }

  /** Waits for the turn; false when {@code timeout} passed. */
  boolean takeTurn(java.time.Duration timeout) throws InterruptedException {
    return turn.tryLock(timeout.toMillis(), TimeUnit.MILLISECONDS);
  }

  void endTurn() {
    turn.unlock();
  }

  /**
   * Rejects those commands whose ref is no longer what the client saw. Needs the turn, so the
   * answer stays true until it ends.
   */
  void rejectStale(Collection<ReceiveCommand> commands) throws IOException {
    for (ReceiveCommand command : commands) {
      if (isStale(command)) {
        command.setResult(Result.REJECTED_OTHER_REASON, STALE);
      }
    }
  }

  /** Gives what JGit has rejected for a moved ref the words that help. */
  void explainStale(Collection<ReceiveCommand> commands) throws IOException {
    for (ReceiveCommand command : commands) {
      if (command.getResult() == Result.REJECTED_OTHER_REASON && isStale(command)) {
        command.setResult(Result.REJECTED_OTHER_REASON, STALE);
      }
    }
  }

  private boolean isStale(ReceiveCommand command) throws IOException {
    Ref ref = git.exactRef(command.getRefName());
    ObjectId now = ref == null || ref.getObjectId() == null ? ObjectId.zeroId() : ref.getObjectId();
    return !now.equals(command.getOldId());
  }

  /** Moves the refs, durably, and logs who did it. Needs the turn. Results are in the commands. */
  void update(List<ReceiveCommand> commands, boolean atomic, String pusher, Instant at)
      throws IOException {
    BatchRefUpdate batch = git.getRefDatabase().newBatchUpdate();
    batch.setAtomic(atomic);
    batch.setAllowNonFastForwards(true);
    batch.setRefLogIdent(new PersonIdent(pusher, pusher + "@naru", at, ZoneOffset.UTC));
    batch.setRefLogMessage(PushTime.message(at), true);
    batch.addCommand(commands);
    try (RevWalk walk = new RevWalk(git)) {
      batch.execute(walk, NullProgressMonitor.INSTANCE);
    }
    Set<Path> directories = new TreeSet<>(Set.of(directory));
    for (ReceiveCommand command : commands) {
      Path file = directory.resolve(command.getRefName());
      for (Path p = file.getParent(); p != null && p.startsWith(directory); p = p.getParent()) {
        directories.add(p);
      }
    }
    for (Path path : directories) {
      if (Files.isDirectory(path)) {
        AtomicFiles.fsyncDirectory(path);
      }
    }
  }

  /** The status that the refs call for. Needs the turn. */
  RepositoryStatus status(RepositoryStatus last, RepositorySpec spec, String url, Instant now)
      throws IOException {
    try (StatusScan scan = new StatusScan(git, spec.defaultBranch(), now)) {
      return scan.next(last, url);
    }
  }

  boolean hasManyPacks() {
    File[] packs =
        directory.resolve("objects/pack").toFile().listFiles((d, f) -> f.endsWith(".pack"));
    return packs != null && packs.length > PACKS_MAX;
  }

  /** Repacks. Pushes and fetches may go on: what is newer than an hour is kept. */
  void collectGarbage() {
    try (Git command = Git.wrap(share())) {
      command.gc().call();
    } catch (GitAPIException e) {
      throw new GitException("GIT_GC", "cannot repack repository '" + name + "'", e);
    }
  }

  @Override
  public void close() {
    git.close();
  }
}
