package dev.naru.kube;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.naru.kube.Resource.Table;
import dev.naru.kube.WatchRing.Change;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Every object in memory, and durably in SQLite.
 *
 * <p>One thread writes. It takes all writes that wait, puts them in one transaction, and only when
 * the commit has reached the disk publishes the new {@link State}, then the changes to watchers,
 * then answers the callers. So nobody ever sees what a crash could take back, and a watcher that
 * reads after an event finds at least that version. Reads take no lock.
 */
final class Store implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Store.class);
  private static final int BATCH_MAX = 256;
  private static final int QUEUE_MAX = 4096;

  private final Database database;
  private final int ringSize;
  private final long openedAt;
  private final Map<Table, WatchRing> rings = new ConcurrentHashMap<>();
  private final BlockingQueue<Write> queue = new ArrayBlockingQueue<>(QUEUE_MAX);
  private final Thread writer;
  private volatile State state;

  /** All changes up to here are visible in the rings. At most {@code state.version()}. */
  private volatile long announced;

  private volatile boolean closing;

  /** The last commit found the disk full. Owned by the writer. */
  private boolean full;

  /** A wish to write, and its outcome. */
  private static final class Write {
    final Table table;
    final String key;
    final @Nullable Stored expected;
    final ObjectNode object;
    final boolean delete;
    final CountDownLatch done = new CountDownLatch(1);
    // Written by the writer thread before done is counted down.
    @Nullable Stored result;
    @Nullable KubeException failure;

    Write(Table table, String key, @Nullable Stored expected, ObjectNode object, boolean delete) {
      this.table = table;
      this.key = key;
      this.expected = expected;
      this.object = object;
      this.delete = delete;
    }
  }

  /**
   * Opens or creates the database and reads all of it.
   *
   * @param file created with its directory when absent
   * @param ringSize changes kept per table for watchers that come back
   */
  Store(Path file, int ringSize) {
    this.database = Database.open(file);
    this.ringSize = ringSize;
    this.state = database.load();
    this.openedAt = state.version();
    this.announced = openedAt;
    this.writer = Thread.ofPlatform().name("kube-store-writer").daemon().start(this::writeLoop);
  }

  State state() {
    return state;
  }

  /** The version up to which watchers have been told everything. */
  long announced() {
    return announced;
  }

  WatchRing ring(Table table) {
    return rings.computeIfAbsent(table, t -> new WatchRing(ringSize, openedAt));
  }

  /**
   * Writes {@code object}, if the object stored under the key still is {@code expected} ({@code
   * null}: absent). Sets its resource version. Returns when it is durable.
   *
   * @param object not to be used by the caller any more
   * @return the new version, or {@code null} when another write came first
   * @throws KubeException {@code KUBE_DISK_FULL} when there is no room, and nothing was changed;
   *     {@code KUBE_STORE} when the disk refused; the outcome is then unknown only if the failure
   *     was in the commit itself, which the message says
   */
  @Nullable Stored put(Table table, String key, @Nullable Stored expected, ObjectNode object) {
    return submit(new Write(table, key, expected, object, false));
  }

  /** Removes the object, if it still is {@code expected}. {@code last} is what watchers see. */
  @Nullable Stored delete(Table table, String key, Stored expected, ObjectNode last) {
    return submit(new Write(table, key, expected, last, true));
  }

  private @Nullable Stored submit(Write write) {
    boolean interrupted = false;
    try {
      while (true) {
        try {
          if (closing) {
            throw closed();
          }
          queue.put(write);
          break;
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
      while (true) {
        try {
          write.done.await();
          break;
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
    if (write.failure != null) {
      throw write.failure;
    }
    return write.result;
  }

  private static KubeException closed() {
    return new KubeException(
        "KUBE_STORE", "the API is shutting down and takes no more writes", null);
  }

  private void writeLoop() {
    List<Write> batch = new ArrayList<>();
    while (true) {
      batch.clear();
      try {
        batch.add(queue.take());
      } catch (InterruptedException e) {
        // Only close() interrupts: finish what is queued, then end.
        queue.drainTo(batch);
        if (!batch.isEmpty()) {
          commit(batch);
        }
        return;
      }
      queue.drainTo(batch, BATCH_MAX - 1);
      commit(batch);
    }
  }

  private void commit(List<Write> batch) {
    State.Draft draft = new State.Draft(state);
    Map<Table, List<Change>> changes = new HashMap<>();
    try {
      database.begin();
      for (Write write : batch) {
        apply(draft, write, changes);
      }
      if (!changes.isEmpty()) {
        database.version(draft.build().version());
      }
      database.commit();
    } catch (RuntimeException e) {
      fail(batch, e);
      return;
    }
    if (full && !changes.isEmpty()) {
      full = false;
      LOG.info("the disk has room again, writes go on");
    }
    State next = draft.build();
    state = next;
    changes.forEach((table, list) -> ring(table).append(list));
    announced = next.version();
    for (Write write : batch) {
      write.done.countDown();
    }
  }

  private void fail(List<Write> batch, RuntimeException e) {
    logFailure(batch, e);
    try {
      database.rollback();
    } catch (KubeException again) {
      e.addSuppressed(again);
    }
    KubeException failure =
        e instanceof KubeException k
            ? k
            : new KubeException("KUBE_STORE", "a write could not be made: " + e, e);
    for (Write write : batch) {
      write.failure = failure;
      write.done.countDown();
    }
  }

  /** A full disk is told once: its log is often on the same disk, and controllers try again. */
  private void logFailure(List<Write> batch, RuntimeException e) {
    boolean isFull = e instanceof KubeException k && k.code().equals(KubeException.DISK_FULL);
    if (!isFull) {
      LOG.error("a batch of writes failed, writes={}", batch.size(), e);
    } else if (!full) {
      LOG.error("no writes until there is room, writes={} cause={}", batch.size(), e.getMessage());
    }
    full = isFull;
  }

  private void apply(State.Draft draft, Write write, Map<Table, List<Change>> changes) {
    Stored current = draft.get(write.table, write.key);
    if (current != write.expected) {
      return;
    }
    long version = draft.next();
    Json.meta(write.object).put("resourceVersion", Long.toString(version));
    Stored stored = new Stored(version, write.object, Json.bytes(write.object));
    if (write.delete) {
      draft.remove(write.table, write.key);
      database.delete(write.table, write.key);
    } else {
      draft.put(write.table, write.key, stored);
      database.put(write.table, write.key, stored);
    }
    changes
        .computeIfAbsent(write.table, t -> new ArrayList<>())
        .add(new Change(version, current, stored, write.delete));
    write.result = stored;
  }

  /** Ends all watches, finishes the writes that wait, closes the database. */
  @Override
  public void close() {
    if (closing) {
      return;
    }
    closing = true;
    rings.values().forEach(WatchRing::close);
    writer.interrupt();
    boolean interrupted = false;
    while (writer.isAlive()) {
      try {
        writer.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    List<Write> late = new ArrayList<>();
    queue.drainTo(late);
    for (Write write : late) {
      write.failure = closed();
      write.done.countDown();
    }
    database.close();
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
