package dev.naru.git;

import java.util.Optional;

/** Who may do what with hosted repositories. Given by the room that knows the users. */
@FunctionalInterface
public interface GitAccess {
  /**
   * Checks a credential for one repository.
   *
   * @return who it is and what they may do there; empty when the credential is not valid, which is
   *     answered with 401
   */
  Optional<Grant> signIn(Credential credential, String repository);

  /** What a client presented. */
  sealed interface Credential {
    /** HTTP Basic. Git clients send a token as the password of any user name. */
    record Password(String user, String secret) implements Credential {
      @Override
      public String toString() {
        return "Password[user=" + user + ", secret=***]";
      }
    }

    /** {@code Authorization: Bearer}. */
    record Token(String secret) implements Credential {
      @Override
      public String toString() {
        return "Token[***]";
      }
    }
  }

  /** A signed-in user's right on the repository. */
  record Grant(String user, Right right) {}

  /** From nothing to everything; each right holds those before it. */
  enum Right {
    NONE,
    READ,
    WRITE
  }
}
