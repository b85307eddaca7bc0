package dev.naru.oci;

import dev.naru.base.DiskFull;
import dev.naru.base.NaruException;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** What went wrong with an image, a blob, a build or a registry; the code says which. */
public final class OciException extends NaruException {
  private static final long serialVersionUID = 1L;

  public static final String IMAGE_UNKNOWN = "OCI_IMAGE_UNKNOWN";
  public static final String BLOB_UNKNOWN = "OCI_BLOB_UNKNOWN";
  public static final String DIGEST_MISMATCH = "OCI_DIGEST_MISMATCH";
  public static final String NAME_INVALID = "OCI_NAME_INVALID";
  public static final String MANIFEST_INVALID = "OCI_MANIFEST_INVALID";
  public static final String LAYER_INVALID = "OCI_LAYER_INVALID";
  public static final String STORAGE_FAILED = "OCI_STORAGE_FAILED";
  public static final String DISK_FULL = "OCI_DISK_FULL";
  public static final String REGISTRY_FAILED = "OCI_REGISTRY_FAILED";
  public static final String BUILD_FAILED = "OCI_BUILD_FAILED";
  public static final String DOCKERFILE_INVALID = "OCI_DOCKERFILE_INVALID";
  public static final String UNSUPPORTED = "OCI_UNSUPPORTED";
  public static final String HOST_LACKS = "OCI_HOST_LACKS";

  public OciException(String code, String message) {
    super(code, message, null);
  }

  public OciException(String code, String message, @Nullable Throwable cause) {
    super(code, message, cause);
  }

  /**
   * The failure of reading or writing {@code where}; a full disk gets its own code and advice.
   *
   * @param tried what was being done, such as "store an image layer"
   */
  public static OciException io(String tried, Path where, IOException cause) {
    if (DiskFull.is(cause)) {
      return new OciException(DISK_FULL, DiskFull.sentence(tried, where), cause);
    }
    return new OciException(
        STORAGE_FAILED,
        "Tried to %s in %s but failed because of: %s".formatted(tried, where, cause),
        cause);
  }
}
