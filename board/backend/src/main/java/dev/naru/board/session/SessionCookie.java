package dev.naru.board.session;

import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseCookie;
import org.springframework.stereotype.Component;
import org.springframework.web.util.WebUtils;

/**
 * The cookie that holds the token: out of reach of scripts (HttpOnly), not sent with requests that
 * other sites make (SameSite=Lax), only over TLS when the page came over TLS.
 */
@Component
class SessionCookie {
  private static final String NAME = "board_session";

  private final Clock clock;

  SessionCookie(Clock clock) {
    this.clock = clock;
  }

  Optional<String> read(HttpServletRequest request) {
    return Optional.ofNullable(WebUtils.getCookie(request, NAME)).map(Cookie::getValue);
  }

  void write(
      HttpServletRequest request, HttpServletResponse response, Session session, String token) {
    set(request, response, token, Duration.between(clock.instant(), session.expiresAt()));
  }

  void clear(HttpServletRequest request, HttpServletResponse response) {
    set(request, response, "", Duration.ZERO);
  }

  private static void set(
      HttpServletRequest request, HttpServletResponse response, String value, Duration age) {
    ResponseCookie cookie =
        ResponseCookie.from(NAME, value)
            .httpOnly(true)
            .secure(request.isSecure())
            .sameSite("Lax")
            .path("/api")
            .maxAge(age)
            .build();
    response.addHeader(HttpHeaders.SET_COOKIE, cookie.toString());
  }
}
