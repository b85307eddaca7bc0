package dev.naru.board;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class RequestGuardTest {
  private final Board board = Board.shared();
  private final Browser browser = Browser.signedIn(board);

  @ParameterizedTest
  @CsvSource({
    "POST, /api/posts",
    "PUT, /api/posts/0",
    "PATCH, /api/me",
    "DELETE, /api/session",
    "POST, /api/session",
    "POST, /api/users"
  })
  void aChangeWithoutTheHeaderIsForged(String method, String path) {
    assertThat(
            browser.without("X-Board-Request").send(method, path, Optional.of("{}")).problem(403))
        .isEqualTo("forged");
    assertThat(browser.get("/api/me").status()).as("reading needs none").isEqualTo(200);
  }

  @Test
  void aChangeFromAnotherSiteIsForged() {
    assertThat(browser.header("Sec-Fetch-Site", "cross-site").write("a", "b").problem(403))
        .isEqualTo("forged");
    assertThat(browser.header("Sec-Fetch-Site", "same-origin").write("a", "b").status())
        .isEqualTo(201);
  }

  @Test
  void aPreflightIsNotGranted() {
    Browser.Answer answer =
        browser
            .header("Access-Control-Request-Method", "POST")
            .header("Access-Control-Request-Headers", "x-board-request")
            .send("OPTIONS", "/api/posts", Optional.empty());
    assertThat(answer.header("Access-Control-Allow-Origin")).isEmpty();
  }

  @Test
  void bodiesAreBounded() {
    assertThat(browser.write("a", "x".repeat(70_000)).problem(413)).isEqualTo("too_large");
    HttpRequest.Builder chunked =
        HttpRequest.newBuilder(browser.uri("/api/posts"))
            .POST(BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(new byte[10])));
    assertThat(browser.send(chunked).problem(411)).isEqualTo("length_required");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "{", "[]", "null", "\"x\"", "{\"title\":{}}", "{\"title\":\"a\",}"})
  void whatIsNotTheRightJsonIsMalformed(String body) {
    assertThat(browser.send("POST", "/api/posts", Optional.of(body)).problem(400))
        .isIn("malformed", "invalid");
  }

  @Test
  void otherMistakesHaveTheirOwnAnswers() {
    assertThat(browser.get("/api/nothing").problem(404)).isEqualTo("not_found");
    assertThat(browser.get("/elsewhere").problem(404)).isEqualTo("not_found");
    assertThat(browser.put("/api/posts", "").problem(405)).isEqualTo("method_not_allowed");
    assertThat(browser.header("Content-Type", "text/plain").write("a", "b").problem(415))
        .isEqualTo("unsupported_type");
  }
}
