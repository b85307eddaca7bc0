package dev.naru.board;

import static dev.naru.board.Browser.PASSWORD;
import static dev.naru.board.Browser.newUsername;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.naru.board.Browser.Answer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class SessionTest {
  private static final Duration IDLE = Duration.ofHours(12);
  private static final Base64.Encoder BASE64 = Base64.getUrlEncoder().withoutPadding();

  private final Board board = Board.shared();

  @Test
  void theTokenIsInACookieThatScriptsAndOtherSitesCannotUse() {
    String username = newUsername();
    Browser browser = board.browser();
    browser.signUp(username, PASSWORD);
    Answer login = browser.login(username, PASSWORD);

    assertThat(login.header("Set-Cookie"))
        .startsWith("board_session=ey")
        .contains("; HttpOnly", "; SameSite=Lax", "; Path=/api", "; Max-Age=43")
        .doesNotContain("Secure");
    assertThat(login.response().body()).doesNotContain(browser.token());
    assertThat(login.header("Cache-Control")).contains("no-store");
  }

  @Test
  void behindTlsTheCookieIsSecure() {
    String username = newUsername();
    Browser browser = board.browser().header("X-Forwarded-Proto", "https");
    browser.signUp(username, PASSWORD);
    assertThat(browser.login(username, PASSWORD).header("Set-Cookie")).contains("; Secure");
  }

  @Test
  void aWrongPasswordAndAnUnknownUserAreTheSameAnswer() {
    String username = newUsername();
    Browser browser = board.browser();
    browser.signUp(username, PASSWORD);

    Answer wrong = browser.login(username, "wrong password");
    Answer unknown = browser.login(newUsername(), PASSWORD);
    assertThat(wrong.problem(401)).isEqualTo("wrong_login");
    assertThat(unknown.response().body()).isEqualTo(wrong.response().body());
    assertThat(browser.cookie()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"GET,/api/me", "PATCH,/api/me", "GET,/api/posts", "POST,/api/posts", "GET,/api/x"})
  void withoutASessionThereIsNothingToSee(String method, String path) {
    Answer answer = board.browser().send(method, path, Optional.of("{}"));
    assertThat(answer.problem(401)).isEqualTo("not_signed_in");
  }

  @Test
  void logoutEndsTheTokenOnEveryReplicaAtOnce() {
    Board other = Board.start(Board.DATABASE_URI);
    try {
      Browser here = Browser.signedIn(board);
      Browser there = here.on(other);
      assertThat(there.get("/api/me").status()).isEqualTo(200);

      Answer logout = here.logout();
      assertThat(logout.status()).isEqualTo(204);
      assertThat(logout.header("Set-Cookie")).startsWith("board_session=;").contains("Max-Age=0");

      assertThat(there.get("/api/me").problem(401)).isEqualTo("not_signed_in");
      Browser oldToken = board.browser().withToken(there.token());
      assertThat(oldToken.get("/api/me").problem(401)).isEqualTo("not_signed_in");
      assertThat(oldToken.logout().status()).as("twice is no error").isEqualTo(204);
    } finally {
      other.stop();
    }
  }

  @Test
  void logoutEndsOneSessionOnly() {
    String username = newUsername();
    Browser phone = Browser.signedIn(board, username);
    Browser desk = board.browser();
    desk.login(username, PASSWORD);

    phone.logout();
    assertThat(desk.get("/api/me").status()).isEqualTo(200);
  }

  @Test
  void aSessionOutlivesARestart() {
    Board first = Board.start(Board.DATABASE_URI);
    Browser browser = Browser.signedIn(first);
    first.stop();

    Board second = Board.start(Board.DATABASE_URI);
    try {
      assertThat(browser.on(second).get("/api/me").status()).isEqualTo(200);
    } finally {
      second.stop();
    }
  }

  @Test
  void anUnusedSessionExpires() {
    Browser browser = Browser.signedIn(board);
    Board.CLOCK.pass(IDLE.plusSeconds(1));
    assertThat(browser.get("/api/me").problem(401)).isEqualTo("not_signed_in");
  }

  @Test
  void aSessionInUseIsRenewedWithoutEndingTheOldToken() {
    Browser browser = Browser.signedIn(board);
    String first = browser.token();

    Board.CLOCK.pass(IDLE.dividedBy(4));
    assertThat(browser.get("/api/me").header("Set-Cookie")).as("too early").isEmpty();

    Board.CLOCK.pass(IDLE.dividedBy(2));
    assertThat(browser.get("/api/me").header("Set-Cookie")).startsWith("board_session=ey");
    assertThat(browser.token()).isNotEqualTo(first);
    assertThat(board.browser().withToken(first).get("/api/me").status())
        .as("a request that was under way with the old one")
        .isEqualTo(200);

    Board.CLOCK.pass(IDLE.dividedBy(2));
    assertThat(browser.get("/api/me").status()).as("past the first token's end").isEqualTo(200);
    assertThat(board.browser().withToken(first).get("/api/me").problem(401))
        .isEqualTo("not_signed_in");
  }

  @Test
  void renewalStopsAtTheMaximum() {
    Browser browser = Browser.signedIn(board);
    int days = 0;
    while (browser.get("/api/me").status() == 200 && days < 40) {
      Board.CLOCK.pass(Duration.ofHours(8));
      if (browser.get("/api/me").status() != 200) {
        break;
      }
      Board.CLOCK.pass(Duration.ofHours(8));
      if (browser.get("/api/me").status() != 200) {
        break;
      }
      Board.CLOCK.pass(Duration.ofHours(8));
      days++;
    }
    assertThat(days).isBetween(29, 30);
  }

  @Test
  void aForgedTokenIsWorthNothing() throws Exception {
    Browser browser = Browser.signedIn(board);
    String[] parts = browser.token().split("\\.", -1);
    String payload = new String(Base64.getUrlDecoder().decode(parts[1]), StandardCharsets.UTF_8);
    String none = BASE64.encodeToString("{\"alg\":\"none\"}".getBytes(StandardCharsets.UTF_8));
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(new byte[32], "HmacSHA256"));
    byte[] otherKey = mac.doFinal((parts[0] + "." + parts[1]).getBytes(StandardCharsets.US_ASCII));
    String changed =
        BASE64.encodeToString(
            payload.replace("\"sub\":\"", "\"sub\":\"0").getBytes(StandardCharsets.UTF_8));

    for (String token :
        new String[] {
          "",
          "x",
          "a.b.c",
          none + "." + parts[1] + ".",
          parts[0] + "." + parts[1] + ".",
          parts[0] + "." + parts[1] + "." + BASE64.encodeToString(otherKey),
          parts[0] + "." + changed + "." + parts[2],
        }) {
      assertThat(board.browser().withToken(token).get("/api/me").problem(401))
          .as(token)
          .isEqualTo("not_signed_in");
    }
  }

  @Test
  void aKeyFromTheConfigurationIsUsed() {
    String key = Base64.getEncoder().encodeToString("0123456789abcdef0123456789abcdef".getBytes());
    Board other = Board.start(Board.DATABASE_URI, "board.session.signing-key=" + key);
    try {
      Browser there = Browser.signedIn(other);
      assertThat(there.get("/api/me").status()).isEqualTo(200);
      assertThat(there.on(board).get("/api/me").problem(401)).isEqualTo("not_signed_in");
    } finally {
      other.stop();
    }
  }

  @ParameterizedTest
  @CsvSource({"c2hvcnQ=, has 5 bytes", "***, not base64"})
  void aBadKeyInTheConfigurationIsRefusedAtStart(String key, String message) {
    assertThatThrownBy(
            () -> Board.start(Board.DATABASE_URI, "board.session.signing-key=" + key).stop())
        .hasStackTraceContaining(message);
  }
}
