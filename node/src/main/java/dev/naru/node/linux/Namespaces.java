package dev.naru.node.linux;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Namespaces that live without a process: made by a thread that ends at once, kept by a bind mount
 * of their {@code /proc} file (namespaces(7)).
 */
public final class Namespaces {
  private static final Path OWN = Path.of("/proc/thread-self/ns");

  private Namespaces() {}

  /**
   * Makes a UTS namespace with {@code hostname}, and an IPC namespace, and pins them at the two
   * files, which are created. After a failure a file may be there without a namespace.
   *
   * @param ipc null when the pod uses the machine's IPC namespace
   */
  public static void pin(String hostname, Path uts, @Nullable Path ipc) throws IOException {
    Files.createFile(uts);
    if (ipc != null) {
      Files.createFile(ipc);
    }
    CompletableFuture<Boolean> done = new CompletableFuture<>();
    Thread thread =
        Thread.ofPlatform()
            .name("namespaces")
            .start(
                () -> {
                  try {
                    Linux.unshare(Linux.CLONE_NEWUTS | (ipc != null ? Linux.CLONE_NEWIPC : 0));
                    Linux.setHostname(hostname);
                    Mounts.bind(OWN.resolve("uts"), uts);
                    if (ipc != null) {
                      Mounts.bind(OWN.resolve("ipc"), ipc);
                    }
                    done.complete(true);
                  } catch (RuntimeException | Error e) {
                    done.completeExceptionally(e);
                  }
                });
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("Tried to make namespaces but was interrupted", e);
    }
    if (done.isCompletedExceptionally() && done.exceptionNow() instanceof RuntimeException e) {
      throw e;
    }
    done.join();
  }
}
