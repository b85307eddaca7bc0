package dev.naru.server.auth;

/** What a user may do: each role includes the ones before it. */
public enum Role {
  /** Read repositories and images. */
  READ,
  /** Push commits and images. */
  WRITE,
  /** Everything, the Kubernetes API included. */
  ADMIN;

  public boolean may(Role wanted) {
    return compareTo(wanted) >= 0;
  }
}
