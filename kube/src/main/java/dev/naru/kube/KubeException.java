package dev.naru.kube;

import dev.naru.base.NaruException;
import org.jspecify.annotations.Nullable;

/**
 * What the API room throws. Codes: {@code KUBE_STORE} (the database could not be opened, read or
 * written), {@code KUBE_DISK_FULL} (nothing was written), {@code KUBE_STATUS} (a request was
 * refused; travels to the client as a {@code Status}), {@code KUBE_SERVE} (a listener could not be
 * started).
 */
public class KubeException extends NaruException {
  private static final long serialVersionUID = 1L;

  static final String STORE = "KUBE_STORE";
  static final String DISK_FULL = "KUBE_DISK_FULL";

  KubeException(String code, String message, @Nullable Throwable cause) {
    super(code, message, cause);
  }
}
