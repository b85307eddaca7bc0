package dev.naru.board;

import static dev.naru.board.Browser.PASSWORD;
import static dev.naru.board.Browser.newUsername;
import static org.assertj.core.api.Assertions.assertThat;

import dev.naru.board.Browser.Answer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class LoginLimitTest {
  private static final int ATTEMPTS = 10;
  private static final int ATTEMPTS_PER_ADDRESS = 100;
  private static final Duration WINDOW = Duration.ofMinutes(15);

  private final Board board = Board.shared();

  private Browser from(String address) {
    return board.browser().header("X-Forwarded-For", address);
  }

  @Test
  void afterTooManyFailuresEvenTheRightPasswordHasToWait() {
    String username = newUsername();
    Browser browser = from("203.0.113.1");
    browser.signUp(username, PASSWORD);
    for (int i = 0; i < ATTEMPTS; i++) {
      assertThat(browser.login(username, "wrong password").problem(401)).isEqualTo("wrong_login");
    }

    Answer refused = browser.login(username, PASSWORD);
    assertThat(refused.problem(429)).isEqualTo("too_many_attempts");
    assertThat(Integer.parseInt(refused.header("Retry-After")))
        .isBetween(1, (int) WINDOW.toSeconds());

    assertThat(from("203.0.113.2").login(username, PASSWORD).status())
        .as("from elsewhere the owner gets in")
        .isEqualTo(200);

    Board.CLOCK.pass(WINDOW);
    assertThat(browser.login(username, PASSWORD).status()).isEqualTo(200);
  }

  @Test
  void replicasShareTheCount() {
    String username = newUsername();
    Browser here = from("203.0.113.3");
    here.signUp(username, PASSWORD);
    for (int i = 0; i < ATTEMPTS; i++) {
      here.login(username, "wrong password");
    }
    Board other = Board.start(Board.DATABASE_URI);
    try {
      assertThat(here.on(other).login(username, PASSWORD).problem(429))
          .isEqualTo("too_many_attempts");
    } finally {
      other.stop();
    }
  }

  @Test
  void aSuccessForgetsTheFailures() {
    String username = newUsername();
    Browser browser = from("203.0.113.4");
    browser.signUp(username, PASSWORD);
    for (int round = 0; round < 2; round++) {
      for (int i = 0; i < ATTEMPTS - 1; i++) {
        browser.login(username, "wrong password");
      }
      assertThat(browser.login(username, PASSWORD).status()).isEqualTo(200);
    }
  }

  @Test
  void oneAddressCannotTryAllUsers() {
    Browser browser = from("203.0.113.5");
    for (int i = 0; i < ATTEMPTS_PER_ADDRESS; i++) {
      browser.login("nobody" + i, "wrong password");
    }
    assertThat(browser.login("somebody", "wrong password").problem(429))
        .isEqualTo("too_many_attempts");
  }

  @Test
  void successesDoNotCount() {
    String username = newUsername();
    Browser browser = from("203.0.113.6");
    browser.signUp(username, PASSWORD);
    for (int i = 0; i < ATTEMPTS + 5; i++) {
      assertThat(browser.login(username, PASSWORD).status()).isEqualTo(200);
    }
  }

  @Test
  void manyAtOnceDoNotSlipThrough() throws Exception {
    String username = newUsername();
    from("203.0.113.7").signUp(username, PASSWORD);
    Callable<Integer> attempt = () -> from("203.0.113.7").login(username, "wrong one").status();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Integer>> all =
          threads.invokeAll(IntStream.range(0, 2 * ATTEMPTS).mapToObj(i -> attempt).toList());
      int looked = 0;
      for (Future<Integer> one : all) {
        looked += one.get() == 401 ? 1 : 0;
      }
      assertThat(looked).isEqualTo(ATTEMPTS);
    }
  }
}
