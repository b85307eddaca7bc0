package dev.naru.board;

import static dev.naru.board.Browser.PASSWORD;
import static dev.naru.board.Browser.newUsername;
import static org.assertj.core.api.Assertions.assertThat;

import dev.naru.board.Browser.Answer;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class AccountTest {
  private final Board board = Board.shared();
  private final Browser browser = board.browser();

  @Test
  void afterSignUpOneCanLogIn() {
    String username = newUsername();
    Answer created = browser.signUp(username, PASSWORD);

    assertThat(created.status()).isEqualTo(201);
    assertThat(created.text("username")).isEqualTo(username);
    assertThat(created.text("nickname")).isEqualTo(username);
    assertThat(created.response().body()).doesNotContain("assword");
    assertThat(browser.cookie()).as("sign-up alone is no session").isEmpty();

    assertThat(browser.login(username, PASSWORD).status()).isEqualTo(200);
    assertThat(browser.get("/api/me").text("username")).isEqualTo(username);
  }

  @Test
  void aUsernameIsUniqueWithoutRegardToCase() {
    String username = newUsername();
    browser.signUp(username, PASSWORD);

    Answer again = browser.signUp(username.toUpperCase(Locale.ROOT), PASSWORD);
    assertThat(again.problem(409)).isEqualTo("username_taken");
    assertThat(browser.login(username.toUpperCase(Locale.ROOT), PASSWORD).status()).isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "ab",
        "-abc",
        "a b c",
        "나루터",
        "abcdefghijklmnopqrstu",
        "a/b/c",
        "a\tbc",
        "abc\n"
      })
  void aMalformedUsernameIsRefused(String username) {
    assertThat(browser.signUp(username, PASSWORD).firstError())
        .isEqualTo("username:username_malformed");
  }

  @ParameterizedTest
  @ValueSource(strings = {"abc", "a.b-c_d", "0123456789", "Abcdefghijklmnopqrst"})
  void aWellFormedUsernameIsTaken(String username) {
    String code = browser.signUp(username, "short").firstError();
    assertThat(code).as("only the password is wrong").isEqualTo("password:password_short");
  }

  @ParameterizedTest
  @CsvSource({"7, password_short", "73, password_long"})
  void aPasswordHasBounds(int length, String code) {
    assertThat(browser.signUp(newUsername(), "x".repeat(length)).firstError())
        .isEqualTo("password:" + code);
  }

  @Test
  void aPasswordIsBoundedInBytesToo() {
    assertThat(browser.signUp(newUsername(), "나".repeat(25)).firstError())
        .isEqualTo("password:password_long");
    assertThat(browser.signUp(newUsername(), "나".repeat(24)).status()).isEqualTo(201);
  }

  @Test
  void missingFieldsAreNamed() {
    Answer answer = browser.post("/api/users", Map.of());
    assertThat(answer.problem(400)).isEqualTo("invalid");
    assertThat(answer.json().path("errors").size()).isEqualTo(2);
  }

  @Test
  void aNicknameMayBeChosenAtSignUp() {
    Answer created =
        browser.post(
            "/api/users",
            Map.of("username", newUsername(), "password", PASSWORD, "nickname", "  뱃사공  "));
    assertThat(created.text("nickname")).isEqualTo("뱃사공");
  }

  @Test
  void aNewNicknameIsInTheFeedAtOnce() {
    Browser author = Browser.signedIn(board);
    String id = author.write("Title", "Body").text("id");

    assertThat(author.patch("/api/me", Map.of("nickname", "나루 지기")).text("nickname"))
        .isEqualTo("나루 지기");

    Browser reader = Browser.signedIn(board);
    assertThat(reader.get("/api/posts/" + id).json().at("/author/nickname").asString())
        .isEqualTo("나루 지기");
    assertThat(reader.get("/api/posts").json().at("/posts/0/author/nickname").asString())
        .isEqualTo("나루 지기");
    assertThat(author.get("/api/me").text("nickname")).isEqualTo("나루 지기");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "   ", "123456789012345678901", "a\u0007b", "a\u202Eb"})
  void aMalformedNicknameIsRefused(String nickname) {
    Browser author = Browser.signedIn(board);
    assertThat(author.patch("/api/me", Map.of("nickname", nickname)).firstError())
        .isEqualTo("nickname:nickname_malformed");
    assertThat(author.patch("/api/me", new HashMap<>()).firstError())
        .isEqualTo("nickname:nickname_malformed");
  }
}
