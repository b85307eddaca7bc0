package dev.naru.server;

import dev.naru.server.auth.Accounts;
import dev.naru.server.auth.User;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.javalin.http.Cookie;
import io.javalin.http.HttpStatus;
import io.javalin.http.SameSite;
import jakarta.servlet.http.HttpServletRequest;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Base64;
import java.util.Deque;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;

/**
 * Sign-in of people by a session cookie (HttpOnly, SameSite=Strict), and of programs by HTTP Basic
 * or a bearer token. After {@link #FAILURES_MAX} wrong passwords within a minute further attempts
 * are answered 429, whoever makes them: there is one account to guess.
 */
final class SignIn {
  private static final String COOKIE = "naru_session";
  private static final int FAILURES_MAX = 10;
  private static final Duration WINDOW = Duration.ofMinutes(1);

  private final Accounts accounts;
  private final Clock clock;
  private final Deque<Instant> failures = new ArrayDeque<>();

  SignIn(Accounts accounts, Clock clock) {
    this.accounts = accounts;
    this.clock = clock;
  }

  /** What a person sends to sign in. */
  record Credentials(String username, String password) {
    @Override
    public String toString() {
      return "Credentials[username=" + username + ", password=***]";
    }
  }

  void routes(RoutesConfig routes) {
    routes.post("/api/login", this::login);
    routes.post("/api/logout", ctx -> ctx.cookie(cookie("", 0)).status(HttpStatus.NO_CONTENT));
    routes.get(
        "/api/session",
        ctx -> {
          Optional<User> user = user(ctx.req());
          if (user.isEmpty()) {
            ctx.status(HttpStatus.UNAUTHORIZED);
          } else {
            ctx.json(Map.of("user", user.get().name()));
          }
        });
  }

  /** Who makes this request, by session cookie, bearer token or Basic. */
  Optional<User> user(HttpServletRequest request) {
    return user(name -> Objects.requireNonNullElse(request.getHeader(name), ""));
  }

  /**
   * As {@link #user(HttpServletRequest)}.
   *
   * @param header gives the value of a header, or an empty text
   */
  Optional<User> user(Function<String, String> header) {
    String authorization = header.apply("Authorization");
    if (!authorization.isEmpty()) {
      return byAuthorization(authorization);
    }
    for (String cookie : header.apply("Cookie").split(";", -1)) {
      String text = cookie.strip();
      if (text.startsWith(COOKIE + "=")) {
        return accounts.bySession(text.substring(COOKIE.length() + 1));
      }
    }
    return Optional.empty();
  }

  private Optional<User> byAuthorization(String authorization) {
    if (authorization.startsWith("Bearer ")) {
      return accounts.byToken(authorization.substring("Bearer ".length()).strip());
    }
    if (!authorization.startsWith("Basic ")) {
      return Optional.empty();
    }
    try {
      String pair =
          new String(
              Base64.getDecoder().decode(authorization.substring("Basic ".length()).strip()),
              StandardCharsets.UTF_8);
      int colon = pair.indexOf(':');
      return colon < 0
          ? Optional.empty()
          : accounts.byPassword(pair.substring(0, colon), pair.substring(colon + 1));
    } catch (IllegalArgumentException notBase64) {
      return Optional.empty();
    }
  }

  private void login(Context ctx) {
    if (tooManyFailures()) {
      ctx.status(HttpStatus.TOO_MANY_REQUESTS)
          .header("Retry-After", Long.toString(WINDOW.toSeconds()));
      return;
    }
    Credentials given = ctx.bodyAsClass(Credentials.class);
    Optional<User> user = accounts.byPassword(given.username(), given.password());
    if (user.isEmpty()) {
      failed();
      ctx.status(HttpStatus.UNAUTHORIZED);
      return;
    }
    ctx.cookie(cookie(accounts.newSession(user.get()), (int) Accounts.SESSION.toSeconds()));
    ctx.json(Map.of("user", user.get().name()));
  }

  private synchronized boolean tooManyFailures() {
    Instant since = clock.instant().minus(WINDOW);
    while (!failures.isEmpty() && failures.getFirst().isBefore(since)) {
      failures.removeFirst();
    }
    return failures.size() >= FAILURES_MAX;
  }

  private synchronized void failed() {
    failures.addLast(clock.instant());
  }

  private static Cookie cookie(String value, int maxAgeSeconds) {
    Cookie cookie = new Cookie(COOKIE, value);
    cookie.setPath("/");
    cookie.setMaxAge(maxAgeSeconds);
    cookie.setHttpOnly(true);
    cookie.setSameSite(SameSite.STRICT);
    return cookie;
  }
}
