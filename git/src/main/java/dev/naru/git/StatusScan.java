package dev.naru.git;

import dev.naru.base.Times;
import dev.naru.git.RepositoryStatus.Branch;
import dev.naru.git.RepositoryStatus.Commit;
import dev.naru.git.RepositoryStatus.Push;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.eclipse.jgit.errors.MissingObjectException;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.Ref;
import org.eclipse.jgit.lib.ReflogEntry;
import org.eclipse.jgit.lib.ReflogReader;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.revwalk.RevCommit;
import org.eclipse.jgit.revwalk.RevWalk;
import org.eclipse.jgit.revwalk.filter.RevFilter;
import org.eclipse.jgit.treewalk.TreeWalk;
import org.eclipse.jgit.treewalk.filter.TreeFilter;
import org.jspecify.annotations.Nullable;

/**
 * The status that follows from the refs, their reflogs and the status written last. Depends on
 * nothing else, so a status that was not written because the process died comes out the same later.
 */
final class StatusScan implements AutoCloseable {
  private static final int REFLOG_MAX = RepositoryStatus.COMMITS_MAX;

  private final Repository git;
  private final RevWalk walk;
  private final String defaultBranch;
  private final Instant now;

  StatusScan(Repository git, String defaultBranch, Instant now) {
    this.git = git;
    this.walk = new RevWalk(git);
    this.defaultBranch = defaultBranch;
    this.now = now;
  }

  RepositoryStatus next(RepositoryStatus last, String url) throws IOException {
    Map<String, Branch> branches = new TreeMap<>();
    Deque<Commit> commits = new ArrayDeque<>(last.commits());
    Set<ObjectId> known = new HashSet<>();
    for (Branch branch : last.branches().values()) {
      known.add(ObjectId.fromString(branch.commit()));
    }
    List<Tip> tips = new ArrayList<>();
    for (Ref ref : git.getRefDatabase().getRefsByPrefix(Constants.R_HEADS)) {
      ObjectId head = ref.getObjectId();
      if (head == null) {
        continue;
      }
      String name = ref.getName().substring(Constants.R_HEADS.length());
      Branch before = last.branches().get(name);
      if (before != null && before.commit().equals(head.name())) {
        branches.put(name, before);
        continue;
      }
      List<Tip> pushed = tipsOf(ref, head, before == null ? null : before.commit());
      tips.addAll(pushed);
      Tip latest = pushed.getLast();
      branches.put(name, new Branch(head.name(), Times.text(latest.at()), latest.pusher()));
    }
    // The default branch first among equals: what branches off it is then "new" only beyond it.
    tips.sort(
        java.util.Comparator.comparing(Tip::at)
            .thenComparing(t -> !t.branch().equals(defaultBranch)));
    for (Tip tip : tips) {
      add(tip, commits, known);
    }
    List<Commit> listed = commits.stream().limit(RepositoryStatus.COMMITS_MAX).toList();
    return new RepositoryStatus(url, branches, listed);
  }

  /** The pushes of a branch since {@code before}, oldest first; never empty. */
  private List<Tip> tipsOf(Ref ref, ObjectId head, @Nullable String before) throws IOException {
    String branch = ref.getName().substring(Constants.R_HEADS.length());
    Deque<Tip> tips = new ArrayDeque<>();
    ReflogReader reflog = git.getRefDatabase().getReflogReader(ref.getName());
    List<ReflogEntry> entries = reflog == null ? List.of() : reflog.getReverseEntries(REFLOG_MAX);
    for (ReflogEntry entry : entries) {
      if (entry.getNewId().name().equals(before)) {
        break;
      }
      if (entry.getNewId().equals(ObjectId.zeroId())) {
        continue;
      }
      tips.addFirst(
          new Tip(
              branch,
              entry.getNewId(),
              entry.getOldId(),
              entry.getWho().getName(),
              PushTime.of(entry)));
    }
    if (tips.isEmpty() || !tips.getLast().commit().equals(head)) {
      ObjectId old = before == null ? ObjectId.zeroId() : ObjectId.fromString(before);
      tips.addLast(new Tip(branch, head, old, "unknown", now));
    }
    return List.copyOf(tips);
  }

