package dev.naru.gitops.render;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** A folder on disk. */
public final class FolderTree implements SourceTree {
  private final Path root;

  public FolderTree(Path root) {
    this.root = root;
  }

  @Override
  public Kind kind(String path) {
    Path file = root.resolve(path);
    if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
      return Kind.FILE;
    }
    if (Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS)) {
      return Kind.DIRECTORY;
    }
    return Files.exists(file, LinkOption.NOFOLLOW_LINKS) ? Kind.OTHER : Kind.ABSENT;
  }

  @Override
  public byte[] read(String path) {
    try {
      if (kind(path) != Kind.FILE) {
        throw new RenderException(path + ": no such file");
      }
      Path file = root.resolve(path);
      if (Files.size(file) > FILE_MAX) {
        throw new RenderException(path + ": larger than " + FILE_MAX + " bytes");
      }
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new RenderException(path + ": cannot be read: " + e.getMessage(), e);
    }
  }

  @Override
  public List<String> list(String directory) {
    if (kind(directory) != Kind.DIRECTORY) {
      return List.of();
    }
    try (Stream<Path> all = Files.list(root.resolve(directory))) {
      return all.map(p -> p.getFileName().toString()).sorted().toList();
    } catch (IOException e) {
      throw new RenderException(directory + ": cannot be listed: " + e.getMessage(), e);
    }
  }
}
