package dev.naru.server.demo;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A clone of a hosted repository, worked on with the {@code git} that a person would use. It is a
 * temporary directory; {@link #close()} removes it.
 */
public final class Workspace implements AutoCloseable {
  /** What builds leave behind; never part of a repository. */
  private static final Set<String> LEFT_OUT =
      Set.of(".git", "target", "node_modules", "dist", "test-results", "playwright-report");

  private static final List<String> AUTHOR =
      List.of("-c", "user.name=Naru demo", "-c", "user.email=demo@naru.localhost");

  private final Path directory;
  private final Map<String, String> environment;

  private Workspace(Path directory, Map<String, String> environment) {
    this.directory = directory;
    this.environment = environment;
  }

  /** Clones {@code url}, which may be empty. The password goes by the environment only. */
  public static Workspace clone(String url, String user, String password)
      throws IOException, InterruptedException {
    Path directory = Files.createTempDirectory("naru-demo-");
    String basic =
        Base64.getEncoder()
            .encodeToString((user + ":" + password).getBytes(StandardCharsets.UTF_8));
    Workspace workspace =
        new Workspace(
            directory,
            Map.of(
                "GIT_CONFIG_COUNT", "1",
                "GIT_CONFIG_KEY_0", "http.extraHeader",
                "GIT_CONFIG_VALUE_0", "Authorization: Basic " + basic,
                "GIT_TERMINAL_PROMPT", "0"));
    try {
      workspace.git("clone", "-q", url, ".");
      workspace.git("symbolic-ref", "HEAD", "refs/heads/main");
      return workspace;
    } catch (IOException | InterruptedException e) {
      workspace.close();
      throw e;
    }
  }

  public Path directory() {
    return directory;
  }

  /** True when the clone has no commit. */
  public boolean isEmpty() throws IOException, InterruptedException {
    return git("rev-list", "-n", "1", "--all").isEmpty();
  }

  /** Makes the work tree the same as {@code folder}, less what builds leave behind. */
  public void fill(Path folder) throws IOException {
    Files.walkFileTree(
        folder,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path dir, BasicFileAttributes attributes)
              throws IOException {
            Path name = dir.getFileName();
            if (!dir.equals(folder) && name != null && LEFT_OUT.contains(name.toString())) {
              return FileVisitResult.SKIP_SUBTREE;
            }
            Files.createDirectories(directory.resolve(folder.relativize(dir).toString()));
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.copy(
                file,
                directory.resolve(folder.relativize(file).toString()),
                java.nio.file.StandardCopyOption.REPLACE_EXISTING,
                java.nio.file.StandardCopyOption.COPY_ATTRIBUTES);
            return FileVisitResult.CONTINUE;
          }
        });
  }

  /** Commits everything and pushes {@code main}; returns the commit's id. */
  public String push(String message) throws IOException, InterruptedException {
    git("add", "-A");
    List<String> commit = new ArrayList<>(AUTHOR);
    commit.addAll(List.of("commit", "-q", "-m", message));
    git(commit.toArray(String[]::new));
    git("push", "-q", "origin", "HEAD:refs/heads/main");
    return head();
  }

  public String head() throws IOException, InterruptedException {
    return git("rev-parse", "HEAD");
  }

  /**
   * Runs git in the work tree.
   *
   * @return what it printed, without white space around it
   * @throws IOException with git's own words when it ends with another code than 0
   */
  public String git(String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("git"));
    command.addAll(List.of(arguments));
    ProcessBuilder builder =
        new ProcessBuilder(command).directory(directory.toFile()).redirectErrorStream(true);
    builder.environment().putAll(environment);
    Process process = builder.start();
    process.getOutputStream().close();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    int code = process.waitFor();
    if (code != 0) {
      throw new IOException(
          "Tried 'git " + arguments[0] + "' but it ended with " + code + ": " + output.strip());
    }
    return output.strip();
  }

  @Override
  public void close() {
    try (Stream<Path> all = Files.walk(directory)) {
      for (Path p : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(p);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Tried to remove " + directory, e);
    }
  }
}
