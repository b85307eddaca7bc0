package dev.naru.oci;

import java.util.List;

/** What root in a container may do unless it is told otherwise. */
public final class DefaultCapabilities {
  /** Docker's and containerd's default set; capabilities(7) says what each allows. */
  public static final List<String> LIST =
      List.of(
          "CAP_CHOWN",
          "CAP_DAC_OVERRIDE",
          "CAP_FSETID",
          "CAP_FOWNER",
          "CAP_MKNOD",
          "CAP_NET_RAW",
          "CAP_SETGID",
          "CAP_SETUID",
          "CAP_SETFCAP",
          "CAP_SETPCAP",
          "CAP_NET_BIND_SERVICE",
          "CAP_SYS_CHROOT",
          "CAP_KILL",
          "CAP_AUDIT_WRITE");

  private DefaultCapabilities() {}
}
