package dev.naru.git;

import dev.naru.base.DiskFull;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectChecker;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.revwalk.RevCommit;
import org.eclipse.jgit.transport.PreReceiveHook;
import org.eclipse.jgit.transport.ReceiveCommand;
import org.eclipse.jgit.transport.ReceiveCommand.Result;
import org.eclipse.jgit.transport.ReceivePack;
import org.eclipse.jgit.transport.UnpackErrorHandler;

/**
 * Accepts one push whose objects are complete and checked, but in quarantine: rules → turn →
 * objects released → refs moved → status written. The refs are moved here and not by JGit
 * afterwards, so that the status is there before the client hears of the push.
 */
final class Receiver implements PreReceiveHook {
  private final HostedRepositories repositories;
  private final HostedRepository repository;
  private final Quarantine quarantine;
  private final RepositorySpec spec;
  private final String pusher;
  private final GitConfig config;

  Receiver(
      HostedRepositories repositories,
      HostedRepository repository,
      Quarantine quarantine,
      RepositorySpec spec,
      String pusher,
      GitConfig config) {
    this.repositories = repositories;
    this.repository = repository;
    this.quarantine = quarantine;
    this.spec = spec;
    this.pusher = pusher;
    this.config = config;
  }

  ReceivePack receivePack() {
    ReceivePack pack = new ReceivePack(quarantine.repository());
    pack.setObjectChecker(new ObjectChecker());
    pack.setCheckReceivedObjects(true);
    pack.setMaxPackSizeLimit(config.packSizeMax());
    pack.setMaxObjectSizeLimit(config.objectSizeMax());
    pack.setAllowNonFastForwards(true);
    pack.setAllowDeletes(true);
    pack.setAtomic(true);
    pack.setPreReceiveHook(this);
    UnpackErrorHandler usual = pack.getUnpackErrorHandler();
    pack.setUnpackErrorHandler(failure -> usual.handleUnpackException(explained(failure)));
    return pack;
  }

  /** What the client is told: "No space left on device" could be its own device. */
  private Throwable explained(Throwable failure) {
    if (!DiskFull.is(failure)) {
      return failure;
    }
    String sentence = DiskFull.sentence("store the push", repository.directory());
    HostedRepositories.LOG.warn("push refused, cause={}", sentence);
    return new IOException(sentence, failure);
  }

  @Override
  public void onPreReceive(ReceivePack pack, Collection<ReceiveCommand> commands) {
    boolean atomic = pack.isAtomic();
    try {
      repository.explainStale(pack.getAllCommands());
      for (ReceiveCommand command : commands) {
        String refusal = refusal(pack, command);
        if (!refusal.isEmpty()) {
          command.setResult(Result.REJECTED_OTHER_REASON, refusal);
        }
      }
      if (pending(commands, atomic).isEmpty()) {
        return;
      }
      if (!repository.takeTurn(config.queueTimeout())) {
        reject(commands, "other pushes kept the repository busy: push again");
        return;
      }
      try {
        store(pack, commands, atomic);
      } finally {
        repository.endTurn();
      }
    } catch (IOException e) {
      Throwable cause = explained(e);
      if (cause == e) {
        HostedRepositories.LOG.error("push not stored, repository={}", repository.name(), e);
      }
      reject(commands, "the repository could not be written: " + cause.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      reject(commands, "the server is stopping: push again");
    }
  }

  private void store(ReceivePack pack, Collection<ReceiveCommand> commands, boolean atomic)
      throws IOException {
    repository.rejectStale(pending(commands, atomic));
    List<ReceiveCommand> accepted = pending(commands, atomic);
    if (accepted.isEmpty()) {
      return;
    }
    quarantine.release();
    repository.update(accepted, atomic, pusher, repositories.now());
    boolean told = repositories.writeStatus(repository);
    for (ReceiveCommand command : accepted) {
      if (command.getResult() == Result.OK
          && command.getType() != ReceiveCommand.Type.DELETE
          && command.getRefName().startsWith(Constants.R_HEADS)) {
        pack.sendMessage("delivery: naru where " + command.getNewId().abbreviate(7).name());
      }
    }
    if (!told) {
      pack.sendMessage("the push is stored; its delivery starts when the API answers again");
    }
  }

  /** Why the command is against the rules; empty when it is not. */
  private String refusal(ReceivePack pack, ReceiveCommand command) throws IOException {
    String ref = command.getRefName();
    boolean branch = ref.startsWith(Constants.R_HEADS);
    if (!branch && !ref.startsWith(Constants.R_TAGS)) {
      return "only branches and tags can be pushed";
    }
    if (branch
        && !command.getNewId().equals(ObjectId.zeroId())
        && !(pack.getRevWalk().parseAny(command.getNewId()) instanceof RevCommit)) {
      return "a branch must name a commit";
    }
    if (!ref.equals(Constants.R_HEADS + spec.defaultBranch()) || spec.allowForcePush()) {
      return "";
    }
    return switch (command.getType()) {
      case DELETE -> "the default branch cannot be deleted (spec.allowForcePush is false)";
      case UPDATE_NONFASTFORWARD ->
          "the default branch cannot be rewritten (spec.allowForcePush is false)";
      case CREATE, UPDATE -> "";
    };
  }

  private static List<ReceiveCommand> pending(Collection<ReceiveCommand> commands, boolean atomic) {
    List<ReceiveCommand> open = new ArrayList<>();
    boolean rejected = false;
    for (ReceiveCommand command : commands) {
      if (command.getResult() == Result.NOT_ATTEMPTED) {
        open.add(command);
      } else {
        rejected = true;
      }
    }
    return rejected && atomic ? List.of() : open;
  }

  private static void reject(Collection<ReceiveCommand> commands, String why) {
    for (ReceiveCommand command : commands) {
      if (command.getResult() == Result.NOT_ATTEMPTED) {
        command.setResult(Result.REJECTED_OTHER_REASON, why);
      }
    }
  }
}
