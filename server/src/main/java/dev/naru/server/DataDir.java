package dev.naru.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * The places under the data directory (design: "The data directory"). A copy of it is a backup.
 *
 * @param root default {@code /var/lib/naru}
 */
public record DataDir(Path root) {
  public static final String DEFAULT = "/var/lib/naru";

  /** Creates what is missing; the keys are for root only. */
  public void create() throws IOException {
    for (Path p : new Path[] {blobs(), layers(), repos(), pods(), volumes(), runs(), caches()}) {
      Files.createDirectories(p);
    }
    Files.createDirectories(keys());
    Files.setPosixFilePermissions(keys(), PosixFilePermissions.fromString("rwx------"));
  }

  public Path stateDb() {
    return root.resolve("state.db");
  }

  public Path blobs() {
    return root.resolve("blobs");
  }

  public Path layers() {
    return root.resolve("layers");
  }

  public Path repos() {
    return root.resolve("repos");
  }

  public Path pods() {
    return root.resolve("pods");
  }

  public Path volumes() {
    return root.resolve("volumes");
  }

  public Path runs() {
    return root.resolve("runs");
  }

  /** Build tools' caches of the repositories' agents; may be deleted at any time. */
  public Path caches() {
    return root.resolve("caches");
  }

  public Path keys() {
    return root.resolve("keys");
  }

  public Path kubeconfig() {
    return root.resolve("kubeconfig");
  }

  public Path log() {
    return root.resolve("naru.log");
  }

  /** Holds the pid and start time of the running server; locked while it runs. */
  public Path lock() {
    return root.resolve("naru.lock");
  }
}
