package dev.naru.oci.registry;

import dev.naru.oci.BlobStore;
import dev.naru.oci.BlobWriter;
import java.io.IOException;
import java.io.InputStream;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;

/**
 * Blob uploads in progress, by id. Those that nobody has touched for an hour are given up; they do
 * not outlive the process.
 */
final class Uploads implements AutoCloseable {
  private static final Duration IDLE_MAX = Duration.ofHours(1);
  private static final int UPLOADS_MAX = 256;

  private final BlobStore blobs;
  private final Clock clock;

  /** Guarded by this. */
  private final Map<String, Upload> open = new HashMap<>();

  Uploads(BlobStore blobs, Clock clock) {
    this.blobs = blobs;
    this.clock = clock;
  }

  /** One upload; whoever uses it holds its lock. */
  static final class Upload {
    private final String id;
    private final String repository;
    private final BlobWriter writer;
    private Instant touched;

    Upload(String id, String repository, BlobWriter writer, Instant touched) {
      this.id = id;
      this.repository = repository;
      this.writer = writer;
      this.touched = touched;
    }

    String id() {
      return id;
    }

    BlobWriter writer() {
      return writer;
    }

    void append(InputStream in) throws IOException {
      in.transferTo(writer);
    }
  }

  synchronized Upload begin(String repository) {
    Instant now = clock.instant();
    open.values()
        .removeIf(
            u -> {
              boolean stale = u.touched.plus(IDLE_MAX).isBefore(now);
              if (stale) {
                u.writer.close();
              }
              return stale;
            });
    if (open.size() >= UPLOADS_MAX) {
      throw new RegistryError(429, "TOOMANYREQUESTS", "too many uploads are open; try again later");
    }
    Upload upload = new Upload(UUID.randomUUID().toString(), repository, blobs.begin(), now);
    open.put(upload.id, upload);
    return upload;
  }

  synchronized Upload get(String repository, String id) {
    Upload upload = open.get(id);
    if (upload == null || !upload.repository.equals(repository)) {
      throw new RegistryError(404, "BLOB_UPLOAD_UNKNOWN", "there is no upload '" + id + "'");
    }
    upload.touched = clock.instant();
    return upload;
  }

  /** Forgets the upload; what was not committed is thrown away. */
  synchronized void end(Upload upload) {
    open.remove(upload.id);
    upload.writer.close();
  }

  @Override
  public synchronized void close() {
    open.values().forEach(u -> u.writer.close());
    open.clear();
  }
}
