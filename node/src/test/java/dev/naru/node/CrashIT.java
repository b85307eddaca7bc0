package dev.naru.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.naru.node.linux.Cgroups;
import dev.naru.node.linux.Mounts;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Kills a node with -9 at random moments while it makes its pods, and while it deletes them: in the
 * end every program has run exactly once, and nothing is left. The seed is printed; set {@code
 * naru.crash.seed} to repeat one.
 */
final class CrashIT {
  private static final int NUMBER = 2;
  private static final int KILLS = 6;
  private static final int MOMENT_MAX_MS = 900;

  @TempDir static Path data;

  @Test
  void startsNothingTwiceAndLeavesNothing() throws Exception {
    long seed = Long.getLong("naru.crash.seed", System.nanoTime());
    System.out.println("naru.crash.seed=" + seed);
    Random random = new Random(seed);
    NodeConfig config = TestNode.config(data, NUMBER);
    Node.purge(config);
    try {
      for (int i = 0; i < KILLS; i++) {
        killAt("make", random.nextInt(MOMENT_MAX_MS));
      }
      try (Child child = new Child("make")) {
        child.await("DONE");
      }
      try (Child child = new Child("make")) {
        child.await("DONE");
      }
      checkStarts(config);
      for (int i = 0; i < KILLS; i++) {
        killAt("delete", random.nextInt(MOMENT_MAX_MS));
      }
      try (Child child = new Child("delete")) {
        child.await("DONE");
        awaitEmpty(config.pods());
      }
      assertThat(Mounts.below(config.pods())).isEmpty();
      assertThat(Cgroups.detect().directories(config.cgroup()).stream().filter(this::hasPods))
          .isEmpty();
    } finally {
      Node.purge(config);
    }
    assertThat(config.runDir()).doesNotExist();
    assertThat(Cgroups.detect().directories(config.cgroup())).isEmpty();
  }

  private boolean hasPods(Path cgroup) {
    try (var children = Files.list(cgroup)) {
      return children.anyMatch(c -> c.getFileName().toString().startsWith("pod"));
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static void awaitEmpty(Path directory) throws IOException, InterruptedException {
    try (var watch = directory.getFileSystem().newWatchService()) {
      directory.register(watch, java.nio.file.StandardWatchEventKinds.ENTRY_DELETE);
      long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
      while (!isEmpty(directory) && System.nanoTime() < deadline) {
        var key = watch.poll(1, TimeUnit.SECONDS);
        if (key != null) {
          key.reset();
        }
      }
    }
    assertThat(isEmpty(directory)).isTrue();
  }

  private static boolean isEmpty(Path directory) throws IOException {
    try (var entries = Files.list(directory)) {
      return entries.findAny().isEmpty();
    }
  }

  /** A program has run once for each time that its container was started, which is once. */
  private static void checkStarts(NodeConfig config) throws Exception {
    try (TestNode node = TestNode.reopen(data, NUMBER)) {
      for (int i = 0; i < CrashChild.PODS; i++) {
        Pod pod = node.await("crash" + i, TestNode::isReady);
        ContainerStatus status = pod.getStatus().getContainerStatuses().getFirst();
        List<String> starts = Files.readAllLines(data.resolve("starts").resolve("crash" + i));
        assertThat(starts).as("starts of crash" + i).hasSize(1);
        assertThat(status.getRestartCount()).isZero();
      }
      assertThat(config.pods().toFile().list()).hasSize(CrashChild.PODS);
      node.leave();
    }
  }

  private void killAt(String what, int afterOpenMs) throws Exception {
    try (Child child = new Child(what)) {
      child.await("OPEN");
      // Not waiting for anything: the moment is meant to be arbitrary.
      child.process.waitFor(afterOpenMs, TimeUnit.MILLISECONDS);
    }
  }

  /** Closing kills it with -9. */
  private static final class Child implements AutoCloseable {
    private final Process process;
    private final BufferedReader out;

    Child(String what) throws IOException {
      this.process =
          new ProcessBuilder(
                  ProcessHandle.current().info().command().orElseThrow(),
                  "--enable-native-access=ALL-UNNAMED",
                  "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
                  "-cp",
                  System.getProperty("java.class.path"),
                  CrashChild.class.getName(),
                  data.toString(),
                  Integer.toString(NUMBER),
                  what)
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
      this.out =
          new BufferedReader(
              new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    }

    void await(String word) throws IOException {
      for (String line = out.readLine(); line != null; line = out.readLine()) {
        if (line.equals(word)) {
          return;
        }
      }
      throw new AssertionError("the child ended before it said " + word);
    }

    @Override
    public void close() {
      process.destroyForcibly();
      process.onExit().join();
    }
  }
}
