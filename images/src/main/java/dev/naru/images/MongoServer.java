package dev.naru.images;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Iterator;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * The program of {@code naru.local/mongo}: one MongoDB-compatible server on one file, for a single
 * machine. {@code --port} (27017) and {@code --dbpath} (/data/db) as mongod has them; no
 * authentication, no replica set, no transactions. SIGTERM finishes running commands and closes the
 * file; SIGKILL loses no answered write (see {@link DurableBackend}).
 */
public final class MongoServer implements AutoCloseable {
  /** As MongoDB's {@code storage.journal.commitIntervalMs}. */
  private static final long SYNC_INTERVAL_MS = 100;

  private static final int COMPACT_EVERY_SYNCS = 100;

  private final DurableBackend backend;
  private final de.bwaldvogel.mongo.MongoServer server;
  private final InetSocketAddress address;
  private final CountDownLatch stopped = new CountDownLatch(1);
  private final Thread housekeeper;

  private MongoServer(
      DurableBackend backend, de.bwaldvogel.mongo.MongoServer server, InetSocketAddress address) {
    this.backend = backend;
    this.server = server;
    this.address = address;
    this.housekeeper = Thread.ofPlatform().name("housekeeper").daemon().start(this::keepHouse);
  }

  /**
   * Opens the file {@code naru.mv} in {@code folder} and listens when it returns.
   *
   * @param port 0 for any free one
   */
  public static MongoServer start(String host, int port, Path folder) throws IOException {
    Files.createDirectories(folder);
    DurableBackend backend = DurableBackend.open(folder.resolve("naru.mv"));
    de.bwaldvogel.mongo.MongoServer server = new de.bwaldvogel.mongo.MongoServer(backend);
    try {
      server.bind(new InetSocketAddress(host, port));
    } catch (RuntimeException e) {
      backend.close();
      throw e;
    }
    return new MongoServer(backend, server, server.getLocalAddress());
  }

  /** Where it listens. */
  public InetSocketAddress address() {
    return address;
  }

  private void keepHouse() {
    try {
      for (int i = 1; !stopped.await(SYNC_INTERVAL_MS, TimeUnit.MILLISECONDS); i++) {
        backend.syncIfDirty();
        if (i % COMPACT_EVERY_SYNCS == 0) {
          backend.compact();
        }
        if (backend.isBroken()) {
          System.err.println("naru-mongo: the data file cannot be written any more; exiting.");
          Runtime.getRuntime().halt(1);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) {
      System.err.println("naru-mongo: the data file cannot be written any more; exiting: " + e);
      Runtime.getRuntime().halt(1);
    }
  }

  /** Stops listening, lets running commands end, and closes the file. */
  @Override
  public void close() {
    stopped.countDown();
    try {
      housekeeper.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    server.shutdown();
    backend.close();
  }

  /** Runs until SIGTERM; exit code 2 for wrong arguments, 1 when it cannot start. */
  public static void main(String[] args) {
    int port = 27017;
    String host = "0.0.0.0";
    Path folder = Path.of("/data/db");
    Iterator<String> rest = Arrays.asList(args).iterator();
    while (rest.hasNext()) {
      String option = rest.next();
      if (!rest.hasNext()) {
        fail(2, "naru-mongo: '" + option + "' needs a value.");
      }
      String value = rest.next();
      switch (option) {
        case "--port" -> port = Integer.parseInt(value);
        case "--bind_ip" -> host = value;
        case "--dbpath" -> folder = Path.of(value);
        default -> fail(2, "naru-mongo: unknown option '" + option + "'.");
      }
    }
    try {
      MongoServer server = start(host, port, folder);
      Runtime.getRuntime().addShutdownHook(new Thread(server::close, "shutdown"));
      System.out.println("naru-mongo: listening on " + server.address() + ", data in " + folder);
    } catch (IOException | RuntimeException e) {
      fail(1, "naru-mongo: cannot start on port " + port + " with " + folder + ": " + e);
    }
  }

  private static void fail(int code, String message) {
    System.err.println(message);
    System.exit(code);
  }
}
