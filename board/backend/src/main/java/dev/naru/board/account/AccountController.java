package dev.naru.board.account;

import dev.naru.board.problem.Problem;
import dev.naru.board.problem.ProblemException;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.security.crypto.password.PasswordEncoder;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PatchMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Sign-up, and one's own account. */
@RestController
final class AccountController {
  /** bcrypt looks at 72 bytes and no further; a longer password would be cut without a word. */
  private static final int PASSWORD_BYTES_MAX = 72;

  private final UserStore users;
  private final PasswordEncoder passwords;

  AccountController(UserStore users, PasswordEncoder passwords) {
    this.users = users;
    this.passwords = passwords;
  }

  @PostMapping("/api/users")
  @ResponseStatus(HttpStatus.CREATED)
  Me signUp(@Valid @RequestBody SignUp request) {
    if (request.password.getBytes(StandardCharsets.UTF_8).length > PASSWORD_BYTES_MAX) {
      throw ProblemException.invalid("password", "password_long");
    }
    String nickname = request.nickname == null ? request.username : request.nickname;
    return users
        .add(request.username, nickname, passwords.encode(request.password))
        .map(Me::of)
        .orElseThrow(() -> ProblemException.of(Problem.USERNAME_TAKEN));
  }

  @GetMapping("/api/me")
  Me me(@AuthenticationPrincipal SignedIn signedIn) {
    return users
        .byId(signedIn.userId())
        .map(Me::of)
        .orElseThrow(() -> ProblemException.of(Problem.NOT_SIGNED_IN));
  }

  @PatchMapping("/api/me")
  Me rename(@AuthenticationPrincipal SignedIn signedIn, @Valid @RequestBody Rename request) {
    return users
        .rename(signedIn.userId(), request.nickname)
        .map(Me::of)
        .orElseThrow(() -> ProblemException.of(Problem.NOT_SIGNED_IN));
  }

  record SignUp(
      @NotNull(message = "username_malformed")
          @Pattern(regexp = "[A-Za-z0-9][A-Za-z0-9._-]{2,19}", message = "username_malformed")
          String username,
      @NotNull(message = "password_short")
          @Size(min = 8, message = "password_short")
          @Size(max = PASSWORD_BYTES_MAX, message = "password_long")
          String password,
      @Nullable @Nickname String nickname) {
    SignUp {
      nickname = nickname == null || nickname.isBlank() ? null : nickname.strip();
    }

    @Override
    public String toString() {
      return "SignUp[" + username + "]";
    }
  }

  record Rename(@NotNull(message = "nickname_malformed") @Nickname String nickname) {
    Rename {
      nickname = nickname == null ? null : nickname.strip();
    }
  }
}
