package dev.naru.server.cli;

import dev.naru.server.ServerException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The files of {@code naru lint}: which ones, and their texts. */
final class LintFiles {
  private static final int SIZE_MAX_BYTES = 4 << 20;
  private static final Set<String> BUILT =
      Set.of(".git", "target", "build", "node_modules", "dist", "out", "vendor");
  // Jenkinsfile.ci is one, Jenkinsfile.java is not.
  private static final Set<String> OTHER_KINDS =
      Set.of(
          "java", "kt", "py", "rb", "js", "ts", "go", "sh", "md", "adoc", "txt", "html", "json",
          "yaml", "yml", "xml", "j2", "erb", "tpl", "tmpl", "bak", "orig", "rej", "swp");

  private LintFiles() {}

  /** Every Jenkinsfile below {@code folder} that git does not ignore, by path. */
  static List<Path> below(Path folder) throws IOException, InterruptedException {
    List<Path> all = new ArrayList<>();
    Optional<List<String>> known = git(folder);
    if (known.isPresent()) {
      known.get().stream().map(folder::resolve).filter(LintFiles::named).forEach(all::add);
      all.removeIf(p -> !Files.isRegularFile(p));
    } else {
      walk(folder, all);
    }
    return all.stream().distinct().sorted().toList();
  }

  private static boolean named(Path path) {
    String name = String.valueOf(path.getFileName());
    return name.equals("Jenkinsfile")
        || (name.startsWith("Jenkinsfile.")
            && !OTHER_KINDS.contains(name.substring(name.lastIndexOf('.') + 1)))
        || name.endsWith(".Jenkinsfile")
        || name.endsWith(".jenkinsfile");
  }

  /** What git tracks or would track; empty where there is no git or no repository. */
  private static Optional<List<String>> git(Path folder) throws IOException, InterruptedException {
    ProcessBuilder command =
        new ProcessBuilder("git", "ls-files", "-z", "-co", "--exclude-standard")
            .directory(folder.toFile())
            .redirectError(ProcessBuilder.Redirect.DISCARD);
    Process git;
    try {
      git = command.start();
    } catch (IOException e) {
      // No git here: the folders that builds write are known by name.
      return Optional.empty();
    }
    String names = new String(git.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return git.waitFor() == 0 ? Optional.of(List.of(names.split("\0", -1))) : Optional.empty();
  }

  private static void walk(Path folder, List<Path> to) throws IOException {
    Files.walkFileTree(
        folder,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path path, BasicFileAttributes attributes) {
            return !path.equals(folder) && BUILT.contains(String.valueOf(path.getFileName()))
                ? FileVisitResult.SKIP_SUBTREE
                : FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path path, BasicFileAttributes attributes) {
            if (attributes.isRegularFile() && named(path)) {
              to.add(path);
            }
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path path, IOException e) {
            return FileVisitResult.CONTINUE;
          }
        });
  }

  /**
   * The text of a file.
   *
   * @throws ServerException one sentence that says why it cannot be read
   */
  static String read(Path path) {
    try {
      if (Files.isDirectory(path)) {
        throw unreadable(path.toString(), "it is a folder");
      }
      try (InputStream in = Files.newInputStream(path)) {
        return text(path.toString(), in);
      }
    } catch (NoSuchFileException e) {
      throw unreadable(path.toString(), "there is no such file");
    } catch (java.nio.file.AccessDeniedException e) {
      throw unreadable(path.toString(), "access is denied");
    } catch (IOException e) {
      throw unreadable(path.toString(), String.valueOf(e.getMessage()));
    }
  }

  /** The text of a stream, which is called {@code name} in messages. */
  static String text(String name, InputStream in) throws IOException {
    byte[] bytes = in.readNBytes(SIZE_MAX_BYTES + 1);
    if (bytes.length > SIZE_MAX_BYTES) {
      throw unreadable(name, "it is larger than " + (SIZE_MAX_BYTES >> 20) + " MiB");
    }
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw unreadable(name, "it is no UTF-8 text");
    }
  }

  private static ServerException unreadable(String name, String why) {
    return new ServerException("CLI_LINT_UNREADABLE", "'" + name + "' cannot be linted: " + why);
  }
}
