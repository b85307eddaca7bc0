package dev.naru.board.account;

import java.security.Principal;

/** Who makes a request, and in which session. */
public record SignedIn(String userId, String username, String sessionId) implements Principal {
  @Override
  public String getName() {
    return username;
  }
}
