package dev.naru.board;

import static org.assertj.core.api.Assertions.assertThat;

import dev.naru.board.Browser.Answer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

final class PostTest {
  private final Board board = Board.shared();
  private final Browser author = Browser.signedIn(board);

  @Test
  void aPostIsWrittenReadEditedAndDeleted() {
    Answer written = author.write("  First ferry  ", "Leaves at six.\n");
    assertThat(written.status()).isEqualTo(201);
    assertThat(written.text("title")).isEqualTo("First ferry");
    assertThat(written.json().path("version").asLong()).isEqualTo(1);
    String path = written.header("Location");
    String id = written.text("id");
    assertThat(path).endsWith("/api/posts/" + id);

    assertThat(author.get("/api/posts/" + id).json()).isEqualTo(written.json());

    Answer edited = author.edit(id, "First ferry", "Leaves at seven.", 1);
    assertThat(edited.status()).isEqualTo(200);
    assertThat(edited.text("body")).isEqualTo("Leaves at seven.");
    assertThat(edited.json().path("version").asLong()).isEqualTo(2);
    assertThat(edited.text("createdAt")).isEqualTo(written.text("createdAt"));

    assertThat(author.delete("/api/posts/" + id).status()).isEqualTo(204);
    assertThat(author.get("/api/posts/" + id).problem(404)).isEqualTo("post_not_found");
    assertThat(author.edit(id, "a", "b", 2).problem(404)).isEqualTo("post_not_found");
    assertThat(author.delete("/api/posts/" + id).problem(404)).isEqualTo("post_not_found");
  }

  @ParameterizedTest
  @CsvSource({
    "author,   GET,    200",
    "author,   PUT,    200",
    "author,   DELETE, 204",
    "stranger, GET,    200",
    "stranger, PUT,    403",
    "stranger, DELETE, 403",
    "nobody,   GET,    401",
    "nobody,   PUT,    401",
    "nobody,   DELETE, 401",
  })
  void onlyTheAuthorMayChangeAPost(String who, String method, int status) {
    String id = author.write("Title", "Body").text("id");
    Browser browser =
        switch (who) {
          case "author" -> author;
          case "stranger" -> Browser.signedIn(board);
          default -> board.browser();
        };

    Answer answer =
        browser.send(
            method,
            "/api/posts/" + id,
            method.equals("PUT")
                ? Optional.of("{\"title\":\"New\",\"body\":\"New\",\"version\":1}")
                : Optional.empty());

    assertThat(answer.status()).isEqualTo(status);
    if (status == 403) {
      assertThat(answer.problem(403)).isEqualTo("not_author");
    }
    if (status == 401) {
      assertThat(answer.problem(401)).isEqualTo("not_signed_in");
    }
    if (status >= 400) {
      assertThat(author.get("/api/posts/" + id).text("title")).isEqualTo("Title");
    }
  }

  @Test
  void mineSaysWhoMayEdit() {
    String id = author.write("Title", "Body").text("id");
    assertThat(author.get("/api/posts/" + id).json().path("mine").asBoolean()).isTrue();
    Browser stranger = Browser.signedIn(board);
    assertThat(stranger.get("/api/posts/" + id).json().path("mine").asBoolean()).isFalse();
  }

  @Test
  void anEditOfAnOlderVersionIsAConflictThatShowsTheCurrentOne() {
    String id = author.write("Title", "Body").text("id");
    author.edit(id, "Title", "From the desk", 1);

    Answer late = author.edit(id, "Title", "From the phone", 1);
    assertThat(late.problem(409)).isEqualTo("post_changed");
    assertThat(late.json().at("/current/body").asString()).isEqualTo("From the desk");
    assertThat(late.json().at("/current/version").asLong()).isEqualTo(2);
    assertThat(author.edit(id, "Title", "From the phone", 2).status()).isEqualTo(200);
  }

