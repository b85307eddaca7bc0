package dev.naru.server;

import dev.naru.git.GitAccess;
import dev.naru.pipeline.GitTokens;
import dev.naru.server.auth.Accounts;
import dev.naru.server.auth.Role;
import dev.naru.server.auth.User;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Who may use hosted repositories: people and the robot by their role, a pipeline run its own
 * repository for as long as it runs.
 */
final class RunTokens implements GitTokens, GitAccess {
  private static final String RUN = "run-";

  private final Accounts accounts;

  /** Repository of each run that goes on. */
  private final Map<String, String> running = new ConcurrentHashMap<>();

  RunTokens(Accounts accounts) {
    this.accounts = accounts;
  }

  @Override
  public Token issue(String run, String repository) {
    running.put(run, repository);
    return new Token(RUN + run, accounts.runPassword(run));
  }

  @Override
  public void revoke(String run) {
    running.remove(run);
  }

  @Override
  public Optional<Grant> signIn(Credential credential, String repository) {
    Optional<User> user =
        switch (credential) {
          case Credential.Password p -> accounts.byPassword(p.user(), p.secret());
          case Credential.Token t -> accounts.byToken(t.secret());
        };
    return user.map(u -> new Grant(u.name(), right(u, repository)));
  }

  private Right right(User user, String repository) {
    if (user.role().may(Role.WRITE)) {
      return Right.WRITE;
    }
    boolean own =
        user.name().startsWith(RUN)
            && repository.equals(running.get(user.name().substring(RUN.length())));
    return own ? Right.READ : Right.NONE;
  }
}
