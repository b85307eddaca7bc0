package dev.naru.oci;

import dev.naru.base.Digest;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;

/**
 * A blob being written. It becomes visible by {@link #commit}, or {@link #close} throws it away.
 * Used by one thread at a time.
 */
public final class BlobWriter extends OutputStream {
  private final BlobStore store;
  private final Path file;
  private final FileChannel channel;
  private final MessageDigest digest = Digest.sha256();
  private long size;
  private boolean committed;

  BlobWriter(BlobStore store, Path file) throws IOException {
    this.store = store;
    this.file = file;
    this.channel = FileChannel.open(file, StandardOpenOption.WRITE);
  }

  /** Bytes written so far. */
  public long size() {
    return size;
  }

  @Override
  public void write(int b) {
    write(new byte[] {(byte) b}, 0, 1);
  }

  /**
   * @throws OciException {@code OCI_DISK_FULL} or {@code OCI_STORAGE_FAILED}, so that a failure of
   *     this disk is told from one of whoever sends the bytes; only {@link #close} is left to do
   */
  @Override
  public void write(byte[] bytes, int offset, int length) {
    digest.update(bytes, offset, length);
    ByteBuffer buffer = ByteBuffer.wrap(bytes, offset, length);
    try {
      while (buffer.hasRemaining()) {
        channel.write(buffer);
      }
    } catch (IOException e) {
      throw OciException.io("store a blob", file, e);
    }
    size += length;
  }

  /** Makes the blob durable and visible under the digest of what was written. */
  public Digest commit() {
    return publish(Digest.of(digest));
  }

  /**
   * As {@link #commit()}, refusing other content.
   *
   * @throws OciException {@code OCI_DIGEST_MISMATCH}, and nothing is stored
   */
  public void commit(Digest expected) {
    Digest actual = Digest.of(digest);
    if (!actual.equals(expected)) {
      close();
      throw new OciException(
          OciException.DIGEST_MISMATCH,
          "Tried to store blob %s but the %d bytes that came have digest %s."
              .formatted(expected, size, actual));
    }
    publish(actual);
  }

  private Digest publish(Digest actual) {
    if (committed) {
      throw new IllegalStateException("blob " + actual + " was committed before");
    }
    try {
      if (!store.has(actual)) {
        channel.force(true);
      }
      channel.close();
      store.publish(file, actual);
      committed = true;
      return actual;
    } catch (IOException e) {
      throw OciException.io("store blob " + actual, file, e);
    }
  }

  /** Throws away what was not committed; no-op otherwise. */
  @Override
  public void close() {
    try {
      channel.close();
      if (!committed) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      throw OciException.io("give up a blob", file, e);
    }
  }
}
