package dev.naru.board.session;

import java.time.Instant;
import org.springframework.data.annotation.Id;
import org.springframework.data.mongodb.core.mapping.Document;

/**
 * A login that has not been logged out. Its tokens are worth something only while this record is
 * there, so that a logout ends them at once, on every replica.
 *
 * @param id the tokens' {@code jti}
 */
@Document("sessions")
record Session(@Id String id, String userId, Instant startedAt, Instant expiresAt) {}
