package dev.naru.node.linux;

import static java.nio.file.StandardWatchEventKinds.ENTRY_CREATE;
import static java.nio.file.StandardWatchEventKinds.ENTRY_MODIFY;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.Path;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One inotify instance for the whole node: a machine gives a user 128 of them by default, and every
 * follower of a log would take one.
 *
 * <p>A listener is told that something in its directory was made or changed, not what: it looks for
 * itself, so a lost or merged notice does no harm. It runs on the watch's only thread and must
 * return at once.
 */
public final class DirectoryWatch implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(DirectoryWatch.class);

  private final WatchService service;
  private final Thread thread;

  /** Guarded by itself. */
  private final Map<Path, Entry> entries = new HashMap<>();

  private record Entry(WatchKey key, List<Runnable> listeners) {}

  /** Ends one listening. */
  public interface Registration extends AutoCloseable {
    @Override
    void close();
  }

  public DirectoryWatch() throws IOException {
    this.service = Path.of("/").getFileSystem().newWatchService();
    this.thread = Thread.ofPlatform().daemon().name("directory-watch").start(this::run);
  }

  /** From the return on, {@code listener} hears of each change in {@code directory}. */
  public Registration listen(Path directory, Runnable listener) throws IOException {
    synchronized (entries) {
      Entry entry = entries.get(directory);
      if (entry == null || !entry.key().isValid()) {
        entry =
            new Entry(
                directory.register(service, ENTRY_CREATE, ENTRY_MODIFY),
                entry == null ? new CopyOnWriteArrayList<>() : entry.listeners());
        entries.put(directory, entry);
      }
      entry.listeners().add(listener);
    }
    return () -> remove(directory, listener);
  }

  private void remove(Path directory, Runnable listener) {
    synchronized (entries) {
      Entry entry = entries.get(directory);
      if (entry != null) {
        entry.listeners().remove(listener);
        if (entry.listeners().isEmpty()) {
          entry.key().cancel();
          entries.remove(directory);
        }
      }
    }
  }

  private void run() {
    try {
      while (true) {
        WatchKey key = service.take();
        key.pollEvents();
        key.reset();
        List<Runnable> told = List.of();
        synchronized (entries) {
          for (Entry entry : entries.values()) {
            if (entry.key().equals(key)) {
              told = List.copyOf(entry.listeners());
            }
          }
        }
        for (Runnable listener : told) {
          tell(listener);
        }
      }
    } catch (ClosedWatchServiceException e) {
      LOG.debug("watch closed");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void tell(Runnable listener) {
    try {
      listener.run();
    } catch (RuntimeException e) {
      LOG.warn("a listener for a directory failed", e);
    }
  }

  @Override
  public void close() {
    try {
      service.close();
    } catch (IOException e) {
      throw new UncheckedIOException("Tried to close the file watch", e);
    }
    boolean interrupted = false;
    while (thread.isAlive() && thread != Thread.currentThread()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
