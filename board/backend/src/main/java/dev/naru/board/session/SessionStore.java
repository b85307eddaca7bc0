package dev.naru.board.session;

import static org.springframework.data.mongodb.core.query.Criteria.where;
import static org.springframework.data.mongodb.core.query.Query.query;

import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.Optional;
import org.springframework.data.domain.Sort.Direction;
import org.springframework.data.mongodb.core.FindAndModifyOptions;
import org.springframework.data.mongodb.core.MongoOperations;
import org.springframework.data.mongodb.core.index.Index;
import org.springframework.data.mongodb.core.query.Update;
import org.springframework.stereotype.Component;

/** The sessions, shared by all replicas and kept over restarts. */
@Component
public class SessionStore {
  private static final int ID_BYTES = 18;

  private final MongoOperations mongo;
  private final Clock clock;
  private final SessionProperties properties;
  private final SecureRandom random = new SecureRandom();

  SessionStore(MongoOperations mongo, Clock clock, SessionProperties properties) {
    this.mongo = mongo;
    this.clock = clock;
    this.properties = properties;
  }

  public void createIndexes() {
    mongo
        .indexOps(Session.class)
        .createIndex(new Index("expiresAt", Direction.ASC).named("expiresAt"));
  }

  /** Starts a session, and removes what has expired meanwhile. */
  Session start(String userId) {
    Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
    mongo.remove(query(where("expiresAt").lte(now)), Session.class);
    byte[] id = new byte[ID_BYTES];
    random.nextBytes(id);
    return mongo.insert(
        new Session(
            Base64.getUrlEncoder().withoutPadding().encodeToString(id),
            userId,
            now,
            earlier(now.plus(properties.idle()), now.plus(properties.maximum()))));
  }

  /** The session, unless it has been ended or has expired. */
  Optional<Session> find(String id) {
    return Optional.ofNullable(mongo.findById(id, Session.class))
        .filter(s -> s.expiresAt().isAfter(clock.instant()));
  }

  /** Whether half of the idle time has passed since the session was last renewed. */
  boolean isToBeRenewed(Session session) {
    Instant now = clock.instant();
    Instant renewed =
        earlier(now.plus(properties.idle()), session.startedAt().plus(properties.maximum()));
    return session.expiresAt().isBefore(now.plus(properties.idle().dividedBy(2)))
        && renewed.isAfter(session.expiresAt());
  }

  /** Moves the session's end, at most to its maximum; empty when it has been ended meanwhile. */
  Optional<Session> renew(Session session) {
    Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
    Instant end =
        earlier(now.plus(properties.idle()), session.startedAt().plus(properties.maximum()));
    return Optional.ofNullable(
        mongo.findAndModify(
            query(where("id").is(session.id())),
            new Update().max("expiresAt", end),
            FindAndModifyOptions.options().returnNew(true),
            Session.class));
  }

  void end(String id) {
    mongo.remove(query(where("id").is(id)), Session.class);
  }

  private static Instant earlier(Instant a, Instant b) {
    return a.isBefore(b) ? a : b;
  }
}
