package dev.naru.board;

import dev.naru.board.account.UserStore;
import dev.naru.board.post.PostStore;
import dev.naru.board.session.LoginLimit;
import dev.naru.board.session.SessionStore;
import dev.naru.board.session.SigningKey;
import java.time.Clock;
import java.time.Instant;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.ApplicationArguments;
import org.springframework.boot.ApplicationRunner;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.stereotype.Component;

/**
 * Makes the indexes and the signing key before the application takes traffic: Spring Boot reports
 * readiness only after its runners have ended. A database that is not there yet is waited for, for
 * a bounded time; after that the process ends and is started again by whatever runs it.
 */
@Component
final class DatabaseSetup implements ApplicationRunner {
  private static final Logger log = LoggerFactory.getLogger(DatabaseSetup.class);

  private final UserStore users;
  private final SessionStore sessions;
  private final LoginLimit loginLimit;
  private final PostStore posts;
  private final SigningKey signingKey;
  private final DatabaseProperties properties;
  private final Clock clock;

  DatabaseSetup(
      UserStore users,
      SessionStore sessions,
      LoginLimit loginLimit,
      PostStore posts,
      SigningKey signingKey,
      DatabaseProperties properties,
      Clock clock) {
    this.users = users;
    this.sessions = sessions;
    this.loginLimit = loginLimit;
    this.posts = posts;
    this.signingKey = signingKey;
    this.properties = properties;
    this.clock = clock;
  }

  @Override
  public void run(ApplicationArguments args) {
    Instant end = clock.instant().plus(properties.startWait());
    while (true) {
      try {
        users.createIndexes();
        sessions.createIndexes();
        loginLimit.createIndexes();
        posts.createIndexes();
        signingKey.load();
        return;
      } catch (DataAccessResourceFailureException e) {
        if (clock.instant().isAfter(end)) {
          throw e;
        }
        log.warn("Waiting for the database until={}: {}", end, e.getMessage());
      }
    }
  }
}
