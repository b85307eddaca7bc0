package dev.naru.board;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Calls the API as the page does: with its header, and with the cookie that it was given. */
final class Browser {
  static final String PASSWORD = "correct horse";
  private static final HttpClient HTTP =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final String baseUri;
  private final Map<String, String> headers = new LinkedHashMap<>();
  private String cookie = "";

  Browser(String baseUri) {
    this.baseUri = baseUri;
    headers.put("X-Board-Request", "1");
    headers.put("Content-Type", "application/json");
  }

  static String newUsername() {
    return "u" + UUID.randomUUID().toString().replace("-", "").substring(0, 14);
  }

  /** A browser of a new user who is logged in. */
  static Browser signedIn(Board board) {
    return signedIn(board, newUsername());
  }

  static Browser signedIn(Board board, String username) {
    Browser browser = board.browser();
    assertThat(browser.signUp(username, PASSWORD).status()).isEqualTo(201);
    assertThat(browser.login(username, PASSWORD).status()).isEqualTo(200);
    return browser;
  }

  Browser on(Board other) {
    Browser browser = new Browser(other.uri());
    browser.headers.putAll(headers);
    browser.cookie = cookie;
    return browser;
  }

  Browser header(String name, String value) {
    headers.put(name, value);
    return this;
  }

  Browser without(String header) {
    headers.remove(header);
    return this;
  }

  String cookie() {
    return cookie;
  }

  Browser withToken(String token) {
    cookie = "board_session=" + token;
    return this;
  }

  String token() {
    return cookie.substring("board_session=".length());
  }

  Answer signUp(String username, String password) {
    return post("/api/users", Map.of("username", username, "password", password));
  }

  Answer login(String username, String password) {
    return post("/api/session", Map.of("username", username, "password", password));
  }

  Answer logout() {
    return delete("/api/session");
  }

  Answer write(String title, String body) {
    return post("/api/posts", Map.of("title", title, "body", body));
  }

  Answer edit(String id, String title, String body, long version) {
    return put("/api/posts/" + id, Map.of("title", title, "body", body, "version", version));
  }

  Answer get(String path) {
    return send("GET", path, Optional.empty());
  }

  Answer post(String path, Object body) {
    return send("POST", path, Optional.of(JSON.writeValueAsString(body)));
  }

  Answer put(String path, Object body) {
    return send("PUT", path, Optional.of(JSON.writeValueAsString(body)));
  }

  Answer patch(String path, Object body) {
    return send("PATCH", path, Optional.of(JSON.writeValueAsString(body)));
  }

  Answer delete(String path) {
    return send("DELETE", path, Optional.empty());
  }

  Answer send(String method, String path, Optional<String> body) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(baseUri + path))
            .timeout(Duration.ofSeconds(30))
            .method(method, body.map(BodyPublishers::ofString).orElse(BodyPublishers.noBody()));
    return send(request);
  }

  Answer send(HttpRequest.Builder request) {
    headers.forEach(request::setHeader);
    if (!cookie.isEmpty()) {
      request.setHeader("Cookie", cookie);
    }
    try {
      HttpResponse<String> response = HTTP.send(request.build(), BodyHandlers.ofString());
      response
          .headers()
          .firstValue("Set-Cookie")
          .ifPresent(c -> cookie = c.contains("Max-Age=0") ? "" : c.substring(0, c.indexOf(';')));
      return new Answer(response);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  URI uri(String path) {
    return URI.create(baseUri + path);
  }

  /** What came back. */
  record Answer(HttpResponse<String> response) {
    int status() {
      return response.statusCode();
    }

    JsonNode json() {
      return JSON.readTree(response.body());
    }

    String text(String member) {
      return json().path(member).asString("");
    }

    String header(String name) {
      return response.headers().firstValue(name).orElse("");
    }

    /** The problem's code, after checking that the answer is problem details as RFC 9457 has it. */
    String problem(int status) {
      assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
      assertThat(header("Content-Type")).startsWith("application/problem+json");
      assertThat(json().path("status").asInt()).isEqualTo(status);
      assertThat(text("title")).isNotEmpty();
      assertThat(text("detail")).isNotEmpty();
      return text("code");
    }

    /** "field:code" of a validation problem's first error. */
    String firstError() {
      assertThat(problem(400)).isEqualTo("invalid");
      JsonNode error = json().path("errors").path(0);
      return error.path("field").asString("") + ":" + error.path("code").asString("");
    }
  }
}
