package dev.naru.board.session;

import dev.naru.board.account.Me;
import dev.naru.board.account.SignedIn;
import dev.naru.board.account.User;
import dev.naru.board.account.UserStore;
import dev.naru.board.problem.Problem;
import dev.naru.board.problem.ProblemException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotEmpty;
import jakarta.validation.constraints.Size;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.security.crypto.password.PasswordEncoder;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Login and logout. */
@RestController
@RequestMapping("/api/session")
final class SessionController {
  /** A hash of nothing known, less its cost. */
  private static final String NOBODY = "$rw.TjQIMDaOOypU5zhOEl.6sjR6TYxvjnumurXy04UCQsgzOPjuae";

  private final UserStore users;
  private final SessionStore sessions;
  private final Tokens tokens;
  private final SessionCookie cookie;
  private final LoginLimit limit;
  private final PasswordEncoder passwords;

  /** Compared with when there is no such user, so that the time taken does not tell. */
  private final String hashOfNobody;

  SessionController(
      UserStore users,
      SessionStore sessions,
      Tokens tokens,
      SessionCookie cookie,
      LoginLimit limit,
      PasswordEncoder passwords,
      LoginProperties properties) {
    this.users = users;
    this.sessions = sessions;
    this.tokens = tokens;
    this.cookie = cookie;
    this.limit = limit;
    this.passwords = passwords;
    this.hashOfNobody = "{bcrypt}$2a$%02d".formatted(properties.hashCost()) + NOBODY;
  }

  @PostMapping
  Me login(
      @Valid @RequestBody Login login, HttpServletRequest request, HttpServletResponse response) {
    LoginLimit.Attempt attempt =
        limit.begin(UserStore.key(login.username), request.getRemoteAddr());
    Optional<User> user = users.byUsername(login.username);
    String hash = user.map(User::passwordHash).orElse(hashOfNobody);
    if (!passwords.matches(login.password, hash) || user.isEmpty()) {
      throw ProblemException.of(Problem.WRONG_LOGIN);
    }
    limit.succeeded(attempt);
    Session session = sessions.start(user.get().id());
    cookie.write(request, response, session, tokens.issue(session, user.get().username()));
    return Me.of(user.get());
  }

  /** Ends the session if there is one; the token is worthless from here on. */
  @DeleteMapping
  @ResponseStatus(HttpStatus.NO_CONTENT)
  void logout(
      @AuthenticationPrincipal @Nullable SignedIn signedIn,
      HttpServletRequest request,
      HttpServletResponse response) {
    if (signedIn != null) {
      sessions.end(signedIn.sessionId());
    }
    cookie.clear(request, response);
  }

  record Login(
      @NotBlank(message = "username_missing") @Size(max = 64, message = "username_malformed")
          String username,
      @NotEmpty(message = "password_missing") @Size(max = 200, message = "password_long")
          String password) {
    Login {
      username = username == null ? null : username.strip();
    }

    @Override
    public String toString() {
      return "Login[" + username + "]";
    }
  }
}
