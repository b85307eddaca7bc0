package dev.naru.board.session;

import dev.naru.board.account.SignedIn;
import dev.naru.board.problem.Problem;
import dev.naru.board.problem.ProblemWriter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.context.SecurityContext;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.web.filter.OncePerRequestFilter;

/** Finds out who makes a request, from the cookie, and renews a session that is in use. */
final class SessionFilter extends OncePerRequestFilter {
  private static final Logger log = LoggerFactory.getLogger(SessionFilter.class);

  private final SessionCookie cookie;
  private final Tokens tokens;
  private final SessionStore sessions;
  private final ProblemWriter problems;

  SessionFilter(
      SessionCookie cookie, Tokens tokens, SessionStore sessions, ProblemWriter problems) {
    this.cookie = cookie;
    this.tokens = tokens;
    this.sessions = sessions;
    this.problems = problems;
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    Optional<String> token = cookie.read(request);
    if (token.isPresent()) {
      try {
        authenticate(token.get(), request, response);
      } catch (DataAccessException e) {
        log.warn("Tried to find a session but the database failed: {}", e.getMessage());
        problems.write(response, Problem.UNAVAILABLE);
        return;
      }
    }
    chain.doFilter(request, response);
  }

  private void authenticate(
      String token, HttpServletRequest request, HttpServletResponse response) {
    Optional<Tokens.Claims> claims = tokens.verify(token);
    Optional<Session> session =
        claims.flatMap(
            c -> sessions.find(c.sessionId()).filter(s -> s.userId().equals(c.userId())));
    if (claims.isEmpty() || session.isEmpty()) {
      return;
    }
    String username = claims.get().username();
    SignedIn signedIn = new SignedIn(session.get().userId(), username, session.get().id());
    SecurityContext context = SecurityContextHolder.createEmptyContext();
    context.setAuthentication(
        UsernamePasswordAuthenticationToken.authenticated(signedIn, null, List.of()));
    SecurityContextHolder.setContext(context);
    if (sessions.isToBeRenewed(session.get())) {
      sessions
          .renew(session.get())
          .ifPresent(s -> cookie.write(request, response, s, tokens.issue(s, username)));
    }
  }
}
