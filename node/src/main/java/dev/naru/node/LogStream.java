package dev.naru.node;

import dev.naru.node.PodStreams.LogOptions;
import dev.naru.node.linux.DirectoryWatch;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Reads one log file of CRI records as the plain text that the program wrote. When the file is
 * replaced by a fresh one (conmon's size limit) reading goes on at the start of that.
 */
final class LogStream extends InputStream {
  private static final int BLOCK = 32 * 1024;

  private final Path log;
  private final LogOptions options;
  private final BooleanSupplier ended;
  private final List<DirectoryWatch.Registration> registrations = new ArrayList<>();
  private final @Nullable Instant since;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  // Guarded by lock.
  private boolean news;
  private boolean closed;

  // Owned by the reader.
  private FileChannel channel;
  private Object key;
  private final ByteArrayOutputStream partial = new ByteArrayOutputStream();
  private ByteBuffer ready = ByteBuffer.allocate(0);
  private boolean lineBegins = true;
  private long left;

  private LogStream(
      Path log,
      Path logs,
      Path bundle,
      LogOptions options,
      DirectoryWatch watch,
      BooleanSupplier ended)
      throws IOException {
    this.log = log;
    this.options = options;
    this.ended = ended;
    this.since = since(options);
    this.left = options.limitBytes() == null ? Long.MAX_VALUE : options.limitBytes();
    if (options.follow()) {
      registrations.add(watch.listen(logs, this::wake));
      if (Files.isDirectory(bundle)) {
        registrations.add(watch.listen(bundle, this::wake));
      }
    }
    this.channel = FileChannel.open(log, StandardOpenOption.READ);
    this.key = fileKey(log);
  }

  /**
   * @param logs directory of the log
   * @param bundle directory in which the end of the run is noted
   * @param ended whether the end of the run has been noted
   */
  static LogStream open(
      Path log,
      Path logs,
      Path bundle,
      LogOptions options,
      DirectoryWatch watch,
      BooleanSupplier ended)
      throws IOException {
    if (!Files.exists(log)) {
      Files.createDirectories(logs);
      try {
        Files.createFile(log);
      } catch (java.nio.file.FileAlreadyExistsException e) {
        // conmon was quicker.
        Objects.requireNonNull(e);
      }
    }
    LogStream stream = new LogStream(log, logs, bundle, options, watch, ended);
    if (options.tailLines() != null) {
      stream.channel.position(LogLines.tailOffset(log, options.tailLines()));
    }
    return stream;
  }

  private static @Nullable Instant since(LogOptions options) {
    if (options.sinceTime() != null) {
      return OffsetDateTime.parse(options.sinceTime()).toInstant();
    }
    return options.sinceSeconds() == null
        ? null
        : Instant.now().minusSeconds(options.sinceSeconds());
  }

  private static Object fileKey(Path file) throws IOException {
    return Files.getAttribute(file, "unix:ino");
  }

  private void wake() {
    lock.lock();
    try {
      news = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] into, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, into.length);
    if (length == 0) {
      return 0;
    }
    if (left <= 0 || !fill()) {
      return -1;
    }
    int n = (int) Math.min(Math.min(length, ready.remaining()), left);
    ready.get(into, offset, n);
    left -= n;
    return n;
  }

  @Override
  public int available() {
    return (int) Math.min(ready.remaining(), left);
  }

  /** False at the end. */
  private boolean fill() throws IOException {
    while (!ready.hasRemaining()) {
      // Asked before reading: what was written before the end is read after it.
      boolean over = !options.follow() || ended.getAsBoolean();
      takeNews();
      if (isClosed()) {
        return false;
      }
      if (readBlock() || reopen()) {
        continue;
      }
      if (over) {
        return false;
      }
      await();
    }
    return true;
  }

  private boolean readBlock() throws IOException {
    ByteBuffer block = ByteBuffer.allocate(BLOCK);
    int n = channel.read(block);
    if (n <= 0) {
      return false;
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream(n);
    byte[] bytes = block.array();
    int start = 0;
    for (int i = 0; i < n; i++) {
      if (bytes[i] == '\n') {
        partial.write(bytes, start, i - start);
        append(partial.toString(StandardCharsets.UTF_8), out);
        partial.reset();
        start = i + 1;
      }
    }
    partial.write(bytes, start, n - start);
    ready = ByteBuffer.wrap(out.toByteArray());
    return true;
  }

  private void append(String record, ByteArrayOutputStream out) {
    LogLines.Line line = LogLines.parse(record);
    if (since != null && line.instant().map(at -> at.isBefore(since)).orElse(false)) {
      return;
    }
    if (options.timestamps() && lineBegins) {
      out.writeBytes((line.time() + " ").getBytes(StandardCharsets.UTF_8));
    }
    lineBegins = line.full();
    out.writeBytes(line.raw().getBytes(StandardCharsets.UTF_8));
  }

  /** True when the log has been replaced by a fresh file. */
  private boolean reopen() throws IOException {
    try {
      Object now = fileKey(log);
      if (now.equals(key)) {
        return false;
      }
      FileChannel next = FileChannel.open(log, StandardOpenOption.READ);
      channel.close();
      channel = next;
      key = now;
      partial.reset();
      return true;
    } catch (NoSuchFileException e) {
      // Between the removal and the new file, or gone with its pod.
      return false;
    }
  }

  private void takeNews() {
    lock.lock();
    try {
      news = false;
    } finally {
      lock.unlock();
    }
  }

  private boolean isClosed() {
    lock.lock();
    try {
      return closed;
    } finally {
      lock.unlock();
    }
  }

  /** Until the log has grown or the end of the run has been noted. */
  private void await() throws IOException {
    lock.lock();
    try {
      while (!news && !closed) {
        changed.await();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while waiting for a log", e);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() throws IOException {
    lock.lock();
    try {
      closed = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    registrations.forEach(DirectoryWatch.Registration::close);
    channel.close();
  }
}
