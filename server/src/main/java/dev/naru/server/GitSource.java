package dev.naru.server;

import dev.naru.git.HostedRepositories;
import dev.naru.pipeline.SourceReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.eclipse.jgit.diff.DiffEntry;
import org.eclipse.jgit.diff.DiffFormatter;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.revwalk.RevCommit;
import org.eclipse.jgit.revwalk.RevWalk;
import org.eclipse.jgit.storage.file.FileRepositoryBuilder;
import org.eclipse.jgit.treewalk.TreeWalk;
import org.eclipse.jgit.util.io.DisabledOutputStream;

/** Reads the hosted repositories on disk for pipelines. */
final class GitSource implements SourceReader {
  private static final int FILE_BYTES_MAX = 1 << 20;

  private final Path repositories;

  GitSource(Path repositories) {
    this.repositories = repositories;
  }

  @Override
  public Optional<String> read(String repository, String commit, String path) throws IOException {
    try (Repository git = open(repository);
        RevWalk walk = new RevWalk(git)) {
      RevCommit found = walk.parseCommit(ObjectId.fromString(commit));
      try (TreeWalk file = TreeWalk.forPath(git, path, found.getTree())) {
        return file == null
            ? Optional.empty()
            : Optional.of(
                new String(
                    git.open(file.getObjectId(0)).getCachedBytes(FILE_BYTES_MAX),
                    StandardCharsets.UTF_8));
      }
    }
  }

  @Override
  public List<String> changedFiles(String repository, String from, String to) throws IOException {
    List<String> paths = new ArrayList<>();
    try (Repository git = open(repository);
        DiffFormatter diff = new DiffFormatter(DisabledOutputStream.INSTANCE)) {
      diff.setRepository(git);
      for (DiffEntry entry : diff.scan(ObjectId.fromString(from), ObjectId.fromString(to))) {
        boolean deleted = entry.getChangeType() == DiffEntry.ChangeType.DELETE;
        paths.add(deleted ? entry.getOldPath() : entry.getNewPath());
      }
    }
    return paths;
  }

  private Repository open(String repository) throws IOException {
    return new FileRepositoryBuilder()
        .setGitDir(HostedRepositories.pathOf(repositories, repository).toFile())
        .setMustExist(true)
        .build();
  }
}
