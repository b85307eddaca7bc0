package dev.naru.board.session;

import static org.springframework.data.mongodb.core.query.Criteria.where;
import static org.springframework.data.mongodb.core.query.Query.query;

import dev.naru.board.problem.Problem;
import dev.naru.board.problem.ProblemException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.data.annotation.Id;
import org.springframework.data.domain.Sort.Direction;
import org.springframework.data.mongodb.core.FindAndModifyOptions;
import org.springframework.data.mongodb.core.MongoOperations;
import org.springframework.data.mongodb.core.index.Index;
import org.springframework.data.mongodb.core.mapping.Document;
import org.springframework.data.mongodb.core.query.Query;
import org.springframework.data.mongodb.core.query.Update;
import org.springframework.stereotype.Component;

/**
 * Counts login attempts in the database, so that all replicas share the count. An attempt is
 * counted before its password is looked at, so that many at once cannot slip through, and taken
 * back when it succeeds. A window begins with its first attempt and is not prolonged by later ones.
 */
@Component
public class LoginLimit {
  private final MongoOperations mongo;
  private final Clock clock;
  private final LoginProperties properties;

  LoginLimit(MongoOperations mongo, Clock clock, LoginProperties properties) {
    this.mongo = mongo;
    this.clock = clock;
    this.properties = properties;
  }

  public void createIndexes() {
    mongo.indexOps(Attempts.class).createIndex(new Index("until", Direction.ASC).named("until"));
  }

  /** Counts an attempt, or ends the request with 429 when there have been too many. */
  Attempt begin(String usernameKey, String address) {
    Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
    mongo.remove(query(where("until").lte(now)), Attempts.class);
    Attempt attempt = new Attempt("user:" + usernameKey + "|" + address, "address:" + address);
    count(attempt.userKey, properties.attempts(), now);
    count(attempt.addressKey, properties.attemptsPerAddress(), now);
    return attempt;
  }

  private void count(String key, int max, Instant now) {
    Attempts counted;
    try {
      counted = increment(key, now);
    } catch (DuplicateKeyException e) {
      counted = increment(key, now); // two upserts raced: the document is there now
    }
    if (counted.count > max) {
      Duration wait = Duration.between(now, counted.until);
      throw ProblemException.retryAfter(
          Problem.TOO_MANY_ATTEMPTS, wait.isPositive() ? wait : Duration.ofSeconds(1));
    }
  }

  private Attempts increment(String key, Instant now) {
    return Optional.ofNullable(
            mongo.findAndModify(
                byKey(key),
                new Update().inc("count", 1).setOnInsert("until", now.plus(properties.window())),
                FindAndModifyOptions.options().upsert(true).returnNew(true),
                Attempts.class))
        .orElseThrow();
  }

  private static Query byKey(String key) {
    return query(where("id").is(key));
  }

  /** Keys of one attempt that has been counted. */
  record Attempt(String userKey, String addressKey) {}

  /** The attempt succeeded: it no longer counts, nor do the failures of this user before it. */
  void succeeded(Attempt attempt) {
    mongo.remove(byKey(attempt.userKey), Attempts.class);
    mongo.updateFirst(byKey(attempt.addressKey), new Update().inc("count", -1), Attempts.class);
  }

  @Document("loginAttempts")
  record Attempts(@Id String id, int count, Instant until) {}
}
