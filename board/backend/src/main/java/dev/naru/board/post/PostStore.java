package dev.naru.board.post;

import static org.springframework.data.mongodb.core.query.Criteria.where;
import static org.springframework.data.mongodb.core.query.Query.query;

import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import org.bson.types.ObjectId;
import org.jspecify.annotations.Nullable;
import org.springframework.data.domain.Sort;
import org.springframework.data.domain.Sort.Direction;
import org.springframework.data.mongodb.core.FindAndModifyOptions;
import org.springframework.data.mongodb.core.MongoOperations;
import org.springframework.data.mongodb.core.index.Index;
import org.springframework.data.mongodb.core.query.Criteria;
import org.springframework.data.mongodb.core.query.Query;
import org.springframework.data.mongodb.core.query.Update;
import org.springframework.stereotype.Component;

/** The posts, newest first. Every change is one atomic operation on one document. */
@Component
public class PostStore {
  private final MongoOperations mongo;
  private final Clock clock;

  PostStore(MongoOperations mongo, Clock clock) {
    this.mongo = mongo;
    this.clock = clock;
  }

  public void createIndexes() {
    mongo
        .indexOps(Post.class)
        .createIndex(
            new Index("createdAt", Direction.DESC).on("_id", Direction.DESC).named("feed"));
  }

  Post add(String authorId, String title, String body) {
    Instant now = now();
    return mongo.insert(new Post(new ObjectId().toHexString(), authorId, title, body, now, now, 1));
  }

  /** At most {@code limit} posts that come after the cursor, or the newest without one. */
  List<Post> page(@Nullable Cursor after, int limit) {
    Query query = new Query();
    if (after != null) {
      query.addCriteria(
          new Criteria()
              .orOperator(
                  where("createdAt").lt(after.createdAt()),
                  where("createdAt").is(after.createdAt()).and("_id").lt(after.id())));
    }
    query.with(Sort.by(Direction.DESC, "createdAt", "_id")).limit(limit);
    return mongo.find(query, Post.class);
  }

  Optional<Post> byId(String id) {
    return ObjectId.isValid(id)
        ? Optional.ofNullable(mongo.findById(id, Post.class))
        : Optional.empty();
  }

  /**
   * Edits the post if it is this author's and still of this version.
   *
   * @return the post as it is now; empty, and nothing changed, when it is not there, another's, or
   *     of another version
   */
  Optional<Post> edit(String id, String authorId, long version, String title, String body) {
    if (!ObjectId.isValid(id)) {
      return Optional.empty();
    }
    return Optional.ofNullable(
        mongo.findAndModify(
            query(where("id").is(id).and("authorId").is(authorId).and("version").is(version)),
            new Update()
                .set("title", title)
                .set("body", body)
                .set("updatedAt", now())
                .inc("version", 1),
            FindAndModifyOptions.options().returnNew(true),
            Post.class));
  }

  /** Deletes the post if it is this author's; says whether it did. */
  boolean delete(String id, String authorId) {
    return ObjectId.isValid(id)
        && mongo
                .remove(query(where("id").is(id).and("authorId").is(authorId)), Post.class)
                .getDeletedCount()
            == 1;
  }

  private Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.MILLIS);
  }
}
