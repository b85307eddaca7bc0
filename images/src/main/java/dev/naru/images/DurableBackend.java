package dev.naru.images;

import de.bwaldvogel.mongo.MongoDatabase;
import de.bwaldvogel.mongo.backend.QueryResult;
import de.bwaldvogel.mongo.backend.h2.H2Backend;
import de.bwaldvogel.mongo.bson.Document;
import de.bwaldvogel.mongo.wire.message.MongoMessage;
import de.bwaldvogel.mongo.wire.message.MongoQuery;
import io.netty.channel.Channel;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Supplier;
import org.h2.mvstore.MVStore;

/**
 * The file backend of mongo-java-server, changed so that an answered write is on the file: each
 * command that may write runs alone and is committed before it is answered, and the store never
 * commits by itself. So a killed process leaves the file at the end of some command, at or after
 * the last one that was answered.
 *
 * <p>A commit reaches the kernel, which survives the death of the process. The disk is synced by
 * {@link #syncIfDirty()} (called ten times a second, as MongoDB does with its journal), and before
 * the answer when the write concern says {@code j: true}.
 */
final class DurableBackend extends H2Backend {
  /** Commands that never write; they run side by side. */
  private static final Set<String> READS =
      Set.of(
          "hello",
          "ismaster",
          "isMaster",
          "ping",
          "find",
          "getMore",
          "count",
          "distinct",
          "listCollections",
          "listIndexes",
          "listDatabases",
          "killCursors",
          "endSessions",
          "buildInfo",
          "buildinfo",
          "serverStatus",
          "getParameter",
          "whatsmyuri",
          "collStats",
          "dbStats");

  private static final Set<String> GREETINGS = Set.of("ismaster", "isMaster");

  /** MongoDB's default. */
  private static final int SESSION_TIMEOUT_MINUTES = 30;

  /** Share of live data below which the file is rewritten, and how much of it at a time. */
  private static final int FILL_RATE_PERCENT = 60;

  private static final int COMPACT_BYTES = 4 << 20;

  private final MVStore store;

  /** Readers share it; a write holds it alone from its first change to its commit. */
  private final ReadWriteLock lock = new ReentrantReadWriteLock();

  private final AtomicBoolean dirty = new AtomicBoolean();

  private DurableBackend(MVStore store) {
    super(store);
    this.store = store;
    this.store.setVersionsToKeep(0);
  }

  /**
   * Opens or creates the store in {@code file}.
   *
   * @throws org.h2.mvstore.MVStoreException when another process has it open or it is damaged
   */
  static DurableBackend open(Path file) {
    return new DurableBackend(
        new MVStore.Builder().fileName(file.toString()).autoCommitDisabled().open());
  }

  @Override
  protected MongoDatabase openOrCreateDatabase(String name) {
    return new OrderedDatabase(name, getMvStore(), getCursorRegistry());
  }

  @Override
  public Document handleCommand(Channel channel, String database, String command, Document query) {
    return greet(
        command, run(command, query, () -> super.handleCommand(channel, database, command, query)));
  }

  @Override
  public Document handleMessage(MongoMessage message) {
    Document document = message.getDocument();
    String command = document.keySet().isEmpty() ? "" : document.keySet().iterator().next();
    if (command.equals("hello")) {
      // mongo-java-server knows the old name of this command only.
      Document question = new Document("isMaster", 1);
      Document answer = handleCommand(message.getChannel(), "admin", "isMaster", question);
      answer.put("isWritablePrimary", true);
      return answer;
    }
    return greet(command, run(command, document, () -> super.handleMessage(message)));
  }

  /**
   * Says in the greeting that sessions are taken, so that a driver lets its user open one; they
   * order nothing on a single server, and transactions stay refused.
   */
  private static Document greet(String command, Document answer) {
    if (GREETINGS.contains(command)) {
      answer.put("logicalSessionTimeoutMinutes", SESSION_TIMEOUT_MINUTES);
    }
    return answer;
  }

  @Override
  public QueryResult handleQuery(MongoQuery query) {
    lock.readLock().lock();
    try {
      return super.handleQuery(query);
    } finally {
      lock.readLock().unlock();
    }
  }

  private <T> T run(String command, Document document, Supplier<T> body) {
    if (READS.contains(command)) {
      lock.readLock().lock();
      try {
        return body.get();
      } finally {
        lock.readLock().unlock();
      }
    }
    lock.writeLock().lock();
    try {
      try {
        return body.get();
      } finally {
        // Also after an error: a bulk write may have done a part.
        commitNow(wantsSync(document));
      }
    } finally {
      lock.writeLock().unlock();
    }
  }

  private void commitNow(boolean sync) {
    if (store.hasUnsavedChanges()) {
      store.commit();
      dirty.set(true);
    }
    if (sync) {
      dirty.set(false);
      store.sync();
    }
  }

  private static boolean wantsSync(Document command) {
    return command.get("writeConcern") instanceof Document concern
        && Boolean.TRUE.equals(concern.get("j"));
  }

  /** Makes earlier commits durable on disk; no-op when there were none. */
  void syncIfDirty() {
    if (dirty.getAndSet(false)) {
      store.sync();
    }
  }

  /** Gives back the space of overwritten data, a few megabytes at a time. */
  void compact() {
    lock.writeLock().lock();
    try {
      if (!store.isClosed()) {
        store.compact(FILL_RATE_PERCENT, COMPACT_BYTES);
      }
    } finally {
      lock.writeLock().unlock();
    }
  }

  /** Whether the store gave up, as it does on a full disk; only a restart helps then. */
  boolean isBroken() {
    return store.getPanicException() != null;
  }

  /** Commits, syncs and closes; no command runs after this. */
  @Override
  public void close() {
    lock.writeLock().lock();
    try {
      if (!store.isClosed()) {
        commitNow(true);
        super.close();
      }
    } finally {
      lock.writeLock().unlock();
    }
  }
}
