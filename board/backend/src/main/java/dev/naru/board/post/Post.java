package dev.naru.board.post;

import java.time.Instant;
import org.springframework.data.annotation.Id;
import org.springframework.data.mongodb.core.mapping.Document;

/**
 * A post as it is kept.
 *
 * @param version grows by one with each edit; an edit must name the version that it was made from
 */
@Document("posts")
record Post(
    @Id String id,
    String authorId,
    String title,
    String body,
    Instant createdAt,
    Instant updatedAt,
    long version) {}