  private void add(Tip tip, Deque<Commit> commits, Set<ObjectId> known) throws IOException {
    Optional<RevCommit> head = parse(tip.commit());
    if (head.isEmpty()) {
      return;
    }
    walk.reset();
    walk.markStart(head.get());
    for (ObjectId id : known) {
      Optional<RevCommit> old = parse(id);
      if (old.isPresent()) {
        walk.markUninteresting(old.get());
      }
    }
    List<RevCommit> fresh = new ArrayList<>();
    for (RevCommit c = walk.next();
        c != null && fresh.size() < RepositoryStatus.COMMITS_MAX;
        c = walk.next()) {
      fresh.add(c);
    }
    known.add(tip.commit());
    Push push = push(tip, head.get());
    for (RevCommit c : fresh.reversed()) {
      if (!c.equals(head.get())) {
        commits.addFirst(commit(c, tip, null));
      }
    }
    commits.removeIf(
        c -> c.commit().equals(tip.commit().name()) && c.branch().equals(tip.branch()));
    commits.addFirst(commit(head.get(), tip, push));
  }

  private Commit commit(RevCommit c, Tip tip, @Nullable Push push) throws IOException {
    walk.parseBody(c);
    List<String> parents = new ArrayList<>();
    for (RevCommit parent : c.getParents()) {
      parents.add(parent.name());
    }
    return new Commit(
        c.name(),
        tip.branch(),
        parents,
        c.getShortMessage(),
        c.getAuthorIdent().getName(),
        Times.text(c.getAuthorIdent().getWhenAsInstant()),
        Times.text(tip.at()),
        c.getFooterLines("Source-Commit"),
        push);
  }

  private Push push(Tip tip, RevCommit head) throws IOException {
    Optional<RevCommit> previous =
        tip.previous().equals(ObjectId.zeroId()) ? forkPoint(tip, head) : parse(tip.previous());
    List<String> jenkinsfiles = jenkinsfiles(head);
    if (previous.isEmpty()) {
      return new Push(tip.pusher(), null, List.of(), true, jenkinsfiles);
    }
    List<String> paths = changed(previous.get(), head);
    boolean all = paths.size() > RepositoryStatus.PATHS_MAX;
    return new Push(
        tip.pusher(), previous.get().name(), all ? List.of() : paths, all, jenkinsfiles);
  }

  /** Where a new branch leaves the default branch. */
  private Optional<RevCommit> forkPoint(Tip tip, RevCommit head) throws IOException {
    Ref base = git.exactRef(Constants.R_HEADS + defaultBranch);
    if (tip.branch().equals(defaultBranch) || base == null || base.getObjectId() == null) {
      return Optional.empty();
    }
    walk.reset();
    walk.setRevFilter(RevFilter.MERGE_BASE);
    try {
      walk.markStart(head);
      walk.markStart(walk.parseCommit(base.getObjectId()));
      RevCommit found = walk.next();
      return found == null ? Optional.empty() : parse(found);
    } finally {
      walk.reset();
      walk.setRevFilter(RevFilter.ALL);
    }
  }

  private List<String> changed(RevCommit from, RevCommit to) throws IOException {
    List<String> paths = new ArrayList<>();
    try (TreeWalk trees = new TreeWalk(git)) {
      trees.setRecursive(true);
      trees.setFilter(TreeFilter.ANY_DIFF);
      trees.addTree(from.getTree());
      trees.addTree(to.getTree());
      while (trees.next() && paths.size() <= RepositoryStatus.PATHS_MAX) {
        paths.add(trees.getPathString());
      }
    }
    return paths;
  }

  private List<String> jenkinsfiles(RevCommit at) throws IOException {
    List<String> paths = new ArrayList<>();
    try (TreeWalk tree = new TreeWalk(git)) {
      tree.setRecursive(true);
      tree.addTree(at.getTree());
      while (tree.next() && paths.size() < RepositoryStatus.JENKINSFILES_MAX) {
        if (tree.getNameString().equals("Jenkinsfile")) {
          paths.add(tree.getPathString());
        }
      }
    }
    return paths;
  }

  private Optional<RevCommit> parse(ObjectId id) throws IOException {
    try {
      return Optional.of(walk.parseCommit(id));
    } catch (MissingObjectException collected) {
      return Optional.empty();
    }
  }

  @Override
  public void close() {
    walk.close();
  }

  private record Tip(
      String branch, ObjectId commit, ObjectId previous, String pusher, Instant at) {}
}
