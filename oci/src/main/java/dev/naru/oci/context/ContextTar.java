package dev.naru.oci.context;

import dev.naru.oci.tar.TarEntry;
import dev.naru.oci.tar.TarWriter;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** Writes a build context as a tar, without what it ignores. Uses nothing but the JDK. */
public final class ContextTar {
  private final Path root;
  private final DockerIgnore ignore;
  private final Set<String> always;

  /**
   * @param always files that are sent though they may be ignored, such as the Dockerfile
   */
  public ContextTar(Path root, DockerIgnore ignore, Set<String> always) {
    this.root = root;
    this.ignore = ignore;
    this.always = Set.copyOf(always);
  }

  /** Writes all entries in the order of their names; the archive is not ended by this. */
  public void writeTo(OutputStream out, TarWriter tar) throws IOException {
    folder(root, "", tar);
    out.flush();
  }

  private void folder(Path folder, String prefix, TarWriter tar) throws IOException {
    List<Path> files;
    try (Stream<Path> list = Files.list(folder)) {
      files = list.sorted().toList();
    }
    for (Path file : files) {
      String name = prefix + file.getFileName();
      boolean excluded = ignore.excludes(name) && !always.contains(name);
      int mode =
          ((Number) Files.getAttribute(file, "unix:mode", LinkOption.NOFOLLOW_LINKS)).intValue();
      if (Files.isSymbolicLink(file)) {
        if (!excluded) {
          tar.add(TarEntry.symlink(name, Files.readSymbolicLink(file).toString(), 0, 0, 0));
        }
      } else if (Files.isDirectory(file)) {
        if (!excluded) {
          tar.add(TarEntry.directory(name, mode & 0xFFF, 0, 0, 0));
        }
        if (!excluded || !ignore.canSkipExcludedFolders() || holdsAlways(name)) {
          folder(file, name + "/", tar);
        }
      } else if (Files.isRegularFile(file) && !excluded) {
        try (InputStream in = Files.newInputStream(file)) {
          tar.add(TarEntry.file(name, mode & 0xFFF, 0, 0, Files.size(file), 0), in);
        }
      }
    }
  }

  private boolean holdsAlways(String folder) {
    return always.stream().anyMatch(a -> a.startsWith(folder + "/"));
  }
}
