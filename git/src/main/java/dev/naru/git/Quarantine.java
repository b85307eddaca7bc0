package dev.naru.git;

import dev.naru.base.AtomicFiles;
import dev.naru.base.FileTrees;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.storage.file.FileRepositoryBuilder;

/**
 * Where the objects of one push wait until the push is accepted: an object directory of its own
 * that sees the repository's objects as alternates. Closing it removes what was not released.
 *
 * <p>Source: git-receive-pack(1), "Quarantine environment".
 */
final class Quarantine implements AutoCloseable {
  private final Path directory;
  private final Path objects;
  private final Repository repository;

  private Quarantine(Path directory, Path objects, Repository repository) {
    this.directory = directory;
    this.objects = objects;
    this.repository = repository;
  }

  static Quarantine open(Path gitDirectory) throws IOException {
    Path parent = Files.createDirectories(gitDirectory.resolve("quarantine"));
    Path directory = Files.createTempDirectory(parent, "push-");
    Files.createDirectories(directory.resolve("pack"));
    Files.createDirectories(directory.resolve("info"));
    Path objects = gitDirectory.resolve("objects");
    Repository view =
        new FileRepositoryBuilder()
            .setGitDir(gitDirectory.toFile())
            .setObjectDirectory(directory.toFile())
            .addAlternateObjectDirectory(objects.toFile())
            .setBare()
            .build();
    return new Quarantine(directory, objects, view);
  }

  /** Removes what pushes of an earlier process left behind. */
  static void sweep(Path gitDirectory) throws IOException {
    FileTrees.delete(gitDirectory.resolve("quarantine"));
  }

  /** The repository as the push sees it: its objects go to the quarantine. */
  Repository repository() {
    return repository;
  }

  /**
   * Moves the received packs, fsynced, into the repository. A pack's index goes last, so that a
   * pack is either complete or not seen.
   */
  void release() throws IOException {
    Path to = Files.createDirectories(objects.resolve("pack"));
    List<Path> files;
    try (Stream<Path> all = Files.list(directory.resolve("pack"))) {
      files =
          all.filter(f -> f.getFileName().toString().startsWith("pack-"))
              .filter(f -> !f.getFileName().toString().endsWith(".keep"))
              .sorted(Comparator.comparing(f -> f.getFileName().toString().endsWith(".idx")))
              .toList();
    }
    for (Path file : files) {
      try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
        channel.force(true);
      }
      Path target = to.resolve(file.getFileName());
      if (!Files.exists(target)) {
        Files.move(file, target);
      }
    }
    if (!files.isEmpty()) {
      AtomicFiles.fsyncDirectory(to);
    }
  }

  @Override
  public void close() throws IOException {
    repository.close();
    FileTrees.delete(directory);
  }
}
