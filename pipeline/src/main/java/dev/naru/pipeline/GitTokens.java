package dev.naru.pipeline;

/** Gives each run a way to read its repository, and takes it back at its end. */
public interface GitTokens {
  /** User and password for HTTP Basic. */
  record Token(String user, String password) {
    @Override
    public String toString() {
      return "Token[user=" + user + ", password=***]";
    }
  }

  /** A token with which {@code run} may read {@code repository}; asked again after a restart. */
  Token issue(String run, String repository);

  /** Ends the token of {@code run}; does nothing when there is none. */
  void revoke(String run);
}
