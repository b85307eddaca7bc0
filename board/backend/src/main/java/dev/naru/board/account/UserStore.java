package dev.naru.board.account;

import static org.springframework.data.mongodb.core.query.Criteria.where;
import static org.springframework.data.mongodb.core.query.Query.query;

import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.bson.types.ObjectId;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.data.domain.Sort.Direction;
import org.springframework.data.mongodb.core.FindAndModifyOptions;
import org.springframework.data.mongodb.core.MongoOperations;
import org.springframework.data.mongodb.core.index.Index;
import org.springframework.data.mongodb.core.query.Update;
import org.springframework.stereotype.Component;

/** The accounts. Usernames are unique without regard to case, by an index. */
@Component
public class UserStore {
  private final MongoOperations mongo;
  private final Clock clock;

  UserStore(MongoOperations mongo, Clock clock) {
    this.mongo = mongo;
    this.clock = clock;
  }

  public void createIndexes() {
    mongo
        .indexOps(User.class)
        .createIndex(new Index("usernameKey", Direction.ASC).named("usernameKey").unique());
  }

  public static String key(String username) {
    return username.toLowerCase(Locale.ROOT);
  }

  /** Adds an account; empty, and nothing changed, when the username is taken. */
  Optional<User> add(String username, String nickname, String passwordHash) {
    User user =
        new User(
            new ObjectId().toHexString(),
            username,
            key(username),
            nickname,
            passwordHash,
            clock.instant().truncatedTo(ChronoUnit.MILLIS));
    try {
      return Optional.of(mongo.insert(user));
    } catch (DuplicateKeyException e) {
      return Optional.empty();
    }
  }

  public Optional<User> byUsername(String username) {
    return Optional.ofNullable(
        mongo.findOne(query(where("usernameKey").is(key(username))), User.class));
  }

  Optional<User> byId(String id) {
    return Optional.ofNullable(mongo.findById(id, User.class));
  }

  /** The accounts of these ids, by id; ids without an account are left out. */
  public Map<String, User> byIds(Collection<String> ids) {
    if (ids.isEmpty()) {
      return Map.of();
    }
    List<User> users = mongo.find(query(where("id").in(ids)), User.class);
    return users.stream().collect(Collectors.toUnmodifiableMap(User::id, u -> u));
  }

  Optional<User> rename(String id, String nickname) {
    return Optional.ofNullable(
        mongo.findAndModify(
            query(where("id").is(id)),
            new Update().set("nickname", nickname),
            FindAndModifyOptions.options().returnNew(true),
            User.class));
  }
}
