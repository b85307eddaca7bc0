package dev.naru.oci.registry;

import java.util.Optional;

/** Who may use the registry. Safe for use by many threads. */
public interface RegistryAccess {
  /** Everybody may do everything. */
  RegistryAccess OPEN = (login, repository, write) -> Decision.ALLOWED;

  /** User and password of HTTP Basic authentication. */
  record Login(String username, String password) {
    @Override
    public String toString() {
      return "Login[" + username + ", ****]";
    }
  }

  /** What is answered. */
  enum Decision {
    ALLOWED,
    /** Without a login, or with a wrong one: 401. */
    LOGIN_NEEDED,
    /** Known, and may not: 403. */
    DENIED
  }

  /**
   * @param repository empty for what concerns none, such as {@code GET /v2/}
   * @param write whether something would be changed
   */
  Decision decide(Optional<Login> login, String repository, boolean write);
}
