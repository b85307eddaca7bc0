package dev.naru.board.account;

import java.time.Instant;
import org.springframework.data.annotation.Id;
import org.springframework.data.mongodb.core.mapping.Document;

/**
 * An account as it is kept.
 *
 * @param usernameKey the username in lower case: what is unique
 * @param nickname what others see; need not be unique
 */
@Document("users")
public record User(
    @Id String id,
    String username,
    String usernameKey,
    String nickname,
    String passwordHash,
    Instant createdAt) {

  @Override
  public String toString() {
    return "User[" + id + ", " + username + "]";
  }
}
