package dev.naru.board.account;

/** An account as its owner sees it. */
public record Me(String id, String username, String nickname) {
  public static Me of(User user) {
    return new Me(user.id(), user.username(), user.nickname());
  }
}