  @Test
  void ofManyEditsAtOnceExactlyOneWins() throws Exception {
    String id = author.write("Title", "Body").text("id");
    Callable<Integer> edit = () -> author.on(board).edit(id, "Title", "Mine", 1).status();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Integer> statuses = new ArrayList<>();
      for (Future<Integer> one :
          threads.invokeAll(IntStream.range(0, 8).mapToObj(i -> edit).toList())) {
        statuses.add(one.get());
      }
      assertThat(statuses).containsOnlyOnce(200).containsOnly(200, 409);
    }
    assertThat(author.get("/api/posts/" + id).json().path("version").asLong()).isEqualTo(2);
  }

  @Test
  void pagesGoFromNewestToOldestAndStayInPlaceWhileTheFeedChanges() {
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < 7; i++) {
      ids.addFirst(author.write("Post " + i, "Body").text("id"));
    }
    JsonNode first = author.get("/api/posts?limit=3").json();
    assertThat(idsOf(first)).isEqualTo(ids.subList(0, 3));

    author.write("Newer", "Body");
    author.delete("/api/posts/" + ids.get(2)); // the post that the cursor was made from
    author.delete("/api/posts/" + ids.get(4));

    JsonNode second = author.get("/api/posts?limit=3&before=" + next(first)).json();
    assertThat(idsOf(second)).containsExactly(ids.get(3), ids.get(5), ids.get(6));
  }

  @Test
  void theLastPageHasNoNext() {
    author.write("One", "Body");
    int seen = 0;
    JsonNode page = author.get("/api/posts?limit=100").json();
    while (!next(page).isEmpty()) {
      seen += page.path("posts").size();
      page = author.get("/api/posts?limit=100&before=" + next(page)).json();
    }
    seen += page.path("posts").size();
    assertThat(page.path("next").isNull()).isTrue();
    assertThat(seen).isPositive();
  }

  @ParameterizedTest
  @CsvSource({
    "limit=0, limit:limit_out_of_range",
    "limit=101, limit:limit_out_of_range",
    "before=x, before:cursor_malformed",
    "before=!!, before:cursor_malformed",
    "before=, before:cursor_malformed",
    "before=MTox, before:cursor_malformed",
  })
  void badPagesAreRefused(String query, String error) {
    assertThat(author.get("/api/posts?" + query).firstError()).isEqualTo(error);
  }

  @ParameterizedTest
  @ValueSource(strings = {"limit=x", "limit=99999999999"})
  void aLimitIsANumber(String query) {
    assertThat(author.get("/api/posts?" + query).problem(400)).isEqualTo("malformed");
  }

  @ParameterizedTest
  @CsvSource({
    "0,   1,    title:title_missing",
    "121, 1,    title:title_long",
    "1,   0,    body:body_missing",
    "1,   5001, body:body_long",
  })
  void textsHaveBounds(int title, int body, String error) {
    String id = author.write("Title", "Body").text("id");
    assertThat(author.write("x".repeat(title), "x".repeat(body)).firstError()).isEqualTo(error);
    assertThat(author.edit(id, "x".repeat(title), "x".repeat(body), 1).firstError())
        .isEqualTo(error);
  }

  @Test
  void textsOfFullLengthFit() {
    assertThat(author.write("가".repeat(120), "나".repeat(5000)).status()).isEqualTo(201);
  }

  @Test
  void anEditNamesItsVersion() {
    String id = author.write("Title", "Body").text("id");
    assertThat(author.put("/api/posts/" + id, Map.of("title", "a", "body", "b")).firstError())
        .isEqualTo("version:version_missing");
    assertThat(author.post("/api/posts", new HashMap<>()).json().path("errors").size())
        .isEqualTo(2);
  }

  @ParameterizedTest
  @ValueSource(strings = {"x", "000000000000000000000000", "zzzzzzzzzzzzzzzzzzzzzzzz"})
  void anIdThatIsNoneIsNotFound(String id) {
    assertThat(author.get("/api/posts/" + id).problem(404)).isEqualTo("post_not_found");
    assertThat(author.edit(id, "a", "b", 1).problem(404)).isEqualTo("post_not_found");
    assertThat(author.delete("/api/posts/" + id).problem(404)).isEqualTo("post_not_found");
  }

  private static List<String> idsOf(JsonNode page) {
    List<String> ids = new ArrayList<>();
    page.path("posts").forEach(p -> ids.add(p.path("id").asString()));
    return ids;
  }

  private static String next(JsonNode page) {
    return page.path("next").asString("");
  }
}
